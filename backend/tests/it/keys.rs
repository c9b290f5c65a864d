//! Ending an API key from the host, and who can have one at all.

use annals::{
    access::{Role, Scope},
    host::Host,
    users::NewUser,
};
use secrecy::SecretString;
use serde_json::json;

use crate::support::{
    PASSWORD, TestApp, credentials, eventually,
    process::{run, succeed},
};

const EVENTS: &str = "/v1/orgs/acme/events";

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_ended_before_its_first_use_never_works() {
    let app = TestApp::start().await;

    Host::of(&app.app, "test").revoke_key("acme", "billing-api").unwrap();

    let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});
    app.writer().post(EVENTS, &event).await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_use_stops_working() {
    let app = TestApp::start().await;
    let key = app.with(Some(&app.keys.acme_org));
    key.get("/v1/orgs/acme").await.status(200);

    Host::of(&app.app, "test").revoke_key("acme", "directory").unwrap();

    let refused = eventually("the key to stop working", async || {
        let answer = key.get("/v1/orgs/acme").await;
        (answer.status != 200).then_some(answer)
    });
    refused.await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_key_is_recorded_in_its_organizations_log() {
    let app = TestApp::start().await;

    Host::of(&app.app, "a test").revoke_key("acme", "billing-api").unwrap();

    let page = app.reader().get(&format!("{EVENTS}?action=api_key.deleted")).await.status(200).json();
    let [event] = page["data"].as_array().unwrap().as_slice() else { panic!("{page}") };
    assert_eq!(event["actor"], json!({"type": "system", "id": "a test"}));
    assert_eq!((&event["outcome"], &event["source"]), (&json!("success"), &json!("annals")));
    assert_eq!(
        (&event["targets"][0]["type"], &event["targets"][0]["name"]),
        (&json!("api_key"), &json!("billing-api"))
    );
    let made = app.reader().get(&format!("{EVENTS}?action=api_key.created")).await.status(200).json();
    let made = made["data"].as_array().unwrap();
    assert!(
        made.iter().any(|made| made["targets"][0]["id"] == event["targets"][0]["id"]),
        "the id of the key"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_one_key_leaves_every_other_as_it_was() {
    let app = TestApp::start().await;

    // Both organizations have a key of this name.
    Host::of(&app.app, "test").revoke_key("acme", "reporting").unwrap();

    app.reader().get(EVENTS).await.problem(401, "unauthenticated");
    app.with(Some(&app.keys.acme_org)).get("/v1/orgs/acme").await.status(200);
    app.with(Some(&app.keys.harbor_read)).get("/v1/orgs/harbor/events").await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_there_cannot_be_ended() {
    let app = TestApp::start().await;
    let host = Host::of(&app.app, "test");
    host.revoke_key("acme", "billing-api").unwrap();

    for (slug, name) in [
        ("acme", "no-such-key"),
        ("acme", "billing-api"),
        ("acme", "portal"),
        ("nowhere", "portal"),
        ("platform", "x"),
    ] {
        host.revoke_key(slug, name).expect_err(name);
    }

    let page = app.reader().get(&format!("{EVENTS}?action=api_key.deleted")).await.status(200).json();
    assert_eq!(page["data"].as_array().unwrap().len(), 1, "only the first is recorded: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_organization_has_neither_keys_nor_members() {
    let app = TestApp::start().await;
    let host = Host::of(&app.app, "test");

    host.create_key("platform", "inside", &Scope::ALL, None).expect_err("a key");
    let new = NewUser::new("spy@example.com", "Spy", false).unwrap();
    let password = SecretString::from(PASSWORD);
    host.create_user(&new, &password, &[("acme", Role::Admin), ("platform", Role::Admin)])
        .expect_err("a member");

    let refused = app.nobody().post("/v1/auth/login", &credentials("spy@example.com")).await;
    refused.problem(401, "invalid_credentials");
    let page = app.reader().get(&format!("{EVENTS}?action=annals.member.added")).await.status(200).json();
    assert_eq!(page["data"].as_array().unwrap().len(), 3, "nothing is left of it: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_ends_a_key() {
    let app = TestApp::start().await;

    let said = succeed(&app.app.config, &["admin", "revoke-key", "--org", "acme", "--name", "billing-api"]);

    assert_eq!(said, "key billing-api revoked");
    let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});
    app.writer().post(EVENTS, &event).await.problem(401, "unauthenticated");
    let page = app.reader().get(&format!("{EVENTS}?action=api_key.deleted")).await.status(200).json();
    assert_eq!(page["data"][0]["actor"]["id"], "annals admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_which_key_is_not_there() {
    let app = TestApp::start().await;

    let ended = run(&app.app.config, &["admin", "revoke-key", "--org", "acme", "--name", "no-such-key"]);

    assert_eq!(ended.code, Some(78), "{}", ended.stderr);
    assert!(ended.stderr.contains("there is no live key no-such-key in acme"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_makes_nothing_in_the_platforms_organization() {
    let app = TestApp::start().await;

    let ended = run(
        &app.app.config,
        &["admin", "create-key", "--org", "platform", "--name", "inside", "--scope", "events:read"],
    );

    assert_eq!((ended.code, ended.stdout.as_str()), (Some(78), ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("there is no organization platform"), "{}", ended.stderr);
}
