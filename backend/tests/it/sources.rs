//! The sources of a log: how many events each sent, and which of its own numbers are missing.

use std::sync::Arc;

use annals::{access::Scope, app::App, host::Host, observed::worker};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";
const SOURCES: &str = "/v1/orgs/acme/sources";
const GAPS: &str = "/v1/orgs/acme/sources/billing-api/gaps";

fn event() -> Value {
    json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}})
}

fn numbered(number: i64) -> Value {
    let mut event = event();
    event["source_sequence"] = json!(number);
    event
}

async fn send(client: &Client<'_>, numbers: &[i64]) {
    for chunk in numbers.chunks(1_000) {
        let events: Vec<Value> = chunk.iter().map(|number| numbered(*number)).collect();
        let report = client.post(BATCH, &json!({"events": events})).await.status(200).json();
        assert_eq!(report["accepted"], chunk.len());
    }
}

async fn listed(app: &TestApp) -> Value {
    app.reader().get(SOURCES).await.status(200).json()
}

/// What is said of one source.
async fn source(app: &TestApp, name: &str) -> Value {
    let list = listed(app).await;
    let found = list["data"].as_array().unwrap().iter().find(|source| source["source"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {list}")).clone()
}

fn key(app: &TestApp, name: &str) -> String {
    let token = Host::of(&app.app, "test").create_key("acme", name, &[Scope::EventsWrite], None).unwrap();
    token.expose().to_owned()
}

mod counts {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn each_key_that_has_sent_something_and_the_service_itself() {
        let app = TestApp::start().await;
        app.writer().post(EVENTS, &event()).await.status(201);
        app.advance(std::time::Duration::from_mins(1));
        app.writer().post(EVENTS, &event()).await.status(201);

        let list = listed(&app).await;

        let names: Vec<_> = list["data"].as_array().unwrap().iter().map(|source| &source["source"]).collect();
        assert_eq!(names, ["annals", "billing-api"]);
        assert_eq!(
            list["data"][1],
            json!({
                "source": "billing-api",
                "events": 2,
                "first_seen": "2026-11-25T12:00:00.000000Z",
                "last_seen": "2026-11-25T12:01:00.000000Z",
            })
        );
        assert_eq!(list["page"], json!({"has_more": false}));
        let tail = app.reader().get(&format!("{EVENTS}/tail?from=0&limit=1000")).await.json();
        assert_eq!(list["as_of"], tail["next_from"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_event_that_was_sent_twice_once() {
        let app = TestApp::start().await;
        let mut event = numbered(7);
        event["id"] = json!("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01");
        app.writer().post(EVENTS, &event).await.status(201);
        app.writer().post(EVENTS, &event).await.status(200);

        let source = source(&app, "billing-api").await;

        assert_eq!((&source["events"], &source["source_sequence"]["repeated"]), (&json!(1), &json!(0)));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn sources_apart_whose_names_differ_in_case_only() {
        let app = TestApp::start().await;
        let (lower, upper) = (key(&app, "mailer"), key(&app, "Mailer"));
        send(&app.with(Some(&lower)), &[1, 2]).await;
        send(&app.with(Some(&upper)), &[1, 5]).await;

        assert_eq!(source(&app, "mailer").await["source_sequence"]["missing"], 0);
        assert_eq!(source(&app, "Mailer").await["source_sequence"]["missing"], 3);
    }

    /// Several nodes and requests count the same stretch at once: whoever is second takes nothing of it.
    #[tokio::test(flavor = "multi_thread")]
    async fn every_event_once_however_many_count_at_the_same_time() {
        let app = TestApp::start().await;
        let other = Arc::new(App::start(app.app.config.clone(), app.clock.clone()).unwrap());
        let numbers: Vec<i64> = (0..2_600).filter(|number| number % 100 != 50).collect();
        send(&app.writer(), &numbers).await;

        let reader = app.reader();
        let asks = join_all((0..6).map(|_| reader.get(SOURCES)));
        let (answers, swept, _) = tokio::join!(asks, worker::sweep(&other), worker::sweep(&app.app));

        swept.unwrap();
        for answer in answers {
            let list = answer.status(200).json();
            assert_eq!(list["data"][1]["events"], 2_574, "{list}");
            assert_eq!(list["data"][1]["source_sequence"]["missing"], 26);
        }
        other.writer.stop();
    }
}

mod numbers {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn that_are_missing_are_told_until_they_come() {
        let app = TestApp::start().await;
        send(&app.writer(), &[10, 11, 15, 16, 20]).await;
        let before = source(&app, "billing-api").await;

        // One that closes, one that splits, one that was seen, one below the first.
        send(&app.writer(), &[17, 18, 19, 13, 11, 4]).await;
        let after = source(&app, "billing-api").await;

        assert_eq!(
            before["source_sequence"],
            json!({
                "first": 10, "highest": 20, "numbered": 5, "repeated": 0, "missing": 6,
                "gaps": [{"first": 12, "last": 14}, {"first": 17, "last": 19}],
            })
        );
        assert_eq!(
            after["source_sequence"],
            json!({
                "first": 10, "highest": 20, "numbered": 11, "repeated": 2, "missing": 2,
                "gaps": [{"first": 12, "last": 12}, {"first": 14, "last": 14}],
            })
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn may_be_the_largest_that_there_are() {
        let app = TestApp::start().await;

        send(&app.writer(), &[0, 9_007_199_254_740_991]).await;

        let numbers = &source(&app, "billing-api").await["source_sequence"];
        assert_eq!(numbers["missing"], 9_007_199_254_740_990_i64);
        assert_eq!(numbers["gaps"], json!([{"first": 1, "last": 9_007_199_254_740_990_i64}]));
    }

    /// In whatever order they come and however they are cut into batches: what is missing is what did not come.
    #[tokio::test(flavor = "multi_thread")]
    async fn come_to_the_same_in_any_order() {
        let app = TestApp::start().await;
        let mut numbers: Vec<i64> = (1..400).filter(|number| number % 7 != 0).collect();
        for index in 0..numbers.len() {
            let other = (index * 193 + 71) % numbers.len();
            numbers.swap(index, other);
        }
        numbers.insert(0, 0);

        for chunk in numbers.chunks(60) {
            send(&app.writer(), chunk).await;
            listed(&app).await;
        }

        let source = source(&app, "billing-api").await;
        let missing: Vec<Value> = (1..57).map(|week| json!({"first": week * 7, "last": week * 7})).collect();
        assert_eq!(source["source_sequence"]["gaps"], json!(missing));
        assert_eq!(source["source_sequence"]["missing"], 56);
        assert_eq!(source["source_sequence"]["repeated"], 0);
    }
}

mod gaps {
    use super::*;

    /// One gap after each even number.
    fn with_gaps(count: i64) -> Vec<i64> {
        (0..=count).map(|number| number * 2).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn are_shown_up_to_a_hundred_the_newest() {
        let app = TestApp::start().await;
        send(&app.writer(), &with_gaps(100)).await;
        let all = source(&app, "billing-api").await["source_sequence"].clone();
        send(&app.writer(), &[202]).await;
        let newest = source(&app, "billing-api").await["source_sequence"].clone();

        assert_eq!((all["gaps"].as_array().unwrap().len(), all.get("more_gaps")), (100, None));
        assert_eq!((newest["gaps"].as_array().unwrap().len(), &newest["more_gaps"]), (100, &json!(true)));
        assert_eq!(newest["missing"], 101);
        assert_eq!(newest["gaps"][0], json!({"first": 3, "last": 3}));
        assert_eq!(newest["gaps"][99], json!({"first": 201, "last": 201}));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn are_all_in_a_list_of_their_own_page_by_page() {
        let app = TestApp::start().await;
        send(&app.writer(), &with_gaps(7)).await;

        let mut path = format!("{GAPS}?limit=3");
        let (mut firsts, mut pages) = (Vec::new(), 0);
        loop {
            let answer = app.reader().get(&path).await.status(200);
            let page = answer.json();
            firsts.extend(page["data"].as_array().unwrap().iter().map(|gap| gap["first"].as_i64().unwrap()));
            pages += 1;
            assert_eq!(page["page"]["has_more"], answer.header("link").is_some());
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            path = format!("{GAPS}?limit=3&cursor={cursor}");
        }

        assert_eq!((firsts, pages), (vec![1, 3, 5, 7, 9, 11, 13], 3));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_a_source_without_any_are_none_and_of_an_unknown_source_not_found() {
        let app = TestApp::start().await;
        let name = key(&app, "a/b ü");
        send(&app.with(Some(&name)), &[1]).await;

        let none = app.reader().get("/v1/orgs/acme/sources/a%2Fb%20%C3%BC/gaps").await.status(200).json();

        assert_eq!(none["data"], json!([]));
        app.reader().get(GAPS).await.problem(404, "not_found");
        app.reader().get("/v1/orgs/acme/sources/A%2Fb%20%C3%BC/gaps").await.problem(404, "not_found");
    }
}

mod pages {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn list_every_source_once_by_name() {
        let app = TestApp::start().await;
        for name in ["b-key", "a-key", "c-key"] {
            let token = key(&app, name);
            app.with(Some(&token)).post(EVENTS, &event()).await.status(201);
        }

        let mut path = format!("{SOURCES}?limit=2");
        let mut names = Vec::new();
        loop {
            let page = app.reader().get(&path).await.status(200).json();
            names.extend(page["data"].as_array().unwrap().iter().map(|source| source["source"].clone()));
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            path = format!("{SOURCES}?limit=2&cursor={cursor}");
        }

        assert_eq!(names, ["a-key", "annals", "b-key", "c-key"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn go_on_only_in_the_list_that_they_are_of() {
        let app = TestApp::start().await;
        send(&app.writer(), &[0, 2, 4]).await;
        let page = app.reader().get(&format!("{SOURCES}?limit=1")).await.status(200).json();
        let cursor = page["page"]["next_cursor"].as_str().unwrap();
        let harbor = app.with(Some(&app.keys.harbor_read));

        app.reader().get(&format!("{GAPS}?cursor={cursor}")).await.problem(400, "cursor_mismatch");
        harbor.get(&format!("/v1/orgs/harbor/sources?cursor={cursor}")).await.problem(400, "cursor_mismatch");
        app.reader().get(&format!("{SOURCES}?cursor={cursor}x")).await.problem(400, "cursor_invalid");
        app.reader().get(&format!("{SOURCES}?cursor=garbage")).await.problem(400, "cursor_invalid");
        // Of events, not of a list that is ordered by a name.
        let events = app.reader().get(&format!("{EVENTS}?limit=1")).await.json();
        let cursor = events["page"]["next_cursor"].as_str().unwrap();
        app.reader().get(&format!("{SOURCES}?cursor={cursor}")).await.problem(400, "cursor_invalid");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn have_their_limits() {
        let app = TestApp::start().await;
        send(&app.writer(), &[0, 2]).await;
        for (path, max) in [(SOURCES, 100), (GAPS, 1_000)] {
            app.reader().get(&format!("{path}?limit={max}")).await.status(200);
            for limit in [0, max + 1] {
                let answer = app.reader().get(&format!("{path}?limit={limit}")).await;

                let problem = answer.problem(400, "invalid_query");
                assert_eq!(problem["errors"][0]["message"], format!("1 to {max}"));
            }
        }
    }
}
