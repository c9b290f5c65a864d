//! Plans: how many members and API keys an organization may have, exactly.

use annals::orgs::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    invites::{ADMIN, INVITES, accept, invite, token},
    support::{Answer, TestApp, statuses},
};

const KEYS: &str = "/v1/orgs/acme/api-keys";

/// A service whose organizations may have so many members and keys; `acme` has 3 members and 5 keys.
async fn limited(members: u32, api_keys: u32) -> TestApp {
    TestApp::start_with(|config| {
        config.database_connections = 16;
        config.plans.insert("team".into(), Plan { members: Some(members), api_keys: Some(api_keys) });
        config.default_plan = "team".into();
    })
    .await
}

fn key(number: usize) -> Value {
    json!({"name": format!("key {number}"), "scopes": ["events:write"]})
}

/// Asserts that so many came in, and that the others were told of the plan.
fn all_but(came_in: usize, answers: Vec<Answer>) {
    let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!(good.len(), came_in, "{:?}", statuses(&bad));
    for answer in bad {
        let problem = answer.problem(403, "plan_required");
        assert!(problem["detail"].as_str().unwrap().starts_with("the plan team has room for "), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_made_at_once_stay_within_the_plan_and_a_revoked_one_makes_room() {
    let app = limited(100, 8).await;
    let admin = app.person(ADMIN).await;

    all_but(
        3,
        join_all((0..20).map(|number| {
            let admin = &admin;
            async move { admin.post(KEYS, &key(number)).await }
        }))
        .await,
    );

    let list = admin.get(KEYS).await.status(200).json();
    let id = list["data"][0]["id"].as_str().unwrap();
    admin.delete(&format!("{KEYS}/{id}")).await.status(204);
    admin.post(KEYS, &key(20)).await.status(201);
    admin.post(KEYS, &key(21)).await.problem(403, "plan_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_made_at_once_stay_within_the_plan_and_a_withdrawn_one_makes_room() {
    let app = limited(6, 100).await;
    let admin = app.person(ADMIN).await;
    let body = |number: usize| json!({"email": format!("p{number}@acme.example"), "role": "member"});

    all_but(
        3,
        join_all((0..20).map(|number| {
            let admin = &admin;
            async move { admin.post(INVITES, &body(number)).await }
        }))
        .await,
    );

    let list = admin.get(INVITES).await.status(200).json();
    let (email, id) = (list["data"][0]["email"].clone(), list["data"][0]["id"].as_str().unwrap());
    admin.post(INVITES, &json!({"email": email, "role": "auditor"})).await.status(201);
    let id =
        admin.get(INVITES).await.json()["data"][0]["id"].as_str().map_or(id.to_owned(), ToOwned::to_owned);
    admin.post(&format!("{INVITES}/{id}/renew"), &Value::Null).await.status(200);
    admin.delete(&format!("{INVITES}/{id}")).await.status(204);
    let invited = admin.post(INVITES, &body(21)).await.status(201).json();
    accept(&app, &token(&invited)).await.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_invited_before_the_plan_shrank_is_told_of_it_and_the_link_stays_good() {
    let app = limited(3, 100).await;
    let operator = app.person("operator@annals.example").await;
    operator.patch("/v1/orgs/acme", &json!({"plan": "enterprise", "version": 1})).await.status(200);
    let (_, link) = invite(&app.person(ADMIN).await, "bob@example.com", "member").await;
    operator.patch("/v1/orgs/acme", &json!({"plan": "team", "version": 2})).await.status(200);

    accept(&app, &link).await.problem(403, "plan_required");

    operator.patch("/v1/orgs/acme", &json!({"plan": "enterprise", "version": 3})).await.status(200);
    accept(&app, &link).await.status(201);
}
