//! Rotating the service's own keys: what they made before stays good.

use std::time::Duration;

use annals::{host::Host, keyring::Purpose};
use serde_json::json;

use crate::{
    checkpoints::{checkpoint, open, post, verifier_keys},
    sessions::Browser,
    support::{
        Answer, TestApp,
        process::{run, succeed},
    },
};

const OVERLAP: Duration = Duration::from_hours(7 * 24);

/// Rotates a key and lets every node learn of it.
fn rotate(app: &TestApp, purpose: Purpose) {
    Host::of(&app.app, "test").rotate_service_key(purpose, OVERLAP).expect("a new key");
    app.advance(Duration::from_secs(61));
    app.refresh_keys();
}

/// Rotates a key whose old version makes nothing more.
pub(crate) fn rotate_at_once(app: &TestApp, purpose: Purpose) {
    Host::of(&app.app, "test").rotate_service_key(purpose, Duration::ZERO).expect("a new key");
    app.advance(Duration::from_secs(61));
    app.refresh_keys();
}

async fn post_to_session(app: &TestApp, browser: &Browser) -> Answer {
    crate::sessions::post(app, "/v1/auth/refresh", &browser.cookie).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_signed_with_both_keys_for_a_while_and_then_with_the_new_one() {
    let app = TestApp::start().await;
    app.sign();
    rotate(&app, Purpose::Checkpoint);
    post(&app, 1).await;

    app.sign();

    let keys = verifier_keys(&app).await;
    let [old, new] = keys.as_slice() else { panic!("{keys:?}") };
    let both = checkpoint(&app).await;
    assert!(open(&both, old).is_some() && open(&both, new).is_some(), "{both}");

    app.advance(OVERLAP);
    app.refresh_keys();
    post(&app, 1).await;
    app.sign();
    let later = checkpoint(&app).await;
    assert!(open(&later, old).is_none() && open(&later, new).is_some(), "{later}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_checkpoint_key_is_named_in_the_log_that_the_old_one_signs() {
    let app = TestApp::start().await;
    app.sign();
    rotate(&app, Purpose::Checkpoint);
    post(&app, 1).await;
    app.sign();
    app.sign();

    let told =
        app.reader().get("/v1/orgs/acme/events?action=annals.log.key_rotated").await.status(200).json();

    let keys = verifier_keys(&app).await;
    assert_eq!(told["data"].as_array().unwrap().len(), 1);
    assert_eq!(told["data"][0]["parameters"], json!({"verifier_key": keys[1]}));
    let signed = open(&checkpoint(&app).await, &keys[0]).expect("the old key's signature");
    assert!(told["data"][0]["sequence"].as_u64().unwrap() < signed.size());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_not_used_before_every_node_has_learned_of_it() {
    let app = TestApp::start().await;
    Host::of(&app.app, "test").rotate_service_key(Purpose::Checkpoint, OVERLAP).expect("a new key");
    app.refresh_keys();

    app.sign();

    let keys = verifier_keys(&app).await;
    let note = checkpoint(&app).await;
    assert!(open(&note, &keys[0]).is_some() && open(&note, &keys[1]).is_none(), "{note}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_sealed_with_the_old_key_go_on_and_verify() {
    let app = TestApp::start().await;
    post(&app, 2).await;
    rotate(&app, Purpose::Seal);

    post(&app, 2).await;

    let said = run(&app.app.config, &["verify"]);
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_cursor_made_with_the_old_key_still_leads_on() {
    let app = TestApp::start().await;
    post(&app, 3).await;
    let page = app.reader().get("/v1/orgs/acme/events?limit=1").await.status(200).json();
    let cursor = page["page"]["next_cursor"].as_str().expect("a second page").to_owned();

    rotate(&app, Purpose::Cursor);

    app.reader().get(&format!("/v1/orgs/acme/events?limit=1&cursor={cursor}")).await.status(200);
}

async fn key_ids(app: &TestApp) -> Vec<String> {
    let jwks = app.nobody().get("/.well-known/jwks.json").await.status(200).json();
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn key_id(access_token: &str) -> String {
    jsonwebtoken::decode_header(access_token).unwrap().kid.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn access_tokens_of_the_old_key_live_as_long_as_they_would_have() {
    let app = TestApp::start().await;
    let old = Browser::sign_in(&app, "admin@acme.example").await;
    rotate_at_once(&app, Purpose::Jwt);

    let new = Browser::sign_in(&app, "admin@acme.example").await;

    assert_eq!(key_ids(&app).await, [key_id(&old.access_token), key_id(&new.access_token)]);
    assert_ne!(key_id(&old.access_token), key_id(&new.access_token));
    for browser in [&old, &new] {
        app.with(Some(&browser.access_token)).get("/v1/me").await.status(200);
    }
    app.advance(Duration::from_mins(11));
    assert_eq!(key_ids(&app).await, [key_id(&new.access_token)]);
    app.with(Some(&old.access_token)).get("/v1/me").await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_key_of_access_tokens_is_published_before_it_signs() {
    let app = TestApp::start().await;
    let [old] = key_ids(&app).await.try_into().unwrap();
    Host::of(&app.app, "test").rotate_service_key(Purpose::Jwt, Duration::ZERO).expect("a new key");
    app.refresh_keys();

    let browser = Browser::sign_in(&app, "admin@acme.example").await;

    assert_eq!(key_ids(&app).await.len(), 2);
    assert_eq!(key_id(&browser.access_token), old);
}

/// Others verify with what is published, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_published_key_verifies_a_token() {
    let app = TestApp::start().await;
    let jwks: jsonwebtoken::jwk::JwkSet =
        serde_json::from_value(app.nobody().get("/.well-known/jwks.json").await.json()).unwrap();
    let browser = Browser::sign_in(&app, "admin@acme.example").await;

    let jwk = jwks.find(&key_id(&browser.access_token)).unwrap();

    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
    rules.set_audience(&["annals-api"]);
    rules.validate_exp = false; // by the clock of this test
    let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
    let token = jsonwebtoken::decode::<serde_json::Value>(&browser.access_token, &key, &rules).unwrap();
    assert_eq!(token.claims["amr"], json!(["pwd"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_under_the_lookup_key_that_it_began_with() {
    let app = TestApp::start().await;
    let first = Browser::sign_in(&app, "admin@acme.example").await;
    app.advance(Duration::from_secs(11));
    let second = Browser::of(&post_to_session(&app, &first).await.status(200));
    rotate_at_once(&app, Purpose::Lookup);

    let third = Browser::of(&post_to_session(&app, &second).await.status(200));

    assert_ne!(third.cookie, second.cookie);
    let newer = Browser::sign_in(&app, "admin@acme.example").await;
    app.advance(Duration::from_secs(11));
    post_to_session(&app, &newer).await.status(200);
    // The thief is found out over the rotation, too.
    post_to_session(&app, &first).await.problem(401, "session_ended");
    post_to_session(&app, &third).await.problem(401, "session_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_is_an_event_of_the_platform() {
    let app = TestApp::start().await;

    let said = succeed(&app.app.config, &["keys", "rotate", "checkpoint"]);

    let operator = app.person("operator@annals.example").await;
    let told =
        operator.get("/v1/orgs/platform/events?action=annals.service_key.rotated").await.status(200).json();
    assert_eq!(told["data"][0]["parameters"]["purpose"], "checkpoint");
    let id = told["data"][0]["parameters"]["key_id"].as_str().unwrap();
    assert_eq!(said, format!("key {id}: in use a minute from now"));
    let listed = succeed(&app.app.config, &["keys", "list"]);
    assert_eq!(listed.lines().filter(|line| line.starts_with("checkpoint")).count(), 2, "{listed}");
}
