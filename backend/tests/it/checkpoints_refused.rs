//! What is not signed: a log that is no continuation of what was signed of it before.

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::{
    checkpoints::{checkpoint, post},
    support::{
        TestApp,
        process::{run, superuser},
    },
    verify::{ACME, HARBOR},
};

pub(crate) const EVENT: &str = r#"{"action": "report.opened", "actor": {"type": "user", "id": "u_9"}}"#;

/// What the service says of acme's log.
pub(crate) async fn state(app: &TestApp) -> Value {
    app.verifier().get("/v1/orgs/acme/log").await.status(200).json()
}

pub(crate) fn sql(app: &TestApp, sql: &str) {
    superuser(&app.app.config).batch_execute(sql).expect("SQL for either database");
}

/// Keeps every table that a backup would hold, to be put back later.
const KEPT: [&str; 7] =
    ["events", "log_heads", "checkpoints", "log_tiles", "log_signing", "log_epochs", "log_refusals"];

pub(crate) fn back_up(app: &TestApp) {
    for table in KEPT {
        sql(
            app,
            &format!("DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}"),
        );
    }
}

pub(crate) fn restore(app: &TestApp) {
    for table in KEPT {
        sql(app, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_leaf_was_replaced_before_it_was_signed() {
    let app = TestApp::start().await;
    app.sign();
    let before = checkpoint(&app).await;
    post(&app, 3).await;
    sql(
        &app,
        &format!(
            "UPDATE events SET leaf_hash = seed WHERE org_id = {ACME} AND sequence = (SELECT max(sequence) FROM events WHERE org_id = {ACME})"
        ),
    );

    let signed = app.sign();

    assert_eq!((signed.signed, signed.refused), (0, 1));
    assert_eq!(checkpoint(&app).await, before);
    assert!(state(&app).await["refusal"].as_str().unwrap().contains("is missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_with_an_event_cut_out_while_the_others_are_signed() {
    let app = TestApp::start().await;
    app.sign();
    post(&app, 3).await;
    let event: Value = serde_json::from_str(EVENT).unwrap();
    app.with(Some(&app.keys.harbor_write)).post("/v1/orgs/harbor/events", &event).await.status(201);
    let last = state(&app).await["next_sequence"].as_i64().unwrap() - 1;
    sql(&app, &format!("DELETE FROM events WHERE org_id = {ACME} AND sequence = {last}"));

    let signed = app.sign();

    assert_eq!((signed.signed, signed.refused), (1, 1), "harbor is signed");
    assert_eq!(state(&app).await["refusal"], format!("event {last} is missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_somebody_else_changed() {
    let app = TestApp::start().await;
    app.sign();
    post(&app, 1).await;
    sql(&app, &format!("UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}"));

    assert_eq!(app.sign().refused, 1);

    assert!(state(&app).await["refusal"].as_str().unwrap().contains("without the seal key"));
}

/// The sealed head fits its events; only the mark outside of the database knows that there was more.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_of_the_whole_database_put_back() {
    let app = TestApp::start().await;
    post(&app, 5).await;
    app.sign();
    back_up(&app);
    post(&app, 4).await;
    app.sign();
    let end = state(&app).await["next_sequence"].as_i64().unwrap();

    restore(&app);

    let expected = format!("the log has {} events but was signed with {end}: its end is lost", end - 4);
    post_is_refused(&app).await;
    app.sign();
    post_is_refused(&app).await;
    let said = run(&app.app.config, &["verify"]);
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let lost =
        format!("the checkpoint of {end} events: the log ends at {}: what came after is lost", end - 4);
    assert!(said.stdout.contains(&lost), "{}", said.stdout);
    // The size is what was signed of the older state: nothing has changed since, but the mark knows better.
    sql(&app, &format!("UPDATE log_signing SET size = 0 WHERE org_id = {ACME}"));
    assert_eq!(app.sign().refused, 1);
    assert_eq!(state(&app).await["refusal"], expected);
}

pub(crate) async fn post_is_refused(app: &TestApp) {
    app.writer().post_text("/v1/orgs/acme/events", EVENT).await.problem(500, "log_damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_are_told_once() {
    let app = TestApp::start().await;
    app.sign();
    post(&app, 1).await;
    sql(&app, &format!("UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}"));

    for _ in 0..3 {
        app.sign();
    }

    let operator = app.person("operator@annals.example").await;
    let told =
        operator.get("/v1/orgs/platform/events?action=annals.log.signing_refused").await.status(200).json();
    let told = told["data"].as_array().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["targets"][0]["name"], "Acme Corp");
    assert_eq!((&told[0]["outcome"], &told[0]["severity"]), (&json!("failure"), &json!("critical")));
}

/// Without the file nothing is remembered, and everything is read again, from the first event on.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_newest_checkpoint_in_the_database_is_left_when_the_marks_are_lost() {
    let app = TestApp::start().await;
    post(&app, 5).await;
    app.sign();
    let config = app.app.config.clone();
    std::fs::remove_file(config.data_dir.join("high-water.json")).unwrap();
    post(&app, 1).await;
    // A leaf that was signed, replaced together with the sealed head's view of it.
    sql(
        &app,
        &format!(
            "UPDATE events SET leaf_hash = (SELECT leaf_hash FROM events WHERE org_id = {HARBOR} AND sequence = 0) WHERE org_id = {ACME} AND sequence = 1"
        ),
    );

    let other =
        annals::app::App::start(config, app.clock.clone()).expect("another node on the same database");
    let signed = tokio::task::block_in_place(|| other.checkpoints.sign_grown()).unwrap();

    assert_eq!((signed.signed, signed.refused), (0, 1));
    other.writer.stop();
}

/// Somebody put a root of their own in the place of ours, and signed for it as well as they could.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_newest_checkpoint_is_not_ours() {
    let app = TestApp::start().await;
    app.sign();
    post(&app, 1).await;
    let before = state(&app).await["signed_size"].clone();
    let root = "'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='";
    let note = checkpoint(&app).await;
    let ours = note.lines().nth(2).expect("a root").to_owned();
    sql(
        &app,
        &format!("UPDATE checkpoints SET note = replace(note, '{ours}', {root}) WHERE org_id = {ACME}"),
    );

    assert_eq!(app.sign().refused, 1);

    let state = state(&app).await;
    assert_eq!(state["signed_size"], before);
    let refusal = state["refusal"].as_str().unwrap();
    assert!(
        refusal.starts_with(&format!("the stored checkpoint of {before} events is not ours")),
        "{refusal}"
    );
}

/// A checkpoint that we signed of another tree, as an older state of the database holds it after a fork.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_the_same_size_but_with_another_root() {
    let app = TestApp::start().await;
    back_up(&app);
    post(&app, 1).await;
    app.sign();
    let size = state(&app).await["signed_size"].clone();
    sql(&app, "CREATE TABLE forked AS SELECT * FROM checkpoints");
    restore(&app);
    let node = app.another_node();
    post(&node, 1).await;
    let forked = format!("INSERT INTO checkpoints SELECT * FROM forked WHERE org_id = {ACME}");
    sql(&node, &forked);

    assert_eq!(node.sign().refused, 1);

    let refusal = format!("the log is no continuation of the {size} events that were signed");
    assert_eq!(state(&node).await["refusal"], refusal);
}

/// A checkpoint of ours in the place of the one that is signed next.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_checkpoint_was_moved_to_another_size() {
    let app = TestApp::start().await;
    app.sign();
    let size = state(&app).await["signed_size"].as_i64().unwrap();
    post(&app, 1).await;
    sql(&app, &format!("UPDATE checkpoints SET size = size + 1 WHERE org_id = {ACME}"));

    assert_eq!(app.sign().refused, 1);

    let refusal = format!("the stored checkpoint of {} events is not ours: it says {size} events", size + 1);
    assert_eq!(state(&app).await["refusal"], refusal);
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_marks_are_made_again_from_the_log_and_its_newest_checkpoint() {
    let app = TestApp::start().await;
    post(&app, 3).await;
    app.sign();
    back_up(&app);
    let node = app.another_node();
    assert!(!node.app.config.data_dir.join("high-water.json").exists());

    assert_eq!((node.sign().signed, node.sign().refused), (0, 0));

    let marks = std::fs::read_to_string(node.app.config.data_dir.join("high-water.json")).expect("the marks");
    let marks: Value = serde_json::from_str(&marks).expect("JSON");
    let sizes: Vec<_> =
        marks["logs"].as_object().unwrap().values().map(|mark| mark["size"].clone()).collect();
    assert_eq!(sizes.len(), 3);
    assert!(sizes.contains(&state(&app).await["signed_size"]), "{marks}");
}
