//! Keys of the platform: what they may do in every organization and outside, and that it is not more.

use annals::{
    access::Scope,
    host::{Host, Owner},
    keys::NewKey,
};
use serde_json::{Value, json};

use crate::support::{TestApp, process::succeed};

const KEYS: &str = "/v1/platform/api-keys";

fn event() -> Value {
    json!({"action": "a.b", "actor": {"type": "user", "id": "u"}})
}

fn key(app: &TestApp, scope: Scope) -> String {
    let new = NewKey::new(scope.name(), &[scope], None).unwrap();
    Host::of(&app.app, "test").create_key_of(Owner::Platform, &new).unwrap().expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_make_rotate_change_and_revoke_them() {
    let app = TestApp::start().await;
    let operator = app.person("operator@annals.example").await;
    let input = json!({"name": "provisioner", "scopes": ["orgs:read"], "expires_in_days": 30});

    let made = operator.post(KEYS, &input).await.status(201);

    let place = made.header("location").unwrap().to_owned();
    let key = made.json()["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("ann_pk_"), "{place}");
    app.with(Some(&key)).get("/v1/orgs/acme").await.status(200);
    let changed =
        operator.patch(&place, &json!({"version": 1, "description": "makes tenants"})).await.status(200);
    assert_eq!(changed.json()["prefix"], made.json()["prefix"]);
    let rotated = operator.post(&format!("{place}/rotate"), &json!({"version": 2})).await.status(201).json();
    app.with(rotated["key"].as_str()).get("/v1/orgs/harbor").await.status(200);
    operator.delete(&place).await.status(204);
    app.with(rotated["key"].as_str()).get("/v1/orgs/harbor").await.problem(401, "unauthenticated");
    let list = operator.get(KEYS).await.status(200).json();
    assert_eq!((list["data"].as_array().unwrap().len(), &list["data"][0]["state"]), (1, &json!("revoked")));

    for action in ["api_key.created", "annals.api_key.changed", "annals.api_key.rotated", "api_key.deleted"] {
        let page =
            operator.get(&format!("/v1/orgs/platform/events?action={action}")).await.status(200).json();
        assert_eq!(page["data"][0]["targets"][0]["name"], "provisioner", "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_scope_opens_its_own_routes_and_no_other() {
    let app = TestApp::start().await;
    let event_type = json!({"label": "L", "category": "C", "activity_type": "user_action"});
    for scope in Scope::PLATFORM {
        let client = app.with(Some(&key(&app, scope)));
        let allowed = |wanted: Scope, good: u16| if scope == wanted { good } else { 403 };

        for org in ["acme", "harbor"] {
            let org = format!("/v1/orgs/{org}");
            client.post(&format!("{org}/events"), &event()).await.status(allowed(Scope::EventsWrite, 201));
            client.get(&org).await.status(allowed(Scope::OrgsRead, 200));
            client.patch(&org, &json!({"version": 1})).await.status(allowed(Scope::OrgsWrite, 200));
            for path in ["events", "events/tail?from=0", "sources", "log", "api-keys"] {
                client.get(&format!("{org}/{path}")).await.problem(403, "forbidden");
            }
        }
        let path = "/v1/event-types/own/thing.done";
        client.put(path, &event_type).await.status(allowed(Scope::EventTypesWrite, 201));
        client.get("/v1/event-types").await.status(200);
        client.get("/v1/me").await.problem(403, "forbidden");
        client.get(KEYS).await.problem(403, "forbidden");
        client.post(KEYS, &json!({"name": "more", "scopes": ["orgs:read"]})).await.problem(403, "forbidden");
        // What is recorded of the platform is nobody's to write, and the operators' to read.
        client.post("/v1/orgs/platform/events", &event()).await.problem(404, "not_found");
        client.get("/v1/orgs/platform").await.problem(404, "not_found");
        client.get("/v1/orgs/nowhere").await.problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organizations_scopes_are_not_the_platforms_and_no_key_is_of_the_other_kind() {
    let app = TestApp::start().await;
    let operator = app.person("operator@annals.example").await;
    for scope in ["events:read", "events:verify", "org:read", "org:write"] {
        let problem =
            operator.post(KEYS, &json!({"name": "x", "scopes": [scope]})).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["code"], "unknown_value");
    }
    operator.post(KEYS, &json!({"name": "x", "preset": "read"})).await.problem(422, "invalid");
    let host = Host::of(&app.app, "test");
    let new = |scope| NewKey::new("x", &[scope], None).unwrap();
    host.create_key_of(Owner::Platform, &new(Scope::EventsRead)).expect_err("an organization's scope");
    host.create_key_of(Owner::Organization("acme"), &new(Scope::OrgsRead)).expect_err("a platform's scope");

    // The same public id and secret under the other prefix, with a checksum that fits.
    let good = key(&app, Scope::OrgsRead);
    let body = good.replacen("ann_pk_", "ann_sk_", 1);
    let body = body.rsplit_once('_').unwrap().0;
    let forged = format!("{body}_{}", crate::credentials::checksum(body));
    app.with(Some(&forged)).get("/v1/orgs/acme").await.problem(401, "unauthenticated");
    app.with(Some(&good)).get("/v1/orgs/acme").await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_platform_key_carry_its_source() {
    let app = TestApp::start().await;
    let new = NewKey::new("gateway", &[Scope::EventsWrite], None).unwrap().with_source("edge").unwrap();
    let key = Host::of(&app.app, "test").create_key_of(Owner::Platform, &new).unwrap();

    app.with(Some(key.expose())).post("/v1/orgs/acme/events", &event()).await.status(201);

    let page = app.reader().get("/v1/orgs/acme/events?source=edge").await.status(200).json();
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    let harbor = app.with(Some(&app.keys.harbor_read)).get("/v1/orgs/harbor/events?source=edge").await.json();
    assert_eq!(harbor["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_makes_rotates_and_revokes_keys_of_both_kinds() {
    let app = TestApp::start().await;
    let config = &app.app.config;
    let admin = |args: &[&str]| succeed(config, &[&["admin"][..], args].concat());
    for (owner, scope, path) in [
        (&["--platform"][..], "orgs:read", "/v1/orgs/acme"),
        (&["--org", "acme"], "org:read", "/v1/orgs/acme"),
    ] {
        let name = ["--name", "scripts"];
        let key =
            admin(&[&["create-key"], owner, &name, &["--scope", scope, "--network", "127.0.0.0/8"]].concat());
        app.with(Some(&key)).get(path).await.status(200);

        let new = admin(&[&["rotate-key"], owner, &name, &["--overlap-seconds", "0"]].concat());
        app.with(Some(&new)).get(path).await.status(200);
        let view = app.person("operator@annals.example").await.get(KEYS).await.status(200).json();
        assert_eq!(view["data"][0]["name"], "scripts", "{view}");
        assert_eq!(admin(&[&["revoke-key"], owner, &name].concat()), "key scripts revoked");
    }
}
