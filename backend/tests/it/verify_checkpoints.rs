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
async fn signed() -> TestApp {
    let app = TestApp::start().await;
    for count in [10, 500, 90] {
        post(&app, count).await;
        app.sign();
    }
    app
}

fn sql(app: &TestApp, sql: &str) {
    superuser(&app.app.config).batch_execute(sql).expect("SQL for either database");
}

fn verify_against(app: &TestApp, note: &str) -> Ended {
    let file = app.app.config.data_dir.join("kept.txt");
    fs::write(&file, note).expect("a file");
    run(&app.app.config, &["verify", "--org", "acme", "--checkpoint", &file.to_string_lossy()])
}

#[tokio::test(flavor = "multi_thread")]
async fn every_checkpoint_is_compared_and_counted() {
    let app = signed().await;

    let said = run(&app.app.config, &["verify", "--org", "acme"]);

    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.trim_end().ends_with("; 3 checkpoints agree"), "{}", said.stdout);
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
    assert!(good.stdout.trim_end().ends_with("; 4 checkpoints agree"), "{}", good.stdout);

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
