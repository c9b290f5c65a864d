//! `annals verify` on what was signed: checkpoints kept here and elsewhere, marks, tiles.

use std::fs;

use diesel::connection::SimpleConnection;

use crate::{
    checkpoints::{checkpoint, post},
    support::{
        TestApp,
        process::{Ended, run, superuser},
    },
    verify::{ACME, damage},
};

/// A service whose log was signed several times, with full tiles.
pub(crate) async fn signed() -> TestApp {
    let app = TestApp::start().await;
    for count in [10, 500, 90] {
        post(&app, count).await;
        app.sign();
    }
    app
}

pub(crate) fn sql(app: &TestApp, sql: &str) {
    superuser(&app.app.config).batch_execute(sql).expect("SQL for either database");
}

pub(crate) fn verify_against(app: &TestApp, note: &str) -> Ended {
    let file = app.app.config.data_dir.join("kept.txt");
    fs::write(&file, note).expect("a file");
    run(&app.app.config, &["verify", "--org", "acme", "--checkpoint", &file.to_string_lossy()])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_checkpoint_is_compared_and_counted() {
    let app = signed().await;

    let said = run(&app.app.config, &["verify", "--org", "acme"]);

    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("; 3 checkpoints agree\n"), "{}", said.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_was_altered() {
    let app = signed().await;
    sql(
        &app,
        &format!(
            "UPDATE checkpoints SET note = replace(note, 'annals.', 'annal5.') WHERE org_id = {ACME} AND size = (SELECT min(size) FROM checkpoints WHERE org_id = {ACME})"
        ),
    );

    let said = damage(&app, "acme");

    assert!(said.contains("it is of another log"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_we_did_not_sign() {
    let app = signed().await;
    // The signature of one under the text of another.
    let notes = app.verifier().get("/v1/orgs/acme/log/checkpoints").await.status(200).json();
    let (one, other) =
        (notes["data"][0]["note"].as_str().unwrap(), notes["data"][1]["note"].as_str().unwrap());
    let forged = format!("{}\n\n{}", one.split_once("\n\n").unwrap().0, other.split_once("\n\n").unwrap().1);
    sql(
        &app,
        &format!(
            "UPDATE checkpoints SET note = '{forged}' WHERE org_id = {ACME} AND size = {}",
            notes["data"][0]["size"]
        ),
    );

    let said = damage(&app, "acme");

    assert!(said.contains("none of our keys signed it"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_that_was_altered() {
    let app = signed().await;
    sql(
        &app,
        &format!(
            "UPDATE log_tiles SET root = (SELECT leaf_hash FROM events WHERE org_id = {ACME} AND sequence = 0) WHERE org_id = {ACME} AND tile = 1"
        ),
    );

    let said = damage(&app, "acme");

    assert!(said.ends_with("tile 1 of level 0 does not match the events"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_kept_elsewhere_agrees_or_names_the_log_as_replaced() {
    let app = signed().await;
    let kept = checkpoint(&app).await;
    let good = verify_against(&app, &kept);
    assert_eq!(good.code, Some(0), "{}{}", good.stdout, good.stderr);
    assert!(good.stdout.contains("; 4 checkpoints agree\n"), "{}", good.stdout);

    // Somebody who has everything but that copy takes the log back to before it.
    let sql_of =
        |table: &str, column: &str| format!("DELETE FROM {table} WHERE org_id = {ACME} AND {column} > 512");
    sql(&app, &sql_of("checkpoints", "size"));
    fs::remove_file(app.app.config.data_dir.join("high-water.json")).expect("the marks");
    sql(&app, &sql_of("events", "sequence"));
    let bad = verify_against(&app, &kept);

    assert_eq!(bad.code, Some(1), "{}{}", bad.stdout, bad.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_no_log_here_is_not_passed_over() {
    let app = signed().await;
    let foreign = checkpoint(&app).await.replace("annals.", "annal5.");

    let said = verify_against(&app, &foreign);

    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("there is no such log here"), "{}", said.stderr);
    assert_eq!(verify_against(&app, "not a note").code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_from_elsewhere_that_nobody_signed_is_not_believed() {
    let app = signed().await;
    let note = checkpoint(&app).await;
    let size = note.lines().nth(1).unwrap();
    let forged = note.replace(&format!("\n{size}\n"), "\n1\n");

    let said = verify_against(&app, &forged);

    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("none of our keys signed it"), "{}", said.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_kept_elsewhere_of_another_log_than_the_one_that_is_checked_is_not_passed_over() {
    let app = signed().await;
    let file = app.app.config.data_dir.join("kept.txt");
    fs::write(&file, checkpoint(&app).await).expect("a file");

    let said = run(&app.app.config, &["verify", "--org", "harbor", "--checkpoint", &file.to_string_lossy()]);

    assert_eq!(said.code, Some(2), "{}", said.stdout);
    assert!(said.stderr.contains("of another log than that of --org"), "{}", said.stderr);
}

/// A copy of acme's newest checkpoint under another place.
fn plant(app: &TestApp, epoch: i32, size: i64) {
    sql(
        app,
        &format!(
            "INSERT INTO checkpoints (org_id, epoch, size, note, created_at) \
             SELECT org_id, {epoch}, {size}, note, created_at FROM checkpoints WHERE org_id = {ACME} \
             AND size = (SELECT max(size) FROM checkpoints WHERE org_id = {ACME} AND epoch = 1)"
        ),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_checkpoint_of_an_epoch_that_there_is_not() {
    let app = signed().await;
    plant(&app, 7, 12);

    let said = damage(&app, "acme");

    assert!(said.contains("the checkpoint of 12 events of epoch 7: the log has no such epoch"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_checkpoint_past_the_end_is_called_false_or_the_end_is_called_lost() {
    let app = signed().await;
    plant(&app, 1, 1_000);

    let said = damage(&app, "acme");

    assert!(said.ends_with("the checkpoint of 1000 events: it says 609 events"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_checkpoint_of_no_events_hides_none_of_the_others() {
    let app = signed().await;
    plant(&app, 1, -1);
    sql(&app, &format!("UPDATE checkpoints SET note = 'x' WHERE org_id = {ACME} AND size > 500"));

    let said = damage(&app, "acme");

    assert_eq!(said, "DAMAGED after 609 good events: the checkpoint of -1 events: it says 609 events");
    sql(&app, &format!("DELETE FROM checkpoints WHERE org_id = {ACME} AND size = -1"));
    assert!(damage(&app, "acme").contains("it is no signed note"));
}
