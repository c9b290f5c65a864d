//! Signing while something is wrong with one log, or happens to it in between: the others are signed all the same.

use annals::db::Conn;
use diesel::connection::SimpleConnection;
use serde_json::Value;

use crate::{
    checkpoints::{checkpoint, post},
    checkpoints_refused::{EVENT, sql, state},
    support::{
        TestApp,
        process::{run, superuser},
    },
    verify::{ACME, HARBOR},
};

/// Runs a statement that only one of the databases takes; answers whether it is that one.
fn sql_of(app: &TestApp, sqlite: &str, postgres: &str) -> bool {
    let mut conn = superuser(&app.app.config);
    let sql = match conn {
        Conn::Sqlite(_) => sqlite,
        Conn::Postgres(_) => postgres,
    };
    if !sql.is_empty() {
        conn.batch_execute(sql).expect("SQL");
    }
    !sql.is_empty()
}

async fn post_to_harbor(app: &TestApp) {
    let event: Value = serde_json::from_str(EVENT).unwrap();
    app.with(Some(&app.keys.harbor_write)).post("/v1/orgs/harbor/events", &event).await.status(201);
}

/// The node is held up between reading the log and signing it, while somebody starts a new epoch.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_moved_to_another_epoch_meanwhile_is_not_signed_in_the_old_one() {
    let app = TestApp::start().await;
    app.sign();
    let before = checkpoint(&app).await;
    post(&app, 3).await;
    let moved =
        format!("UPDATE log_heads SET epoch = epoch + 1 WHERE org_id = NEW.org_id AND org_id = {ACME}");
    sql_of(
        &app,
        &format!("CREATE TRIGGER moves AFTER UPDATE ON log_signing BEGIN {moved}; END"),
        &format!(
            "CREATE FUNCTION moves() RETURNS trigger AS $$ BEGIN {moved}; RETURN NEW; END $$ LANGUAGE plpgsql; \
             CREATE TRIGGER moves AFTER UPDATE ON log_signing FOR EACH ROW EXECUTE FUNCTION moves()"
        ),
    );

    let signed = app.sign();

    assert_eq!((signed.signed, signed.refused), (0, 0));
    sql_of(&app, "DROP TRIGGER moves", "DROP TRIGGER moves ON log_signing");
    sql(&app, &format!("UPDATE log_heads SET epoch = 1 WHERE org_id = {ACME}"));
    assert_eq!(checkpoint(&app).await, before);
    assert_eq!(app.sign().signed, 1, "what it waits for is still signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_head_keeps_no_other_from_being_listed_or_from_going_on() {
    let app = TestApp::start().await;
    app.sign();
    sql(&app, &format!("CREATE TABLE kept_heads AS SELECT * FROM log_heads WHERE org_id = {HARBOR}"));
    post_to_harbor(&app).await;
    app.sign();
    sql(
        &app,
        &format!(
            "DELETE FROM log_heads WHERE org_id IN ({ACME}, {HARBOR}); INSERT INTO log_heads SELECT * FROM kept_heads"
        ),
    );

    let status = run(&app.app.config, &["log", "status"]);
    let went_on = run(&app.app.config, &["log", "new-epoch", "--reason", "restored"]);

    assert_eq!(status.code, Some(1), "{}", status.stderr);
    let no_head = "the log does not match its seal: the organization has no log head";
    assert!(status.stdout.contains(&format!("acme: DAMAGED: {no_head}")), "{}", status.stdout);
    assert!(status.stdout.contains("harbor: epoch 1, "), "{}", status.stdout);
    assert_eq!(went_on.code, Some(78), "acme does not go on");
    assert!(
        went_on.stdout.contains("harbor: goes on with sequence "),
        "{}{}",
        went_on.stdout,
        went_on.stderr
    );
    assert!(went_on.stderr.contains(&format!("acme: {no_head}")), "{}", went_on.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_keeps_no_other_log_from_being_signed() {
    let columns = [
        format!("UPDATE log_heads SET log_id = x'00' WHERE org_id = {ACME}"),
        format!("UPDATE log_heads SET seal_key_id = x'00' WHERE org_id = {ACME}"),
        format!(
            "INSERT INTO log_refusals SELECT id, x'00', 'reason', 1, 1, 1, 1, x'00', NULL FROM organizations WHERE id = {ACME}"
        ),
    ];
    for unreadable in columns {
        let app = TestApp::start().await;
        app.sign();
        post_to_harbor(&app).await;
        if !sql_of(&app, &unreadable, "") {
            return; // an id is always one there
        }

        assert_eq!(app.sign().signed, 1, "{unreadable}");
        post_to_harbor(&app.another_node()).await;
        let status = run(&app.app.config, &["log", "status"]);
        assert_eq!(status.code, Some(1), "{}", status.stderr);
        assert!(status.stdout.contains("harbor: epoch 1, "), "{}", status.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_with_impossible_numbers_keeps_no_other_log_from_being_signed() {
    let app = TestApp::start().await;
    app.sign();
    post_to_harbor(&app).await;
    let (first, last) = (i64::MIN + 1, i64::MAX);
    sql(
        &app,
        &format!("UPDATE log_heads SET tree_start = {first}, next_sequence = {last} WHERE org_id = {ACME}"),
    );

    let signed = app.sign();

    assert_eq!((signed.signed, signed.refused), (1, 1));
    assert_eq!(run(&app.app.config, &["log", "status"]).code, Some(1));
    assert_eq!(run(&app.app.config, &["verify"]).code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_that_could_not_be_started_leaves_nothing_behind() {
    let app = TestApp::start().await;
    sql(&app, "CREATE TABLE old_heads AS SELECT * FROM log_heads");
    post(&app, 4).await;
    app.sign();
    sql(&app, "CREATE TABLE true_heads AS SELECT * FROM log_heads");
    let heads = |kept| format!("DELETE FROM log_heads; INSERT INTO log_heads SELECT * FROM {kept}");
    sql(&app, &heads("old_heads"));
    // The place where the old epoch's head is to be kept is taken.
    sql(
        &app,
        &format!(
            "INSERT INTO log_epochs SELECT h.org_id, 1, h.log_id, 0, 0, 0, h.frontier, h.seal, h.seal_key_id, o.created_at \
             FROM log_heads h JOIN organizations o ON o.id = h.org_id WHERE h.org_id = {ACME}"
        ),
    );
    let args = ["log", "new-epoch", "--org", "acme", "--reason", "restored"];
    assert_ne!(run(&app.app.config, &args).code, Some(0));

    sql(&app, &format!("DELETE FROM log_epochs; {}", heads("true_heads")));

    assert_eq!(app.sign().refused, 0);
    assert_eq!(state(&app).await.get("refusal"), None);
    post(&app, 1).await;
}
