//! What is not signed: a log that is no continuation of what was signed of it before.

use annals::config::Config;
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use crate::{
    checkpoints::{checkpoint, post},
    support::{
        TestApp,
        process::{run, succeed, superuser},
    },
    verify::{ACME, HARBOR},
};

const EVENT: &str = r#"{"action": "report.opened", "actor": {"type": "user", "id": "u_9"}}"#;

/// What the service says of acme's log.
async fn state(app: &TestApp) -> Value {
    app.verifier().get("/v1/orgs/acme/log").await.status(200).json()
}

fn sql(app: &TestApp, sql: &str) {
    superuser(&app.app.config).batch_execute(sql).expect("SQL for either database");
}

/// Keeps every table that a backup would hold, to be put back later.
const KEPT: [&str; 5] = ["events", "log_heads", "checkpoints", "log_tiles", "log_signing"];

fn back_up(app: &TestApp) {
    for table in KEPT {
        sql(app, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
}

fn restore(app: &TestApp) {
    for table in KEPT {
        sql(
            app,
            &format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}; DROP TABLE kept_{table}"
            ),
        );
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

async fn post_is_refused(app: &TestApp) {
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

mod a_new_epoch {
    use super::*;

    /// A service whose log lost its last four events after they were signed: how many there were.
    async fn behind() -> (TestApp, i64) {
        let app = TestApp::start().await;
        post(&app, 5).await;
        app.sign();
        back_up(&app);
        post(&app, 4).await;
        app.sign();
        let end = state(&app).await["next_sequence"].as_i64().unwrap();
        restore(&app);
        (app, end)
    }

    fn start(config: &Config) -> String {
        succeed(config, &["log", "new-epoch", "--reason", "restored from the backup of Monday"])
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn goes_on_past_everything_that_was_signed() {
        let (app, end) = behind().await;

        assert_eq!(start(&app.app.config), format!("acme: goes on with sequence {end}"));

        let receipt = app.writer().post_text("/v1/orgs/acme/events", EVENT).await.status(201).json();
        assert_eq!(receipt["sequence"], end + 1);
        let told = app.reader().get("/v1/orgs/acme/events?action=annals.log.epoch_started").await.json();
        assert_eq!(told["data"][0]["sequence"], end);
        assert_eq!(
            told["data"][0]["parameters"],
            json!({"epoch": 2, "first_lost_sequence": end - 4, "last_lost_sequence": end - 1, "reason": "restored from the backup of Monday"})
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
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_verified_together_with_the_one_before() {
        let (app, end) = behind().await;
        start(&app.app.config);
        post(&app, 2).await;
        app.sign();

        let said = run(&app.app.config, &["verify", "--org", "acme"]);

        assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
        let (start, stop) = (format!("acme: {} events, all accounted for", end - 4 + 3), end - 1);
        assert!(said.stdout.starts_with(&start), "{}", said.stdout);
        let given_up = format!("; events {} to {stop} were given up", end - 4);
        assert!(said.stdout.trim_end().ends_with(&given_up), "{}", said.stdout);
        sql(&app, &format!("DELETE FROM events WHERE org_id = {ACME} AND sequence = 1"));
        let said = run(&app.app.config, &["verify", "--org", "acme"]);
        assert!(said.stdout.contains("event 1 is missing"), "{}", said.stdout);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_read_across_as_if_nothing_was_there() {
        let (app, end) = behind().await;
        start(&app.app.config);

        let tail =
            app.reader().get(&format!("/v1/orgs/acme/events/tail?from={}", end - 5)).await.status(200).json();

        let sequences: Vec<_> =
            tail["data"].as_array().unwrap().iter().map(|event| event["sequence"].clone()).collect();
        assert_eq!(sequences, [json!(end - 5), json!(end)]);
        assert_eq!(tail["next_from"], end + 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_not_started_for_a_log_that_lost_nothing() {
        let app = TestApp::start().await;
        post(&app, 1).await;
        app.sign();

        let said = run(&app.app.config, &["log", "new-epoch", "--org", "acme", "--reason", "no reason"]);

        assert_eq!(said.code, Some(78));
        assert!(
            said.stderr.contains("the log of acme has everything that was signed of it"),
            "{}",
            said.stderr
        );
        assert_eq!(start(&app.app.config), "every log has everything that was signed of it");
    }
}
