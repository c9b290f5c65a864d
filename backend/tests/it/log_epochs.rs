//! New epochs: how a log goes on whose end was lost, or that is given up for another reason.

use annals::config::Config;
use serde_json::{Value, json};

use crate::{
    checkpoints::{checkpoint, post},
    checkpoints_refused::{EVENT, back_up, post_is_refused, restore, sql, state},
    support::{
        TestApp,
        process::{Ended, run, succeed},
    },
    verify::{ACME, HARBOR},
};

/// Sequences that are left out: what was recorded but never signed must not come twice either.
const STEP: i64 = 1_000_000;

/// A service whose log lost its last four events after they were signed: how many there were.
async fn behind() -> (TestApp, i64) {
    let app = TestApp::start().await;
    post(&app, 5).await;
    app.sign();
    back_up(&app);
    post(&app, 4).await;
    app.sign();
    let end = end(&app).await;
    restore(&app);
    (app, end)
}

async fn end(app: &TestApp) -> i64 {
    state(app).await["next_sequence"].as_i64().unwrap()
}

fn start(config: &Config) -> String {
    succeed(config, &["log", "new-epoch", "--reason", "restored from the backup of Monday"])
}

/// `annals log new-epoch` for acme, with more arguments.
fn ask(app: &TestApp, args: &[&str]) -> Ended {
    let base = ["log", "new-epoch", "--org", "acme", "--reason", "the disk"];
    run(&app.app.config, &[&base[..], args].concat())
}

async fn told(app: &TestApp) -> Vec<Value> {
    let told = app.reader().get("/v1/orgs/acme/events?action=annals.log.epoch_started").await.status(200);
    told.json()["data"].as_array().expect("events").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn goes_on_past_everything_that_is_known() {
    let (app, end) = behind().await;
    let first = end + STEP;

    assert_eq!(start(&app.app.config), format!("acme: goes on with sequence {first}"));

    let receipt = app.writer().post_text("/v1/orgs/acme/events", EVENT).await.status(201).json();
    assert_eq!(receipt["sequence"], first + 1);
    let told = told(&app).await;
    assert_eq!(told[0]["sequence"], first);
    assert_eq!(
        told[0]["parameters"],
        json!({
            "epoch": 2,
            "first_lost_sequence": end - 4,
            "last_lost_sequence": first - 1,
            "known_end": end,
            "reason": "restored from the backup of Monday",
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn is_a_tree_of_its_own_under_a_name_of_its_own() {
    let (app, _) = behind().await;
    let old = checkpoint(&app).await;
    start(&app.app.config);
    post(&app, 2).await;

    assert_eq!(app.sign().refused, 0);

    let new = checkpoint(&app).await;
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    assert_eq!(new[0], format!("{}/2", old[0]));
    assert_eq!(new[1], "3");
    assert_eq!(state(&app).await.get("refusal"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn is_verified_together_with_the_one_before() {
    let (app, end) = behind().await;
    start(&app.app.config);
    post(&app, 2).await;
    app.sign();

    let said = run(&app.app.config, &["verify", "--org", "acme"]);

    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let (start, stop) = (format!("acme: {} events, all accounted for", end - 4 + 3), end + STEP - 1);
    assert!(said.stdout.starts_with(&start), "{}", said.stdout);
    let given_up = format!("; events {} to {stop} were given up", end - 4);
    assert!(said.stdout.contains(&given_up), "{}", said.stdout);
    sql(&app, &format!("DELETE FROM events WHERE org_id = {ACME} AND sequence = 1"));
    let said = run(&app.app.config, &["verify", "--org", "acme"]);
    assert!(said.stdout.contains("event 1 is missing"), "{}", said.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn is_read_across_as_if_nothing_was_there() {
    let (app, end) = behind().await;
    start(&app.app.config);
    let first = end + STEP;

    let tail =
        app.reader().get(&format!("/v1/orgs/acme/events/tail?from={}", end - 5)).await.status(200).json();

    let sequences: Vec<_> =
        tail["data"].as_array().unwrap().iter().map(|event| event["sequence"].clone()).collect();
    assert_eq!(sequences, [json!(end - 5), json!(first)]);
    assert_eq!(tail["next_from"], first + 1);
    let observed = app.reader().get("/v1/orgs/acme/sources").await.status(200).json();
    assert_eq!(observed["as_of"], first + 1, "what was never recorded need not be counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn is_not_started_for_a_log_that_lost_nothing() {
    let app = TestApp::start().await;
    post(&app, 1).await;
    app.sign();

    let said = ask(&app, &[]);

    assert_eq!(said.code, Some(78));
    assert!(said.stderr.contains("the log of acme has everything that was signed of it"), "{}", said.stderr);
    assert_eq!(start(&app.app.config), "every log has everything that was signed of it");
    assert_eq!(ask(&app, &["--despite", "no reason"]).code, Some(78));
}

/// Twice the same backup: what came after the first restore is lost as well, signed or not.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_after_the_same_backup_uses_no_sequence_of_the_first() {
    for is_signed in [true, false] {
        let (app, end) = behind().await;
        start(&app.app.config);
        let receipt = app.writer().post_text("/v1/orgs/acme/events", EVENT).await.status(201).json();
        assert_eq!(receipt["sequence"], end + STEP + 1);
        if is_signed {
            assert_eq!(app.sign().refused, 0);
        }
        let reached = if is_signed { end + STEP + 2 } else { end + STEP };
        restore(&app);
        app.sign();
        post_is_refused(&app).await;

        assert_eq!(start(&app.app.config), format!("acme: goes on with sequence {}", reached + STEP));

        let receipt = app.writer().post_text("/v1/orgs/acme/events", EVENT).await.status(201).json();
        assert_eq!(receipt["sequence"], reached + STEP + 1);
        assert_eq!(told(&app).await[0]["parameters"]["epoch"], 3);
        assert_eq!(app.sign().refused, 0);
        assert_eq!(run(&app.app.config, &["verify", "--org", "acme"]).code, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn begins_where_it_is_told_to_but_never_before_the_known_end() {
    let (app, end) = behind().await;

    let said = ask(&app, &["--from", &(end - 1).to_string()]);
    assert_eq!(said.code, Some(78));
    assert!(said.stderr.contains(&format!("is known to have reached {end}")), "{}", said.stderr);
    let said = ask(&app, &["--from", "5000000"]);

    assert_eq!(said.stdout.trim(), "acme: goes on with sequence 5000000", "{}", said.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_log_that_cannot_go_on_keeps_no_other_from_it() {
    let app = TestApp::start().await;
    back_up(&app);
    post(&app, 2).await;
    let event: Value = serde_json::from_str(EVENT).unwrap();
    app.with(Some(&app.keys.harbor_write)).post("/v1/orgs/harbor/events", &event).await.status(201);
    app.sign();
    restore(&app);
    // Of harbor's log not even a place for another sequence is left.
    sql(
        &app,
        &format!(
            "UPDATE events SET org_id = {HARBOR}, sequence = 9007199254740991 \
             WHERE org_id = {ACME} AND sequence = 1"
        ),
    );

    let said = run(&app.app.config, &["log", "new-epoch", "--reason", "restored"]);

    assert!(said.stdout.starts_with("acme: goes on with sequence "), "{}", said.stdout);
    assert!(said.stderr.contains("harbor: the log of harbor has no sequences left"), "{}", said.stderr);
    assert_eq!(said.code, Some(78));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_refused_for_another_reason_is_given_up_only_word_for_word() {
    let app = TestApp::start().await;
    app.sign();
    let last = end(&app).await;
    post(&app, 3).await;
    sql(&app, &format!("DELETE FROM events WHERE org_id = {ACME} AND sequence = {last}"));
    app.sign();
    let refusal = format!("event {last} is missing");

    let all = run(&app.app.config, &["log", "new-epoch", "--reason", "restored"]);
    assert_eq!(all.code, Some(78), "{}", all.stdout);
    let said = ask(&app, &[]);
    assert_eq!(said.code, Some(78));
    assert!(said.stderr.contains(&format!("--despite \"{refusal}\"")), "{}", said.stderr);
    assert_eq!(ask(&app, &["--despite", "event 0 is missing"]).code, Some(78));
    let said = ask(&app, &["--despite", &refusal]);

    let first = last + 3 + STEP;
    assert_eq!(said.stdout.trim(), format!("acme: goes on with sequence {first}"), "{}", said.stderr);
    post(&app, 1).await;
    assert_eq!((app.sign().refused, state(&app).await.get("refusal")), (0, None));
    assert_eq!(told(&app).await[0]["parameters"]["despite"], refusal);
    // What is missing stays missing, for whoever checks.
    assert_eq!(run(&app.app.config, &["verify", "--org", "acme"]).code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_with_a_foreign_head_goes_on_past_all_of_its_events() {
    let app = TestApp::start().await;
    post(&app, 3).await;
    app.sign();
    let last = end(&app).await;
    sql(&app, &format!("UPDATE log_heads SET next_sequence = 2, frontier = seal WHERE org_id = {ACME}"));
    app.sign();
    assert_eq!(ask(&app, &[]).code, Some(78), "whoever changed the head may have lied about its end");
    let refusal = state(&app).await["refusal"].as_str().unwrap().to_owned();

    let said = ask(&app, &["--despite", &refusal]);

    assert_eq!(said.stdout.trim(), format!("acme: goes on with sequence {}", last + STEP), "{}", said.stderr);
    post(&app, 1).await;
    assert_eq!(app.sign().refused, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refused_log_is_listed_with_its_reason_and_the_way_out() {
    let (app, end) = behind().await;
    app.sign();

    let said = run(&app.app.config, &["log", "status"]);

    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let harbor = said.stdout.lines().find(|line| line.starts_with("harbor: ")).expect("harbor");
    assert!(harbor.starts_with("harbor: epoch 1, next sequence "), "{harbor}");
    let refused = format!("but was signed with {end}: its end is lost");
    assert!(said.stdout.contains(&refused), "{}", said.stdout);
    assert!(said.stdout.contains("annals log new-epoch --org acme --reason"), "{}", said.stdout);
    start(&app.app.config);
    assert_eq!(run(&app.app.config, &["log", "status"]).code, Some(0));
}

/// The marks are lost, the newest checkpoint is not: it still says how far the log was.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_shorter_than_its_newest_checkpoint_is_behind_also_without_marks() {
    let app = TestApp::start().await;
    sql(&app, "CREATE TABLE kept_heads AS SELECT * FROM log_heads");
    post(&app, 4).await;
    app.sign();
    let end = end(&app).await;
    sql(
        &app,
        &format!(
            "DELETE FROM events WHERE org_id = {ACME} AND sequence >= {}; \
             DELETE FROM log_heads; INSERT INTO log_heads SELECT * FROM kept_heads",
            end - 4
        ),
    );

    let node = app.another_node();

    post_is_refused(&node).await;
    assert_eq!(node.sign().refused, 1);
    post_is_refused(&node).await;
    assert_eq!(start(&node.app.config), format!("acme: goes on with sequence {}", end + STEP));
    node.sign();
    node.writer().post_text("/v1/orgs/acme/events", EVENT).await.status(201);
}
