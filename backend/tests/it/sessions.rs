//! Sessions: sign-in, the access token, sign-out, and the trace they leave in the logs.

use std::time::Duration;

use annals::{access::Role, host::Host, users::NewUser};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, credentials};

const LOGIN: &str = "/v1/auth/login";
const ADMIN: &str = "admin@acme.example";

/// A session as a browser holds it.
pub(crate) struct Browser {
    pub(crate) access_token: String,
    pub(crate) cookie: String,
}

impl Browser {
    /// What an answer that opened or refreshed a session left in the browser.
    pub(crate) fn of(answer: &Answer) -> Self {
        let access_token = answer.json()["access_token"].as_str().unwrap().to_owned();
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { access_token, cookie }
    }

    pub(crate) async fn sign_in(app: &TestApp, email: &str) -> Self {
        Self::of(&app.nobody().post(LOGIN, &credentials(email)).await.status(200))
    }
}

/// Posts with the page's header and this cookie.
pub(crate) async fn post(app: &TestApp, path: &str, cookie: &str) -> Answer {
    let request = app.nobody().request(reqwest::Method::POST, path);
    Answer::of(request.header("x-annals-csrf", "1").header("cookie", cookie)).await
}

/// A person who belongs to both organizations.
fn create_commuter(app: &TestApp) -> &'static str {
    let roles = [("acme", Role::Member), ("harbor", Role::Auditor)];
    let password = SecretString::from(PASSWORD);
    let commuter = NewUser::new("both@example.com", "Both", false).unwrap();
    Host::of(&app.app, "test").create_user(&commuter, &password, &roles).unwrap();
    "both@example.com"
}

mod sign_in {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn answers_a_token_the_person_and_their_organizations() {
        let app = TestApp::start().await;

        let session = app.nobody().post(LOGIN, &credentials(ADMIN)).await.status(200).json();

        assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(
            (&session["user"]["email"], &session["user"]["name"]),
            (&json!(ADMIN), &json!("Ada Byron"))
        );
        assert_eq!(session["user"]["is_operator"], false);
        assert_eq!(session["organizations"].as_array().unwrap().len(), 1);
        assert_eq!(session["organizations"][0]["slug"], "acme");
        assert_eq!(session["organizations"][0]["role"], "admin");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn takes_the_e_mail_in_any_case() {
        let app = TestApp::start().await;

        let session = app.nobody().post(LOGIN, &credentials("ADMIN@Acme.Example")).await.status(200).json();

        assert_eq!(session["user"]["email"], ADMIN);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_a_wrong_password_is_answered_like_one_of_nobody() {
        let app = TestApp::start().await;
        let wrong = json!({"email": ADMIN, "password": "correct horse staple"});
        let unknown = json!({"email": "nobody@acme.example", "password": PASSWORD});

        let mut answers = Vec::new();
        for body in [wrong, unknown] {
            let answer = app.nobody().post(LOGIN, &body).await;
            let id = answer.header("x-request-id").unwrap().to_owned();
            assert_eq!(answer.header("set-cookie"), None);
            answers.push(answer.text.replace(&id, "ID"));
            answer.problem(401, "invalid_credentials");
        }

        assert_eq!(answers[0], answers[1]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_an_operator_lists_the_platform() {
        let app = TestApp::start().await;

        let operator = credentials("operator@annals.example");
        let session = app.nobody().post(LOGIN, &operator).await.status(200).json();

        assert_eq!(session["user"]["is_operator"], true);
        assert_eq!(session["organizations"][0]["slug"], "platform");
        assert_eq!(session["organizations"][0]["role"], "operator");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_malformed_names_the_member_and_never_repeats_the_password() {
        let app = TestApp::start().await;
        for (body, pointer, code) in [
            (json!({"email": ADMIN}), "", "required"),
            (json!({"password": PASSWORD}), "", "required"),
            (json!({"email": ADMIN, "password": PASSWORD, "otp": PASSWORD}), "/otp", "unknown_field"),
            (json!({"email": [PASSWORD], "password": PASSWORD}), "/email", "wrong_type"),
            (json!({"email": ADMIN, "password": {"is": PASSWORD}}), "/password", "wrong_type"),
            (json!(PASSWORD), "", "wrong_type"),
        ] {
            let answer = app.nobody().post(LOGIN, &body).await;

            assert!(!answer.text.contains(PASSWORD), "{}", answer.text);
            let problem = answer.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["code"], code, "{body}");
            let place = problem["errors"][0]["pointer"].as_str().unwrap();
            assert!(place == pointer || pointer.is_empty(), "{place} for {body}");
        }
        app.nobody().post_text(LOGIN, "{").await.problem(400, "malformed_json");
        app.nobody()
            .post(&format!("{LOGIN}?next=/"), &credentials(ADMIN))
            .await
            .problem(400, "invalid_query");
        app.nobody()
            .post(LOGIN, &json!({"email": "x".repeat(17_000)}))
            .await
            .problem(413, "payload_too_large");
    }
}

mod access_token {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn says_who_i_am() {
        let app = TestApp::start().await;
        let auditor = app.person("auditor@acme.example").await;

        let me = auditor.get("/v1/me").await.status(200).json();

        assert_eq!(me["user"]["email"], "auditor@acme.example");
        assert_eq!(me["organizations"][0]["role"], "auditor");
    }

    /// Ten minutes, and the five seconds that the clocks of two nodes may differ by.
    #[tokio::test(flavor = "multi_thread")]
    async fn lives_ten_minutes() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;

        app.advance(Duration::from_secs(599));
        admin.get("/v1/me").await.status(200);
        app.advance(Duration::from_secs(6));

        admin.get("/v1/me").await.problem(401, "unauthenticated");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_with_its_session_however_young_it_is() {
        let app = TestApp::start().await;
        let mut browser = Browser::sign_in(&app, ADMIN).await;
        for _ in 0..28 {
            app.advance(Duration::from_mins(25));
            browser = Browser::of(&post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200));
        }
        app.advance(Duration::from_mins(15));
        browser = Browser::of(&post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200));

        app.advance(Duration::from_mins(5));

        app.with(Some(&browser.access_token)).get("/v1/me").await.problem(401, "unauthenticated");
    }
}

mod sign_out {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_the_cookie_and_the_access_token() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let client = app.with(Some(&browser.access_token));
        client.get("/v1/me").await.status(200);

        let answer = post(&app, "/v1/auth/logout", &browser.cookie).await.status(204);

        let removal = answer.header("set-cookie").unwrap();
        assert!(removal.starts_with("annals_rt=;") && removal.contains("Max-Age=0"), "{removal}");
        client.get("/v1/me").await.problem(401, "unauthenticated");
        post(&app, "/v1/auth/refresh", &browser.cookie).await.problem(401, "session_ended");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn without_a_live_session_answers_the_same_and_records_nothing() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        post(&app, "/v1/auth/logout", &browser.cookie).await.status(204);

        post(&app, "/v1/auth/logout", &browser.cookie).await.status(204);
        post(&app, "/v1/auth/logout", "annals_rt=garbage").await.status(204);
        post(&app, "/v1/auth/logout", "other=1").await.status(204);

        assert_eq!(trace(&app, "acme", "user.logged_out", ADMIN).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn leaves_the_persons_other_sessions_alone() {
        let app = TestApp::start().await;
        let (phone, laptop) = (Browser::sign_in(&app, ADMIN).await, Browser::sign_in(&app, ADMIN).await);

        post(&app, "/v1/auth/logout", &phone.cookie).await.status(204);

        app.with(Some(&laptop.access_token)).get("/v1/me").await.status(200);
        post(&app, "/v1/auth/refresh", &laptop.cookie).await.status(200);
    }
}

/// The events of this action by this person in the organization's log.
pub(crate) async fn trace(app: &TestApp, org: &str, action: &str, email: &str) -> Vec<Value> {
    let path = format!("/v1/orgs/{org}/events?action={action}&actor={email}");
    let answer = match org {
        "acme" => app.reader().get(&path).await,
        "harbor" => app.with(Some(&app.keys.harbor_read)).get(&path).await,
        _ => app.person("operator@annals.example").await.get(&path).await,
    };
    answer.status(200).json()["data"].as_array().unwrap().clone()
}

mod trace_of {
    use super::*;

    /// How many events of the action the logs of acme, harbor and the platform hold of the person.
    async fn counts(app: &TestApp, action: &str, email: &str) -> [usize; 3] {
        let mut counts = [0; 3];
        for (count, org) in counts.iter_mut().zip(["acme", "harbor", "platform"]) {
            *count = trace(app, org, action, email).await.len();
        }
        counts
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_sign_in_is_one_event_in_the_persons_organization() {
        let app = TestApp::start().await;

        let admin = app.person(ADMIN).await;
        admin.get("/v1/orgs/acme").await.status(200);
        admin.get("/v1/orgs/acme/events").await.status(200);

        assert_eq!(counts(&app, "user.logged_in", ADMIN).await, [1, 0, 0]);
        let event = &trace(&app, "acme", "user.logged_in", ADMIN).await[0];
        assert_eq!((&event["outcome"], &event["source"]), (&json!("success"), &json!("annals")));
        assert_eq!(event["context"]["ip"], "127.0.0.1");
        assert_eq!(event["parameters"]["method"], "password");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_refresh_is_no_event() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let before = app.reader().get("/v1/orgs/acme/events?limit=1000").await.json();

        let browser = Browser::of(&post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200));
        app.with(Some(&browser.access_token)).get("/v1/orgs/acme").await.status(200);

        assert_eq!(app.reader().get("/v1/orgs/acme/events?limit=1000").await.json(), before);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_failed_sign_in_is_in_the_persons_organization() {
        let app = TestApp::start().await;

        let wrong = json!({"email": "Admin@ACME.example", "password": "wrong horse battery"});
        app.nobody().post(LOGIN, &wrong).await.status(401);

        assert_eq!(counts(&app, "annals.login.failed", ADMIN).await, [1, 0, 0]);
        let event = &trace(&app, "acme", "annals.login.failed", ADMIN).await[0];
        assert_eq!((&event["outcome"], &event["severity"]), (&json!("failure"), &json!("low")));
        assert!(!event.to_string().contains("wrong horse"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_failed_sign_in_of_nobody_is_in_the_platforms_log() {
        let app = TestApp::start().await;

        app.nobody().post(LOGIN, &credentials("mallory@evil.example")).await.status(401);

        assert_eq!(counts(&app, "annals.login.failed", "mallory@evil.example").await, [0, 0, 1]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_e_mail_that_no_event_could_hold_is_refused_as_malformed() {
        let app = TestApp::start().await;
        for email in ["x\u{0}y@example.com", "x\ny@example.com", &"é".repeat(129)] {
            let problem = app.nobody().post(LOGIN, &credentials(email)).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/email");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_failed_sign_in_with_an_impossible_e_mail_is_recorded_too() {
        let app = TestApp::start().await;
        for email in ["", " ", "no at", &"é".repeat(128)] {
            app.nobody().post(LOGIN, &credentials(email)).await.problem(401, "invalid_credentials");
        }

        let operator = app.person("operator@annals.example").await;
        let page =
            operator.get("/v1/orgs/platform/events?action=annals.login.failed").await.status(200).json();
        assert_eq!(page["data"].as_array().unwrap().len(), 4);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_person_of_two_organizations_appears_in_each_when_they_first_come_there() {
        let app = TestApp::start().await;
        let email = create_commuter(&app);
        let commuter = app.person(email).await;
        assert_eq!(counts(&app, "user.logged_in", email).await, [0, 0, 1]);

        for _ in 0..2 {
            commuter.get("/v1/orgs/acme").await.status(200);
        }
        assert_eq!(counts(&app, "user.logged_in", email).await, [1, 0, 1]);
        commuter.get("/v1/orgs/harbor/events").await.status(200);
        commuter.get("/v1/orgs/acme").await.status(200);

        assert_eq!(counts(&app, "user.logged_in", email).await, [1, 1, 1]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_failed_sign_in_of_a_person_of_two_organizations_is_in_both() {
        let app = TestApp::start().await;
        let email = create_commuter(&app);

        let wrong = json!({"email": email, "password": "wrong horse battery"});
        app.nobody().post(LOGIN, &wrong).await.status(401);

        assert_eq!(counts(&app, "annals.login.failed", email).await, [1, 1, 0]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_sign_out_is_wherever_the_sign_in_was() {
        let app = TestApp::start().await;
        let email = create_commuter(&app);
        let browser = Browser::sign_in(&app, email).await;
        app.with(Some(&browser.access_token)).get("/v1/orgs/harbor").await.status(200);

        post(&app, "/v1/auth/logout", &browser.cookie).await.status(204);

        assert_eq!(counts(&app, "user.logged_out", email).await, [0, 1, 1]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_refused_look_into_the_log_still_is_a_first_visit() {
        let app = TestApp::start().await;
        let email = create_commuter(&app);

        app.person(email).await.get("/v1/orgs/acme/events").await.problem(403, "forbidden");

        assert_eq!(counts(&app, "user.logged_in", email).await, [1, 0, 1]);
    }
}
