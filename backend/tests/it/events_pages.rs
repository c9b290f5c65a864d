//! Walking the list page by page: nothing lost, nothing twice, nothing that came in between.

use std::{collections::HashSet, time::Duration};

use serde_json::{Value, json};

use crate::{
    events_read::{numbers, record},
    support::{Answer, TestApp},
};

const EVENTS: &str = "/v1/orgs/acme/events";

/// Twenty-five events, five at each of five instants, so that pages end within equal times.
async fn world() -> TestApp {
    let app = TestApp::start().await;
    let times: Vec<String> = (0..25).map(|n| format!("2026-11-2{}T10:00:00Z", n % 5)).collect();
    let events: Vec<(&str, &str)> = times.iter().map(|time| ("a.b", time.as_str())).collect();
    record(&app, &events).await;
    app
}

async fn page(app: &TestApp, query: &str) -> Value {
    app.reader().get(&format!("{EVENTS}?{query}")).await.status(200).json()
}

/// All pages of a list; `between` runs after each of them.
async fn walk(app: &TestApp, query: &str, between: impl AsyncFn(&TestApp)) -> Vec<Value> {
    let mut pages = vec![page(app, query).await];
    while let Some(cursor) = pages.last().unwrap()["page"]["next_cursor"].as_str() {
        assert_eq!(pages.last().unwrap()["page"]["has_more"], true);
        between(app).await;
        let next = page(app, &format!("{query}&cursor={cursor}")).await;
        pages.push(next);
        assert!(pages.len() < 100, "a list without end");
    }
    assert_eq!(pages.last().unwrap()["page"]["has_more"], false);
    pages
}

fn ids(pages: &[Value]) -> Vec<String> {
    let events = pages.iter().flat_map(|page| page["data"].as_array().unwrap());
    events.map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn together_are_the_whole_list_in_its_order() {
    let app = world().await;
    for query in ["order=desc", "order=asc", "action=a.b", "since=2026-11-21&until=2026-11-24&order=asc"] {
        let whole = ids(&[page(&app, &format!("{query}&limit=1000")).await]);
        for limit in [1, 2, 7, 24, 25, 26] {
            let pages = walk(&app, &format!("{query}&limit={limit}"), async |_| {}).await;
            assert_eq!(ids(&pages), whole, "{query} by {limit}");
            assert!(pages.iter().all(|page| page["data"].as_array().unwrap().len() <= limit));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn never_gain_events_that_are_recorded_meanwhile() {
    let app = world().await;
    let before = ids(&[page(&app, "action=a.b&limit=1000").await]);

    let pages = walk(&app, "action=a.b&limit=4", async |app| {
        // Older, in the middle and newer than everything: whichever way the walk goes, some lie ahead.
        record(
            app,
            &[
                ("a.b", "2020-01-01T00:00:00Z"),
                ("a.b", "2026-11-22T10:00:00Z"),
                ("a.b", "2026-11-25T12:00:00Z"),
            ],
        )
        .await;
    })
    .await;

    assert_eq!(ids(&pages), before);
    let unique: HashSet<_> = before.iter().collect();
    assert_eq!(unique.len(), 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn have_one_as_of_for_the_whole_list() {
    let app = world().await;
    let from_the_start = page(&app, "limit=1").await["page"]["as_of"].clone();

    let pages =
        walk(&app, "limit=9", async |app| record(app, &[("a.b", "2020-01-01T00:00:00Z")]).await).await;

    assert!(pages.iter().all(|page| page["page"]["as_of"] == from_the_start));
}

#[tokio::test(flavor = "multi_thread")]
async fn keep_a_relative_since_as_it_was_on_the_first() {
    let app = TestApp::start().await;
    let times = ["11:45:00", "11:46:00", "11:47:00", "11:48:00"].map(|time| format!("2026-11-25T{time}Z"));
    record(&app, &times.each_ref().map(|time| ("a.b", time.as_str()))).await;

    let pages =
        walk(&app, "action=a.b&since=-15m&limit=1", async |app| app.advance(Duration::from_mins(10))).await;

    assert_eq!(pages.iter().flat_map(numbers).collect::<Vec<_>>(), [3, 2, 1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn may_change_their_size_on_the_way() {
    let app = world().await;
    let whole = ids(&[page(&app, "limit=1000").await]);

    let first = page(&app, "limit=3").await;
    let cursor = first["page"]["next_cursor"].as_str().unwrap();
    let rest = page(&app, &format!("limit=1000&cursor={cursor}")).await;

    assert_eq!(ids(&[first.clone(), rest]), whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn are_linked_to_the_next_one() {
    let app = world().await;
    let first =
        app.reader().get(&format!("{EVENTS}?limit=9&action=a.*&since=2026-11-20T00:00:00%2B00:00")).await;

    let link = first.header("link").unwrap();
    let (target, relation) = link.split_once("; ").unwrap();
    let target = target.trim_start_matches('<').trim_end_matches('>');
    let second = app.reader().get(target).await.status(200);
    let target = second.header("link").unwrap().split(['<', '>']).nth(1).unwrap();
    let third = app.reader().get(target).await.status(200);

    assert_eq!(relation, "rel=\"next\"");
    let pages = [first.json(), second.json(), third.json()];
    assert_eq!(ids(&pages).iter().collect::<HashSet<_>>().len(), 25);
    assert_eq!(third.header("link"), None);
}

mod cursor {
    use super::*;

    async fn cursor(app: &TestApp, query: &str) -> String {
        page(app, query).await["page"]["next_cursor"].as_str().unwrap().to_owned()
    }

    async fn ask(app: &TestApp, query: &str) -> Answer {
        app.reader().get(&format!("{EVENTS}?{query}")).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_at_most_256_characters_that_need_no_escape() {
        let app = world().await;

        let cursor = cursor(&app, "limit=1&since=-7d&until=2026-11-25&action=a.*&order=asc").await;

        assert!(cursor.len() <= 256, "{}", cursor.len());
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_another_query_is_a_mismatch() {
        let app = world().await;
        let cursor = cursor(&app, "limit=1&action=a.b&since=-7d").await;
        for query in [
            "action=a.b",
            "action=a.*&since=-7d",
            "action=a.b&since=-8d",
            "action=a.b&since=-7d&until=2026-11-25",
            "action=a.b&since=-7d&order=asc",
            "action=a.b&since=-7d&actor=u_9",
            "action=a.b&since=-7d&category=cases",
            "",
        ] {
            ask(&app, &format!("{query}&cursor={cursor}")).await.problem(400, "cursor_mismatch");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_another_organization_is_a_mismatch() {
        let app = world().await;
        let cursor = cursor(&app, "limit=1").await;
        let harbor = app.with(Some(&app.keys.harbor_read));

        let answer = harbor.get(&format!("/v1/orgs/harbor/events?limit=1&cursor={cursor}")).await;

        answer.problem(400, "cursor_mismatch");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_damaged_is_invalid() {
        let app = world().await;
        let good = cursor(&app, "limit=1").await;
        let mut turned = good.clone().into_bytes();
        turned[40] = if turned[40] == b'A' { b'B' } else { b'A' };
        let turned = String::from_utf8(turned).unwrap();
        let oversized = "A".repeat(2000);
        for bad in
            [turned.as_str(), &good[1..], &good[..good.len() - 4], "", "x", "AAAA", "%00", "é", &oversized]
        {
            ask(&app, &format!("cursor={bad}")).await.problem(400, "cursor_invalid");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn tells_its_bearer_nothing() {
        let app = world().await;

        let (one, other) = (cursor(&app, "limit=1").await, cursor(&app, "limit=1").await);

        assert_ne!(one[..64], other[..64], "the same position, sealed twice, is not the same text");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_the_same_for_the_slug_and_the_id_of_the_organization() {
        let app = world().await;
        let cursor = cursor(&app, "limit=20").await;
        let org = app.with(Some(&app.keys.acme_org)).get("/v1/orgs/acme").await.json();

        let path = format!("/v1/orgs/{}/events?limit=1000&cursor={cursor}", org["id"].as_str().unwrap());
        let rest = app.reader().get(&path).await.status(200).json();

        assert_ne!(rest["data"], json!([]));
    }
}
