//! Appending a batch: each event stands for itself, in order.

use serde_json::{Value, json};

use crate::support::TestApp;

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";
const ID: &str = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";

fn event(more: Value) -> Value {
    let mut event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    let (Value::Object(members), Value::Object(more)) = (&mut event, more) else { panic!("not objects") };
    members.extend(more);
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn of_good_events_is_accepted_in_order_with_a_receipt_each() {
    let app = TestApp::start().await;
    let events = json!([event(json!({"id": ID})), event(json!({})), event(json!({}))]);

    let report = app.writer().post(BATCH, &json!({"events": events})).await.status(200).json();

    assert_eq!(
        (&report["accepted"], &report["duplicates"], &report["rejected"]),
        (&json!(3), &json!(0), &json!(0))
    );
    let first = report["results"][0]["sequence"].as_u64().unwrap();
    for (index, result) in report["results"].as_array().unwrap().iter().enumerate() {
        let index = u64::try_from(index).unwrap();
        assert_eq!(result["index"], index);
        assert_eq!(result["status"], "accepted");
        assert_eq!(result["sequence"], first + index);
        assert_eq!(result["received_at"], "2026-11-25T12:00:00.000000Z");
        assert_eq!(result.get("problem"), None);
        let id = result["id"].as_str().unwrap();
        let stored = app.reader().get(&format!("{EVENTS}/{id}")).await.status(200).json();
        assert_eq!(stored["leaf_hash"], result["leaf_hash"]);
    }
    assert_eq!(report["results"][0]["id"], ID);
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_good_events_when_others_are_rejected_and_says_where_and_why() {
    let app = TestApp::start().await;
    let events = json!([
        event(json!({})),
        event(json!({"action": "nonsense"})),
        5,
        event(json!({"occurred_at": "yesterday", "parameters": {"_sd": 1}})),
        event(json!({"occurred_at": "yesterday"})),
        event(json!({})),
    ]);

    let answer = app.writer().post(BATCH, &json!({"events": events})).await.status(200);

    let report = answer.json();
    let results = report["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["accepted", "rejected", "rejected", "rejected", "rejected", "accepted"]);
    assert_eq!((&report["accepted"], &report["rejected"]), (&json!(2), &json!(4)));
    for (index, pointer, code) in [
        (1, "/events/1/action", "invalid_format"),
        (2, "/events/2", "wrong_type"),
        (3, "/events/3/parameters/_sd", "reserved_name"),
        (4, "/events/4/occurred_at", "invalid_format"),
    ] {
        let problem = &results[index]["problem"];
        assert_eq!(problem["status"], 422);
        assert_eq!(problem["code"], "invalid");
        assert_eq!(problem["request_id"].as_str(), answer.header("x-request-id"));
        assert_eq!(problem["errors"][0]["pointer"], pointer);
        assert_eq!(problem["errors"][0]["code"], code);
        assert_eq!(results[index].get("sequence"), None);
    }
    let distance = results[5]["sequence"].as_u64().unwrap() - results[0]["sequence"].as_u64().unwrap();
    assert_eq!(distance, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_only_rejected_events_is_still_answered_with_a_report() {
    let app = TestApp::start().await;

    let report = app.writer().post(BATCH, &json!({"events": [1, "two"]})).await.status(200).json();

    assert_eq!((&report["accepted"], &report["rejected"]), (&json!(0), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_same_event_twice_records_it_once() {
    let app = TestApp::start().await;
    let events = json!([event(json!({"id": ID})), event(json!({"id": ID.to_uppercase()}))]);

    let report = app.writer().post(BATCH, &json!({"events": events})).await.status(200).json();

    let (first, second) = (&report["results"][0], &report["results"][1]);
    assert_eq!((&first["status"], &second["status"]), (&json!("accepted"), &json!("duplicate")));
    assert_eq!((&report["accepted"], &report["duplicates"]), (&json!(1), &json!(1)));
    for member in ["id", "sequence", "leaf_hash", "received_at"] {
        assert_eq!(first[member], second[member], "{member}");
    }
    assert_eq!((&first["duplicate"], &second["duplicate"]), (&json!(false), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_events_under_one_id_records_the_first() {
    let app = TestApp::start().await;
    let events = json!([event(json!({"id": ID})), event(json!({"id": ID, "reason": "other"}))]);

    let report = app.writer().post(BATCH, &json!({"events": events})).await.status(200).json();

    assert_eq!(report["results"][0]["status"], "accepted");
    assert_eq!(report["results"][1]["status"], "rejected");
    assert_eq!(report["results"][1]["problem"]["status"], 409);
    assert_eq!(report["results"][1]["problem"]["code"], "id_conflict");
    let stored = app.reader().get(&format!("{EVENTS}/{ID}")).await.status(200).json();
    assert_eq!(stored.get("reason"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_again_is_all_duplicates() {
    let app = TestApp::start().await;
    let ids = (0..3).map(|n| event(json!({"id": format!("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c0{n}")})));
    let batch = json!({"events": ids.collect::<Vec<_>>()});
    let first = app.writer().post(BATCH, &batch).await.status(200).json();

    let again = app.writer().post(BATCH, &batch).await.status(200).json();

    assert_eq!((&again["accepted"], &again["duplicates"]), (&json!(0), &json!(3)));
    for (before, after) in
        first["results"].as_array().unwrap().iter().zip(again["results"].as_array().unwrap())
    {
        assert_eq!(before["sequence"], after["sequence"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_event_is_accepted() {
    let app = TestApp::start().await;

    let report = app.writer().post(BATCH, &json!({"events": [event(json!({}))]})).await.status(200).json();

    assert_eq!(report["accepted"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_events_is_accepted() {
    let app = TestApp::start().await;
    let events: Vec<Value> = (0..1000).map(|n| event(json!({"source_sequence": n}))).collect();

    let report = app.writer().post(BATCH, &json!({"events": events})).await.status(200).json();

    assert_eq!(report["accepted"], 1000);
    let from = report["results"][0]["sequence"].as_u64().unwrap();
    let tail = app.reader().get(&format!("/v1/orgs/acme/events/tail?from={from}&limit=1000")).await.json();
    let numbers =
        tail["data"].as_array().unwrap().iter().map(|event| event["source_sequence"].as_u64().unwrap());
    assert!(numbers.eq(0..1000));
}

#[tokio::test(flavor = "multi_thread")]
async fn that_breaks_a_rule_of_batches_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    let one = event(json!({}));
    let many = vec![one.clone(); 1001];

    for (body, pointer, code) in [
        (json!({"events": []}), "/events", "out_of_range"),
        (json!({"events": many}), "/events", "out_of_range"),
        (json!({"events": {"0": one}}), "/events", "wrong_type"),
        (json!({"events": null}), "/events", "wrong_type"),
        (json!({"events": [one], "atomic": true}), "/atomic", "unknown_field"),
        (json!({"a/b~c": 1, "events": [one]}), "/a~1b~0c", "unknown_field"),
        (json!({}), "/events", "required"),
        (json!([one]), "", "wrong_type"),
        (one.clone(), "/action", "unknown_field"),
    ] {
        let problem = app.writer().post(BATCH, &body).await.problem(422, "invalid");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(code))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_its_events_twice_is_refused() {
    let app = TestApp::start().await;

    let problem =
        app.writer().post_text(BATCH, r#"{"events":[1],"events":[2]}"#).await.problem(422, "invalid");

    assert_eq!(problem["errors"][0]["code"], "repeated_key");
    assert_eq!(problem["errors"][0]["pointer"], "/events");
}
