//! Batches in bulk: NDJSON, gzip, all or nothing, dry runs, and bodies that do not come.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Answer, TestApp};

const BATCH: &str = "/v1/orgs/acme/events/batch";
const ONE: &str = "/v1/orgs/acme/events";

fn event(number: usize) -> Value {
    json!({"action": "report.opened", "actor": {"type": "user", "id": format!("u_{number}")}})
}

fn lines(events: &[Value]) -> String {
    events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

async fn post(app: &TestApp, path: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Answer {
    let mut request = app.writer().request(Method::POST, path).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::of(request).await
}

const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");
const JSON: (&str, &str) = ("content-type", "application/json");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

/// How many events acme's log holds.
async fn size(app: &TestApp) -> i64 {
    app.reader().get("/v1/orgs/acme/events?limit=1").await.status(200).json()["page"]["as_of"]
        .as_i64()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_has_an_event_a_line_and_empty_lines_say_nothing() {
    let app = TestApp::start().await;
    let body = format!("\n{}\r\n\n{}", event(1), event(2));

    let answer = post(&app, BATCH, &[NDJSON], body).await.status(200).json();

    assert_eq!(answer["accepted"], 2, "{answer}");
    assert_eq!(answer["results"][1]["index"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_keeps_no_other_out() {
    let app = TestApp::start().await;
    let body = format!("{}\n{{\"action\":\n{}\n", event(1), event(2));

    let answer = post(&app, BATCH, &[NDJSON], body).await.status(200).json();

    assert_eq!((&answer["accepted"], &answer["rejected"]), (&json!(2), &json!(1)));
    let error = &answer["results"][1]["problem"]["errors"][0];
    assert_eq!(
        (error["pointer"].as_str(), error["code"].as_str()),
        (Some("/events/1"), Some("malformed_json"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_has_1_to_1000_events() {
    let app = TestApp::start().await;
    let many: Vec<Value> = (0..1001).map(event).collect();

    assert_eq!(post(&app, BATCH, &[NDJSON], lines(&many[..1000])).await.status(200).json()["accepted"], 1000);
    post(&app, BATCH, &[NDJSON], lines(&many)).await.problem(422, "invalid");
    post(&app, BATCH, &[NDJSON], "\n\n").await.problem(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_be_gzip() {
    let app = TestApp::start().await;
    let events: Vec<Value> = (0..3).map(event).collect();

    let json = post(&app, BATCH, &[JSON, GZIP], gzip(&json!({"events": events}).to_string())).await;
    let ndjson = post(&app, BATCH, &[NDJSON, GZIP], gzip(&lines(&events))).await;

    assert_eq!(json.status(200).json()["accepted"], 3);
    assert_eq!(ndjson.status(200).json()["accepted"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_body_may_not_unfold_to_a_large_one() {
    let app = TestApp::start().await;
    let bomb = gzip(&" ".repeat(8 * 1024 * 1024 + 1));
    assert!(bomb.len() < 100_000);

    post(&app, BATCH, &[NDJSON, GZIP], bomb).await.problem(413, "payload_too_large");
    post(&app, BATCH, &[NDJSON, GZIP], "no gzip").await.problem(400, "malformed_json");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_is_plain_json_only() {
    let app = TestApp::start().await;

    post(&app, ONE, &[NDJSON], event(1).to_string()).await.problem(415, "unsupported_media_type");
    post(&app, ONE, &[JSON, GZIP], gzip(&event(1).to_string())).await.problem(415, "unsupported_media_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atomic_batch_with_a_broken_event_is_refused_whole() {
    let app = TestApp::start().await;
    let before = size(&app).await;
    let batch = json!({"events": [event(1), {"action": "x"}, event(2), {"actor": 1}]});

    let problem = app.writer().post(&format!("{BATCH}?atomic=true"), &batch).await.problem(422, "invalid");

    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert!(pointers.contains(&"/events/1/actor") && pointers.contains(&"/events/3/action"), "{pointers:?}");
    assert_eq!(size(&app).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atomic_batch_with_a_taken_id_is_refused_whole_and_the_sequences_go_on_without_a_gap() {
    let app = TestApp::start().await;
    let id = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";
    let mut taken = event(1);
    taken["id"] = json!(id);
    let first = app.writer().post(ONE, &taken).await.status(201).json();
    let mut other = event(2);
    other["id"] = json!(id);

    let batch = json!({"events": [event(3), other, event(4)]});
    let problem =
        app.writer().post(&format!("{BATCH}?atomic=true"), &batch).await.problem(409, "id_conflict");

    assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
    assert_eq!(problem["errors"][0]["pointer"], "/events/1/id");
    let next = app.writer().post(ONE, &event(5)).await.status(201).json();
    assert_eq!(next["sequence"].as_i64().unwrap(), first["sequence"].as_i64().unwrap() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atomic_batch_sent_again_is_a_duplicate() {
    let app = TestApp::start().await;
    let batch = json!({"events": [event(1), event(2)]});
    let send = || async {
        let path = format!("{BATCH}?atomic=true");
        let request = app.writer().request(Method::POST, &path).header("idempotency-key", "k").json(&batch);
        Answer::of(request).await.status(200).json()
    };

    assert_eq!(send().await["accepted"], 2);
    assert_eq!(send().await["duplicates"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_checks_and_records_nothing() {
    let app = TestApp::start().await;
    let before = size(&app).await;
    let known = json!({"action": "user.invited", "actor": {"type": "user", "id": "u_1", "name": "Ada"}});

    let one = app.writer().post(&format!("{ONE}?dry_run=true"), &known).await.status(200).json();
    let batch = json!({"events": [event(1), {"action": "x"}]});
    let many = app.writer().post(&format!("{BATCH}?dry_run=true"), &batch).await.status(200).json();

    assert_eq!((&one["dry_run"], &one["event"]["label"]), (&json!(true), &json!("User invited")));
    assert_eq!(one["event"]["details"], "Ada invited a user as a member");
    assert_eq!((&many["valid"], &many["rejected"], &many["accepted"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(many["results"][0]["status"], "valid");
    assert_eq!(size(&app).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = TestApp::start_with(|config| config.body_grace_seconds = 1).await;
    let head = format!(
        "POST {ONE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 60000\r\n\r\n{{",
        app.keys.acme_write
    );
    let mut stream = tokio::net::TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();

    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();

    assert_eq!(&answer, b"HTTP/1.1 408");
}

/// Nothing of the body has come, and nothing will: the place in the queue is decided on its length alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_told_before_the_body_is_read() {
    let app = TestApp::start().await;
    let places: Vec<_> = (0..8).map(|_| app.app.writer.admit(8 * 1024 * 1024).unwrap()).collect();
    let head = format!(
        "POST {BATCH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 60000\r\n\r\n",
        app.keys.acme_write
    );
    let mut stream = tokio::net::TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();

    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();

    assert_eq!(&answer, b"HTTP/1.1 503");
    drop(places);
    app.writer().post(ONE, &event(1)).await.status(201);
}
