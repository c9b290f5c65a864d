//! What is told once in a while with its number: who read a log, and who was refused.

use std::time::Duration;

use annals::notices::worker::flush;
use serde_json::{Value, json};

use crate::{
    api_key_secrets::client,
    support::{
        TestApp,
        process::{Installation, Service},
    },
};

const ADMIN: &str = "admin@acme.example";
const OPERATOR: &str = "operator@annals.example";
const LIST: &str = "/v1/orgs/acme/events";
const MINUTES: Duration = Duration::from_mins(5);

/// What acme's log says of it, newest first.
async fn told(app: &TestApp, action: &str) -> Vec<Value> {
    told_in(app, "acme", action).await
}

async fn told_in(app: &TestApp, org: &str, action: &str) -> Vec<Value> {
    let path = format!("/v1/orgs/{org}/events?action={action}");
    let client = if org == "acme" { app.reader() } else { app.person(OPERATOR).await };
    client.get(&path).await.status(200).json()["data"].as_array().unwrap().clone()
}

mod reading {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn many_pages_within_five_minutes_is_one_event_with_their_number() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        for _ in 0..30 {
            admin.get(&format!("{LIST}?limit=1&action=user.invited")).await.status(200);
        }
        flush(&app.app).await.unwrap();
        assert!(told(&app, "annals.log.read").await.is_empty());

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        let events = told(&app, "annals.log.read").await;
        assert_eq!(events.len(), 1, "{events:#?}");
        assert_eq!(events[0]["actor"]["name"], "Ada Byron");
        assert_eq!(events[0]["context"]["ip"], "127.0.0.1");
        let parameters =
            json!({"path": "/v1/orgs/{org}/events", "filter": "action=user.invited", "times": 30});
        assert_eq!(events[0]["parameters"], parameters);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_another_filter_or_by_somebody_else_is_another_event() {
        let app = TestApp::start().await;
        let (admin, auditor) = (app.person(ADMIN).await, app.person("auditor@acme.example").await);
        admin.get(&format!("{LIST}?action=user.invited")).await.status(200);
        admin.get(&format!("{LIST}?action=user.removed")).await.status(200);
        auditor.get(&format!("{LIST}?action=user.removed")).await.status(200);
        let id = admin.get(LIST).await.json()["data"][0]["id"].as_str().unwrap().to_owned();
        admin.get(&format!("{LIST}/{id}")).await.status(200);

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        let events = told(&app, "annals.log.read").await;
        let mut seen: Vec<_> = events
            .iter()
            .map(|event| {
                let member = |name: &str| event["parameters"][name].as_str().unwrap_or_default().to_owned();
                (event["actor"]["name"].as_str().unwrap().to_owned(), member("path"), member("filter"))
            })
            .collect();
        seen.sort();
        let list = || "/v1/orgs/{org}/events".to_owned();
        let expected = [
            ("Ada Byron".to_owned(), list(), String::new()),
            ("Ada Byron".to_owned(), list(), "action=user.invited".to_owned()),
            ("Ada Byron".to_owned(), list(), "action=user.removed".to_owned()),
            ("Ada Byron".to_owned(), "/v1/orgs/{org}/events/{id}".to_owned(), String::new()),
            ("Grace Hopper".to_owned(), list(), "action=user.removed".to_owned()),
        ];
        assert_eq!(seen, expected);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn by_a_key_is_told_once_an_hour() {
        let app = TestApp::start().await;
        let tail = "/v1/orgs/acme/events/tail";
        for from in 0..5 {
            app.reader().get(&format!("{tail}?from={from}&limit=1")).await.status(200);
            app.advance(MINUTES);
            flush(&app.app).await.unwrap();
        }
        assert!(told(&app, "annals.log.read").await.is_empty());

        app.advance(Duration::from_hours(1));
        flush(&app.app).await.unwrap();

        let events = told(&app, "annals.log.read").await;
        let of_tail: Vec<_> = events
            .iter()
            .filter(|event| event["parameters"]["path"] == "/v1/orgs/{org}/events/tail")
            .collect();
        assert_eq!(of_tail.len(), 1, "{events:#?}");
        assert_eq!(of_tail[0]["parameters"]["times"], 5);
        assert_eq!(of_tail[0]["actor"]["type"], "api_key");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn under_break_glass_says_so_and_who_it_was() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;
        let reason = json!({"reason": "customer asked for help"});
        operator.post("/v1/orgs/acme/break-glass", &reason).await.status(201);
        operator.get(LIST).await.status(200);

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        let events = told(&app, "annals.log.read").await;
        assert_eq!(events[0]["actor"]["name"], "Radia Perlman");
        let under = events[0]["context"]["correlation_id"].as_str().unwrap();
        assert!(under.starts_with("break-glass:"), "{under}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_told_at_the_latest_when_the_service_stops() {
        let home = Installation::new();
        let list = |service: &Service| {
            let request = client().get(format!("{}{LIST}?action=annals.log.read", service.url));
            request.bearer_auth(&home.key).send()
        };
        let mut service = Service::start(&home.config);
        list(&service).await.unwrap().error_for_status().unwrap();
        service.terminate();
        tokio::task::block_in_place(|| service.wait());
        let service = Service::start(&home.config);

        let page: Value = list(&service).await.unwrap().json().await.unwrap();

        assert_eq!(page["data"][0]["parameters"]["times"], 1, "{page}");
    }
}

mod a_refusal {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn of_a_member_is_told_in_the_log_that_they_may_not_read() {
        let app = TestApp::start().await;
        let member = app.person("member@acme.example").await;
        for _ in 0..7 {
            member.get(LIST).await.problem(403, "forbidden");
        }

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        let events = told(&app, "annals.access.denied").await;
        assert_eq!(events.len(), 1, "{events:#?}");
        assert_eq!(
            (&events[0]["actor"]["name"], &events[0]["outcome"]),
            (&json!("Alan Turing"), &json!("denied"))
        );
        let parameters = json!({"permission": "events:read", "times": 7, "organization": "acme"});
        assert_eq!(events[0]["parameters"], parameters);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn at_a_foreign_organization_is_told_to_operators_and_to_neither_side() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        admin.get("/v1/orgs/harbor/events").await.problem(404, "not_found");
        admin.get("/v1/orgs/nowhere/events").await.problem(404, "not_found");

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        let asked: Vec<Value> = told_in(&app, "platform", "annals.access.denied")
            .await
            .iter()
            .map(|event| event["parameters"]["organization"].clone())
            .collect();
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked.contains(&json!("harbor")) && asked.contains(&json!("nowhere")), "{asked:?}");
        assert!(told(&app, "annals.access.denied").await.is_empty());
        let harbor = app.with(Some(&app.keys.harbor_read)).get("/v1/orgs/harbor/events").await.json();
        assert!(!harbor.to_string().contains("denied"), "{harbor}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_a_key_is_told_to_those_who_made_it() {
        let app = TestApp::start().await;
        let writer = app.writer();
        writer.get(LIST).await.problem(403, "forbidden");
        writer.get("/v1/orgs/harbor/events").await.problem(404, "not_found");

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        let mut asked: Vec<Value> = told(&app, "annals.access.denied")
            .await
            .iter()
            .map(|event| json!([event["actor"]["name"], event["parameters"]["organization"]]))
            .collect();
        asked.sort_by_key(Value::to_string);
        assert_eq!(asked, [json!(["billing-api", "acme"]), json!(["billing-api", "harbor"])]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_an_operator_without_break_glass_is_told_to_operators() {
        let app = TestApp::start().await;
        app.person(OPERATOR).await.get(LIST).await.problem(403, "break_glass_required");

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        let events = told_in(&app, "platform", "annals.access.denied").await;
        assert_eq!(events.len(), 1, "{events:#?}");
        assert_eq!(events[0]["parameters"]["organization"], "acme");
        assert!(told(&app, "annals.access.denied").await.is_empty());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_whom_we_do_not_know_is_no_event() {
        let app = TestApp::start().await;
        app.nobody().get(LIST).await.problem(401, "unauthenticated");
        app.with(Some("garbage")).get(LIST).await.problem(401, "unauthenticated");

        app.advance(MINUTES);
        flush(&app.app).await.unwrap();

        assert!(told(&app, "annals.access.denied").await.is_empty());
        assert!(told_in(&app, "platform", "annals.access.denied").await.is_empty());
    }
}
