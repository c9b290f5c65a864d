//! Events that somebody altered in the database: every way of reading says so.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::{
    support::{TestApp, process::superuser},
    verify::{acme_row, service},
};

/// A service with one altered event in acme's log, and its sequence.
async fn damaged(set: &str) -> (TestApp, i64) {
    let (app, first) = service().await;
    let sql = format!("UPDATE events SET {set} {}", acme_row(first + 3));
    superuser(&app.app.config).batch_execute(&sql).expect("SQL for either database");
    (app, first + 3)
}

/// The sequences of the events that the answer calls damaged.
fn called_damaged(answer: &Value) -> Vec<&Value> {
    let events = answer["data"].as_array().expect("events").iter();
    let called = events.filter(|event| event.get("damaged").is_some());
    called.inspect(|event| assert_eq!(event["damaged"], true)).map(|event| &event["sequence"]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_names_exactly_the_event_whose_body_was_changed() {
    let (app, sequence) = damaged("body = replace(body, 'invitation 3', 'invitation 4')").await;

    let page = app.reader().get("/v1/orgs/acme/events?limit=1000").await.status(200).json();

    assert_eq!(called_damaged(&page), [&json!(sequence)]);
}

/// One row must not keep the others from whoever reads on.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_an_event_whose_body_is_no_json_is_answered_with_the_others() {
    for body in ["'no JSON at all'", "'[1]'", "'{\"v\":1'"] {
        let (app, sequence) = damaged(&format!("body = {body}")).await;

        let page = app.reader().get("/v1/orgs/acme/events?limit=1000").await.status(200).json();
        let tail = app.reader().get("/v1/orgs/acme/events/tail?limit=1000").await.status(200).json();

        for answer in [&page, &tail] {
            assert_eq!(called_damaged(answer), [&json!(sequence)], "{body}");
        }
        let event = &tail["data"][usize::try_from(sequence).unwrap()];
        assert_eq!((&event["v"], &event["organization"]), (&json!(1), &json!("acme")));
        assert_eq!(event["actor"]["type"], "user");
        let id = event["id"].as_str().unwrap();
        assert_eq!(app.reader().get(&format!("/v1/orgs/acme/events/{id}")).await.status(200).json(), *event);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_names_an_event_whose_leaf_hash_was_changed() {
    let (app, sequence) =
        damaged("leaf_hash = (SELECT leaf_hash FROM events WHERE sequence = 0 LIMIT 1)").await;

    let tail = app.reader().get("/v1/orgs/acme/events/tail?limit=1000").await.status(200).json();

    assert_eq!(called_damaged(&tail), [&json!(sequence)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_itself_says_so_and_its_neighbor_does_not() {
    let (app, sequence) = damaged("seed = NULL").await;
    let page = app.reader().get("/v1/orgs/acme/events?limit=1000").await.status(200).json();
    let id = |sequence: i64| {
        let events = page["data"].as_array().unwrap().iter();
        events.into_iter().find(|event| event["sequence"] == sequence).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };

    let event = app.reader().get(&format!("/v1/orgs/acme/events/{}", id(sequence))).await.status(200).json();
    let neighbor =
        app.reader().get(&format!("/v1/orgs/acme/events/{}", id(sequence - 1))).await.status(200).json();

    assert_eq!((event.get("damaged"), neighbor.get("damaged")), (Some(&json!(true)), None));
}
