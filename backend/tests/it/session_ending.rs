//! The sessions that there are, and ending them before their time.

use serde_json::{Value, json};

use crate::{
    sessions::{Browser, post, trace},
    support::{Client, TestApp},
};

const ADMIN: &str = "admin@acme.example";
const AUDITOR: &str = "auditor@acme.example";
const SESSIONS: &str = "/v1/auth/sessions";

async fn listed(client: &Client<'_>) -> Vec<Value> {
    client.get(SESSIONS).await.status(200).json()["data"].as_array().unwrap().clone()
}

/// The person's id, as a token of theirs knows it.
pub(crate) async fn id_of(app: &TestApp, email: &str) -> String {
    let me = app.person(email).await.get("/v1/me").await.status(200).json();
    me["user"]["id"].as_str().unwrap().to_owned()
}

mod list {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn tells_where_i_am_signed_in_newest_first() {
        let app = TestApp::start().await;
        let phone = app.person(ADMIN).await;
        app.advance(std::time::Duration::from_secs(1));
        let laptop = app.person(ADMIN).await;
        app.person(AUDITOR).await;

        let sessions = listed(&laptop).await;

        let current: Vec<&Value> = sessions.iter().map(|session| &session["current"]).collect();
        assert_eq!(current, [&json!(true), &json!(false)]);
        assert_eq!(sessions[0]["ip"], "127.0.0.1");
        assert_eq!(sessions[0]["created_at"], "2026-11-25T12:00:01.000000Z");
        assert_eq!(listed(&phone).await[1]["current"], true);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn says_when_each_was_last_used() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        app.advance(std::time::Duration::from_mins(5));

        let browser = Browser::of(&post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200));

        let sessions = listed(&app.with(Some(&browser.access_token))).await;
        assert_eq!(sessions[0]["last_seen_at"], "2026-11-25T12:05:00.000000Z");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn comes_in_pages() {
        let app = TestApp::start().await;
        for _ in 0..2 {
            app.person(ADMIN).await;
        }
        let admin = app.person(ADMIN).await;

        let first = admin.get(&format!("{SESSIONS}?limit=2")).await.status(200);
        let cursor = first.json()["page"]["next_cursor"].as_str().unwrap().to_owned();
        let rest = admin.get(&format!("{SESSIONS}?limit=2&cursor={cursor}")).await.status(200).json();

        assert!(first.header("link").is_some());
        assert_eq!((rest["data"].as_array().unwrap().len(), &rest["page"]["has_more"]), (1, &json!(false)));
        let other = app.person(AUDITOR).await;
        other.get(&format!("{SESSIONS}?cursor={cursor}")).await.problem(400, "cursor_mismatch");
    }
}

mod ending {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn another_session_of_mine_stops_its_token_and_its_cookie() {
        let app = TestApp::start().await;
        let lost = Browser::sign_in(&app, ADMIN).await;
        let thief = app.with(Some(&lost.access_token));
        thief.get("/v1/me").await.status(200);
        let admin = app.person(ADMIN).await;
        let sessions = listed(&admin).await;
        let id = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();

        admin.delete(&format!("{SESSIONS}/{id}")).await.status(204);

        thief.get("/v1/me").await.problem(401, "unauthenticated");
        post(&app, "/v1/auth/refresh", &lost.cookie).await.problem(401, "session_ended");
        assert_eq!(listed(&admin).await.len(), 1);
        admin.delete(&format!("{SESSIONS}/{id}")).await.problem(404, "not_found");
        let told = trace(&app, "acme", "annals.session.ended", ADMIN).await;
        assert_eq!((told.len(), &told[0]["parameters"]), (1, &json!({"session_id": id})));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn somebody_elses_session_is_like_ending_none() {
        let app = TestApp::start().await;
        let auditor = app.person(AUDITOR).await;
        let id = listed(&auditor).await[0]["id"].as_str().unwrap().to_owned();
        let admin = app.person(ADMIN).await;

        for id in [id.as_str(), "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01", "nonsense"] {
            admin.delete(&format!("{SESSIONS}/{id}")).await.problem(404, "not_found");
        }

        auditor.get("/v1/me").await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn all_of_mine_is_one_event_in_each_log_that_knows_of_them() {
        let app = TestApp::start().await;
        let (phone, laptop) = (Browser::sign_in(&app, ADMIN).await, Browser::sign_in(&app, ADMIN).await);
        let stranger = app.person(AUDITOR).await;

        let answer = app
            .with(Some(&laptop.access_token))
            .request(reqwest::Method::POST, "/v1/auth/logout-all")
            .send()
            .await
            .unwrap();

        assert_eq!(answer.status(), 204);
        assert!(answer.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        for browser in [phone, laptop] {
            app.with(Some(&browser.access_token)).get("/v1/me").await.problem(401, "unauthenticated");
            post(&app, "/v1/auth/refresh", &browser.cookie).await.problem(401, "session_ended");
        }
        stranger.get("/v1/me").await.status(200);
        let told = trace(&app, "acme", "annals.session.ended", ADMIN).await;
        assert_eq!((told.len(), &told[0]["parameters"]), (1, &json!({"sessions": 2})));
    }
}

mod of_a_member {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn are_ended_by_an_admin() {
        let app = TestApp::start().await;
        let auditor = app.person(AUDITOR).await;
        let id = id_of(&app, AUDITOR).await;
        let path = format!("/v1/orgs/acme/members/{id}/sessions");

        app.person(ADMIN).await.delete(&path).await.status(204);

        auditor.get("/v1/me").await.problem(401, "unauthenticated");
        let told = trace(&app, "acme", "annals.session.ended", ADMIN).await;
        assert_eq!(told[0]["targets"][0]["email"], AUDITOR);
        assert_eq!(told[0]["parameters"], json!({"sessions": 2}));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_another_organization_are_out_of_reach() {
        let app = TestApp::start().await;
        let harbor = app.person("admin@harbor.example").await;
        let id = id_of(&app, "admin@harbor.example").await;
        let admin = app.person(ADMIN).await;

        for (org, id) in [("acme", id.as_str()), ("harbor", id.as_str()), ("acme", "nonsense")] {
            admin.delete(&format!("/v1/orgs/{org}/members/{id}/sessions")).await.problem(404, "not_found");
        }

        harbor.get("/v1/me").await.status(200);
    }
}
