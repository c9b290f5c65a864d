//! Step-up: proving once more who one is, and what is not done without it.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{
    sessions::{Browser, post, trace},
    support::{Answer, PASSWORD, TestApp},
};

const ADMIN: &str = "admin@acme.example";
const REAUTH: &str = "/v1/auth/reauth";

/// When the person of the token proved who they are, in seconds of Unix time.
fn auth_time(access_token: &str) -> i64 {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(access_token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["auth_time"].as_i64().unwrap()
}

mod reauthentication {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn answers_a_token_of_the_same_session_that_says_when() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        app.advance(Duration::from_mins(8));

        let body = json!({"password": PASSWORD});
        let answer = app.with(Some(&browser.access_token)).post(REAUTH, &body).await.status(200).json();

        let token = answer["access_token"].as_str().unwrap();
        assert_eq!(auth_time(token), auth_time(&browser.access_token) + 8 * 60);
        app.with(Some(token)).get("/v1/me").await.status(200);
        post(&app, "/v1/auth/logout", &browser.cookie).await.status(204);
        app.with(Some(token)).get("/v1/me").await.problem(401, "unauthenticated");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_remembered_over_a_refresh_which_itself_is_none() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        app.advance(Duration::from_mins(8));
        let body = json!({"password": PASSWORD});
        app.with(Some(&browser.access_token)).post(REAUTH, &body).await.status(200);
        app.advance(Duration::from_mins(8));

        let refreshed = Browser::of(&post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200));

        assert_eq!(auth_time(&refreshed.access_token), auth_time(&browser.access_token) + 8 * 60);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_a_wrong_password_is_refused_counted_and_recorded() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let wrong = json!({"password": "wrong horse battery"});

        for _ in 0..5 {
            admin.post(REAUTH, &wrong).await.problem(401, "invalid_credentials");
        }

        let refused = admin.post(REAUTH, &json!({"password": PASSWORD})).await;
        assert_eq!(refused.header("retry-after"), Some("1"));
        refused.problem(429, "too_many_attempts");
        assert_eq!(trace(&app, "acme", "annals.login.failed", ADMIN).await.len(), 5);
    }
}

/// Every operation that says so, and no other: asked without a body, because this comes before the body.
#[tokio::test(flavor = "multi_thread")]
async fn operations_with_step_up_are_refused_when_the_proof_is_old() {
    let app = TestApp::start().await;
    let (admin, operator) = (app.person(ADMIN).await, app.person("operator@annals.example").await);
    app.advance(Duration::from_secs(10 * 60 + 1));
    let document = serde_json::to_value(annals::http::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        operations
            .extend(item.as_object().unwrap().iter().map(|(method, operation)| (method, path, operation)));
    }
    // Whoever asks for it has nothing more to ask.
    operations.sort_by_key(|(_, path, _)| path.ends_with("/logout-all"));
    let mut refused = 0;

    for (method, path, operation) in operations {
        let permission = operation["x-permission"].as_str().unwrap();
        if matches!(permission, "public" | "refresh_cookie") {
            continue;
        }
        let is_operators = matches!(permission, "operator" | "org:run" | "org:claim_link")
            || permission.starts_with("break_glass:");
        let client = if is_operators { &operator } else { &admin };
        let path = path.replace("{org}", "acme").replace(['{', '}'], "");
        let request = client.request(method.to_uppercase().parse().unwrap(), &path);

        let answer = Answer::of(request).await;

        let is_refused = answer.text.contains("\"reauth_required\"");
        assert_eq!(is_refused, operation["x-step-up"] == true, "{method} {path}: {}", answer.text);
        refused += usize::from(is_refused);
    }
    assert!(refused >= 20, "{refused}");
}
