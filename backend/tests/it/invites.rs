//! Invitations: the link, who may use it, and that it works once.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    sessions::Browser,
    support::{Answer, Client, PASSWORD, TestApp},
};

pub(crate) const INVITES: &str = "/v1/orgs/acme/invites";
const PREVIEW: &str = "/v1/invites/preview";
pub(crate) const ACCEPT: &str = "/v1/invites/accept";
pub(crate) const ADMIN: &str = "admin@acme.example";
pub(crate) const BOB: &str = "bob@example.com";

/// Invites somebody; the answer, and the token of the link.
pub(crate) async fn invite(client: &Client<'_>, email: &str, role: &str) -> (Value, String) {
    let invited = client.post(INVITES, &json!({"email": email, "role": role})).await.status(201).json();
    let token = token(&invited);
    (invited, token)
}

pub(crate) fn token(invited: &Value) -> String {
    invited["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
}

pub(crate) async fn preview(app: &TestApp, token: &str) -> Answer {
    app.nobody().post(PREVIEW, &json!({"token": token})).await
}

/// Accepts with a name and a password, as somebody new does.
pub(crate) async fn accept(app: &TestApp, token: &str) -> Answer {
    let body = json!({"token": token, "name": "Bob Kahn", "password": PASSWORD});
    app.nobody().post(ACCEPT, &body).await
}

/// The events of this action in acme's log, oldest first.
pub(crate) async fn events(app: &TestApp, action: &str) -> Vec<Value> {
    let path = format!("/v1/orgs/acme/events?action={action}&order=asc&limit=1000");
    app.reader().get(&path).await.status(200).json()["data"].as_array().unwrap().clone()
}

pub(crate) async fn listed(client: &Client<'_>) -> Vec<Value> {
    client.get(INVITES).await.status(200).json()["data"].as_array().unwrap().clone()
}

mod somebody_new {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_invited_looks_and_joins() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;

        let body = json!({"email": "Bob@Example.com", "role": "auditor", "name": " Bob Kahn "});
        let invited = admin.post(INVITES, &body).await.status(201).json();
        let offer = preview(&app, &token(&invited)).await.status(200).json();
        let session = accept(&app, &token(&invited)).await.status(201);

        assert_eq!((&invited["email"], &invited["name"]), (&json!(BOB), &json!("Bob Kahn")));
        assert_eq!((&invited["role"], &invited["state"]), (&json!("auditor"), &json!("open")));
        assert_eq!(invited["expires_at"], "2026-12-02T12:00:00.000000Z");
        assert_eq!(invited["invited_by"]["name"], "Ada Byron");
        assert_eq!(
            offer,
            json!({
                "organization": {"name": "Acme Corp", "slug": "acme"},
                "role": "auditor", "email": BOB, "name": "Bob Kahn", "has_account": false,
                "expires_at": invited["expires_at"],
            })
        );
        let browser = Browser::of(&session);
        let bob = app.with(Some(&browser.access_token));
        bob.get("/v1/orgs/acme/events").await.status(200);
        let session = session.json();
        assert_eq!((&session["user"]["email"], &session["user"]["name"]), (&json!(BOB), &json!("Bob Kahn")));
        assert_eq!(session["organizations"][0]["slug"], "acme");
        assert_eq!(session["organizations"][0]["role"], "auditor");
        assert_eq!(listed(&admin).await, Vec::<Value>::new());
        app.person(BOB).await.get("/v1/orgs/acme").await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn may_keep_the_name_of_the_invitation() {
        let app = TestApp::start().await;
        let body = json!({"email": BOB, "role": "member", "name": "Bob"});
        let invited = app.person(ADMIN).await.post(INVITES, &body).await.status(201).json();

        let accepted = json!({"token": token(&invited), "password": PASSWORD});
        let session = app.nobody().post(ACCEPT, &accepted).await.status(201).json();

        assert_eq!(session["user"]["name"], "Bob");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_no_rights_before_they_accept() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BOB, "admin").await;

        app.nobody().post("/v1/auth/login", &crate::support::credentials(BOB)).await.status(401);
        app.with(Some(&token)).get("/v1/orgs/acme").await.problem(401, "unauthenticated");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn needs_a_name_and_a_good_password() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BOB, "member").await;
        for (name, password, pointer, code) in [
            (None, Some(PASSWORD), "/name", "required"),
            (Some("  "), Some(PASSWORD), "/name", "invalid_format"),
            (Some("B\u{0}b"), Some(PASSWORD), "/name", "invalid_format"),
            (Some("Bob"), None, "/password", "required"),
            (Some("Bob"), Some("too short"), "/password", "invalid_length"),
        ] {
            let mut body = json!({"token": token});
            for (member, value) in [("name", name), ("password", password)] {
                if let Some(value) = value {
                    body[member] = value.into();
                }
            }
            let problem = app.nobody().post(ACCEPT, &body).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
            assert_eq!(problem["errors"][0]["code"], code, "{body}");
        }
        let odd = json!({"token": token, "password": null});
        app.nobody().post(ACCEPT, &odd).await.problem(422, "invalid");

        accept(&app, &token).await.status(201);
    }
}

mod somebody_with_an_account {
    use super::*;

    const BARBARA: &str = "admin@harbor.example";

    #[tokio::test(flavor = "multi_thread")]
    async fn joins_with_their_password() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BARBARA, "auditor").await;

        let offer = preview(&app, &token).await.status(200).json();
        let body = json!({"token": token, "password": PASSWORD});
        let session = app.nobody().post(ACCEPT, &body).await.status(201);

        assert_eq!(offer["has_account"], true);
        let barbara = app.with(Some(&Browser::of(&session).access_token)).get("/v1/me").await.json();
        let places = |answer: &Value| {
            let organizations = answer["organizations"].as_array().unwrap().clone();
            organizations.iter().map(|org| json!([org["slug"], org["role"]])).collect::<Vec<_>>()
        };
        assert_eq!(places(&barbara), [json!(["acme", "auditor"]), json!(["harbor", "admin"])]);
        assert_eq!(places(&session.json()), places(&barbara));
        assert_eq!(session.json()["user"]["name"], "Barbara Liskov");
    }

    /// Her sign-in asked for the organization before: that she had no place in it must not be remembered.
    #[tokio::test(flavor = "multi_thread")]
    async fn joins_in_the_session_that_they_have() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BARBARA, "member").await;
        let barbara = app.person(BARBARA).await;
        barbara.get("/v1/orgs/acme").await.problem(404, "not_found");

        let answer = barbara.post(ACCEPT, &json!({"token": token})).await.status(200);

        assert_eq!(answer.header("set-cookie"), None);
        assert_eq!(answer.json()["organizations"].as_array().unwrap().len(), 2);
        barbara.get("/v1/orgs/acme").await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_not_whoever_else_holds_the_link() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BARBARA, "admin").await;
        let body = json!({"token": token});

        app.person("member@acme.example").await.post(ACCEPT, &body).await.problem(403, "forbidden");
        app.writer().post(ACCEPT, &body).await.problem(403, "forbidden");
        app.with(Some("garbage")).post(ACCEPT, &body).await.problem(401, "unauthenticated");
        app.nobody().post(ACCEPT, &body).await.problem(422, "invalid");
        let taken_over = json!({"token": token, "name": "Mallory", "password": "another good password"});
        app.nobody().post(ACCEPT, &taken_over).await.problem(401, "invalid_credentials");

        preview(&app, &token).await.status(200);
        app.person(BARBARA).await.get("/v1/orgs/acme").await.problem(404, "not_found");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_slowed_down_like_any_sign_in() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BARBARA, "member").await;
        let wrong = json!({"token": token, "password": "wrong horse battery"});
        for _ in 0..5 {
            app.nobody().post(ACCEPT, &wrong).await.problem(401, "invalid_credentials");
        }

        let right = json!({"token": token, "password": PASSWORD});
        app.nobody().post(ACCEPT, &right).await.problem(429, "too_many_attempts");

        app.advance(Duration::from_secs(2));
        app.nobody().post(ACCEPT, &right).await.status(201);
    }
}

mod link {
    use super::*;

    /// What was used, withdrawn, replaced or renewed, has expired or never was: one answer.
    #[tokio::test(flavor = "multi_thread")]
    async fn that_no_longer_works_says_only_that() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let (_, used) = invite(&admin, BOB, "member").await;
        accept(&app, &used).await.status(201);
        let (withdrawn, revoked) = invite(&admin, "carol@example.com", "member").await;
        admin.delete(&format!("{INVITES}/{}", withdrawn["id"].as_str().unwrap())).await.status(204);
        let (_, replaced) = invite(&admin, "dave@example.com", "member").await;
        let (_, newer) = invite(&admin, "dave@example.com", "auditor").await;
        let (old, renewed) = invite(&admin, "erin@example.com", "member").await;
        let path = format!("{INVITES}/{}/renew", old["id"].as_str().unwrap());
        let fresh = admin.post(&path, &Value::Null).await.status(200).json();
        let typo = format!("{}x", &newer[..newer.len() - 1]);

        let gone = [&used, &revoked, &replaced, &renewed, &typo, "", "ann_in_", &app.keys.acme_read];
        let mut answers = Vec::new();
        for token in gone {
            for answer in [preview(&app, token).await, accept(&app, token).await] {
                let id = answer.header("x-request-id").unwrap().to_owned();
                answers.push(answer.text.replace(&id, "ID"));
                answer.problem(410, "link_gone");
            }
        }

        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        assert_eq!(preview(&app, &newer).await.status(200).json()["role"], "auditor");
        assert_eq!(preview(&app, &token(&fresh)).await.status(200).json()["email"], "erin@example.com");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn works_for_seven_days_and_can_then_be_renewed() {
        let app = TestApp::start().await;
        let (invited, first) = invite(&app.person(ADMIN).await, BOB, "member").await;
        app.advance(Duration::from_hours(7 * 24 - 1));
        preview(&app, &first).await.status(200);

        app.advance(Duration::from_hours(1));
        preview(&app, &first).await.problem(410, "link_gone");
        accept(&app, &first).await.problem(410, "link_gone");
        let admin = app.person(ADMIN).await;
        assert_eq!(listed(&admin).await[0]["state"], "expired");
        let path = format!("{INVITES}/{}/renew", invited["id"].as_str().unwrap());
        let renewed = admin.post(&path, &Value::Null).await.status(200).json();

        assert_eq!((&renewed["id"], &renewed["state"]), (&invited["id"], &json!("open")));
        assert_eq!(renewed["expires_at"], "2026-12-09T12:00:00.000000Z");
        assert_eq!(renewed["invited_by"]["name"], "Ada Byron");
        accept(&app, &token(&renewed)).await.status(201);
    }

    /// Whoever can set a header of an admin's request could otherwise send the invited to their own server.
    #[tokio::test(flavor = "multi_thread")]
    async fn begins_with_the_public_url_whatever_the_request_says() {
        let public_url = "https://audit.example.com";
        let app = TestApp::start_with(|config| config.public_url = Some(public_url.into())).await;
        let admin = app.person(ADMIN).await;
        let poisoned = |method: Method, path: &str| {
            let request = admin.request(method, path);
            [
                ("host", "evil.example"),
                ("forwarded", "host=evil.example;proto=https"),
                ("x-forwarded-host", "evil.example"),
                ("x-forwarded-server", "evil.example"),
                ("x-forwarded-prefix", "/evil.example"),
                ("x-original-host", "evil.example"),
                ("x-original-url", "https://evil.example/"),
                ("origin", "https://evil.example"),
                ("referer", "https://evil.example/"),
            ]
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value))
        };

        let body = json!({"email": BOB, "role": "member"});
        let created = Answer::of(poisoned(Method::POST, INVITES).json(&body)).await.status(201);
        let path = format!("{INVITES}/{}/renew", created.json()["id"].as_str().unwrap());
        let renewed = Answer::of(poisoned(Method::POST, &path)).await.status(200);

        for answer in [&created, &renewed] {
            let link = answer.json()["link"].as_str().unwrap().to_owned();
            assert!(link.starts_with(&format!("{public_url}/join#ann_in_")), "{link}");
            assert!(!answer.text.contains("evil"), "{}", answer.text);
        }
        let log = app.reader().get("/v1/orgs/acme/events?limit=1000").await.status(200);
        assert!(!log.text.contains("evil"), "{}", log.text);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_a_path_where_no_public_url_is_set() {
        let app = TestApp::start().await;

        let (invited, token) = invite(&app.person(ADMIN).await, BOB, "member").await;

        assert_eq!(invited["link"], format!("/join#{token}"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_shown_once_and_stands_in_no_log() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let (invited, first) = invite(&admin, BOB, "member").await;
        let path = format!("{INVITES}/{}/renew", invited["id"].as_str().unwrap());
        let second = token(&admin.post(&path, &Value::Null).await.status(200).json());

        let list = admin.get(INVITES).await.status(200).text;
        let offer = preview(&app, &second).await.status(200).text;
        accept(&app, &second).await.status(201);
        let acme = app.reader().get("/v1/orgs/acme/events?limit=1000").await.status(200).text;
        let operator = app.person("operator@annals.example").await;
        let platform = operator.get("/v1/orgs/platform/events?limit=1000").await.status(200).text;

        for token in [first, second] {
            let secret = token.split('_').nth(3).unwrap();
            for text in [&list, &offer, &acme, &platform] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}
