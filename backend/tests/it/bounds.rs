//! Answers are bounded whatever was asked, and nothing gets into a log by a side door.

use annals::db::schema::events;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, process::superuser};

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";
/// Most errors that one event is answered with: the first ones, and that there are more.
const ERRORS_MAX: usize = 21;
/// Longest answer to a batch, in bytes.
const ANSWER_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Members of an object that takes some 60 KiB in all.
const MEMBERS: usize = 12_000;

/// An object of one key, over and over.
fn repeated_keys() -> String {
    format!("{{{}}}", vec![r#""":0"#; MEMBERS].join(","))
}

/// An object of members that no event has, as many as one event may have values.
fn unknown_members() -> String {
    let members: Vec<String> = (0..1_900).map(|number| format!(r#""{number:x}":0"#)).collect();
    format!("{{{}}}", members.join(","))
}

/// A batch of the same text.
fn batch_of(event: &str, times: usize) -> String {
    format!(r#"{{"events":[{}]}}"#, vec![event; times].join(","))
}

/// The codes of a problem's errors.
fn codes(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().expect("errors");
    errors.iter().map(|error| error["code"].as_str().expect("a code")).collect()
}

/// Sends the event, and returns the codes of what is wrong with it.
async fn wrong_with(event: String) -> Vec<String> {
    let app = TestApp::start().await;
    let problem = app.writer().post_text(EVENTS, event).await.problem(422, "invalid");
    codes(&problem).into_iter().map(ToOwned::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_repeated_keys_is_told_of_a_few_and_that_there_are_more() {
    let codes = wrong_with(repeated_keys()).await;

    assert!(codes.len() <= ERRORS_MAX, "{}", codes.len());
    assert_eq!(codes.last().map(String::as_str), Some("more_errors"));
    assert!(codes[..codes.len() - 1].iter().all(|code| code == "repeated_key"), "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_unknown_members_is_told_of_a_few_and_that_there_are_more() {
    let codes = wrong_with(unknown_members()).await;

    assert!(codes.len() <= ERRORS_MAX, "{}", codes.len());
    assert_eq!(codes.last().map(String::as_str), Some("more_errors"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_unknown_members_is_told_of_a_few_and_that_there_are_more() {
    for member in ["actor", "context", "workspace"] {
        let codes = wrong_with(format!(r#"{{"action":"a.b","{member}":{}}}"#, unknown_members())).await;

        assert!(codes.len() <= ERRORS_MAX, "{member}: {}", codes.len());
        assert_eq!(codes.last().map(String::as_str), Some("more_errors"), "{member}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_such_events_is_answered_briefly() {
    let app = TestApp::start().await;
    for event in [repeated_keys(), unknown_members()] {
        let answer = app.writer().post_text(BATCH, batch_of(&event, 100)).await.status(200);

        assert!(answer.text.len() < ANSWER_BYTES_MAX, "{} bytes", answer.text.len());
        let report = answer.json();
        assert_eq!(report["rejected"], 100);
        for result in report["results"].as_array().unwrap() {
            assert!(codes(&result["problem"]).len() <= ERRORS_MAX, "{result}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_shorter_than_the_key_that_it_complains_of() {
    let app = TestApp::start().await;
    let key = |first: char| format!("{first}{}", "é".repeat(4_000));
    let event: serde_json::Map<String, Value> = "abcdefg".chars().map(|c| (key(c), json!(0))).collect();

    let answer = app.writer().post(EVENTS, &Value::Object(event)).await;

    assert!(answer.text.len() < 8 * 1024, "{} bytes", answer.text.len());
    let problem = answer.problem(422, "invalid");
    let unknown =
        problem["errors"].as_array().unwrap().iter().filter(|error| error["code"] == "unknown_field");
    let pointers: Vec<&str> = unknown.map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers.len(), 7, "{problem}");
    assert!(pointers.iter().all(|pointer| pointer.ends_with('…')), "{pointers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_a_hundred_thousand_items_is_refused_as_one() {
    let app = TestApp::start().await;

    let problem = app.writer().post_text(BATCH, batch_of("0", 100_000)).await.problem(422, "invalid");

    assert_eq!(codes(&problem), ["out_of_range"]);
    assert_eq!(problem["errors"][0]["pointer"], "/events");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_a_hundred_thousand_members_is_refused_at_the_first() {
    let app = TestApp::start().await;
    let body = format!("{{{}}}", vec![r#""x":0"#; 100_000].join(","));

    let problem = app.writer().post_text(BATCH, body).await.problem(422, "invalid");

    assert_eq!(codes(&problem), ["unknown_field"]);
}

/// A refused sign-in is recorded with the address that was typed: it must be one that a client might send.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_cannot_bring_into_a_log_what_an_event_could_not() {
    let app = TestApp::start().await;
    let conn = &mut superuser(&app.app.config);
    let before: i64 = events::table.count().get_result(conn).unwrap();
    let long = format!("{}@example.com", "x".repeat(300));
    for email in ["a\0b@example.com", "a\nb@example.com", "\u{1b}[2J", "a\u{85}b", "\u{7f}", &long] {
        let body = json!({"email": email, "password": PASSWORD});

        let problem = app.nobody().post("/v1/auth/login", &body).await.problem(422, "invalid");

        assert_eq!(problem["errors"][0]["pointer"], "/email", "{email:?}");
    }
    assert_eq!(events::table.count().get_result::<i64>(conn).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_of_an_unknown_person_is_recorded_once() {
    let app = TestApp::start().await;
    let conn = &mut superuser(&app.app.config);
    let before: i64 = events::table.count().get_result(conn).unwrap();

    let body = json!({"email": "nobody@example.com", "password": PASSWORD});
    app.nobody().post("/v1/auth/login", &body).await.problem(401, "invalid_credentials");

    assert_eq!(events::table.count().get_result::<i64>(conn).unwrap(), before + 1);
}
