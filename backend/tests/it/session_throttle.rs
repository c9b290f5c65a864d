//! Guessing passwords takes ever more time.

use std::time::Duration;

use crate::support::{TestApp, credentials};

const LOGIN: &str = "/v1/auth/login";

const WRONG: &str = "not the password of anybody";

async fn guess(app: &TestApp, email: &str) -> u16 {
    let guess = serde_json::json!({"email": email, "password": WRONG});
    app.nobody().post(LOGIN, &guess).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down_for_accounts_that_exist_and_for_those_that_do_not() {
    let app = TestApp::start().await;
    for email in ["admin@acme.example", "mallory@evil.example"] {
        for _ in 0..5 {
            assert_eq!(guess(&app, email).await, 401);
        }

        let refused = app.nobody().post(LOGIN, &credentials(email)).await;

        assert_eq!(refused.header("retry-after"), Some("1"), "{email}");
        refused.problem(429, "too_many_attempts");
    }
    let recorded =
        app.reader().get("/v1/orgs/acme/events?action=annals.login.failed").await.status(200).json();
    assert_eq!(recorded["data"].as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_the_password_gets_in_after_the_wait_and_starts_anew() {
    let app = TestApp::start().await;
    let email = "admin@acme.example";
    for _ in 0..5 {
        guess(&app, email).await;
    }
    app.advance(Duration::from_secs(1));

    app.nobody().post(LOGIN, &credentials(email)).await.status(200);

    assert_eq!(guess(&app, email).await, 401);
    assert_eq!(guess(&app, email).await, 401);
}
