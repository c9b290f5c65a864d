//! API keys and the header they come in: what counts as a credential, and what never does.

use std::time::Duration;

use annals::{access::Scope, host::Host};
use reqwest::Method;

use crate::support::{Answer, TestApp};

const EVENTS: &str = "/v1/orgs/acme/events";

/// Asks with these `Authorization` headers.
async fn ask(app: &TestApp, headers: &[&str]) -> Answer {
    let mut request = app.nobody().request(Method::GET, EVENTS);
    for header in headers {
        request = request.header("authorization", *header);
    }
    Answer::of(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scheme_may_be_in_any_case() {
    let app = TestApp::start().await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        ask(&app, &[&format!("{scheme} {}", app.keys.acme_read)]).await.status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_one_bearer_credential_is_unauthenticated() {
    let app = TestApp::start().await;
    let key = &app.keys.acme_read;
    let good = format!("Bearer {key}");
    let oversized = format!("Bearer {}", "x".repeat(9000));
    for headers in [
        &[][..],
        &[""],
        &["Bearer"],
        &["Bearer "],
        &[key.as_str()],
        &[&format!("Basic {key}")],
        &[&format!("Token {key}")],
        &[&format!("Bearer{key}")],
        &[&format!("Bearer {key},{key}")],
        &[&format!("Bearer {key} {key}")],
        &[good.as_str(), good.as_str()],
        &[good.as_str(), "Basic eDp5"],
        &["Basic eDp5", good.as_str()],
        &[oversized.as_str()],
    ] {
        let answer = ask(&app, headers).await;
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{headers:?}");
        answer.problem(401, "unauthenticated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_counts_nowhere_but_in_its_header() {
    let app = TestApp::start().await;
    let key = &app.keys.acme_read;

    let request = app.nobody().request(Method::GET, EVENTS).header("cookie", format!("authorization={key}"));
    Answer::of(request.header("x-api-key", key)).await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_a_typo_is_unauthenticated() {
    let app = TestApp::start().await;
    let key = &app.keys.acme_read;
    for at in [0, 5, 8, 20, key.len() - 1] {
        let mut typo = key.clone().into_bytes();
        typo[at] = if typo[at] == b'x' { b'y' } else { b'x' };
        let typo = String::from_utf8(typo).unwrap();
        ask(&app, &[&format!("Bearer {typo}")]).await.problem(401, "unauthenticated");
    }
    ask(&app, &[&format!("Bearer {}", key.to_lowercase())]).await.problem(401, "unauthenticated");
    ask(&app, &[&format!("Bearer {}", &key[..key.len() - 1])]).await.problem(401, "unauthenticated");
}

/// The public part of one key with the secret of another, and a checksum that fits: only the hash can tell.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_the_secret_of_another_is_unauthenticated() {
    let app = TestApp::start().await;
    let part = |key: &str, index: usize| key.split('_').nth(index).unwrap().to_owned();
    let body = format!("ann_sk_{}_{}", part(&app.keys.acme_read, 2), part(&app.keys.acme_write, 3));
    let forged = format!("{body}_{}", checksum(&body));

    ask(&app, &[&format!("Bearer {forged}")]).await.problem(401, "unauthenticated");
}

#[test]
fn the_checksum_above_is_the_one_of_keys() {
    let token = annals::access::token::Token::random(annals::access::token::Kind::ApiKey).unwrap();
    let (body, sum) = token.expose().rsplit_once('_').unwrap();

    assert_eq!(checksum(body), sum);
}

/// CRC-32 as six base62 digits.
pub(crate) fn checksum(body: &str) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut value = usize::try_from(crc32fast::hash(body.as_bytes())).unwrap();
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.insert(0, char::from(DIGITS[value % 62]));
        value /= 62;
    }
    digits.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_works_until_the_instant_it_expires() {
    let app = TestApp::start().await;
    let expires_at = app.clock.now().plus(Duration::from_hours(1));
    let key = Host::of(&app.app, "test")
        .create_key("acme", "short-lived", &[Scope::EventsRead], Some(expires_at))
        .unwrap();
    let client = app.with(Some(key.expose()));

    app.advance(Duration::from_micros(3_599_999_999));
    client.get(EVENTS).await.status(200);
    app.advance(Duration::from_micros(1));

    client.get(EVENTS).await.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_making_of_a_key_is_in_the_log_without_its_secret() {
    let app = TestApp::start().await;
    let key = Host::of(&app.app, "ops").create_key("acme", "spare", &[Scope::EventsRead], None).unwrap();

    let answer = app.reader().get(&format!("{EVENTS}?action=api_key.created&limit=1")).await.status(200);

    let event = &answer.json()["data"][0];
    assert_eq!(event["parameters"]["name"], "spare");
    assert_eq!(event["parameters"]["public_id"], key.public_id());
    assert_eq!(event["actor"]["id"], "ops");
    assert!(!answer.text.contains(key.expose().split('_').nth(3).unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_never_repeat_the_credential() {
    let app = TestApp::start().await;
    let secret = "ann_sk_5ecre7ke_ThisIsNotForAnybodysEyesAtAll000000000000000_000000";
    let writer = app.keys.acme_write.as_str();
    for (credential, path) in [
        (secret, EVENTS),
        (writer, EVENTS),
        (writer, "/v1/orgs/harbor/events"),
        (writer, "/v1/me"),
        (writer, "/v1/orgs/acme?x=1"),
        (writer, "/v1/nothing"),
        (writer, "/v1/auth/login"),
    ] {
        let answer = app.with(Some(credential)).get(path).await;

        assert!(answer.status.is_client_error());
        assert!(!answer.text.contains(&credential[16..40]), "{}", answer.text);
        assert!(!format!("{:?}", answer.headers).contains(&credential[16..40]));
    }
}
