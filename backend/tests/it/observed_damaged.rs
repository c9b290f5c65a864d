//! Counting a log in which somebody has altered events: it goes on, and every row is counted once.

use annals::db::Location;
use serde_json::{Value, json};

use crate::{
    support::{TestApp, process::Service},
    verify::{ACME, acme_row, event, service},
    verify_checkpoints::sql,
};

const TYPES: &str = "/v1/orgs/acme/event-types?observed=true";
const SOURCES: &str = "/v1/orgs/acme/sources";

/// How many events of each action, and of each source, are said to be in acme's log.
async fn counted(app: &TestApp) -> (i64, i64, Value) {
    let types = app.reader().get(TYPES).await.status(200).json();
    let sources = app.reader().get(SOURCES).await.status(200).json();
    assert_eq!(types["as_of"], sources["as_of"]);
    let events = |list: &Value, at: &str| -> i64 {
        let items = list["data"].as_array().unwrap().iter();
        items.map(|item| item.pointer(at).and_then(Value::as_i64).unwrap()).sum()
    };
    (events(&types, "/observed/events"), events(&sources, "/events"), sources)
}

fn of<'a>(sources: &'a Value, name: &str) -> &'a Value {
    let found = sources["data"].as_array().unwrap().iter().find(|source| source["source"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {sources}"))
}

/// The log is counted to its end, and goes on to be.
async fn assert_counted(app: &TestApp) -> Value {
    let rows = app.verifier().get("/v1/orgs/acme/log").await.status(200).json()["next_sequence"].clone();
    let (actions, sources, _) = counted(app).await;
    assert_eq!((json!(actions), json!(sources)), (rows.clone(), rows.clone()));
    app.writer().post("/v1/orgs/acme/events", &event(8)).await.status(201);
    let (actions, sources, list) = counted(app).await;
    assert_eq!((json!(actions - 1), json!(sources - 1)), (rows.clone(), rows));
    list
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_is_counted_by_its_columns() {
    let (app, first) = service().await;
    sql(&app, &format!("UPDATE events SET body = 'nothing' {}", acme_row(first + 3)));

    let sources = assert_counted(&app).await;

    assert_eq!(of(&sources, "billing-api")["events"], 9);
}

/// A source that is none, and a number that would open a gap of all numbers there are.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_says_another_source_or_an_impossible_number_is_not_believed() {
    let (app, first) = service().await;
    let set = |sequence: i64, text: &str, by: &str| {
        format!("UPDATE events SET body = replace(body, '{text}', '{by}') {}", acme_row(sequence))
    };
    let source = r#""source":"billing-api""#;
    sql(&app, &set(first, source, r#""source":"a\u0000b""#));
    sql(&app, &set(first + 1, source, r#""source":"another""#));
    sql(&app, &set(first + 2, source, r#""source":"billing-api","source_sequence":9223372036854775807"#));
    sql(&app, &set(first + 3, source, r#""source":"billing-api","source_sequence":-1"#));

    let sources = assert_counted(&app).await;

    assert_eq!(of(&sources, "billing-api")["events"], 9);
    assert_eq!(of(&sources, "billing-api").get("source_sequence"), None);
}

/// A number that could be: where somebody has altered it, the source's own is missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_altered_is_not_believed() {
    let (app, _) = service().await;
    let mut sequences = Vec::new();
    for number in 0..3 {
        let mut event = event(number);
        event["source_sequence"] = json!(number);
        let receipt = app.writer().post("/v1/orgs/acme/events", &event).await.status(201).json();
        sequences.push(receipt["sequence"].as_i64().unwrap());
    }
    let alter = r#"UPDATE events SET body = replace(body, '"source_sequence":1', '"source_sequence":900')"#;
    sql(&app, &format!("{alter} {}", acme_row(sequences[1])));

    let sources = assert_counted(&app).await;

    let numbers = &of(&sources, "billing-api")["source_sequence"];
    assert_eq!((&numbers["highest"], &numbers["numbered"]), (&json!(2), &json!(2)), "{numbers}");
    assert_eq!(numbers["gaps"], json!([{"first": 1, "last": 1}]));
}

/// The proof says which of the two was altered.
#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_says_another_source_than_a_body_that_was_sealed() {
    let (app, first) = service().await;
    sql(&app, &format!("UPDATE events SET source = 'another' {}", acme_row(first)));

    let sources = assert_counted(&app).await;

    assert_eq!(of(&sources, "billing-api")["events"], 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_keeps_no_other_from_being_counted() {
    let (app, first) = service().await;
    let (set, is_lost) = match app.app.config.location().expect("a location") {
        Location::Sqlite(_) => ("body = CAST(x'ff' AS TEXT)", false),
        Location::Postgres(_) => ("received_at = 'infinity'", true),
    };
    sql(&app, &format!("UPDATE events SET {set} {}", acme_row(first + 3)));

    let (actions, sources, _) = counted(&app).await;

    let rows = app.verifier().get("/v1/orgs/acme/log").await.status(200).json()["next_sequence"].clone();
    let counted = rows.as_i64().unwrap() - i64::from(is_lost);
    assert_eq!((actions, sources), (counted, counted));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_are_told_once() {
    let (app, first) = service().await;
    sql(&app, &format!("UPDATE events SET body = 'nothing' WHERE org_id = {ACME} AND sequence = {first}"));
    let mut service = Service::start(&app.app.config);
    let ask = || async {
        let url = format!("{}{TYPES}", service.url);
        let answer = reqwest_get(&url, &app.keys.acme_read).await;
        assert_eq!(answer, 200);
    };

    ask().await;
    ask().await;

    service.terminate();
    let log = service.log();
    let told: Vec<_> =
        log.iter().filter(|line| line.contains("events counted without their bodies")).collect();
    assert!(matches!(told[..], [line] if line.contains(&format!("[{first}]"))), "{log:#?}");
}

async fn reqwest_get(url: &str, key: &str) -> u16 {
    #[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
    let client = reqwest::Client::new();
    client.get(url).bearer_auth(key).send().await.expect("an answer").status().as_u16()
}
