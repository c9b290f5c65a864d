//! Operators make organizations, see them all, change their plans, suspend them and resume them.

use annals::orgs::Plan;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const ACME: &str = "/v1/orgs/acme";

async fn operator(app: &TestApp) -> Client<'_> {
    app.person("operator@annals.example").await
}

/// The newest event of this action in the log of `org`, read by somebody who may.
async fn newest(client: &Client<'_>, org: &str, action: &str) -> Value {
    let page = client.get(&format!("/v1/orgs/{org}/events?action={action}&limit=1")).await.status(200).json();
    page["data"][0].clone()
}

fn event() -> Value {
    json!({"action": "user.invited", "actor": {"type": "user", "id": "u_9"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_makes_an_organization_with_what_the_settings_give_to_all() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;

    let made = operator.post("/v1/orgs", &json!({"slug": "brook", "name": " Brook AG "})).await.status(201);

    assert_eq!(made.header("location"), Some("/v1/orgs/brook"));
    let view = made.json();
    assert_eq!((&view["name"], &view["plan"]), (&json!("Brook AG"), &json!("enterprise")));
    assert_eq!((&view["packs"], &view["limits"]), (&json!(["blink", "pocketsoc"]), &json!({})));
    assert_eq!(operator.get("/v1/orgs/brook").await.status(200).json()["id"], view["id"]);
    let told = newest(&operator, "platform", "annals.organization.created").await;
    assert_eq!((&told["targets"][0]["id"], &told["actor"]["name"]), (&view["id"], &json!("Radia Perlman")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_new_organization_may_not_be_is_said_field_by_field() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;

    let input = json!({"slug": "Brook", "name": " ", "packs": ["blinc"], "plan": "standart"});
    let problem = operator.post("/v1/orgs", &input).await.problem(422, "invalid");
    let taken = operator.post("/v1/orgs", &json!({"slug": "acme", "name": "Acme"})).await;

    let errors: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        errors,
        [
            ("/slug", "invalid_format"),
            ("/name", "invalid_format"),
            ("/packs/0", "unknown_value"),
            ("/plan", "unknown_value")
        ]
    );
    assert_eq!(problem["errors"][3]["message"], "there is no such plan; did you mean standard?");
    taken.problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_goes_by_slug_page_by_page_and_finds_by_part_of_a_name() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;
    for (slug, name) in [("brook", "Brook_AG"), ("brook-2", "brookXag")] {
        operator.post("/v1/orgs", &json!({"slug": slug, "name": name})).await.status(201);
    }

    let mut slugs = Vec::new();
    let mut path = "/v1/orgs?limit=3".to_owned();
    loop {
        let answer = operator.get(&path).await.status(200);
        let page = answer.json();
        slugs.extend(
            page["data"].as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap().to_owned()),
        );
        match answer.header("link") {
            Some(link) => path = link[1..link.find('>').unwrap()].to_owned(),
            None => break,
        }
    }
    operator.get(&format!("/v1/orgs?q={}", "b".repeat(257))).await.problem(400, "invalid_query");
    let found = operator.get("/v1/orgs?q=BROOK_").await.status(200).json();

    assert_eq!(slugs, ["acme", "brook", "brook-2", "harbor"]);
    assert_eq!(found["data"].as_array().unwrap().len(), 1, "an underscore means itself: {found}");
    assert_eq!(found["data"][0]["slug"], "brook");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_tells_the_state_of_a_log_and_nothing_of_what_is_in_it() {
    let app = TestApp::start().await;
    app.writer().post("/v1/orgs/acme/events", &event()).await.status(201);
    annals::observed::worker::sweep(&app.app).await.unwrap();

    let page = operator(&app).await.get("/v1/orgs?q=acme").await.status(200).json();

    let log = app.reader().get("/v1/orgs/acme/events?limit=1000").await.json();
    let acme = &page["data"][0];
    assert_eq!(acme["members"], 3);
    assert_eq!(acme["events"], log["data"].as_array().unwrap().len());
    assert_eq!(acme["last_event_at"], log["data"][0]["received_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_operators_change_a_plan_and_the_log_tells_which_was_before() {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    let change = json!({"plan": "standard", "version": 1});

    admin.patch(ACME, &change).await.problem(403, "forbidden");
    let view = operator(&app).await.patch(ACME, &change).await.status(200).json();

    assert_eq!(
        (&view["plan"], &view["limits"]),
        (&json!("standard"), &json!({"members": 10, "api_keys": 5}))
    );
    let told = newest(&app.reader(), "acme", "billing_plan.changed").await;
    assert_eq!(told["changes"], json!([{"field": "plan", "old": "enterprise", "new": "standard"}]));
    let settings = app.reader().get("/v1/orgs/acme/events?action=annals.organization.changed").await.json();
    assert_eq!(settings["data"], json!([]), "the settings are the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_are_what_the_settings_say() {
    let app = TestApp::start_with(|config| {
        config.plans.insert("team".into(), Plan { members: Some(3), api_keys: None });
        config.default_plan = "team".into();
    })
    .await;
    let operator = operator(&app).await;

    let plans = operator.get("/v1/plans").await.status(200).json();
    let made = operator.post("/v1/orgs", &json!({"slug": "brook", "name": "Brook"})).await.status(201).json();

    assert_eq!(plans["default"], "team");
    assert_eq!(plans["data"][2], json!({"name": "team", "limits": {"members": 3}}));
    assert_eq!(made["plan"], "team");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_organization_records_nothing_and_stays_readable() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;

    let view =
        operator.post("/v1/orgs/acme/suspend", &json!({"reason": "not paid"})).await.status(200).json();

    assert_eq!(view["suspension"]["reason"], "not paid");
    let refused = app.writer().post("/v1/orgs/acme/events", &event()).await;
    let problem = refused.problem(403, "organization_suspended");
    assert_eq!(problem["detail"], "the organization is suspended: not paid");
    let batch = json!({"events": [event()]});
    app.writer().post("/v1/orgs/acme/events/batch", &batch).await.problem(403, "organization_suspended");
    app.reader().get("/v1/orgs/acme/events").await.status(200);
    let admin = app.person("admin@acme.example").await;
    assert_eq!(admin.get(ACME).await.status(200).json()["suspension"], view["suspension"]);
    app.with(Some(&app.keys.harbor_write)).post("/v1/orgs/harbor/events", &event()).await.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_and_its_end_stand_in_both_logs() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;

    for _ in 0..2 {
        operator.post("/v1/orgs/acme/suspend", &json!({"reason": "not paid"})).await.status(200);
    }
    for _ in 0..2 {
        let view = operator.post("/v1/orgs/acme/resume", &Value::Null).await.status(200).json();
        assert_eq!(view.get("suspension"), None);
    }

    app.writer().post("/v1/orgs/acme/events", &event()).await.status(201);
    let admin = app.person("admin@acme.example").await;
    for (client, org) in [(&admin, "acme"), (&operator, "platform")] {
        let suspended = newest(client, org, "annals.organization.suspended").await;
        assert_eq!(suspended["details"], "Radia Perlman suspended Acme Corp: not paid");
        let path = format!("/v1/orgs/{org}/events?action=annals.organization.suspended");
        assert_eq!(client.get(&path).await.json()["data"].as_array().unwrap().len(), 1, "told once");
        let resumed = newest(client, org, "annals.organization.resumed").await;
        assert_eq!(resumed["details"], "Radia Perlman resumed Acme Corp");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_own_organization_cannot_be_suspended() {
    let app = TestApp::start().await;

    let answer = operator(&app).await.post("/v1/orgs/platform/suspend", &json!({"reason": "x"})).await;

    answer.problem(403, "forbidden");
}
