//! The limits on events: what is just small enough is accepted, one more is refused with its name.

use serde_json::{Value, json};

use crate::support::TestApp;

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";
const EVENT_BYTES_MAX: usize = 64 * 1024;
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;

fn event_with(name: &str, value: Value) -> Value {
    let mut event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    event[name] = value;
    event
}

/// Sends the value at the limit and the value past it, as `name`; the answer says where, which rule and the limit.
async fn limits(name: &str, [at, past]: [Value; 2], pointer: &str, code: &str, limit: &str) {
    let app = TestApp::start().await;

    app.writer().post(EVENTS, &event_with(name, at)).await.status(201);
    let refused = app.writer().post(EVENTS, &event_with(name, past)).await;

    let problem = refused.problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], pointer);
    assert_eq!(problem["errors"][0]["code"], code);
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains(limit), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_has_128_bytes() {
    let action = |bytes: usize| json!(format!("a.{}", "b".repeat(bytes - 2)));
    limits("action", [action(128), action(129)], "/action", "invalid_format", "128").await;
}

/// Ids, names, types and addresses count bytes, not characters: `é` is two.
#[tokio::test(flavor = "multi_thread")]
async fn ids_and_names_have_256_bytes() {
    let app = TestApp::start().await;
    let (at, past) = ("é".repeat(128), format!("{}x", "é".repeat(128)));
    let full = json!({
        "action": "report.opened",
        "actor": {"type": at, "id": at, "name": at, "email": at},
        "on_behalf_of": {"type": at, "id": at, "name": at, "email": at},
        "targets": [{"type": at, "id": at, "name": at, "email": at}],
        "workspace": {"id": at, "name": at},
        "changes": [{"field": at, "old": 1}],
        "context": {"location": at, "request_id": at, "session_id": at, "correlation_id": at, "traceparent": at},
    });
    app.writer().post(EVENTS, &full).await.status(201);

    let mut pointers = vec!["/changes/0/field".to_owned()];
    for object in ["/actor", "/on_behalf_of", "/targets/0", "/workspace", "/context"] {
        let members = full.pointer(object).unwrap().as_object().unwrap();
        pointers.extend(members.keys().map(|name| format!("{object}/{name}")));
    }
    for pointer in pointers {
        let mut event = full.clone();
        *event.pointer_mut(&pointer).unwrap() = json!(past);
        let problem = app.writer().post(EVENTS, &event).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
        assert_eq!(problem["errors"][0]["code"], "too_long");
        assert_eq!(problem["errors"][0]["message"], "at most 256 bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_agent_has_1024_bytes() {
    let context = |bytes| json!({"user_agent": "m".repeat(bytes)});
    limits("context", [context(1024), context(1025)], "/context/user_agent", "too_long", "1024").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_string_has_8_kib() {
    let text = |bytes| json!("r".repeat(bytes));
    let target = |bytes| json!([{"type": "page", "id": "p", "href": "h".repeat(bytes)}]);
    let value = |bytes| json!({"key": "v".repeat(bytes)});
    let key = |bytes| json!({"k".repeat(bytes): 1});
    limits("reason", [text(8192), text(8193)], "/reason", "too_long", "8192").await;
    limits("details", [text(8192), text(8193)], "/details", "too_long", "8192").await;
    limits("targets", [target(8192), target(8193)], "/targets/0/href", "too_long", "8192").await;
    limits("parameters", [value(8192), value(8193)], "/parameters/key", "too_long", "8192").await;
    // A pointer is cut where it would be longer than 512 bytes.
    let pointer = format!("/parameters/{}…", "k".repeat(512 - "/parameters/".len()));
    limits("parameters", [key(8192), key(8193)], &pointer, "too_long", "8192").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_20_targets_50_changes_and_64_parameters() {
    let targets = |count| json!(vec![json!({"type": "user", "id": "u_7"}); count]);
    let changes = |count| json!(vec![json!({"field": "role", "new": null}); count]);
    let parameters = |count: usize| (0..count).map(|n| (format!("p{n}"), json!(n))).collect::<Value>();
    limits("targets", [targets(20), targets(21)], "/targets", "too_many", "20").await;
    limits("changes", [changes(50), changes(51)], "/changes", "too_many", "50").await;
    limits("parameters", [parameters(64), parameters(65)], "/parameters", "too_many", "64").await;
}

/// The event is level 1, `parameters` level 2.
#[tokio::test(flavor = "multi_thread")]
async fn nesting_has_16_levels() {
    let nested = |levels: usize| (0..levels).fold(json!(0), |inner, _| json!([inner]));
    let parameters = |levels: usize| json!({"x": nested(levels - 2)});
    let pointer = format!("/parameters/x{}", "/0".repeat(14));
    limits("parameters", [parameters(16), parameters(17)], &pointer, "too_deep", "16").await;
}

/// The event, the action, the actor with two members, `parameters` and the array are seven.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_has_2000_values() {
    let parameters = |values: usize| json!({"x": vec![0; values - 7]});
    limits(
        "parameters",
        [parameters(2000), parameters(2001)],
        "/parameters/x/1993",
        "too_many_values",
        "2000",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_sequence_goes_from_0_to_the_largest_exact_integer() {
    let app = TestApp::start().await;

    for number in [0_u64, 9_007_199_254_740_991] {
        app.writer().post(EVENTS, &event_with("source_sequence", json!(number))).await.status(201);
    }
    for number in [json!(-1), json!(9_007_199_254_740_992_u64), json!(0.5)] {
        let refused = app.writer().post(EVENTS, &event_with("source_sequence", number)).await;

        let problem = refused.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/source_sequence");
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("9007199254740991") || message.contains("2^53 − 1"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_lies_at_most_24_hours_ahead() {
    let (at, past) = (json!("2026-11-26T12:00:00Z"), json!("2026-11-26T12:00:00.000001Z"));
    limits("occurred_at", [at, past], "/occurred_at", "in_the_future", "24 hours").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_may_lie_any_time_back() {
    let app = TestApp::start().await;

    for time in ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z"] {
        let receipt =
            app.writer().post(EVENTS, &event_with("occurred_at", json!(time))).await.status(201).json();
        let path = format!("{EVENTS}/{}", receipt["id"].as_str().unwrap());
        let stored = app.reader().get(&path).await.status(200).json();
        assert_eq!(&stored["occurred_at"].as_str().unwrap()[..19], &time[..19]);
    }
}

/// The text of a good event of exactly this many bytes.
fn event_of(bytes: usize) -> String {
    let chunks = vec!["x".repeat(8000); 7];
    let mut event = event_with("parameters", json!({"chunks": chunks, "rest": ""}));
    let missing = bytes - event.to_string().len();
    event["parameters"]["rest"] = json!("x".repeat(missing / 2));
    event["details"] = json!("x".repeat(missing - missing / 2 - r#","details":"""#.len()));
    event.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_has_64_kib() {
    let app = TestApp::start().await;
    assert_eq!(event_of(EVENT_BYTES_MAX).len(), EVENT_BYTES_MAX);

    app.writer().post_text(EVENTS, event_of(EVENT_BYTES_MAX)).await.status(201);
    let refused = app.writer().post_text(EVENTS, event_of(EVENT_BYTES_MAX + 1)).await;

    let problem = refused.problem(413, "payload_too_large");
    assert!(problem["detail"].as_str().unwrap().contains("65536"), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_batch_has_64_kib() {
    let app = TestApp::start().await;
    let events = format!("[{},{}]", event_of(EVENT_BYTES_MAX), event_of(EVENT_BYTES_MAX + 1));

    let report = app.writer().post_text(BATCH, format!(r#"{{"events":{events}}}"#)).await.status(200).json();

    assert_eq!(report["results"][0]["status"], "accepted");
    assert_eq!(report["results"][1]["problem"]["errors"][0]["pointer"], "/events/1");
    assert_eq!(report["results"][1]["problem"]["errors"][0]["code"], "too_large");
    let message = report["results"][1]["problem"]["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("65536"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_has_8_mib() {
    let app = TestApp::start().await;
    let batch = json!({"events": [event_with("outcome", json!("success"))]}).to_string();
    let padded = format!("{batch}{}", " ".repeat(BATCH_BYTES_MAX - batch.len()));

    app.writer().post_text(BATCH, padded).await.status(200);
}

mod a_body_past_the_limit {
    use std::io::{Read, Write};

    use super::*;

    /// Sends the head of a request and this much of its body; reads the answer until the service hangs up
    /// or has said all. The whole body is never sent: nobody may wait for it.
    fn send(app: &TestApp, path: &str, header: &str, body: &[u8]) -> String {
        let address = app.url.trim_start_matches("http://");
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\n{header}\r\n\r\n",
            app.keys.acme_write
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = vec![0; 16 * 1024];
        let length = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_refused_by_its_declared_length_before_it_is_sent() {
        let app = TestApp::start().await;

        for (path, bytes) in [(EVENTS, EVENT_BYTES_MAX), (BATCH, BATCH_BYTES_MAX)] {
            let answer = send(&app, path, &format!("Content-Length: {}", bytes + 1), b"{");
            assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_refused_when_it_comes_without_a_declared_length() {
        let app = TestApp::start().await;
        let mut chunk = format!("{:x}\r\n", EVENT_BYTES_MAX + 1).into_bytes();
        chunk.resize(chunk.len() + EVENT_BYTES_MAX + 1, b' ');

        let answer = send(&app, EVENTS, "Transfer-Encoding: chunked", &chunk);

        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
}
