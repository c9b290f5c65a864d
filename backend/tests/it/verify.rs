//! `annals verify`: what it says, and with which exit code, of good logs and of every kind of damage that
//! the database's superuser can do.

use annals::{
    db::schema::{events, organizations},
    id::{Id, Org},
    log::leaf,
};
use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::{Map, Value, json};

use crate::support::{
    TestApp,
    process::{Ended, run, superuser},
};

pub(crate) const ACME: &str = "(SELECT id FROM organizations WHERE slug = 'acme')";
pub(crate) const HARBOR: &str = "(SELECT id FROM organizations WHERE slug = 'harbor')";

/// One of acme's rows, for the end of a statement.
pub(crate) fn acme_row(sequence: i64) -> String {
    format!("WHERE org_id = {ACME} AND sequence = {sequence}")
}

/// Clients' events in acme's log.
pub(crate) const EVENTS: i64 = 8;

/// A service with events in both logs, and the sequence of the first that a client sent to acme.
pub(crate) async fn service() -> (TestApp, i64) {
    let app = TestApp::start().await;
    let batch = json!({"events": (0..EVENTS).map(event).collect::<Vec<_>>()});
    let answer = app.writer().post("/v1/orgs/acme/events/batch", &batch).await.status(200).json();
    let first = answer["results"][0]["sequence"].as_i64().expect("a sequence");
    harbor(&app, &event(0)).await;
    (app, first)
}

pub(crate) fn event(number: i64) -> Value {
    json!({
        "action": "user.invited",
        "occurred_at": "2026-11-24T12:00:00Z",
        "actor": {"type": "user", "id": format!("u_{number}"), "name": "Ada Byron", "email": "ada@example.com"},
        "targets": [{"type": "user", "id": "u_7"}],
        "workspace": {"id": "ws_1", "name": "Production"},
        "context": {"ip": "203.0.113.7"},
        "details": format!("invitation {number}"),
    })
}

pub(crate) async fn harbor(app: &TestApp, event: &Value) {
    app.with(Some(&app.keys.harbor_write)).post("/v1/orgs/harbor/events", event).await.status(201);
}

pub(crate) fn verify(app: &TestApp) -> Ended {
    run(&app.app.config, &["verify"])
}

/// What is said of an organization after damage was done by SQL.
pub(crate) async fn said_of(slug: &str, sql: impl FnOnce(i64) -> String) -> (String, i64) {
    let (app, first) = service().await;
    superuser(&app.app.config).batch_execute(&sql(first)).expect("SQL for either database");
    (damage(&app, slug), first)
}

/// What is said of a damaged organization.
pub(crate) fn damage(app: &TestApp, slug: &str) -> String {
    let ended = verify(app);
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    let line = ended.stdout.lines().find_map(|line| line.strip_prefix(&format!("{slug}: ")));
    line.unwrap_or_else(|| panic!("nothing on {slug}: {}", ended.stdout)).to_owned()
}

#[track_caller]
fn assert_altered(said: &str, sequence: i64, what: &str) {
    let start = format!("DAMAGED after {sequence} good events: event {sequence} (");
    assert!(said.starts_with(&start), "{said}");
    assert!(said.ends_with(&format!(") was altered: {what}")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn good_logs_are_all_named_with_size_and_root() {
    let (app, first) = service().await;

    let ended = verify(&app);

    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let acme = format!("acme: {} events, all accounted for; root ", first + EVENTS);
    assert!(ended.stdout.contains(&acme), "{}", ended.stdout);
    let lines = ["acme: ", "harbor: ", "platform: "].map(|name| {
        ended.stdout.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name}"))
    });
    for line in lines {
        assert!(line.contains(" events, all accounted for; root "), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_organization_can_be_named() {
    let (app, _) = service().await;

    let ended = run(&app.app.config, &["verify", "--org", "harbor"]);

    assert_eq!(ended.code, Some(0));
    assert!(ended.stdout.starts_with("harbor: "), "{}", ended.stdout);
    assert!(ended.stdout.contains("\n1 log checked, "), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_one_log_does_not_hide_that_the_others_are_good() {
    let (app, first) = service().await;
    let sql = format!("DELETE FROM events {}", acme_row(first));
    superuser(&app.app.config).batch_execute(&sql).expect("SQL");

    let ended = verify(&app);

    assert_eq!(ended.code, Some(1));
    let harbor = ended.stdout.lines().find(|line| line.starts_with("harbor: "));
    assert!(harbor.is_some_and(|line| line.contains("all accounted for")), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_body() {
    let other = "replace(body, 'invitation 3', 'invitation 4')";

    let (said, first) =
        said_of("acme", |first| format!("UPDATE events SET body = {other} {}", acme_row(first + 3))).await;

    assert_altered(&said, first + 3, "its body does not match its leaf hash");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_says_the_same_in_other_bytes() {
    let spaced = r#"replace(body, '"v":1', '"v": 1')"#;

    let (said, first) =
        said_of("acme", |first| format!("UPDATE events SET body = {spaced} {}", acme_row(first))).await;

    assert_altered(&said, first, "its body is not in canonical form");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_body_with_a_leaf_hash_that_fits_it() {
    let (app, first) = service().await;
    let conn = &mut superuser(&app.app.config);
    let acme: Id<Org> = organizations::table
        .filter(organizations::slug.eq("acme"))
        .select(organizations::id)
        .first(conn)
        .unwrap();
    let row = events::table.filter(events::org_id.eq(acme)).filter(events::sequence.eq(first + 3));
    let (body, seed): (String, Option<Vec<u8>>) =
        row.select((events::body, events::seed)).first(conn).unwrap();

    let mut body: Map<String, Value> = serde_json::from_str(&body).unwrap();
    body.insert("details".into(), "something else".into());
    let hash = leaf::hash(&body, &seed.unwrap().try_into().unwrap()).unwrap();
    let body = leaf::canonical(&body.into()).unwrap();
    diesel::update(events::table)
        .filter(events::org_id.eq(acme))
        .filter(events::sequence.eq(first + 3))
        .set((events::body.eq(body), events::leaf_hash.eq(hash.to_vec())))
        .execute(conn)
        .unwrap();

    let said = damage(&app, "acme");
    assert!(said.contains("good events: among events "), "{said}");
    let range: Vec<i64> = said.split_whitespace().filter_map(|word| word.parse().ok()).skip(1).collect();
    assert!(range[0] <= first + 3 && first + 3 <= range[1], "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_seed() {
    let (said, first) = said_of("acme", |first| {
        let (row, other) = (acme_row(first + 3), acme_row(first));
        format!("UPDATE events SET seed = (SELECT seed FROM events {other}) {row}")
    })
    .await;

    assert_altered(&said, first + 3, "its body does not match its leaf hash");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_changed_filter_column() {
    let (app, first) = service().await;
    let conn = &mut superuser(&app.app.config);
    let row = acme_row(first);
    conn.batch_execute(&format!("CREATE TABLE kept AS SELECT * FROM events {row}")).unwrap();
    let text = [
        "action",
        "category",
        "activity_type",
        "outcome",
        "severity",
        "source",
        "actor_type",
        "actor_id",
        "actor_name",
        "actor_email",
        "workspace_id",
        "workspace_name",
        "ip",
    ];
    let changes = text.map(|column| (column, "'other'")).into_iter().chain([
        ("ip", "NULL"),
        ("id", HARBOR),
        ("occurred_at", "received_at"),
        ("received_at", "occurred_at"),
    ]);
    for (column, value) in changes {
        conn.batch_execute(&format!("UPDATE events SET {column} = {value} {row}")).unwrap();

        let said = damage(&app, "acme");

        assert_altered(&said, first, "its columns do not match its body: filters would miss it");
        conn.batch_execute(&format!("UPDATE events SET {column} = (SELECT {column} FROM kept) {row}"))
            .unwrap();
    }
    assert_eq!(verify(&app).code, Some(0), "each column was put back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_deleted_in_the_middle() {
    let (said, first) = said_of("acme", |first| format!("DELETE FROM events {}", acme_row(first + 3))).await;

    assert_eq!(said, format!("DAMAGED after {0} good events: event {0} is missing", first + 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_row_deleted() {
    let (said, first) =
        said_of("acme", |first| format!("DELETE FROM events {}", acme_row(first + EVENTS - 1))).await;

    assert_eq!(said, format!("DAMAGED after {0} good events: event {0} is missing", first + EVENTS - 1));
}

/// Every column but the key.
const REST: &str = "id, occurred_at, received_at, action, category, activity_type, outcome, severity, source, \
    actor_type, actor_id, actor_name, actor_email, workspace_id, workspace_name, ip, seed, leaf_hash, body";

#[tokio::test(flavor = "multi_thread")]
async fn a_row_inserted_past_the_end() {
    let (said, first) = said_of("acme", |first| {
        format!(
            "INSERT INTO events (org_id, sequence, {REST}) \
             SELECT {ACME}, {first} + {EVENTS}, {REST} FROM events WHERE org_id = {HARBOR} AND sequence = 0"
        )
    })
    .await;

    let end = first + EVENTS;
    assert_eq!(said, format!("DAMAGED after {end} good events: event {end} was added without the service"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bodies_swapped() {
    let (said, first) = said_of("acme", |first| {
        let (one, other) = (first + 2, first + 5);
        format!(
            "CREATE TABLE kept AS SELECT sequence, body FROM events WHERE org_id = {ACME}; \
             UPDATE events SET body = (SELECT kept.body FROM kept \
                 WHERE kept.sequence = {one} + {other} - events.sequence) \
             WHERE org_id = {ACME} AND sequence IN ({one}, {other})"
        )
    })
    .await;

    assert_altered(&said, first + 2, "its body does not match its leaf hash");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_whole_rows_swapped() {
    let (said, _) = said_of("acme", |first| {
        let (one, other) = (first + 2, first + 5);
        format!(
            "UPDATE events SET sequence = 1000 {}; UPDATE events SET sequence = {one} {}; \
             UPDATE events SET sequence = {other} {}",
            acme_row(one),
            acme_row(other),
            acme_row(1000),
        )
    })
    .await;

    assert!(said.ends_with("one was replaced together with its leaf hash"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_moved_to_another_organization() {
    let sql = |first: i64| {
        format!(
            "UPDATE events SET org_id = {HARBOR}, \
             sequence = (SELECT next_sequence FROM log_heads WHERE org_id = {HARBOR}) {}",
            acme_row(first + 3)
        )
    };

    let (said, first) = said_of("acme", sql).await;
    assert_eq!(said, format!("DAMAGED after {0} good events: event {0} is missing", first + 3));

    let (said, _) = said_of("harbor", sql).await;
    assert!(said.ends_with(" was added without the service"), "{said}");
}
