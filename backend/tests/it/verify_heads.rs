//! `annals verify` on what is around the events: heads, organizations, the database, the key.

use crate::{
    support::{
        Database,
        process::{run, superuser},
    },
    verify::{ACME, EVENTS, HARBOR, damage, event, harbor, said_of, service, verify},
};
use annals::keyring::MasterKey;
use diesel::connection::SimpleConnection;

/// The events are checked all the same, as far as the head says that there are any.
fn foreign_head(good: i64) -> String {
    format!(
        "DAMAGED after {good} good events: the log head: the head was changed by somebody without the seal key"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_with_another_size() {
    let (said, first) = said_of("acme", |_| {
        format!("UPDATE log_heads SET next_sequence = next_sequence - 1 WHERE org_id = {ACME}")
    })
    .await;

    assert_eq!(said, foreign_head(first + EVENTS - 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_with_another_frontier() {
    let (said, first) =
        said_of("acme", |_| format!("UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}")).await;

    assert_eq!(said, foreign_head(first + EVENTS));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_head_put_back() {
    let (app, first) = service().await;
    let conn = &mut superuser(&app.app.config);
    conn.batch_execute("CREATE TABLE kept AS SELECT * FROM log_heads").unwrap();
    app.writer().post("/v1/orgs/acme/events", &event(EVENTS)).await.status(201);

    conn.batch_execute("DELETE FROM log_heads; INSERT INTO log_heads SELECT * FROM kept").unwrap();

    let end = first + EVENTS;
    let expected = format!("DAMAGED after {end} good events: event {end} was added without the service");
    assert_eq!(damage(&app, "acme"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_deleted_is_named_and_hides_no_other_log() {
    let (app, _) = service().await;
    let sql = format!("DELETE FROM log_heads WHERE org_id = {ACME}");
    superuser(&app.app.config).batch_execute(&sql).expect("SQL");

    superuser(&app.app.config)
        .batch_execute(&format!("DELETE FROM events WHERE org_id = {HARBOR} AND sequence = 0"))
        .expect("SQL");

    assert!(damage(&app, "acme").contains("the log head is missing"));
    assert!(damage(&app, "harbor").contains("event 0 is missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_deleted_leaves_its_log_to_be_found() {
    let (app, _) = service().await;
    superuser(&app.app.config)
        .batch_execute(&format!(
            "DELETE FROM api_keys WHERE org_id = {HARBOR}; DELETE FROM memberships WHERE org_id = {HARBOR}; \
             DELETE FROM organizations WHERE slug = 'harbor'"
        ))
        .expect("SQL");

    let ended = verify(&app);

    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(
        ended.stdout.contains("the organization was removed; its log is still there"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("events, all accounted for"), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_rows_added_past_the_end_the_first_is_named() {
    let (app, first) = service().await;
    let end = first + EVENTS;
    for sequence in [end + 2, end, end + 1] {
        let sql = format!(
            "UPDATE events SET org_id = {ACME}, sequence = {sequence} WHERE org_id = {HARBOR} AND sequence = (SELECT max(sequence) FROM events WHERE org_id = {HARBOR})"
        );
        superuser(&app.app.config).batch_execute(&sql).expect("SQL");
    }

    let expected = format!("DAMAGED after {end} good events: event {end} was added without the service");
    assert_eq!(damage(&app, "acme"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_nothing_can_be_checked_and_nothing_is_made() {
    let database = Database::empty();
    let config = database.config();
    let files = || std::fs::read_dir(database.folder.path()).expect("a folder").count();
    let before = files();

    let ended = run(&config, &["verify"]);

    assert_eq!(ended.code, Some(2), "{}", ended.stdout);
    assert!(ended.stderr.starts_with("annals: "), "{}", ended.stderr);
    assert_eq!(files(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_another_master_key_nothing_can_be_checked() {
    let (app, _) = service().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = app.app.config.clone();
    let other = folder.path().join("other.key");
    MasterKey::create(&other).expect("a key");
    config.master_key_file = Some(other);

    let ended = run(&config, &["verify"]);

    assert_eq!(ended.code, Some(2), "{}", ended.stdout);
    assert!(ended.stderr.contains("master_key_file: this is not the key"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_organization_cannot_be_checked() {
    let (app, _) = service().await;

    let ended = run(&app.app.config, &["verify", "--org", "nobody"]);

    assert_eq!(ended.code, Some(2), "{}", ended.stdout);
    assert!(ended.stderr.contains("there is no organization nobody"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_takes_no_more_events_while_its_neighbour_does() {
    let (app, _) = service().await;
    let sql = format!("UPDATE log_heads SET next_sequence = next_sequence - 1 WHERE org_id = {ACME}");
    superuser(&app.app.config).batch_execute(&sql).expect("SQL");

    let (client, sent) = (app.writer(), event(0));
    let (refused, ()) = tokio::join!(client.post("/v1/orgs/acme/events", &sent), harbor(&app, &sent));

    refused.problem(500, "log_damaged");
}
