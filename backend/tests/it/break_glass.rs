//! Break-glass: an operator gets in for a while, in plain sight, and no further.

use std::time::Duration;

use annals::{access::Role, host::Host, users::NewUser};
use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{Client, PASSWORD, TestApp, statuses};

const BREAK_GLASS: &str = "/v1/orgs/acme/break-glass";
const EVENTS: &str = "/v1/orgs/acme/events";
const OPERATOR: &str = "operator@annals.example";
const REASON: &str = "Ticket 4711: their admin cannot sign in";

/// Opens acme for the usual half hour.
async fn open(operator: &Client<'_>) -> Value {
    operator.post(BREAK_GLASS, &json!({"reason": REASON})).await.status(201).json()
}

/// The events of this action in a log, oldest first.
async fn events(client: &Client<'_>, org: &str, action: &str) -> Vec<Value> {
    let path = format!("/v1/orgs/{org}/events?action={action}&order=asc&limit=1000");
    client.get(&path).await.status(200).json()["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn lets_an_operator_in_as_an_admin() {
    let app = TestApp::start().await;
    let operator = app.person(OPERATOR).await;
    for path in [EVENTS, "/v1/orgs/acme/members", "/v1/orgs/acme/invites"] {
        operator.get(path).await.problem(403, "break_glass_required");
    }

    let opened = open(&operator).await;

    assert_eq!((&opened["organization"], &opened["state"]), (&json!("acme"), &json!("open")));
    assert_eq!((&opened["reason"], &opened["operator"]["email"]), (&json!(REASON), &json!(OPERATOR)));
    assert_eq!(opened["expires_at"], "2026-11-25T12:30:00.000000Z");
    for path in [EVENTS, "/v1/orgs/acme/members", "/v1/orgs/acme/invites"] {
        operator.get(path).await.status(200);
    }
    assert_eq!(operator.get("/v1/orgs/acme").await.json()["role"], "admin");
    let body = json!({"email": "bob@example.com", "role": "member"});
    operator.post("/v1/orgs/acme/invites", &body).await.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn opens_no_other_organization_and_no_other_session() {
    let app = TestApp::start().await;
    let (operator, elsewhere) = (app.person(OPERATOR).await, app.person(OPERATOR).await);

    open(&operator).await;

    operator.get("/v1/orgs/harbor/events").await.problem(403, "break_glass_required");
    elsewhere.get(EVENTS).await.problem(403, "break_glass_required");
    elsewhere.delete(BREAK_GLASS).await.problem(404, "not_found");
    operator.get(EVENTS).await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_no_more_than_an_admin_has() {
    let app = TestApp::start().await;
    let operator = app.person(OPERATOR).await;
    open(&operator).await;

    let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    operator.post(EVENTS, &event).await.problem(403, "forbidden");
    operator.delete("/v1/orgs/acme/membership").await.problem(404, "not_found");
}

mod record {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn stands_in_both_logs_with_the_reason() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;
        let opened = open(&operator).await;

        operator.delete(BREAK_GLASS).await.status(204);

        for (client, org) in [(&app.reader(), "acme"), (&operator, "platform")] {
            let log = events(client, org, "annals.break_glass.*").await;
            let actions: Vec<_> = log.iter().map(|event| event["action"].as_str().unwrap()).collect();
            assert_eq!(actions, ["annals.break_glass.opened", "annals.break_glass.closed"]);
            for event in &log {
                assert_eq!((&event["reason"], &event["severity"]), (&json!(REASON), &json!("high")));
                assert_eq!(event["parameters"]["break_glass_id"], opened["id"]);
                assert_eq!(event["parameters"]["expires_at"], opened["expires_at"]);
                assert_eq!(event["actor"]["email"], OPERATOR);
                assert_eq!(event["targets"][0]["name"], "Acme Corp");
            }
            assert_eq!(log[0]["details"], "Radia Perlman opened break-glass access to Acme Corp");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_whatever_is_done_under_it_carries_its_id() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;
        let opened = open(&operator).await;

        let body = json!({"email": "bob@example.com", "role": "member"});
        let invited = operator.post("/v1/orgs/acme/invites", &body).await.status(201).json();
        let invite = format!("/v1/orgs/acme/invites/{}", invited["id"].as_str().unwrap());
        operator.post(&format!("{invite}/renew"), &Value::Null).await.status(200);
        operator.delete(&invite).await.status(204);
        let members = operator.get("/v1/orgs/acme/members").await.json();
        let mut members = members["data"].as_array().unwrap().iter();
        let alan = members.find(|member| member["user"]["name"] == "Alan Turing").unwrap();
        let alan = format!("/v1/orgs/acme/members/{}", alan["user"]["id"].as_str().unwrap());
        operator.patch(&alan, &json!({"role": "auditor"})).await.status(200);
        operator.delete(&alan).await.status(204);
        let renamed = json!({"version": 1, "name": "Acme"});
        operator.patch("/v1/orgs/acme", &renamed).await.status(200);
        operator.delete(BREAK_GLASS).await.status(204);
        operator.patch("/v1/orgs/acme", &json!({"version": 2, "name": "Acme Corp"})).await.status(200);

        let path = format!("{EVENTS}?actor={OPERATOR}&order=asc&limit=1000");
        let page = app.reader().get(&path).await.status(200).json();
        let mark = format!("break-glass:{}", opened["id"].as_str().unwrap());
        let under: Vec<_> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| (event["action"].as_str().unwrap(), event["context"]["correlation_id"] == mark))
            .collect();
        assert_eq!(
            under,
            [
                ("annals.break_glass.opened", false),
                ("user.logged_in", true),
                ("user.invited", true),
                ("annals.invite.renewed", true),
                ("annals.invite.revoked", true),
                ("user.role_changed", true),
                ("user.removed", true),
                ("annals.organization.changed", true),
                ("annals.break_glass.closed", true),
                ("annals.organization.changed", false),
            ]
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_a_list_for_those_who_should_know() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;
        let first = open(&operator).await;
        operator.delete(BREAK_GLASS).await.status(204);
        app.advance(Duration::from_mins(1));
        let second = operator.post(BREAK_GLASS, &json!({"reason": REASON, "minutes": 1})).await.json();
        app.advance(Duration::from_mins(1));
        let third = open(&operator).await;
        for email in ["admin@acme.example", "auditor@acme.example", OPERATOR] {
            let client = app.person(email).await;

            let list = client.get(BREAK_GLASS).await.status(200).json();

            let row = |grant: &Value| (grant["id"].clone(), grant["state"].as_str().unwrap().to_owned());
            let rows: Vec<_> = list["data"].as_array().unwrap().iter().map(row).collect();
            let expected = [(&third, "open"), (&second, "expired"), (&first, "ended")];
            assert_eq!(rows, expected.map(|(grant, state)| (grant["id"].clone(), state.to_owned())));
            let page = client.get(&format!("{BREAK_GLASS}?limit=2")).await.json();
            let cursor = page["page"]["next_cursor"].as_str().unwrap();
            let rest = client.get(&format!("{BREAK_GLASS}?limit=2&cursor={cursor}")).await.json();
            assert_eq!((&rest["data"][0]["id"], rest["data"].as_array().unwrap().len()), (&first["id"], 1));
        }
        app.person("member@acme.example").await.get(BREAK_GLASS).await.problem(403, "forbidden");
        app.person("admin@harbor.example").await.get(BREAK_GLASS).await.problem(404, "not_found");
    }
}

mod end {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn comes_by_itself() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;
        operator.post(BREAK_GLASS, &json!({"reason": REASON, "minutes": 5})).await.status(201);
        app.advance(Duration::from_secs(299));
        operator.get(EVENTS).await.status(200);

        app.advance(Duration::from_secs(1));

        operator.get(EVENTS).await.problem(403, "break_glass_required");
        operator.delete(BREAK_GLASS).await.problem(404, "not_found");
        open(&operator).await;
        operator.get(EVENTS).await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn can_be_had_earlier_and_is_at_once() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;
        open(&operator).await;
        operator.get(EVENTS).await.status(200);

        operator.delete(BREAK_GLASS).await.status(204);

        operator.get(EVENTS).await.problem(403, "break_glass_required");
        operator.delete(BREAK_GLASS).await.problem(404, "not_found");
    }

    /// The promise is two seconds; the loop only keeps a broken promise from lasting for ever.
    #[tokio::test(flavor = "multi_thread")]
    async fn is_known_to_every_node_within_seconds() {
        let app = TestApp::start().await;
        let node = app.another_node();
        let operator = app.person(OPERATOR).await;
        let there = node.with(operator.credential());
        open(&operator).await;
        there.get(EVENTS).await.status(200);

        operator.delete(BREAK_GLASS).await.status(204);

        let mut tries = 0;
        while there.get(EVENTS).await.status != 403 {
            tries += 1;
            assert!(tries < 50, "closed, and still open there");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

mod request {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn needs_a_reason_and_ends_within_the_hour() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;
        for (body, pointer, code) in [
            (json!({"reason": "because"}), "/reason", "invalid_length"),
            (json!({"reason": "         because"}), "/reason", "invalid_length"),
            (json!({"reason": "é".repeat(501)}), "/reason", "invalid_length"),
            (json!({"reason": "b\u{0}ecause of it"}), "/reason", "invalid_string"),
            (json!({"reason": REASON, "minutes": 0}), "/minutes", "out_of_range"),
            (json!({"reason": REASON, "minutes": 61}), "/minutes", "out_of_range"),
            (json!({"reason": REASON, "minutes": -1}), "/minutes", "wrong_type"),
            (json!({"reason": REASON, "minutes": null}), "/minutes", "wrong_type"),
            (json!({"reason": REASON, "user_id": "x"}), "/user_id", "unknown_field"),
        ] {
            let problem = operator.post(BREAK_GLASS, &body).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
            assert_eq!(problem["errors"][0]["code"], code, "{body}");
        }
        operator.post(BREAK_GLASS, &json!({})).await.problem(422, "invalid");

        operator.get(EVENTS).await.problem(403, "break_glass_required");
        let widest = json!({"reason": "é".repeat(500), "minutes": 60});
        operator.post(BREAK_GLASS, &widest).await.status(201);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_for_operators() {
        let app = TestApp::start().await;
        let body = json!({"reason": REASON});
        for email in ["admin@acme.example", "auditor@acme.example", "member@acme.example"] {
            let person = app.person(email).await;
            person.post(BREAK_GLASS, &body).await.problem(403, "forbidden");
            person.delete(BREAK_GLASS).await.problem(403, "forbidden");
        }
        app.person("admin@harbor.example").await.post(BREAK_GLASS, &body).await.problem(404, "not_found");
        app.writer().post(BREAK_GLASS, &body).await.problem(403, "forbidden");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn makes_no_sense_on_the_platform() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;

        let answer = operator.post("/v1/orgs/platform/break-glass", &json!({"reason": REASON})).await;

        assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "not_applicable");
        let invited = json!({"email": "bob@example.com", "role": "admin"});
        operator.post("/v1/orgs/platform/invites", &invited).await.problem(403, "forbidden");
    }

    /// An operator may be a member, too, and less than an admin.
    #[tokio::test(flavor = "multi_thread")]
    async fn is_also_for_an_operator_who_is_a_member() {
        let app = TestApp::start().await;
        let new = NewUser::new("both@annals.example", "Both", true).unwrap();
        let password = SecretString::from(PASSWORD);
        Host::of(&app.app, "test").create_user(&new, &password, &[("acme", Role::Member)]).unwrap();
        let both = app.person("both@annals.example").await;
        both.get(EVENTS).await.problem(403, "break_glass_required");

        open(&both).await;

        both.get(EVENTS).await.status(200);
        both.delete(BREAK_GLASS).await.status(204);
        assert_eq!(both.get("/v1/orgs/acme").await.json()["role"], "member");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_twenty_at_once_opens_one() {
        let app = TestApp::start().await;
        let operator = app.person(OPERATOR).await;

        let (operator, body) = (&operator, &json!({"reason": REASON}));
        let answers = join_all((0..20).map(|_| operator.post(BREAK_GLASS, body))).await;

        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(201), count(409)), (1, 19), "{:?}", statuses(&answers));
        assert_eq!(events(&app.reader(), "acme", "annals.break_glass.opened").await.len(), 1);
    }
}
