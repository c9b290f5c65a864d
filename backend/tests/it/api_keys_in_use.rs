//! What a key in use obeys: rotation with overlap, expiry, networks, its pinned source and its pace; and what is told
//! of it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

const KEYS: &str = "/v1/orgs/acme/api-keys";
const EVENTS: &str = "/v1/orgs/acme/events";
const DAY: Duration = Duration::from_hours(24);

fn event() -> Value {
    json!({"action": "a.b", "actor": {"type": "user", "id": "u"}})
}

fn batch(events: usize) -> Value {
    json!({"events": vec![event(); events]})
}

/// A key of acme's, made by its admin: its place and itself.
async fn make(app: &TestApp, input: &Value) -> (String, String) {
    let admin = app.person("admin@acme.example").await;
    let made = admin.post(KEYS, input).await.status(201).json();
    (format!("{KEYS}/{}", made["id"].as_str().unwrap()), made["key"].as_str().unwrap().to_owned())
}

async fn works(client: &Client<'_>) -> bool {
    let answer = client.post(EVENTS, &event()).await;
    match answer.status.as_u16() {
        201 => true,
        401 => false,
        other => panic!("{other}: {}", answer.text),
    }
}

/// Own events of this action in acme's log, newest first.
async fn told(app: &TestApp, action: &str) -> Vec<Value> {
    let page = app.reader().get(&format!("{EVENTS}?action={action}")).await.status(200).json();
    page["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_work_during_the_overlap_and_then_only_the_new_one() {
    let app = TestApp::start().await;
    let (place, old) = make(&app, &json!({"name": "checkout", "preset": "ingest"})).await;
    app.advance(Duration::from_secs(1));
    let admin = app.person("admin@acme.example").await;

    let rotated =
        admin.post(&format!("{place}/rotate"), &json!({"overlap_seconds": 60})).await.status(201).json();

    let new = rotated["key"].as_str().unwrap();
    let (old, new) = (app.with(Some(&old)), app.with(Some(new)));
    let secrets = rotated["secrets"].as_array().unwrap();
    assert_eq!(secrets.len(), 2);
    assert_eq!((&secrets[0]["prefix"], secrets[0].get("expires_at")), (&rotated["prefix"], None));
    assert_eq!(secrets[1]["expires_at"], "2026-11-25T12:01:01.000000Z");
    assert_eq!((&rotated["name"], &rotated["version"]), (&json!("checkout"), &json!(2)));
    app.advance(Duration::from_micros(59_999_999));
    assert!(works(&old).await && works(&new).await);
    app.advance(Duration::from_micros(1));
    assert!(!works(&old).await && works(&new).await);
    // The person's token is old by now; a fresh one reads what is left.
    let view = app.person("admin@acme.example").await.get(&place).await.status(200).json();
    assert_eq!(view["secrets"].as_array().unwrap().len(), 1);
    let [told] = told(&app, "annals.api_key.rotated").await.try_into().unwrap();
    assert_eq!(told["targets"][0]["name"], "checkout");
    assert_eq!(told["parameters"]["replaced_end_by"], "2026-11-25T12:01:01.000000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_overlap_what_was_before_ends_at_once() {
    let app = TestApp::start().await;
    let (place, first) = make(&app, &json!({"name": "checkout", "preset": "ingest"})).await;
    let admin = app.person("admin@acme.example").await;
    let rotate = format!("{place}/rotate");
    let second = admin.post(&rotate, &json!({})).await.status(201).json();
    let (first, second) = (app.with(Some(&first)), app.with(second["key"].as_str()));
    assert!(works(&first).await && works(&second).await);

    let third = admin.post(&rotate, &json!({"overlap_seconds": 0})).await.status(201).json();

    assert!(!works(&first).await && !works(&second).await);
    assert!(works(&app.with(third["key"].as_str())).await);
    assert_eq!(third["secrets"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_secrets_are_enough_and_a_retry_is_recognised_over_a_rotation() {
    let app = TestApp::start().await;
    let (place, first) = make(&app, &json!({"name": "checkout", "preset": "ingest"})).await;
    let admin = app.person("admin@acme.example").await;
    let rotate = format!("{place}/rotate");
    let mut newest = String::new();
    for _ in 0..4 {
        let rotated = admin.post(&rotate, &json!({})).await.status(201).json();
        rotated["key"].as_str().unwrap().clone_into(&mut newest);
    }

    admin.post(&rotate, &json!({})).await.problem(409, "conflict");

    let send = |key: &str| {
        let client = app.with(Some(key));
        client.request(Method::POST, EVENTS).header("idempotency-key", "order-1").json(&event())
    };
    let receipt = Answer::of(send(&first)).await.status(201).json();
    let again = Answer::of(send(&newest)).await.status(200).json();
    assert_eq!((&again["duplicate"], &again["id"]), (&json!(true), &receipt["id"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_says_when_it_expires_and_works_again_when_its_end_is_moved() {
    let app = TestApp::start().await;
    let (place, key) =
        make(&app, &json!({"name": "checkout", "preset": "ingest", "expires_in_days": 31})).await;
    let mut states = Vec::new();
    for days in [0, 1, 29, 1] {
        app.advance(DAY * days);
        let view = app.person("admin@acme.example").await.get(&place).await.status(200).json();
        states.push((view["state"].as_str().unwrap().to_owned(), works(&app.with(Some(&key))).await));
    }
    let admin = app.person("admin@acme.example").await;
    admin.post(&format!("{place}/rotate"), &json!({})).await.problem(409, "conflict");

    let end = json!({"version": 1, "expires_at": "2027-11-25T12:00:00Z"});
    let view = admin.patch(&place, &end).await.status(200).json();

    let expected = [("active", true), ("expiring", true), ("expiring", true), ("expired", false)];
    assert_eq!(states, expected.map(|(state, works)| (state.to_owned(), works)));
    assert_eq!(view["state"], "active");
    assert!(works(&app.with(Some(&key))).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_from_its_networks_only() {
    let app =
        TestApp::start_with(|config| config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let input = json!({"name": "checkout", "preset": "ingest", "networks": ["10.1.0.0/16", "2001:db8::/32"]});
    let (place, key) = make(&app, &input).await;
    let from = |address: &str| {
        let client = app.with(Some(&key));
        let request = client.request(Method::POST, EVENTS).json(&event());
        Answer::of(if address.is_empty() { request } else { request.header("x-forwarded-for", address) })
    };

    for address in ["10.1.2.3", "2001:db8::7", "203.0.113.9, 10.1.2.3", "::ffff:10.1.2.3"] {
        from(address).await.status(201);
    }
    for address in ["", "10.2.0.1", "2001:db9::7", "10.1.2.3, 203.0.113.9", "10.1.2.3, unknown"] {
        from(address).await.problem(401, "unauthenticated");
    }

    let admin = app.person("admin@acme.example").await;
    admin.patch(&place, &json!({"version": 1, "networks": null})).await.status(200);
    from("203.0.113.9").await.status(201);
    assert_eq!(admin.get(&place).await.status(200).json()["last_used"]["ip"], "203.0.113.9");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_believes_a_header_of_a_peer_that_is_no_proxy() {
    let app = TestApp::start().await;
    let (place, key) =
        make(&app, &json!({"name": "checkout", "preset": "ingest", "networks": ["10.1.0.0/16"]})).await;
    for header in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let request = app.with(Some(&key)).request(Method::POST, EVENTS).json(&event());
        let value = if header == "forwarded" { "for=10.1.2.3" } else { "10.1.2.3" };
        Answer::of(request.header(header, value)).await.problem(401, "unauthenticated");
    }

    let view = app.person("admin@acme.example").await.get(&place).await.status(200).json();
    assert_eq!(view.get("last_used"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_carry_the_pinned_source_and_the_client_cannot_choose_another() {
    let app = TestApp::start().await;
    let (_, key) =
        make(&app, &json!({"name": "checkout-2026", "preset": "ingest", "source": "checkout"})).await;
    let client = app.with(Some(&key));
    client.post(EVENTS, &event()).await.status(201);

    let mut forged = event();
    forged["source"] = json!("billing-api");
    client.post(EVENTS, &forged).await.problem(422, "invalid");

    let page = app.reader().get(&format!("{EVENTS}?source=checkout")).await.status(200).json();
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_appends_at_its_pace_and_is_told_when_to_come_back() {
    let app = TestApp::start().await;
    let (place, key) = make(
        &app,
        &json!({"name": "checkout", "preset": "ingest", "rate_limit": {"events_per_second": 250}}),
    )
    .await;
    let (client, path) = (app.with(Some(&key)), format!("{EVENTS}/batch"));

    // Five seconds' worth at once; of what is too much nothing is recorded, and nothing is counted.
    client.post(&path, &batch(1_000)).await.status(200);
    client.post(&path, &batch(250)).await.status(200);
    let refused = client.post(&path, &batch(500)).await;
    assert_eq!(refused.header("retry-after"), Some("2"));
    refused.problem(429, "rate_limited");
    client.post(EVENTS, &event()).await.problem(429, "rate_limited");
    client.post(&format!("{path}?dry_run=true"), &batch(500)).await.status(200);
    app.advance(Duration::from_secs(2));
    client.post(&path, &batch(500)).await.status(200);
    client.post(EVENTS, &event()).await.problem(429, "rate_limited");

    let sources = app.reader().get("/v1/orgs/acme/sources").await.status(200).json();
    let source = sources["data"].as_array().unwrap().iter().find(|source| source["source"] == "checkout");
    assert_eq!(source.unwrap()["events"], 1_750);
    let admin = app.person("admin@acme.example").await;
    admin.patch(&place, &json!({"version": 1, "rate_limit": null})).await.status(200);
    client.post(&path, &batch(1_000)).await.status(200);
}

/// Over a minute the pace is kept to the event: what came in is the burst and the rate.
#[tokio::test(flavor = "multi_thread")]
async fn the_pace_is_exact() {
    let app = TestApp::start().await;
    let limit = json!({"name": "checkout", "preset": "ingest", "rate_limit": {"events_per_second": 10}});
    let (_, key) = make(&app, &limit).await;
    let (client, mut accepted) = (app.with(Some(&key)), 0);

    for _ in 0..60 {
        while client.post(&format!("{EVENTS}/batch"), &batch(5)).await.status == 200 {
            accepted += 5;
        }
        app.advance(Duration::from_secs(1));
    }

    assert_eq!(accepted, 1_000 + 59 * 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_survives_the_node_that_saw_it() {
    let app = TestApp::start().await;
    let (place, key) = make(&app, &json!({"name": "checkout", "preset": "ingest"})).await;
    let admin = app.person("admin@acme.example").await;
    let used = async || admin.get(&place).await.status(200).json()["last_used"]["at"].clone();
    assert!(works(&app.with(Some(&key))).await);

    annals::notices::worker::flush(&app.app).await.unwrap();
    annals::notices::worker::flush(&app.app).await.unwrap();

    assert_eq!(used().await, "2026-11-25T12:00:00.000000Z");
    app.advance(Duration::from_secs(90));
    assert!(works(&app.with(Some(&key))).await);
    assert_eq!(used().await, "2026-11-25T12:01:30.000000Z");
    annals::notices::worker::flush(&app.app).await.unwrap();
    assert_eq!(used().await, "2026-11-25T12:01:30.000000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_a_key_are_told_once_a_minute_with_their_number() {
    let app = TestApp::start().await;
    let (place, key) = make(&app, &json!({"name": "checkout", "preset": "ingest"})).await;
    app.person("admin@acme.example").await.delete(&place).await.status(204);
    let client = app.with(Some(&key));

    for _ in 0..7 {
        assert!(!works(&client).await);
    }
    annals::notices::worker::flush(&app.app).await.unwrap();
    let at_once = told(&app, "annals.api_key.refused").await;
    app.advance(Duration::from_mins(1));
    annals::notices::worker::flush(&app.app).await.unwrap();
    app.advance(Duration::from_mins(1));
    annals::notices::worker::flush(&app.app).await.unwrap();

    let [first] = at_once.try_into().unwrap();
    assert_eq!(
        (&first["outcome"], &first["parameters"]),
        (&json!("failure"), &json!({"reason": "revoked", "times": 1}))
    );
    assert_eq!((&first["actor"]["name"], &first["context"]["ip"]), (&json!("checkout"), &json!("127.0.0.1")));
    let [rest, _] = told(&app, "annals.api_key.refused").await.try_into().unwrap();
    assert_eq!(rest["parameters"]["times"], 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_key_was_refused_is_told_in_the_log_and_nowhere_else() {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    let bodies = async |key: &str| {
        let problem = app.with(Some(key)).post(EVENTS, &event()).await.problem(401, "unauthenticated");
        let mut problem = problem.as_object().unwrap().clone();
        problem.remove("request_id");
        problem
    };
    let unknown =
        bodies(annals::access::token::Token::random(annals::access::token::Kind::ApiKey).unwrap().expose())
            .await;
    let (place, replaced) = make(&app, &json!({"name": "replaced", "preset": "ingest"})).await;
    admin.post(&format!("{place}/rotate"), &json!({"overlap_seconds": 0})).await.status(201);
    let elsewhere = json!({"name": "network", "preset": "ingest", "networks": ["192.0.2.1"]});
    let (_, elsewhere) = make(&app, &elsewhere).await;
    let (_, expired) =
        make(&app, &json!({"name": "expired", "preset": "ingest", "expires_in_days": 1})).await;
    app.advance(DAY);

    for key in [&replaced, &elsewhere, &expired] {
        assert_eq!(bodies(key).await, unknown);
    }

    let mut reasons: Vec<(String, String)> = Vec::new();
    for event in told(&app, "annals.api_key.refused").await {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        reasons.push((text(&event["actor"]["name"]), text(&event["parameters"]["reason"])));
    }
    reasons.sort();
    let expected = [("expired", "expired"), ("network", "network"), ("replaced", "replaced")];
    assert_eq!(reasons, expected.map(|(name, reason)| (name.to_owned(), reason.to_owned())));
}
