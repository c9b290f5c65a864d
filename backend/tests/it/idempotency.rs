//! `Idempotency-Key`: a request sent again blindly is recognised, although its events bring no ids.

use std::{collections::HashSet, time::Duration};

use annals::{
    access::Scope,
    host::Host,
    id::{Event, Id},
};
use reqwest::{Method, header::HeaderValue};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";
const HARBOR: &str = "/v1/orgs/harbor/events";
const OWN_ID: &str = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";

fn event(actor: &str) -> Value {
    json!({"action": "user.invited", "actor": {"type": "user", "id": actor}})
}

fn batch(actors: &[&str]) -> Value {
    json!({"events": actors.iter().map(|actor| event(actor)).collect::<Vec<_>>()})
}

/// Posts with the header.
async fn post(client: &Client<'_>, path: &str, key: &str, body: &Value) -> Answer {
    Answer::of(client.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

/// The values of a member in a batch's results, in order.
fn each<'a>(report: &'a Value, name: &str) -> Vec<&'a Value> {
    report["results"].as_array().expect("results").iter().map(|result| &result[name]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_is_answered_with_the_first_receipt() {
    let app = TestApp::start().await;
    let first = post(&app.writer(), EVENTS, "order-4711", &event("u_9")).await.status(201).json();
    app.advance(Duration::from_hours(1));

    let again = post(&app.writer(), EVENTS, "order-4711", &event("u_9")).await.status(200).json();

    let mut expected = first;
    expected["duplicate"] = json!(true);
    assert_eq!(again, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_at_the_same_time_is_recorded_once() {
    let app = TestApp::start().await;
    let (client, body) = (app.writer(), event("u_9"));

    let sending = (0..16).map(|_| post(&client, EVENTS, "order-4711", &body));
    let answers = futures_util::future::join_all(sending).await;

    let receipts: Vec<Value> = answers.iter().map(Answer::json).collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{receipts:?}");
    let places: HashSet<String> =
        receipts.iter().map(|receipt| format!("{} {}", receipt["sequence"], receipt["leaf_hash"])).collect();
    assert_eq!(places.len(), 1, "{receipts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_batch_again_is_all_duplicates() {
    let app = TestApp::start().await;
    // The same event twice in one request is two events: each has its own place in the request.
    let body = batch(&["u_1", "u_2", "u_2", "u_3"]);
    let first = post(&app.writer(), BATCH, "import-1", &body).await.status(200).json();
    assert_eq!((&first["accepted"], &first["duplicates"]), (&json!(4), &json!(0)));

    let again = post(&app.writer(), BATCH, "import-1", &body).await.status(200).json();

    assert_eq!(
        (&again["accepted"], &again["duplicates"], &again["rejected"]),
        (&json!(0), &json!(4), &json!(0))
    );
    for name in ["id", "sequence", "leaf_hash", "received_at"] {
        assert_eq!(each(&again, name), each(&first, name));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_half_of_which_was_refused_can_be_mended_and_sent_again() {
    let app = TestApp::start().await;
    let mut broken = batch(&["u_1", "u_2", "u_3"]);
    broken["events"][1]["action"] = json!("Not An Action");
    let first = post(&app.writer(), BATCH, "import-1", &broken).await.status(200).json();

    let mended = batch(&["u_1", "u_2", "u_3"]);
    let again = post(&app.writer(), BATCH, "import-1", &mended).await.status(200).json();

    assert_eq!(each(&first, "status"), ["accepted", "rejected", "accepted"]);
    assert_eq!(each(&again, "status"), ["duplicate", "accepted", "duplicate"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_with_an_id_of_its_own_keeps_it() {
    let app = TestApp::start().await;
    let mut body = batch(&["u_1", "u_2"]);
    body["events"][0]["id"] = json!(OWN_ID);

    let report = post(&app.writer(), BATCH, "import-1", &body).await.status(200).json();

    assert_eq!(report["results"][0]["id"], OWN_ID);
    assert_ne!(report["results"][1]["id"], OWN_ID);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_version_8_and_each_another() {
    let app = TestApp::start().await;

    let one = post(&app.writer(), BATCH, "import-1", &batch(&["u_1", "u_2"])).await.status(200).json();
    let other = post(&app.writer(), BATCH, "import-2", &batch(&["u_1", "u_2"])).await.status(200).json();

    let ids: HashSet<&str> =
        [&one, &other].into_iter().flat_map(|report| each(report, "id")).filter_map(Value::as_str).collect();
    assert_eq!(ids.len(), 4);
    for id in ids {
        let parsed = Id::<Event>::parse(id).expect("a UUID");
        assert_eq!(parsed.uuid().get_version_num(), 8, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_with_the_same_header_is_another_request() {
    let app = TestApp::start().await;
    let host = Host::of(&app.app, "test");
    let key = host.create_key("acme", "second-billing", &[Scope::EventsWrite], None).unwrap();
    let first = post(&app.writer(), EVENTS, "order-4711", &event("u_9")).await.status(201).json();

    let second = post(&app.with(Some(key.expose())), EVENTS, "order-4711", &event("u_9")).await;

    assert_ne!(second.status(201).json()["id"], first["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organization_with_the_same_header_is_another_request() {
    let app = TestApp::start().await;
    let harbor = app.with(Some(&app.keys.harbor_write));
    let acme = post(&app.writer(), EVENTS, "order-4711", &event("u_9")).await.status(201).json();

    let harbor = post(&harbor, HARBOR, "order-4711", &event("u_9")).await.status(201).json();

    assert_ne!(harbor["id"], acme["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_event_under_the_same_header_is_a_conflict() {
    let app = TestApp::start().await;
    post(&app.writer(), EVENTS, "order-4711", &event("u_9")).await.status(201);

    let answer = post(&app.writer(), EVENTS, "order-4711", &event("u_8")).await;

    answer.problem(409, "id_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_batch_only_the_other_event_is_rejected() {
    let app = TestApp::start().await;
    post(&app.writer(), BATCH, "import-1", &batch(&["u_1", "u_2", "u_3"])).await.status(200);

    let changed = batch(&["u_1", "somebody else", "u_3"]);
    let report = post(&app.writer(), BATCH, "import-1", &changed).await.status(200).json();

    assert_eq!(each(&report, "status"), ["duplicate", "rejected", "duplicate"]);
    assert_eq!(report["results"][1]["problem"]["code"], "id_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_header_is_as_good_as_the_shortest() {
    let app = TestApp::start().await;
    for key in ["~".to_owned(), "k".repeat(255), "order 4711, second try".to_owned()] {
        post(&app.writer(), EVENTS, &key, &event("u_9")).await.status(201);
        post(&app.writer(), EVENTS, &key, &event("u_9")).await.status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_header_is_refused_and_nothing_is_recorded() {
    let app = TestApp::start().await;
    let before = app.reader().get(EVENTS).await.json();
    let long = "k".repeat(256);
    let malformed: [&[&[u8]]; 7] = [
        &[b""],
        &[b"  "],
        &[long.as_bytes()],
        &["bestellung-\u{fc}".as_bytes()],
        &[b"order\t4711"],
        &[b"order-4711", b"order-4711"],
        &[b"order-4711", b""],
    ];
    for (path, body) in [(EVENTS, event("u_9")), (BATCH, batch(&["u_9"]))] {
        for headers in malformed {
            let mut request = app.writer().request(Method::POST, path).json(&body);
            for header in headers {
                request = request.header("idempotency-key", HeaderValue::from_bytes(header).unwrap());
            }
            let problem = Answer::of(request).await.problem(400, "invalid_header");
            assert!(problem["detail"].as_str().unwrap().contains("Idempotency-Key"), "{problem}");
        }
    }
    assert_eq!(app.reader().get(EVENTS).await.json(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_not_told_that_the_header_is_malformed() {
    let app = TestApp::start().await;

    post(&app.nobody(), EVENTS, "", &event("u_9")).await.problem(401, "unauthenticated");
    post(&app.with(Some(&app.keys.harbor_write)), EVENTS, "", &event("u_9")).await.problem(404, "not_found");
}
