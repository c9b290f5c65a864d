//! Reading a log whose beginning is no longer retained.

use diesel::connection::SimpleConnection;
use serde_json::json;

use crate::{
    support::{TestApp, process::superuser},
    verify::{ACME, EVENTS, service},
};

/// Takes acme's events before a sequence away, as retention does. Reading needs no seal.
fn prune(app: &TestApp, first: i64) {
    let sql = format!(
        "UPDATE log_heads SET first_sequence = {first} WHERE org_id = {ACME}; \
         DELETE FROM events WHERE org_id = {ACME} AND sequence < {first}"
    );
    superuser(&app.app.config).batch_execute(&sql).expect("SQL for either database");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_from_below_the_edge_is_gone_and_names_where_to_go_on() {
    let (app, first) = service().await;
    prune(&app, first + 3);

    let tail = format!("/v1/orgs/acme/events/tail?from={}", first + 2);
    let problem = app.reader().get(&tail).await.problem(410, "pruned");

    let edge =
        format!("events before sequence {} were removed by the retention rule; go on from there", first + 3);
    assert_eq!(problem["detail"], edge);
    let tail = format!("/v1/orgs/acme/events/tail?from={}", first + 3);
    let tail = app.reader().get(&tail).await.status(200).json();
    assert_eq!(tail["data"][0]["sequence"], first + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_from_zero_begins_at_the_edge() {
    let (app, first) = service().await;
    prune(&app, first + 3);

    let tail = app.reader().get("/v1/orgs/acme/events/tail?from=0").await.status(200).json();

    assert_eq!(tail["data"][0]["sequence"], first + 3);
    assert_eq!(tail["next_from"], first + EVENTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_on_its_next_page_that_events_were_removed_meanwhile() {
    let (app, first) = service().await;
    let list = "/v1/orgs/acme/events?limit=2&order=asc";
    let page = app.reader().get(list).await.status(200).json();
    let cursor = page["page"]["next_cursor"].as_str().expect("a second page");
    assert_eq!(page["page"].get("pruned"), None);

    prune(&app, first + 3);

    let page = app.reader().get(&format!("{list}&cursor={cursor}")).await.status(200).json();
    assert_eq!(page["page"]["pruned"], json!(true));
    let sequences: Vec<i64> =
        page["data"].as_array().unwrap().iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    assert!(sequences.iter().all(|sequence| *sequence >= first + 3), "{sequences:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_below_the_edge_is_not_found() {
    let (app, first) = service().await;
    let page = app.reader().get("/v1/orgs/acme/events?limit=1000").await.status(200).json();
    let old = page["data"].as_array().unwrap().iter().find(|event| event["sequence"] == first).unwrap();
    let path = format!("/v1/orgs/acme/events/{}", old["id"].as_str().unwrap());
    app.reader().get(&path).await.status(200);

    prune(&app, first + 3);

    app.reader().get(&path).await.problem(404, "not_found");
}
