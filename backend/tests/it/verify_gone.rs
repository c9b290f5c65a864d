//! `annals verify` on logs that are wholly gone: what still remembers them.

use std::fs;

use crate::{
    checkpoints::{checkpoint, post},
    support::{TestApp, process::run},
    verify::{ACME, damage, verify},
    verify_checkpoints::{sql, verify_against},
};

/// The tables in which an organization leaves anything.
const TABLES: [&str; 13] = [
    "events",
    "log_heads",
    "log_epochs",
    "checkpoints",
    "log_tiles",
    "log_signing",
    "observations",
    "observed_actions",
    "observed_sources",
    "source_gaps",
    "session_organizations",
    "memberships",
    "api_keys",
];

/// A service whose acme was signed and then removed without a trace in its own tables, and acme's checkpoint.
async fn without_acme() -> (TestApp, String) {
    let app = TestApp::start().await;
    post(&app, 3).await;
    app.sign();
    let kept = checkpoint(&app).await;
    for table in TABLES {
        sql(&app, &format!("DELETE FROM {table} WHERE org_id = {ACME}"));
    }
    sql(&app, "DELETE FROM organizations WHERE slug = 'acme'");
    (app, kept)
}

fn forget_marks(app: &TestApp) {
    fs::remove_file(app.app.config.data_dir.join("high-water.json")).expect("the marks");
}

const GONE: &str = "the organization and its whole log were removed";

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_remembered_by_the_platforms_log_and_the_mark() {
    let (app, kept) = without_acme().await;

    let said = damage(&app, "acme");

    assert!(said.contains(GONE), "{said}");
    let size = kept.lines().nth(1).expect("a size");
    assert!(said.contains(&format!("{size} events of epoch 1 were signed, and nothing")), "{said}");
    let one = run(&app.app.config, &["verify", "--org", "acme"]);
    assert_eq!(one.code, Some(1), "{}{}", one.stdout, one.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_marks_the_platforms_log_still_knows() {
    let (app, _) = without_acme().await;
    forget_marks(&app);

    let said = damage(&app, "acme");

    assert!(said.contains(GONE), "{said}");
}

/// Without the event of the platform's log, which is damaged then, nobody knows what the log was called.
#[tokio::test(flavor = "multi_thread")]
async fn the_mark_alone_knows_the_log_by_its_id() {
    let (app, kept) = without_acme().await;
    let log = kept.lines().next().and_then(|origin| origin.rsplit('/').next()).expect("a log").to_owned();
    sql(&app, "DELETE FROM events WHERE action = 'annals.organization.created' AND body LIKE '%acme%'");

    let said = damage(&app, &format!("log {log}"));

    assert!(said.contains("events of epoch 1 were signed, and nothing of that epoch is here"), "{said}");
    assert!(damage(&app, "platform").contains("is missing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_kept_elsewhere_knows_the_log_too() {
    let (app, kept) = without_acme().await;
    forget_marks(&app);
    sql(&app, "DELETE FROM events WHERE action = 'annals.organization.created' AND body LIKE '%acme%'");
    let file = app.app.config.data_dir.join("kept.txt");
    fs::write(&file, &kept).expect("a file");

    let said = run(&app.app.config, &["verify", "--checkpoint", &file.to_string_lossy()]);

    assert_eq!(said.code, Some(1), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("events of epoch 1 were signed, and nothing"), "{}", said.stdout);
    assert_eq!(verify_against(&app, &kept).code, Some(2), "--org acme: nothing here knows that name");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_organization_that_is_left_the_log_is_missed() {
    let app = TestApp::start().await;
    app.sign();
    for table in ["events", "log_heads", "checkpoints", "log_tiles", "log_signing"] {
        sql(&app, &format!("DELETE FROM {table} WHERE org_id = {ACME}"));
    }

    let said = damage(&app, "acme");

    assert!(said.contains("the log head is missing"), "{said}");
    assert!(said.contains("were signed, and nothing of that epoch is here"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_are_recorded_in_the_platforms_log() {
    let app = TestApp::start().await;

    let operator = app.person("operator@annals.example").await;
    let created =
        operator.get("/v1/orgs/platform/events?action=annals.organization.created&order=asc").await.json();

    let slugs: Vec<_> = created["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["parameters"]["slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["platform", "acme", "harbor"]);
    assert_eq!(verify(&app).code, Some(0));
}

/// The flag that tells the platform's organization from others is a column like any other.
#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_log_is_found_by_its_slug() {
    let (app, _) = without_acme().await;
    forget_marks(&app);
    sql(&app, "UPDATE organizations SET is_platform = (1 = 0)");

    assert!(damage(&app, "acme").contains(GONE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_is_missing_is_named() {
    let app = TestApp::start().await;
    sql(&app, "UPDATE organizations SET slug = 'other' WHERE slug = 'platform'");

    let said = damage(&app, "platform");

    assert!(said.contains("nothing says which organizations there should be"), "{said}");
}
