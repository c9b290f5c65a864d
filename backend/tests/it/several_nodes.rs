//! Several nodes on one database, each with marks of its own: what one knows, and what all of them do.

use std::time::Duration;

use annals::{host::Host, keyring::Purpose};
use serde_json::{Value, json};

use crate::{
    checkpoints::{checkpoint, post},
    checkpoints_refused::{EVENT, back_up, post_is_refused, restore, sql, state},
    support::{TestApp, process::succeed},
    verify::ACME,
};

/// Longer than a refusal stands that nobody repeats, at the usual interval. One of a lost end stands for ever.
const LAPSED: Duration = Duration::from_mins(2);

const HARBORS_LOG: &str =
    "SELECT log_id FROM log_heads WHERE org_id = (SELECT id FROM organizations WHERE slug = 'harbor')";

async fn post_to_harbor(app: &TestApp) {
    let event: Value = serde_json::from_str(EVENT).expect("an event");
    app.with(Some(&app.keys.harbor_write)).post("/v1/orgs/harbor/events", &event).await.status(201);
}

async fn told(app: &TestApp, action: &str) -> Vec<Value> {
    let operator = app.person("operator@annals.example").await;
    let events = operator.get(&format!("/v1/orgs/platform/events?action={action}")).await.status(200).json();
    events["data"].as_array().expect("events").clone()
}

/// Takes the event at the end of acme's log away, after it was recorded; answers how to put it back.
async fn take_an_event_away(app: &TestApp) -> String {
    let last = state(app).await["next_sequence"].as_i64().unwrap();
    post(app, 1).await;
    let (there, away) = (format!("AND sequence = {last}"), format!("AND sequence = {}", last + 1_000));
    let moved = |to, from| format!("UPDATE events SET sequence = {to} WHERE org_id = {ACME} {from}");
    sql(app, &moved(last + 1_000, there));
    moved(last, away)
}

/// A node that never signs by itself, because the other is always faster, still remembers what was signed.
#[tokio::test(flavor = "multi_thread")]
async fn each_notices_alone_that_the_database_was_put_back() {
    let one = TestApp::start().await;
    let other = one.another_node();
    post(&one, 5).await;
    one.sign();
    assert_eq!(other.sign().signed, 0, "there is nothing left to sign");
    back_up(&one);
    post(&one, 4).await;
    one.sign();
    assert_eq!(other.sign().signed, 0, "there is nothing left to sign");

    restore(&one);

    post_is_refused(&other).await;
    let signed = other.sign();
    // The platform's log has not grown in between, nor has harbor's.
    assert_eq!((signed.signed, signed.refused), (0, 1));
    post_is_refused(&one).await;
    assert_eq!(one.sign().refused, 1);
}

/// A node that joined only after the database was put back has nothing to compare with.
#[tokio::test(flavor = "multi_thread")]
async fn one_without_marks_heeds_what_another_knows() {
    let one = TestApp::start().await;
    back_up(&one);
    post(&one, 4).await;
    one.sign();
    restore(&one);
    one.sign();

    let newcomer = one.another_node();

    post_is_refused(&newcomer).await;
    let signed = newcomer.sign();
    assert_eq!(signed.refused, 1);
    newcomer.advance(Duration::from_secs(30));
    post_is_refused(&newcomer).await;
    assert_eq!(state(&newcomer).await["signed_size"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_refuses_no_other_signs_while_it_stands() {
    let one = TestApp::start().await;
    one.sign();
    let before = checkpoint(&one).await;
    let put_back = take_an_event_away(&one).await;
    assert_eq!(one.sign().refused, 1);
    sql(&one, &put_back);
    let other = one.another_node();

    // The other node finds the log good, but does not know why the first does not.
    for _ in 0..2 {
        assert_eq!(other.sign().refused, 1);
    }

    assert!(state(&other).await["refusal"].as_str().unwrap().contains("is missing"));
    assert_eq!(checkpoint(&other).await, before);
    assert_eq!(told(&one, "annals.log.signing_refused").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_taken_back_once_the_log_is_good_again() {
    let one = TestApp::start().await;
    let other = one.another_node();
    one.sign();
    let put_back = take_an_event_away(&one).await;
    assert_eq!((one.sign().refused, other.sign().refused), (1, 1));
    sql(&one, &put_back);
    assert_eq!(one.sign().refused, 1, "a log that has not changed is not read again in every round");
    one.advance(Duration::from_mins(5));

    one.sign();
    assert_eq!(other.sign().refused, 0);
    one.sign();

    let state = state(&one).await;
    assert_eq!((state.get("refusal"), &state["signed_size"]), (None, &state["next_sequence"]));
    assert_eq!(told(&one, "annals.log.signing_refused").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refusal_of_a_node_that_is_gone_lapses() {
    let one = TestApp::start().await;
    let gone = one.another_node();
    one.sign();
    let put_back = take_an_event_away(&one).await;
    assert_eq!(gone.sign().refused, 1);
    drop(gone);
    sql(&one, &put_back);
    assert_eq!(one.sign().refused, 1, "it may still be there");

    one.advance(LAPSED);

    assert_eq!(one.sign().refused, 0);
    let state = state(&one).await;
    assert_eq!((state.get("refusal"), &state["signed_size"]), (None, &state["next_sequence"]));
}

/// The node that stays has marks of its own, but of before the backup: by them the log is good.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_that_is_gone_knew_of_a_lost_end_is_not_forgotten() {
    let one = TestApp::start().await;
    let behind = one.another_node();
    one.sign();
    behind.sign();
    back_up(&one);
    post(&one, 4).await;
    one.sign();
    let end = state(&one).await["next_sequence"].as_i64().unwrap();
    restore(&one);
    assert_eq!(one.sign().refused, 1);
    let before = checkpoint(&one).await;

    behind.advance(Duration::from_hours(5));

    for node in [&behind, &behind.another_node()] {
        assert_eq!(node.sign().refused, 1);
        post_is_refused(node).await;
        assert_eq!(checkpoint(node).await, before);
        assert!(state(node).await["refusal"].as_str().unwrap().contains("its end is lost"));
    }
    let went_on = succeed(&behind.app.config, &["log", "new-epoch", "--reason", "restored"]);
    assert_eq!(went_on, format!("acme: goes on with sequence {}", end + 1_000_000));
    assert_eq!(behind.sign().refused, 0);
    post(&behind, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_that_is_gone_knew_is_void_once_the_log_reaches_that_far() {
    let one = TestApp::start().await;
    let other = one.another_node();
    sql(&one, "CREATE TABLE old_heads AS SELECT * FROM log_heads");
    post(&one, 4).await;
    one.sign();
    sql(&one, "CREATE TABLE true_heads AS SELECT * FROM log_heads");
    let heads = |kept| format!("DELETE FROM log_heads; INSERT INTO log_heads SELECT * FROM {kept}");
    sql(&one, &heads("old_heads"));
    assert_eq!(one.sign().refused, 1);

    sql(&one, &heads("true_heads"));
    other.advance(LAPSED);

    assert_eq!(other.sign().refused, 0);
    assert_eq!(state(&other).await.get("refusal"), None);
    post(&other, 1).await;
}

/// Whoever can write the database must not leave a word behind that outlives what was put right.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_nobody_sealed_says_nothing_of_how_far_the_log_reached() {
    let one = TestApp::start().await;
    for _ in 0..20 {
        post_to_harbor(&one).await;
    }
    one.sign();
    sql(&one, "CREATE TABLE true_heads AS SELECT * FROM log_heads");
    for lie in [
        "next_sequence = 9007199254740991",
        "epoch = 2147483647",
        "tree_start = 9007199254740000",
        &format!("log_id = ({HARBORS_LOG})"),
    ] {
        sql(&one, &format!("UPDATE log_heads SET {lie} WHERE org_id = {ACME}"));
        assert_eq!(one.sign().refused, 1, "{lie}");

        sql(&one, "DELETE FROM log_heads; INSERT INTO log_heads SELECT * FROM true_heads");
        one.advance(LAPSED);

        assert_eq!(one.sign().refused, 0, "{lie}");
        assert_eq!(state(&one).await.get("refusal"), None, "{lie}");
    }
    post(&one, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_under_the_name_of_another_does_not_stop_that_one() {
    let one = TestApp::start().await;
    back_up(&one);
    post(&one, 4).await;
    one.sign();
    restore(&one);
    assert_eq!(one.sign().refused, 1);

    sql(&one, &format!("UPDATE log_heads SET log_id = ({HARBORS_LOG}) WHERE org_id = {ACME}"));

    for node in [&one, &one.another_node()] {
        assert_eq!(node.sign().refused, 1);
        post_to_harbor(node).await;
        post_is_refused(node).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_repeated_before_it_lapses() {
    let one = TestApp::start().await;
    one.sign();
    take_an_event_away(&one).await;
    one.sign();

    for _ in 0..4 {
        one.advance(LAPSED / 3);
        one.sign();
        assert!(state(&one).await["refusal"].is_string());
    }

    assert_eq!(told(&one, "annals.log.signing_refused").await.len(), 1);
}

/// The node was stopped between telling and noting that it had told.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_again_is_in_the_log_once() {
    let one = TestApp::start().await;
    one.sign();
    take_an_event_away(&one).await;
    one.sign();

    sql(&one, "UPDATE log_refusals SET told_at = NULL");
    one.sign();

    assert_eq!(told(&one, "annals.log.signing_refused").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reason_is_told_as_well() {
    let one = TestApp::start().await;
    one.sign();
    take_an_event_away(&one).await;
    one.sign();
    sql(&one, &format!("UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}"));
    one.advance(Duration::from_mins(5));

    one.sign();

    assert_eq!(told(&one, "annals.log.signing_refused").await.len(), 2);
    assert!(state(&one).await["refusal"].as_str().unwrap().contains("without the seal key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_told_once_however_many_sign() {
    let one = TestApp::start().await;
    let other = one.another_node();
    one.sign();
    Host::of(&one.app, "test").rotate_service_key(Purpose::Checkpoint, LAPSED).expect("a new key");
    one.advance(Duration::from_secs(61));
    post(&one, 1).await;
    one.refresh_keys();
    other.refresh_keys();

    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            for node in [&one, &other] {
                scope.spawn(|| node.app.checkpoints.sign_grown().expect("signing"));
            }
        });
    });

    let told =
        one.reader().get("/v1/orgs/acme/events?action=annals.log.key_rotated").await.status(200).json();
    assert_eq!(told["data"].as_array().unwrap().len(), 1);
}

/// The other node's keys are as old as they can be: it has not read them since before the rotation.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_appends_to_a_log_that_another_has_sealed_with_a_new_key() {
    let one = TestApp::start().await;
    let other = one.another_node();
    Host::of(&one.app, "test").rotate_service_key(Purpose::Seal, LAPSED).expect("a new key");
    one.advance(Duration::from_secs(61));
    one.refresh_keys();
    let first = one.writer().post_text("/v1/orgs/acme/events", EVENT).await.status(201).json();

    let second = other.writer().post_text("/v1/orgs/acme/events", EVENT).await.status(201).json();

    assert_eq!(second["sequence"].as_i64(), first["sequence"].as_i64().map(|first| first + 1));
    assert_eq!(other.sign().refused, 0);
    succeed(&one.app.config, &["verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_refuse_a_log_that_another_has_signed_with_a_new_key() {
    let one = TestApp::start().await;
    let other = one.another_node();
    Host::of(&one.app, "test").rotate_service_key(Purpose::Checkpoint, Duration::ZERO).expect("a new key");
    one.advance(Duration::from_secs(61));
    one.refresh_keys();
    post(&one, 1).await;
    one.sign();

    assert_eq!(other.sign().refused, 0);

    assert_eq!(told(&one, "annals.log.signing_refused").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_opens_a_cursor_that_another_has_closed_with_a_new_key() {
    let one = TestApp::start().await;
    let other = one.another_node();
    post(&one, 3).await;
    Host::of(&one.app, "test").rotate_service_key(Purpose::Cursor, LAPSED).expect("a new key");
    // A node reads the keys several times before the new one is used.
    other.refresh_keys();
    one.advance(Duration::from_secs(61));
    one.refresh_keys();

    let page = one.reader().get("/v1/orgs/acme/events?limit=1").await.status(200).json();

    let cursor = page["page"]["next_cursor"].as_str().expect("a second page");
    other.reader().get(&format!("/v1/orgs/acme/events?limit=1&cursor={cursor}")).await.status(200);
    assert_eq!(page["data"].as_array().map(Vec::len), Some(1), "{}", json!(page));
}
