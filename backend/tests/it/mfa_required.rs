//! Where a second factor is required: of operators, and of an organization's admins.

use serde_json::json;

use crate::{
    mfa::Authenticator,
    sessions::{Browser, post},
    support::TestApp,
};

const ADMIN: &str = "admin@acme.example";
const OPERATOR: &str = "operator@annals.example";
const ORGANIZATION: &str = "/v1/orgs/acme";

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_acts_only_with_one() {
    let app = TestApp::start_with(|config| config.operators_need_mfa = true).await;
    let browser = Browser::sign_in(&app, OPERATOR).await;
    let operator = app.with(Some(&browser.access_token));
    let paths = [ORGANIZATION, "/v1/orgs/platform/events", "/v1/event-types/acme-app/x.y/versions"];
    for path in paths {
        operator.get(path).await.problem(403, "mfa_required");
    }

    Authenticator::set_up(&app, &browser).await;

    operator.get(ORGANIZATION).await.status(200);
    operator.get("/v1/orgs/platform/events").await.status(200);
    operator.get(paths[2]).await.problem(404, "not_found");
    let browser = Browser::of(&post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200));
    app.with(Some(&browser.access_token)).get(ORGANIZATION).await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_who_turns_it_off_acts_no_more() {
    let app = TestApp::start_with(|config| config.operators_need_mfa = true).await;
    let browser = Browser::sign_in(&app, OPERATOR).await;
    let operator = app.with(Some(&browser.access_token));
    Authenticator::set_up(&app, &browser).await;

    operator.delete("/v1/auth/mfa/totp").await.status(204);

    operator.get(ORGANIZATION).await.problem(403, "mfa_required");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_may_require_it_of_its_admins() {
    let app = TestApp::start().await;
    let browser = Browser::sign_in(&app, ADMIN).await;
    let admin = app.with(Some(&browser.access_token));
    let demand = json!({"admins_need_mfa": true, "version": 1});
    admin.patch(ORGANIZATION, &demand).await.problem(403, "mfa_required");
    Authenticator::set_up(&app, &browser).await;

    let changed = admin.patch(ORGANIZATION, &demand).await.status(200).json();

    assert_eq!(changed["admins_need_mfa"], true);
    admin.get("/v1/orgs/acme/events").await.status(200);
    admin.delete("/v1/auth/mfa/totp").await.status(204);
    admin.get("/v1/orgs/acme/events").await.problem(403, "mfa_required");
    app.person("auditor@acme.example").await.get("/v1/orgs/acme/events").await.status(200);
    let told = app.reader().get("/v1/orgs/acme/events?action=annals.organization.changed").await.json();
    assert_eq!(told["data"][0]["changes"], json!([{"field": "admins_need_mfa", "old": false, "new": true}]));
}
