//! Several who act on one key at the same time: exactly one wins, and one event says so.

use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const KEYS: &str = "/v1/orgs/acme/api-keys";
const AT_ONCE: usize = 20;

/// Sends the same request many times at once; how often each status was answered.
async fn together(app: &TestApp, method: Method, path: &str, body: Value) -> Vec<Answer> {
    let admin = Arc::new(app.person("admin@acme.example").await);
    let requests = (0..AT_ONCE).map(|_| {
        let request = admin.request(method.clone(), path);
        Answer::of(if body.is_null() { request } else { request.json(&body) })
    });
    join_all(requests).await
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

async fn make(app: &TestApp) -> String {
    let admin = app.person("admin@acme.example").await;
    let made = admin.post(KEYS, &json!({"name": "checkout", "preset": "ingest"})).await.status(201).json();
    format!("{KEYS}/{}", made["id"].as_str().unwrap())
}

async fn told(app: &TestApp, action: &str, name: &str) -> usize {
    let page = app.reader().get(&format!("/v1/orgs/acme/events?limit=1000&action={action}")).await;
    let page = page.status(200).json();
    page["data"].as_array().unwrap().iter().filter(|event| event["targets"][0]["name"] == name).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_keys_of_one_name_one_is_made() {
    let app = TestApp::start().await;

    let answers = together(&app, Method::POST, KEYS, json!({"name": "checkout", "preset": "ingest"})).await;

    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, AT_ONCE - 1));
    assert_eq!(told(&app, "api_key.created", "checkout").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_rotations_of_one_version_one_is_told_the_secret() {
    let app = TestApp::start().await;
    let place = make(&app).await;

    let answers = together(&app, Method::POST, &format!("{place}/rotate"), json!({"version": 1})).await;

    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, AT_ONCE - 1));
    assert_eq!(told(&app, "annals.api_key.rotated", "checkout").await, 1);
    let winner = answers.iter().find(|answer| answer.status == 201).unwrap().json();
    let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});
    app.with(winner["key"].as_str()).post("/v1/orgs/acme/events", &event).await.status(201);
}

/// Whoever is answered 201 without a version holds a secret that was the newest for a moment: none of them is lost
/// for another's sake, and no more than five work.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_rotations_without_a_version_each_that_succeeds_gives_a_secret_that_works() {
    let app = TestApp::start().await;
    let place = make(&app).await;

    let answers = together(&app, Method::POST, &format!("{place}/rotate"), json!({})).await;

    let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});
    let made: Vec<Value> = answers.iter().filter(|answer| answer.status == 201).map(Answer::json).collect();
    assert!((1..=4).contains(&made.len()), "{}", made.len());
    assert_eq!(count(&answers, 409), AT_ONCE - made.len());
    for made in &made {
        app.with(made["key"].as_str()).post("/v1/orgs/acme/events", &event).await.status(201);
    }
    assert_eq!(told(&app, "annals.api_key.rotated", "checkout").await, made.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_to_one_version_one_is_made() {
    let app = TestApp::start().await;
    let place = make(&app).await;

    let answers = together(&app, Method::PATCH, &place, json!({"version": 1, "description": "mine"})).await;

    assert_eq!((count(&answers, 200), count(&answers, 409)), (1, AT_ONCE - 1));
    assert_eq!(told(&app, "annals.api_key.changed", "checkout").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_revoke_a_key_are_all_content_and_one_did_it() {
    let app = TestApp::start().await;
    let place = make(&app).await;

    let answers = together(&app, Method::DELETE, &place, Value::Null).await;

    assert_eq!(count(&answers, 204), AT_ONCE);
    assert_eq!(told(&app, "api_key.deleted", "checkout").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_never_interrupts_those_who_use_the_key() {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    let made = admin.post(KEYS, &json!({"name": "checkout", "preset": "ingest"})).await.status(201).json();
    let (rotate, key) = (format!("{KEYS}/{}/rotate", made["id"].as_str().unwrap()), made["key"].as_str());
    let client = app.with(key);
    let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});

    let using = join_all((0..50).map(|_| client.post("/v1/orgs/acme/events", &event)));
    let rotation = json!({"overlap_seconds": 60});
    let (answers, rotated) = tokio::join!(using, admin.post(&rotate, &rotation));

    rotated.status(201);
    assert_eq!(count(&answers, 201), 50);
}
