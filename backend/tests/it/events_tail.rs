//! Following the log: commit order, from a sequence on, nothing skipped.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    events_read::{numbers, record},
    support::TestApp,
};

const TAIL: &str = "/v1/orgs/acme/events/tail";

async fn tail(app: &TestApp, query: &str) -> Value {
    app.reader().get(&format!("{TAIL}?{query}")).await.status(200).json()
}

fn sequences(tail: &Value) -> Vec<u64> {
    tail["data"].as_array().unwrap().iter().map(|event| event["sequence"].as_u64().unwrap()).collect()
}

/// The sequence that the next event will have.
async fn end(app: &TestApp) -> u64 {
    tail(app, "limit=1000").await["next_from"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn begins_with_the_first_event_ever() {
    let app = TestApp::start().await;

    let (from_zero, from_nowhere) = (tail(&app, "from=0").await, tail(&app, "").await);

    assert_eq!(from_zero["data"][0]["sequence"], 0);
    assert_eq!(from_zero, from_nowhere);
}

#[tokio::test(flavor = "multi_thread")]
async fn is_in_commit_order_whatever_the_events_say_of_their_time() {
    let app = TestApp::start().await;
    let from = end(&app).await;
    let times = ["2026-11-25T12:00:00Z", "1999-01-01T00:00:00Z", "2026-11-26T00:00:00Z"];
    record(&app, &times.map(|time| ("a.b", time))).await;

    let tail = tail(&app, &format!("from={from}")).await;

    assert_eq!(numbers(&tail), [0, 1, 2]);
    assert_eq!(sequences(&tail), [from, from + 1, from + 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn is_read_to_its_end_in_steps_without_a_gap() {
    let app = TestApp::start().await;
    record(&app, &[("a.b", "2026-11-20T00:00:00Z"); 20]).await;
    let size = end(&app).await;

    let (mut from, mut seen) = (0, Vec::new());
    loop {
        let step = tail(&app, &format!("from={from}&limit=6")).await;
        assert!(step["data"].as_array().unwrap().len() <= 6);
        seen.extend(sequences(&step));
        from = step["next_from"].as_u64().unwrap();
        if step["has_more"] == json!(false) {
            break;
        }
    }

    assert!(seen.into_iter().eq(0..size));
    assert_eq!(from, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_its_end_is_empty_and_says_where_to_go_on() {
    let app = TestApp::start().await;
    let size = end(&app).await;

    let tail = tail(&app, &format!("from={size}")).await;

    assert_eq!(tail, json!({"data": [], "next_from": size, "has_more": false}));
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_on_past_events_that_a_filter_leaves_out() {
    let app = TestApp::start().await;
    let from = end(&app).await;
    record(
        &app,
        &[("a.b", "2026-11-20T00:00:00Z"), ("c.d", "2026-11-20T00:00:00Z"), ("a.b", "2026-11-20T00:00:00Z")],
    )
    .await;

    let one = tail(&app, &format!("from={from}&action=c.*")).await;
    let none = tail(&app, &format!("from={from}&action=no.such")).await;
    let full = tail(&app, &format!("from={from}&action=a.b&limit=1")).await;

    assert_eq!((numbers(&one), &one["next_from"]), (vec![1], &json!(from + 3)));
    assert_eq!((numbers(&none), &none["next_from"]), (vec![], &json!(from + 3)));
    assert_eq!(
        (numbers(&full), &full["next_from"], &full["has_more"]),
        (vec![0], &json!(from + 1), &json!(true))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_the_filters_of_the_list() {
    let app = TestApp::start().await;
    let from = end(&app).await;
    record(&app, &[("user.invited", "2026-11-20T00:00:00Z"), ("case.exported", "2026-11-20T00:00:00Z")])
        .await;

    for (query, found) in [
        ("action=user.*", vec![0]),
        ("category=CASES", vec![1]),
        ("actor=ada@example.com", vec![0, 1]),
        ("actor=ada@example.com&category=cases", vec![1]),
    ] {
        assert_eq!(numbers(&tail(&app, &format!("from={from}&{query}")).await), found, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_past_the_end_is_refused() {
    let app = TestApp::start().await;
    let past = end(&app).await + 1;

    let problem = app.reader().get(&format!("{TAIL}?from={past}")).await.problem(400, "invalid_query");
    assert_eq!(problem["errors"][0]["pointer"], "from");
    assert_eq!(problem["errors"][0]["code"], "past_the_end");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_the_parameter_that_is_malformed() {
    let app = TestApp::start().await;
    for (query, parameter, code) in [
        ("from=-1", "from", "out_of_range"),
        ("from=x", "from", "invalid_format"),
        ("from=9223372036854775808", "from", "invalid_format"),
        ("limit=0", "limit", "out_of_range"),
        ("limit=1001", "limit", "out_of_range"),
        ("wait=31", "wait", "out_of_range"),
        ("wait=-1", "wait", "invalid_format"),
        ("action=x", "action", "invalid_format"),
        ("since=-1d", "since", "unknown_parameter"),
        ("order=asc", "order", "unknown_parameter"),
        ("cursor=x", "cursor", "unknown_parameter"),
        ("from=0&from=1", "from", "repeated_key"),
    ] {
        let problem = app.reader().get(&format!("{TAIL}?{query}")).await.problem(400, "invalid_query");
        let error = (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]);
        assert_eq!(error, (&json!(parameter), &json!(code)), "{query}");
    }
}

mod waiting {
    use super::*;

    /// The answer of a poll that is done before another one, which waits ten seconds for what never comes.
    async fn soon(app: &TestApp, query: &str, other: &TestApp) -> Value {
        tokio::select! {
            tail = tail(app, query) => tail,
            _ = tail(other, "from=0&wait=10&action=never.comes") => panic!("{query} goes on waiting"),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_as_soon_as_an_event_arrives() {
        let app = TestApp::start().await;
        let from = end(&app).await;

        let query = format!("from={from}&wait=30");
        let (tail, ()) = tokio::join!(soon(&app, &query, &app), async {
            // Something to wait for, while the poll waits: long enough to be there first.
            tokio::time::sleep(Duration::from_millis(400)).await;
            record(&app, &[("a.b", "2026-11-20T00:00:00Z")]).await;
        });

        assert_eq!(numbers(&tail), [0]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn does_not_end_for_events_that_do_not_fit() {
        let app = TestApp::start().await;
        let from = end(&app).await;

        let query = format!("from={from}&wait=2&action=c.d");
        let (tail, ()) = tokio::join!(tail(&app, &query), async {
            record(&app, &[("a.b", "2026-11-20T00:00:00Z"), ("a.b", "2026-11-20T00:00:00Z")]).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            record(&app, &[("c.d", "2026-11-20T00:00:00Z")]).await;
        });

        assert_eq!(numbers(&tail), [0]);
        assert_eq!(sequences(&tail), [from + 2]);
        assert_eq!(tail["next_from"], from + 3);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_over_after_its_time() {
        let app = TestApp::start().await;
        let from = end(&app).await;

        let tail = soon(&app, &format!("from={from}&wait=1"), &app).await;

        assert_eq!(tail, json!({"data": [], "next_from": from, "has_more": false}));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn does_not_happen_while_there_is_something_to_read() {
        let app = TestApp::start().await;

        let tail = soon(&app, "from=0&wait=30", &app).await;

        assert_eq!(tail["data"][0]["sequence"], 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_when_the_service_is_about_to_stop() {
        let app = TestApp::start().await;
        let goes_on = TestApp::start().await;
        let from = end(&app).await;

        let query = format!("from={from}&wait=30");
        let (tail, ()) = tokio::join!(soon(&app, &query, &goes_on), async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            app.app.begin_stop();
        });

        assert_eq!(tail, json!({"data": [], "next_from": from, "has_more": false}));
    }
}
