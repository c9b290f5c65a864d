//! Rotating the service's own keys: what they made before stays good.

use std::time::Duration;

use annals::{host::Host, keyring::Purpose};
use serde_json::json;

use crate::{
    checkpoints::{checkpoint, open, post, verifier_keys},
    support::{
        TestApp,
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
