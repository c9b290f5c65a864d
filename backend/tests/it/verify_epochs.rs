//! `annals verify` on a log of two epochs: what the newer one says of the older, and what was given up.

use std::fs;

use annals::{access::Scope, app::App, host::Host};

use crate::{
    checkpoints::{checkpoint, post},
    support::{
        TestApp,
        process::{Ended, run, succeed},
    },
    verify::{ACME, damage},
    verify_checkpoints::{sql, verify_against},
};

/// What a backup would hold of the logs.
const KEPT: [&str; 5] = ["events", "log_heads", "checkpoints", "log_tiles", "log_signing"];

fn back_up(app: &TestApp) {
    for table in KEPT {
        sql(app, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
}

fn restore(app: &TestApp) {
    for table in KEPT {
        sql(app, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"));
    }
}

fn new_epoch(app: &TestApp) {
    succeed(&app.app.config, &["log", "new-epoch", "--reason", "restored"]);
}

/// A service whose acme was put back to an older state and went on in a second epoch, and a checkpoint of what
/// was lost. The table `older` holds acme's head of before the first of its events was sent.
async fn two_epochs() -> (TestApp, String) {
    let app = TestApp::start().await;
    sql(&app, &format!("CREATE TABLE older AS SELECT * FROM log_heads WHERE org_id = {ACME}"));
    post(&app, 5).await;
    app.sign();
    back_up(&app);
    post(&app, 4).await;
    app.sign();
    let lost = checkpoint(&app).await;
    restore(&app);
    new_epoch(&app);
    post(&app, 2).await;
    app.sign();
    (app, lost)
}

fn size(note: &str) -> &str {
    note.lines().nth(1).expect("a size")
}

#[track_caller]
fn assert_good(said: &Ended) {
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_the_closed_epoch_deleted() {
    let (app, _) = two_epochs().await;
    sql(&app, "DELETE FROM log_epochs");

    let said = damage(&app, "acme");

    assert!(said.contains("the head of epoch 1 is missing"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_the_closed_epoch_deleted_hides_no_event_of_it() {
    let (app, _) = two_epochs().await;
    sql(&app, &format!("DELETE FROM log_epochs; DELETE FROM events WHERE org_id = {ACME} AND sequence = 4"));

    let said = damage(&app, "acme");

    assert!(said.contains("event 4 is missing"), "{said}");
}

/// An insider cuts off the closed epoch's end, and everything that tells of it but the newer epoch's first event.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_head_in_the_place_of_the_closed_epochs() {
    let (app, _) = two_epochs().await;
    fs::remove_file(app.app.config.data_dir.join("high-water.json")).expect("the marks");
    let older = |column: &str| format!("{column} = (SELECT {column} FROM older)");
    let end = "(SELECT next_sequence FROM older)";
    sql(
        &app,
        &format!(
            "DELETE FROM events WHERE org_id = {ACME} AND sequence >= {end} \
                AND sequence < (SELECT tree_start FROM log_heads WHERE org_id = {ACME}); \
             DELETE FROM checkpoints WHERE org_id = {ACME} AND epoch = 1; \
             DELETE FROM log_tiles WHERE org_id = {ACME}; \
             UPDATE log_epochs SET {}, {}, {}, {}",
            older("next_sequence"),
            older("frontier"),
            older("seal"),
            older("seal_key_id"),
        ),
    );

    let said = damage(&app, "acme");

    assert!(said.contains("epoch 1: its head ends before event "), "{said}");
    assert!(said.contains("another head was put in its place"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_in_use_among_those_of_closed_epochs() {
    let (app, _) = two_epochs().await;
    let columns =
        "org_id, epoch, log_id, tree_start, next_sequence, first_sequence, frontier, seal, seal_key_id";
    sql(
        &app,
        &format!(
            "INSERT INTO log_epochs ({columns}, closed_at) SELECT {columns}, \
                (SELECT min(received_at) FROM events) FROM log_heads WHERE org_id = {ACME}"
        ),
    );

    let said = damage(&app, "acme");

    assert!(said.contains("epoch 2: its head is among those of closed epochs"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_epoch_taken_away() {
    let (app, _) = two_epochs().await;
    let closed = |column: &str| format!("{column} = (SELECT {column} FROM log_epochs)");
    sql(
        &app,
        &format!(
            "DELETE FROM events WHERE org_id = {ACME} \
                AND sequence >= (SELECT tree_start FROM log_heads WHERE org_id = {ACME}); \
             UPDATE log_heads SET epoch = 1, {}, {}, {}, {}, {} WHERE org_id = {ACME}; \
             DELETE FROM log_epochs; DELETE FROM checkpoints WHERE org_id = {ACME} AND epoch = 2",
            closed("tree_start"),
            closed("next_sequence"),
            closed("frontier"),
            closed("seal"),
            closed("seal_key_id"),
        ),
    );

    let said = damage(&app, "acme");

    assert!(said.contains("3 events of epoch 2 were signed, and nothing of that epoch is here"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_what_was_given_up_is_no_damage() {
    let (app, lost) = two_epochs().await;

    let said = verify_against(&app, &lost);

    assert_good(&said);
    assert!(said.stdout.contains(" were given up, and a checkpoint with them\n"), "{}", said.stdout);
    let stored = size(&lost);
    sql(
        &app,
        &format!(
            "INSERT INTO checkpoints (org_id, epoch, size, note, created_at) \
             SELECT {ACME}, 1, {stored}, '{lost}', min(received_at) FROM events"
        ),
    );
    let said = run(&app.app.config, &["verify"]);
    assert_good(&said);
    assert!(said.stdout.contains(" were given up, and a checkpoint with them\n"), "{}", said.stdout);
}

/// Two nodes with a mark each, say, and one of them was not asked.
#[tokio::test(flavor = "multi_thread")]
async fn two_different_ends_that_were_given_up_together() {
    let app = TestApp::start().await;
    post(&app, 5).await;
    app.sign();
    back_up(&app);
    post(&app, 1).await;
    app.sign();
    let one = checkpoint(&app).await;
    let marks = app.app.config.data_dir.join("high-water.json");
    let kept = fs::read(&marks).expect("the marks");
    restore(&app);
    fs::remove_file(&marks).expect("the marks");
    let other = App::start(app.app.config.clone(), app.clock.clone()).expect("a node that knows nothing");
    Host::of(&other, "test").create_key("acme", "another", &[Scope::EventsRead], None).expect("an event");
    tokio::task::block_in_place(|| other.checkpoints.sign_grown()).expect("signing");
    other.writer.stop();
    let two = checkpoint(&app).await;
    assert_eq!((size(&one), one == two), (size(&two), false));
    restore(&app);
    fs::write(&marks, kept).expect("the marks");
    new_epoch(&app);

    let said = verify_against(&app, &two);

    assert_eq!(said.code, Some(1), "{}{}", said.stdout, said.stderr);
    let expected = format!("two different logs of {} events were signed", size(&one));
    assert!(said.stdout.contains(&expected), "{}", said.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_kept_elsewhere_of_an_epoch_that_is_gone() {
    let (app, _) = two_epochs().await;
    let kept = checkpoint(&app).await;
    restore(&app);
    sql(&app, "DELETE FROM log_epochs");
    fs::remove_file(app.app.config.data_dir.join("high-water.json")).expect("the marks");
    assert_good(&run(&app.app.config, &["verify", "--org", "acme"]));

    let said = verify_against(&app, &kept);

    assert_eq!(said.code, Some(1), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("3 events of epoch 2 were signed"), "{}", said.stdout);
}
