//! The settings of an organization: who reads them, who changes them, and what the log says of it.

use annals::{access::Scope, host::Host};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const ORG: &str = "/v1/orgs/acme";

async fn admin(app: &TestApp) -> Client<'_> {
    app.person("admin@acme.example").await
}

/// The newest event that says that the settings have changed.
async fn recorded(app: &TestApp) -> Option<Value> {
    let path = "/v1/orgs/acme/events?action=annals.organization.changed&limit=1";
    let page = app.reader().get(path).await.status(200).json();
    page["data"].get(0).cloned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_organization_flags_unknown_actions_and_is_at_version_1() {
    let app = TestApp::start().await;

    let view = app.with(Some(&app.keys.acme_org)).get(ORG).await.status(200).json();

    assert_eq!((&view["unknown_actions"], &view["version"]), (&json!("flag"), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_changes_and_the_rest_stays() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;

    let named = admin.patch(ORG, &json!({"name": " Acme Ltd ", "version": 1})).await.status(200).json();
    let change = json!({"packs": ["pocketsoc", "blink"], "unknown_actions": "reject", "version": 2});
    let changed = admin.patch(ORG, &change).await.status(200).json();

    assert_eq!(
        (&named["name"], &named["packs"], &named["version"]),
        (&json!("Acme Ltd"), &json!(["blink"]), &json!(2))
    );
    assert_eq!(changed["name"], "Acme Ltd");
    assert_eq!(changed["packs"], json!(["pocketsoc", "blink"]));
    assert_eq!(changed["unknown_actions"], "reject");
    assert_eq!((&changed["version"], &changed["role"]), (&json!(3), &json!("admin")));
    assert_eq!(admin.get(ORG).await.status(200).json(), changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_recorded_with_the_old_values_and_the_new() {
    let app = TestApp::start().await;

    let change = json!({"name": "Acme Corp", "packs": [], "unknown_actions": "allow", "version": 1});
    admin(&app).await.patch(ORG, &change).await.status(200);

    let event = recorded(&app).await.unwrap();
    assert_eq!(
        event["changes"],
        json!([
            {"field": "packs", "old": ["blink"], "new": []},
            {"field": "unknown_actions", "old": "flag", "new": "allow"},
        ])
    );
    assert_eq!(event["actor"]["email"], "admin@acme.example");
    assert_eq!(event["details"], "Ada Byron changed the settings of Acme Corp");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_changes_nothing_is_not_recorded() {
    let app = TestApp::start().await;

    let view =
        admin(&app).await.patch(ORG, &json!({"name": "Acme Corp", "version": 1})).await.status(200).json();

    assert_eq!(view["version"], 1);
    assert_eq!(recorded(&app).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_what_somebody_else_has_changed_meanwhile_is_refused() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;
    admin.patch(ORG, &json!({"name": "Acme Ltd", "version": 1})).await.status(200);

    for version in [1, 3, 0] {
        let refused = admin.patch(ORG, &json!({"name": "Acme Inc", "version": version})).await;

        let problem = refused.problem(409, "version_conflict");
        assert!(problem["detail"].as_str().unwrap().contains("version 2"), "{problem}");
    }
    assert_eq!(admin.get(ORG).await.json()["name"], "Acme Ltd");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_changes_sent_at_once_one_is_made() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;
    let changes: Vec<Value> =
        (0..6).map(|number| json!({"name": format!("Acme {number}"), "version": 1})).collect();

    let answers = futures_util::future::join_all(changes.iter().map(|change| admin.patch(ORG, change))).await;

    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_its_place() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;
    let packs: Vec<String> = (0..33).map(|number| format!("pack-{number}")).collect();
    for (change, pointer, code) in [
        (json!({"name": "x"}), "/version", "required"),
        (json!({"version": "1"}), "/version", "wrong_type"),
        (json!({"version": 1, "slug": "other"}), "/slug", "unknown_field"),
        (json!({"version": 1, "name": " "}), "/name", "invalid_format"),
        (json!({"version": 1, "name": "n".repeat(257)}), "/name", "invalid_format"),
        (json!({"version": 1, "name": null}), "/name", "wrong_type"),
        (json!({"version": 1, "unknown_actions": "drop"}), "/unknown_actions", "unknown_value"),
        (json!({"version": 1, "packs": ["blink", "nope"]}), "/packs/1", "unknown_value"),
        (json!({"version": 1, "packs": ["annals"]}), "/packs/0", "reserved_name"),
        (json!({"version": 1, "packs": ["blink", "blink"]}), "/packs/1", "repeated_value"),
        (json!({"version": 1, "packs": packs}), "/packs", "too_many"),
    ] {
        let problem = admin.patch(ORG, &change).await.problem(422, "invalid");

        assert_eq!(problem["errors"][0]["pointer"], pointer, "{change}: {problem}");
        assert_eq!(problem["errors"][0]["code"], code, "{change}: {problem}");
    }
    admin.patch(ORG, &json!({"version": 1, "name": "n".repeat(256)})).await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_is_not_there_is_told_with_the_one_that_was_meant() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;

    let near = admin.patch(ORG, &json!({"version": 1, "packs": ["blnk"]})).await.problem(422, "invalid");
    let far = admin.patch(ORG, &json!({"version": 1, "packs": ["zz"]})).await.problem(422, "invalid");
    let listed = app.reader().get("/v1/event-types?pack=blnk").await.problem(400, "invalid_query");

    assert_eq!(near["errors"][0]["message"], "there is no such pack; did you mean blink?");
    assert_eq!(far["errors"][0]["message"], "there is no such pack; GET /v1/event-types lists what there is");
    assert_eq!(listed["errors"][0]["message"], near["errors"][0]["message"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_change_settings_without_seeing_the_log() {
    let app = TestApp::start().await;
    let operator = app.person("operator@annals.example").await;

    operator.patch(ORG, &json!({"unknown_actions": "reject", "version": 1})).await.status(200);

    operator.get("/v1/orgs/acme/events").await.problem(403, "break_glass_required");
    assert_eq!(recorded(&app).await.unwrap()["actor"]["email"], "operator@annals.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_changes_settings_with_the_scope_for_it() {
    let app = TestApp::start().await;
    let token = Host::of(&app.app, "test").create_key("acme", "deployer", &[Scope::OrgWrite], None).unwrap();
    let key = app.with(Some(token.expose()));

    key.patch(ORG, &json!({"unknown_actions": "allow", "version": 1})).await.status(200);

    let actor = &recorded(&app).await.unwrap()["actor"];
    assert_eq!((&actor["type"], &actor["name"]), (&json!("api_key"), &json!("deployer")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_own_organization_has_none() {
    let app = TestApp::start().await;
    let operator = app.person("operator@annals.example").await;

    operator
        .patch("/v1/orgs/platform", &json!({"name": "Mine", "version": 1}))
        .await
        .problem(403, "forbidden");
}
