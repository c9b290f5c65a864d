//! How `annals verify` says what it found: notes, the line for all logs, JSON, exit codes.

use std::fs;

use serde_json::{Value, json};

use crate::{
    checkpoints::post,
    support::{TestApp, process::run},
    verify::{ACME, acme_row, service},
    verify_checkpoints::sql,
};

async fn signed() -> TestApp {
    let app = TestApp::start().await;
    post(&app, 3).await;
    app.sign();
    app
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON in each line")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn good_logs_are_summed_up() {
    let app = signed().await;

    let said = run(&app.app.config, &["verify", "--strict"]);

    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let last = said.stdout.lines().last().expect("a line");
    assert!(last.starts_with("3 logs checked, "), "{last}");
    assert!(last.ends_with(" events: all accounted for"), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_logs_are_named_at_the_end() {
    let app = signed().await;
    sql(&app, &format!("DELETE FROM events {}", acme_row(2)));

    let said = run(&app.app.config, &["verify"]);

    assert_eq!(said.code, Some(1));
    let last = said.stdout.lines().last().expect("a line");
    assert!(last.ends_with(" events: 1 DAMAGED: acme"), "{last}");
}

/// Whoever puts an old state of the database back may have taken the marks away before.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_mark_is_noted_and_with_strict_that_is_a_failure() {
    let app = signed().await;
    fs::remove_file(app.app.config.data_dir.join("high-water.json")).expect("the marks");

    let said = run(&app.app.config, &["verify", "--org", "acme"]);
    let strict = run(&app.app.config, &["verify", "--org", "acme", "--strict"]);

    assert_eq!((said.code, strict.code), (Some(0), Some(1)), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("\nacme: note: no high-water mark for this log: "), "{}", said.stdout);
    assert!(said.stdout.ends_with(": all accounted for; notes: 1\n"), "{}", said.stdout);
    assert_eq!(said.stdout, strict.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_mark_among_logs_that_have_one() {
    let app = signed().await;
    let file = app.app.config.data_dir.join("high-water.json");
    let mut marks: Value = serde_json::from_slice(&fs::read(&file).expect("the marks")).expect("JSON");
    let origin = app.verifier().get("/v1/orgs/acme/log").await.json()["origin"].as_str().unwrap().to_owned();
    let log = origin.rsplit('/').next().expect("a log");
    marks["logs"].as_object_mut().unwrap().remove(&format!("{log}/1")).expect("acme's mark");
    fs::write(&file, marks.to_string()).expect("a file");

    let said = run(&app.app.config, &["verify"]);

    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let notes: Vec<_> = said.stdout.lines().filter(|line| line.contains(": note: ")).collect();
    assert!(matches!(notes[..], [note] if note.starts_with("acme: ")), "{}", said.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_json_each_log_is_a_line_and_the_last_one_is_for_all() {
    let app = signed().await;

    let said = run(&app.app.config, &["verify", "--json"]);

    let said = lines(&said.stdout);
    let (all, logs) = said.split_last().expect("lines");
    let events: i64 = logs.iter().map(|log| log["events"].as_i64().unwrap()).sum();
    assert_eq!(*all, json!({"result": "good", "logs": 3, "damaged": 0, "events": events, "notes": 0}));
    let acme = logs.iter().find(|log| log["organization"] == "acme").expect("acme");
    let state = app.verifier().get("/v1/orgs/acme/log").await.json();
    let id = |name: &str| acme[name].as_str().unwrap().to_owned();
    assert!(state["origin"].as_str().unwrap().ends_with(&id("log_id")), "{acme}");
    assert_eq!(
        *acme,
        json!({
            "organization": "acme", "organization_id": id("organization_id"), "log_id": id("log_id"),
            "epoch": 1, "result": "good", "events": state["next_sequence"], "root": id("root"),
            "checkpoints": 1, "given_up": [], "findings": [], "notes": [],
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_json_findings_have_a_kind_their_place_and_words() {
    let (app, first) = service().await;
    sql(&app, &format!("UPDATE events SET outcome = 'other' {}", acme_row(first)));
    sql(&app, &format!("UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}"));

    let said = run(&app.app.config, &["verify", "--json"]);

    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let said = lines(&said.stdout);
    let acme = said.iter().find(|log| log["organization"] == "acme").expect("acme");
    let id = acme["findings"][1]["id"].as_str().expect("an event's id");
    let what = "its columns do not match its body: filters would miss it";
    let head = "the head was changed by somebody without the seal key";
    assert_eq!(
        acme["findings"],
        json!([
            {"kind": "head", "epoch": null, "what": head, "message": format!("the log head: {head}")},
            {"kind": "altered", "sequence": first, "id": id, "what": what,
             "message": format!("event {first} ({id}) was altered: {what}")},
        ])
    );
    assert_eq!(acme["notes"][0]["kind"], "no_mark");
    assert_eq!((&acme["result"], &said.last().unwrap()["result"]), (&json!("damaged"), &json!("damaged")));
}

#[tokio::test(flavor = "multi_thread")]
async fn help_names_the_exit_codes() {
    let app = TestApp::start().await;

    let help = run(&app.app.config, &["verify", "--help"]);

    for said in ["--json", "--strict", "--checkpoint <FILE>", "\n  0  ", "\n  1  ", "\n  2  "] {
        assert!(help.stdout.contains(said), "{said}: {}", help.stdout);
    }
}
