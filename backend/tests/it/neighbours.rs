//! Trouble stays where it is: one request that the database refuses, or one damaged log, fails alone.

use annals::{db::Location, host::Host};
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    support::{Answer, TestApp, process::superuser},
    verify::{ACME, verify},
};

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";
const HARBOR: &str = "/v1/orgs/harbor/events";
const GOOD: usize = 32;
const POISONED: usize = 4;

fn event(action: &str, number: usize) -> Value {
    json!({"action": action, "actor": {"type": "service", "id": format!("writer-{number}")}})
}

/// Makes the database refuse one action, as it might for a reason that the service does not know of.
fn refuse_poison(app: &TestApp) {
    let sql = match app.app.config.location().expect("a location") {
        Location::Sqlite(_) => {
            "CREATE TRIGGER no_poison BEFORE INSERT ON events WHEN NEW.action = 'poison.event' \
             BEGIN SELECT RAISE(ABORT, 'no'); END"
        }
        Location::Postgres(_) => {
            "ALTER TABLE events ADD CONSTRAINT no_poison CHECK (action <> 'poison.event')"
        }
    };
    superuser(&app.app.config).batch_execute(sql).expect("a rule");
}

/// Puts a row where acme's next event belongs.
fn smuggle(app: &TestApp) {
    // A third organization, so that the second stays as it was.
    Host::of(&app.app, "test").create_organization("spare", "Spare", &["blink".into()]).expect("spare");
    let sql = format!(
        "UPDATE events SET org_id = {ACME}, \
         sequence = (SELECT next_sequence FROM log_heads WHERE org_id = {ACME}) \
         WHERE org_id = (SELECT id FROM organizations WHERE slug = 'spare') AND sequence = 0"
    );
    superuser(&app.app.config).batch_execute(&sql).expect("a row");
}

fn sequences(answers: &[Answer]) -> Vec<u64> {
    let mut sequences: Vec<u64> =
        answers.iter().map(|answer| answer.json()["sequence"].as_u64().expect("a sequence")).collect();
    sequences.sort_unstable();
    sequences
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_the_database_refuses_fails_alone() {
    let app = TestApp::start().await;
    refuse_poison(&app);
    let client = app.writer();
    let next =
        app.reader().get(&format!("{EVENTS}/tail?limit=1000")).await.json()["next_from"].as_u64().unwrap();

    let (good, poisoned) = tokio::join!(
        join_all((0..GOOD).map(|number| {
            let (client, event) = (&client, event("load.written", number));
            async move { client.post(EVENTS, &event).await }
        })),
        join_all((0..POISONED).map(|number| {
            let (client, event) = (&client, event("poison.event", number));
            async move { client.post(EVENTS, &event).await }
        })),
    );

    for answer in poisoned {
        assert!(answer.status.is_server_error(), "{}", answer.text);
        assert!(!answer.text.contains("poison"), "the cause is not shown: {}", answer.text);
    }
    let good: Vec<Answer> = good.into_iter().map(|answer| answer.status(201)).collect();
    assert_eq!(sequences(&good), (next..).take(GOOD).collect::<Vec<_>>(), "gapless, each once");
    let verified = verify(&app);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_an_event_that_the_database_refuses_leaves_nothing_of_itself() {
    let app = TestApp::start().await;
    refuse_poison(&app);
    let before = app.reader().get(EVENTS).await.json();

    let batch =
        json!({"events": [event("load.written", 0), event("poison.event", 1), event("load.written", 2)]});
    let answer = app.writer().post(BATCH, &batch).await;

    assert!(answer.status.is_server_error(), "{}", answer.text);
    assert_eq!(app.reader().get(EVENTS).await.json(), before);
    app.writer().post(EVENTS, &event("load.written", 3)).await.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_that_write_together_with_a_refused_request_notice_nothing() {
    let app = TestApp::start().await;
    refuse_poison(&app);
    let (acme, harbor) = (app.writer(), app.with(Some(&app.keys.harbor_write)));

    let (harbor, _) = tokio::join!(
        join_all((0..GOOD).map(|number| {
            let (harbor, event) = (&harbor, event("load.written", number));
            async move { harbor.post(HARBOR, &event).await }
        })),
        join_all((0..POISONED).map(|number| {
            let (acme, event) = (&acme, event("poison.event", number));
            async move { acme.post(EVENTS, &event).await }
        })),
    );

    for answer in harbor {
        answer.status(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_where_the_next_event_belongs_stops_that_log_and_no_other() {
    let app = TestApp::start().await;
    smuggle(&app);
    let (acme, harbor) = (app.writer(), app.with(Some(&app.keys.harbor_write)));

    let (refused, taken) = tokio::join!(
        join_all((0..8).map(|number| {
            let (acme, event) = (&acme, event("load.written", number));
            async move { acme.post(EVENTS, &event).await }
        })),
        join_all((0..8).map(|number| {
            let (harbor, event) = (&harbor, event("load.written", number));
            async move { harbor.post(HARBOR, &event).await }
        })),
    );

    for answer in refused {
        answer.problem(500, "log_damaged");
    }
    for answer in taken {
        answer.status(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_must_look_into_a_damaged_log_are_let_in() {
    let app = TestApp::start().await;
    smuggle(&app);

    let admin = app.person("admin@acme.example").await;

    admin.get("/v1/orgs/acme").await.status(200);
    let page = admin.get(EVENTS).await.status(200).json();
    let oldest = &page["data"].as_array().unwrap().last().unwrap()["id"];
    admin.get(&format!("{EVENTS}/{}", oldest.as_str().unwrap())).await.status(200);
    admin.get(&format!("{EVENTS}/tail?from=0")).await.status(200);
}

/// The sign-ins that the platform's log tells of, by e-mail.
async fn told_to_the_platform(app: &TestApp, email: &str) -> Vec<Value> {
    let operator = app.person("operator@annals.example").await;
    let page = operator.get(&format!("/v1/orgs/platform/events?actor={email}")).await.status(200).json();
    let events = page["data"].as_array().expect("events");
    events.iter().map(|event| event["action"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_damaged_log_cannot_record_of_sign_ins_is_told_to_the_platform() {
    let app = TestApp::start().await;
    smuggle(&app);
    let email = "admin@acme.example";

    app.person(email).await;
    let wrong = json!({"email": email, "password": "not the password"});
    app.nobody().post("/v1/auth/login", &wrong).await.problem(401, "invalid_credentials");

    assert_eq!(told_to_the_platform(&app, email).await, ["annals.login.failed", "user.logged_in"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_at_the_host_is_done_that_a_damaged_log_cannot_record() {
    let app = TestApp::start().await;
    smuggle(&app);

    Host::of(&app.app, "test").revoke_key("acme", "reporting").expect_err("it could not be recorded");

    app.reader().get(EVENTS).await.status(200);
}
