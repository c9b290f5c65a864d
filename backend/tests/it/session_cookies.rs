//! The refresh cookie: how it rotates, what ends it, and from where it is taken.

use std::time::Duration;

use annals::access::token::{Kind, Token};
use reqwest::Method;
use serde_json::json;

use crate::{
    sessions::{Browser, post, trace},
    support::{Answer, TestApp, credentials},
};

const REFRESH: &str = "/v1/auth/refresh";
const ADMIN: &str = "admin@acme.example";

async fn refreshed(app: &TestApp, browser: &Browser) -> Browser {
    Browser::of(&post(app, REFRESH, &browser.cookie).await.status(200))
}

/// Lets ten seconds pass, within which a cookie is not replaced again.
fn settle(app: &TestApp) {
    app.advance(Duration::from_secs(10) + Duration::from_micros(1));
}

/// Signed in a while ago, and refreshed just now: the cookie before, and the one since.
async fn replaced(app: &TestApp) -> (Browser, Browser) {
    let first = Browser::sign_in(app, ADMIN).await;
    settle(app);
    let second = refreshed(app, &first).await;
    assert_ne!(first.cookie, second.cookie);
    (first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_brings_a_new_cookie_and_a_new_access_token() {
    let app = TestApp::start().await;
    let first = Browser::sign_in(&app, ADMIN).await;
    app.advance(Duration::from_secs(700));

    let answer = post(&app, REFRESH, &first.cookie).await.status(200);

    let second = Browser::of(&answer);
    assert_ne!(first.cookie, second.cookie);
    assert_eq!(answer.json()["user"]["email"], ADMIN);
    app.with(Some(&first.access_token)).get("/v1/me").await.status(401);
    app.with(Some(&second.access_token)).get("/v1/me").await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_before_gives_the_same_successor_for_ten_seconds() {
    let app = TestApp::start().await;
    let (first, second) = replaced(&app).await;

    app.advance(Duration::from_secs(10));
    let again = refreshed(&app, &first).await;

    assert_eq!(again.cookie, second.cookie);
}

/// Several tabs that reload together refresh one after the other, with the cookie each of them finds.
#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_is_not_replaced_again_for_ten_seconds() {
    let app = TestApp::start().await;
    let (first, second) = replaced(&app).await;

    for _ in 0..5 {
        assert_eq!(refreshed(&app, &second).await.cookie, second.cookie);
        assert_eq!(refreshed(&app, &first).await.cookie, second.cookie);
    }
    settle(&app);
    assert_ne!(refreshed(&app, &second).await.cookie, second.cookie);
    assert!(trace(&app, "acme", "annals.session.reuse_detected", ADMIN).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_refreshes_at_once_agree() {
    let app = TestApp::start().await;
    let first = Browser::sign_in(&app, ADMIN).await;
    settle(&app);

    let (one, other) = tokio::join!(refreshed(&app, &first), refreshed(&app, &first));

    assert_eq!(one.cookie, other.cookie);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_before_ends_the_session_after_ten_seconds() {
    let app = TestApp::start().await;
    let (first, second) = replaced(&app).await;
    let client = app.with(Some(&second.access_token));
    client.get("/v1/me").await.status(200);
    settle(&app);

    post(&app, REFRESH, &first.cookie).await.problem(401, "session_ended");

    post(&app, REFRESH, &second.cookie).await.problem(401, "session_ended");
    client.get("/v1/me").await.problem(401, "unauthenticated");
    let trace = trace(&app, "acme", "annals.session.reuse_detected", ADMIN).await;
    assert_eq!(trace.len(), 1);
    assert_eq!(trace[0]["severity"], "high");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_older_than_the_one_before_ends_the_session_at_once() {
    let app = TestApp::start().await;
    let (first, second) = replaced(&app).await;
    settle(&app);
    let third = refreshed(&app, &second).await;

    post(&app, REFRESH, &first.cookie).await.problem(401, "session_ended");

    post(&app, REFRESH, &third.cookie).await.problem(401, "session_ended");
    assert_eq!(trace(&app, "acme", "annals.session.reuse_detected", ADMIN).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_was_never_ours_is_refused_and_harms_nobody() {
    let app = TestApp::start().await;
    let browser = Browser::sign_in(&app, ADMIN).await;
    let public_id = browser.cookie.split('_').nth(3).unwrap();
    let fill = |bytes: &mut [u8]| {
        bytes.fill(7);
        Ok(())
    };
    let forged = Token::derived(Kind::Refresh, public_id, fill).unwrap();
    let (shorter, _) = browser.cookie.split_at(browser.cookie.len() - 1);

    for cookie in
        [&format!("annals_rt={}", forged.expose()), "annals_rt=", "annals_rt=garbage", "x=1", shorter]
    {
        post(&app, REFRESH, cookie).await.problem(401, "session_ended");
    }

    refreshed(&app, &browser).await;
    assert!(trace(&app, "acme", "annals.session.reuse_detected", ADMIN).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_refresh_does_not_set_a_session() {
    let app = TestApp::start().await;

    let answer = post(&app, REFRESH, "annals_rt=garbage").await;

    assert!(answer.header("set-cookie").is_none_or(|cookie| cookie.starts_with("annals_rt=;")));
    answer.problem(401, "session_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_thirty_idle_minutes() {
    let app = TestApp::start().await;
    let browser = Browser::sign_in(&app, ADMIN).await;
    let (half_an_hour, a_second_less) = (Duration::from_mins(30), Duration::from_secs(1799));

    app.advance(a_second_less);
    let browser = refreshed(&app, &browser).await;
    app.advance(a_second_less);
    let browser = refreshed(&app, &browser).await;
    app.advance(half_an_hour);

    post(&app, REFRESH, &browser.cookie).await.problem(401, "session_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_twelve_hours_however_busy_it_is() {
    let app = TestApp::start().await;
    let mut browser = Browser::sign_in(&app, ADMIN).await;
    for _ in 0..35 {
        app.advance(Duration::from_mins(20));
        browser = refreshed(&app, &browser).await;
    }

    app.advance(Duration::from_mins(20));

    post(&app, REFRESH, &browser.cookie).await.problem(401, "session_ended");
}

mod from_elsewhere {
    use super::*;

    async fn send(app: &TestApp, path: &str, cookie: &str, headers: &[(&str, &str)]) -> Answer {
        let request = app.nobody().request(Method::POST, path).header("cookie", cookie);
        Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_request_with_the_cookie_is_refused() {
        let app = TestApp::start().await;
        let Browser { cookie, access_token } = Browser::sign_in(&app, ADMIN).await;
        let other_port = format!("{}0", app.url);
        let https = app.url.replace("http://", "https://");
        for headers in [
            &[][..],
            &[("x-annals-csrf", "")],
            &[("x-annals-csrf", "0")],
            &[("x-annals-csrf", "true")],
            &[("x-annals-csrf", "1"), ("origin", "https://evil.example")],
            &[("x-annals-csrf", "1"), ("origin", "null")],
            &[("x-annals-csrf", "1"), ("origin", other_port.as_str())],
            &[("x-annals-csrf", "1"), ("origin", https.as_str())],
            &[("x-annals-csrf", "1"), ("sec-fetch-site", "cross-site")],
            &[("x-annals-csrf", "1"), ("sec-fetch-site", "same-site")],
            &[("x-annals-csrf", "1"), ("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", app.url.as_str())],
        ] {
            for path in [REFRESH, "/v1/auth/logout"] {
                send(&app, path, &cookie, headers).await.problem(403, "csrf_rejected");
            }
        }
        app.with(Some(&access_token)).get("/v1/me").await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_services_own_page_is_not() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let headers =
            [("x-annals-csrf", "1"), ("origin", app.url.as_str()), ("sec-fetch-site", "same-origin")];

        send(&app, REFRESH, &browser.cookie, &headers).await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn behind_https_only_the_public_url_is_the_own_page() {
        let app =
            TestApp::start_with(|config| config.public_url = Some("https://audit.example.com".into())).await;
        let browser = Browser::sign_in(&app, ADMIN).await;

        for (origin, status) in [(app.url.as_str(), 403), ("https://audit.example.com", 200)] {
            let headers = [("x-annals-csrf", "1"), ("origin", origin)];
            send(&app, REFRESH, &browser.cookie, &headers).await.status(status);
        }
    }
}

mod attributes {
    use super::*;

    async fn parts(app: &TestApp) -> (Vec<String>, Answer) {
        let answer = app.nobody().post("/v1/auth/login", &credentials(ADMIN)).await.status(200);
        let mut parts: Vec<String> =
            answer.header("set-cookie").unwrap().split("; ").map(ToOwned::to_owned).collect();
        parts.sort();
        (parts, answer)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_plain_http_keep_the_cookie_from_scripts_and_other_sites() {
        let app = TestApp::start().await;

        let (parts, answer) = parts(&app).await;

        assert_eq!(parts[..4], ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Strict"]);
        assert!(parts[4].starts_with("annals_rt=ann_rt_"), "{parts:?}");
        assert_eq!(parts.len(), 5);
        assert_eq!(answer.header("strict-transport-security"), None);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_https_tie_it_to_the_host() {
        let app =
            TestApp::start_with(|config| config.public_url = Some("https://audit.example.com".into())).await;

        let (parts, answer) = parts(&app).await;

        assert_eq!(parts[..5], ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Strict", "Secure"]);
        assert!(parts[5].starts_with("__Host-annals_rt=ann_rt_"), "{parts:?}");
        assert_eq!(parts.len(), 6);
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_https_leave_a_cookie_without_the_prefix_unread() {
        let app =
            TestApp::start_with(|config| config.public_url = Some("https://audit.example.com".into())).await;
        let browser = Browser::sign_in(&app, ADMIN).await;

        let plain = browser.cookie.replace("__Host-", "");
        post(&app, REFRESH, &plain).await.problem(401, "session_ended");

        let answer = post(&app, REFRESH, &browser.cookie).await.status(200);
        assert_ne!(answer.json()["access_token"], json!(browser.access_token));
    }
}
