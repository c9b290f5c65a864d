//! The first run: one token, one winner, and no such route ever after.

use std::{os::unix::fs::PermissionsExt, path::PathBuf, time::Duration};

use annals::{config::Config, setup};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, process::Service};

/// A service that has nobody yet, as `annals serve` starts it; and the token it has written.
async fn fresh(adjust: impl FnOnce(&mut Config)) -> (TestApp, String) {
    let app = TestApp::start_empty(adjust).await;
    let token = start_again(&app).expect("a token");
    (app, token)
}

fn token_file(app: &TestApp) -> PathBuf {
    app.app.config.data_dir.join("setup-token")
}

/// What every start does; the token that is in the file then, if there is one.
fn start_again(app: &TestApp) -> Option<String> {
    tokio::task::block_in_place(|| setup::prepare(&app.app, None)).expect("the start");
    std::fs::read_to_string(token_file(app)).ok().map(|text| text.trim().to_owned())
}

fn input(token: &str) -> Value {
    json!({
        "token": token,
        "organization": {"slug": "acme", "name": "Acme Corp"},
        "name": "Ada Byron",
        "email": "Ada@acme.example",
        "password": PASSWORD,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn who_brings_the_token_becomes_the_first_admin_and_operator() {
    let (app, token) = fresh(|_| {}).await;
    app.nobody().get("/v1/setup").await.status(200);

    let session = app.nobody().post("/v1/setup", &input(&token)).await.status(201);

    assert!(session.header("set-cookie").unwrap().starts_with("annals_rt=ann_rt_"));
    let session = session.json();
    assert_eq!(
        (&session["user"]["email"], &session["user"]["is_operator"]),
        (&json!("ada@acme.example"), &json!(true))
    );
    assert_eq!(session["organizations"][0]["slug"], "acme");
    assert_eq!(session["organizations"][0]["role"], "admin");
    let ada = app.with(session["access_token"].as_str());
    ada.get("/v1/orgs/acme/events").await.status(200);
    ada.get("/v1/orgs").await.status(200);
    app.person("ada@acme.example").await.get("/v1/me").await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_is_told_by_both_logs() {
    let (app, token) = fresh(|_| {}).await;

    let session = app.nobody().post("/v1/setup", &input(&token)).await.status(201).json();

    let ada = app.with(session["access_token"].as_str());
    for (org, expected) in [
        ("acme", vec!["user.joined", "user.logged_in", "annals.organization.created"]),
        ("platform", vec!["annals.setup.completed", "annals.organization.created"]),
    ] {
        let log = ada.get(&format!("/v1/orgs/{org}/events/tail?from=0")).await.status(200).json();
        let actions: Vec<&str> =
            log["data"].as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
        for action in expected {
            assert!(actions.contains(&action), "{org} lacks {action}: {actions:?}");
        }
        assert!(!log.to_string().contains(&token), "the token stands in the log of {org}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_bring_the_token_at_once_exactly_one_wins() {
    let (app, token) = fresh(|config| config.database_connections = 16).await;
    let requests = (0..20).map(|number| {
        let mut input = input(&token);
        input["email"] = format!("person{number}@acme.example").into();
        input["organization"]["slug"] = format!("acme-{number}").into();
        let client = app.nobody();
        async move { client.post("/v1/setup", &input).await.status.as_u16() }
    });

    let mut statuses = join_all(requests).await;

    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    // The others come too late, or find that too many passwords are being hashed.
    assert!(statuses[1..].iter().all(|status| matches!(status, 404 | 503)), "{statuses:?}");
    let (one, none) =
        (app.nobody().post("/v1/setup", &input(&token)).await, app.nobody().get("/v1/setup").await);
    one.problem(404, "not_found");
    none.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_and_guessing_is_slowed_down() {
    let (app, token) = fresh(|_| {}).await;
    let other = {
        let (_, token) = fresh(|_| {}).await;
        token
    };

    for wrong in ["", "ann_st_", other.as_str(), &token.replace("ann_st_", "ann_rt_")] {
        app.nobody().post("/v1/setup", &input(wrong)).await.problem(401, "setup_token_wrong");
    }
    app.nobody().post("/v1/setup", &input(&other)).await.problem(401, "setup_token_wrong");

    let slowed = app.nobody().post("/v1/setup", &input(&other)).await;
    assert_eq!(slowed.header("retry-after"), Some("1"));
    slowed.problem(429, "too_many_attempts");
    app.advance(Duration::from_secs(1));
    app.nobody().post("/v1/setup", &input(&token)).await.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_is_named_and_the_token_stays_good() {
    let (app, token) = fresh(|_| {}).await;
    let mut wrong = input(&token);
    wrong["organization"] = json!({"slug": "A", "name": ""});
    wrong["email"] = "ada".into();
    wrong["password"] = "short".into();

    let problem = app.nobody().post("/v1/setup", &wrong).await.problem(422, "invalid");

    let pointers: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/organization/slug", "/organization/name", "/email", "/password"]);
    app.nobody().post("/v1/setup", &input(&token)).await.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_a_day_and_the_next_start_makes_another() {
    let (app, token) = fresh(|_| {}).await;
    app.advance(Duration::from_hours(24));

    app.nobody().get("/v1/setup").await.problem(404, "not_found");
    app.nobody().post("/v1/setup", &input(&token)).await.problem(404, "not_found");

    let next = start_again(&app).unwrap();
    app.nobody().post("/v1/setup", &input(&next)).await.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_for_its_owner_only_and_gone_when_it_is_used() {
    let (app, token) = fresh(|_| {}).await;
    let mode = std::fs::metadata(token_file(&app)).unwrap().permissions().mode();

    app.nobody().post("/v1/setup", &input(&token)).await.status(201);

    assert_eq!(mode & 0o777, 0o600);
    assert!(!token_file(&app).exists());
    assert_eq!(start_again(&app), None, "there is somebody now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_made_on_the_host_shuts_the_door() {
    let (app, token) = fresh(|_| {}).await;
    let host = annals::host::Host::of(&app.app, "test");
    let new = annals::users::NewUser::new("grace@acme.example", "Grace Hopper", true).unwrap();
    tokio::task::block_in_place(|| host.create_user(&new, &PASSWORD.into(), &[])).unwrap();

    app.nobody().get("/v1/setup").await.problem(404, "not_found");
    app.nobody().post("/v1/setup", &input(&token)).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_set_up_out_of_its_settings() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{PASSWORD}\n")).unwrap();
    let app = TestApp::start_empty(|config| {
        config.setup_email = Some("ada@acme.example".into());
        config.setup_name = Some("Ada Byron".into());
        config.setup_password_file = Some(file.path().to_owned());
        config.setup_organization = Some("acme".into());
    })
    .await;

    assert_eq!(start_again(&app), None, "no token");
    assert_eq!(start_again(&app), None, "nor is anything made twice");

    let ada = app.person("ada@acme.example").await;
    assert_eq!(ada.get("/v1/orgs/acme").await.status(200).json()["role"], "admin");
    assert_eq!(ada.get("/v1/me").await.json()["user"]["name"], "Ada Byron");
    app.nobody().get("/v1/setup").await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_says_where_the_token_is_and_not_what_it_is() {
    let database = crate::support::Database::empty();
    let config = database.config();

    let mut service = Service::start(&config);
    let answer = reqwest::get(format!("{}/v1/setup", service.url)).await.unwrap();

    assert_eq!(answer.status(), 200);
    let token = std::fs::read_to_string(config.data_dir.join("setup-token")).unwrap();
    service.kill();
    let log = service.log().join("\n");
    assert!(log.contains("setup-token") && log.contains("/setup"), "{log}");
    assert!(!log.contains(token.trim()), "the token is in the log");
}
