//! Who may do what: every operation of the API by every kind of caller, in every organization.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, PASSWORD, TestApp};

/// Who asks, in the order of the columns below.
const CALLERS: [&str; 12] = [
    "nobody",
    "garbage",
    "admin@acme.example",
    "auditor@acme.example",
    "member@acme.example",
    "admin@harbor.example",
    "operator@annals.example",
    "acme_write",
    "acme_read",
    "acme_org",
    "harbor_write",
    "harbor_read",
];
type Row = [u16; 12];

/// What an operation inside an organization answers in `acme`, in `harbor` and in one that is not there.
//                     nobody garb  admin audit membr harbr opera write read  org   hwrit hread
const APPEND: [Row; 3] = [
    [401, 401, 403, 403, 403, 404, 403, 200, 403, 403, 404, 404],
    [401, 401, 404, 404, 404, 403, 403, 404, 404, 404, 200, 403],
    ABSENT,
];
const READ: [Row; 3] = [
    [401, 401, 200, 200, 403, 404, 403, 403, 200, 403, 404, 404],
    [401, 401, 404, 404, 404, 200, 403, 404, 404, 404, 403, 200],
    ABSENT,
];
const READ_ORGANIZATION: [Row; 3] = [
    [401, 401, 200, 200, 200, 404, 200, 403, 403, 200, 404, 404],
    [401, 401, 404, 404, 404, 200, 200, 404, 404, 404, 403, 403],
    ABSENT,
];
const WRITE_ORGANIZATION: [Row; 3] = [
    [401, 401, 200, 403, 403, 404, 200, 403, 403, 403, 404, 404],
    [401, 401, 404, 404, 404, 200, 200, 404, 404, 404, 403, 403],
    ABSENT,
];
const ABSENT: Row = [401, 401, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404];

/// Operations inside an organization, and what `x-permission` says of them.
const INSIDE: [(&str, &str, [Row; 3]); 7] = [
    ("append_event", "events:write", APPEND),
    ("append_events", "events:write", APPEND),
    ("get_event", "events:read", READ),
    ("get_organization", "org:read", READ_ORGANIZATION),
    ("list_events", "events:read", READ),
    ("tail_events", "events:read", READ),
    ("update_organization", "org:write", WRITE_ORGANIZATION),
];

/// Operations outside of any organization.
const OUTSIDE: [(&str, &str, Row); 12] = [
    // In this order: what the operator makes here is read and deleted further down.
    ("put_event_type", "operator", [401, 401, 403, 403, 403, 403, 201, 403, 403, 403, 403, 403]),
    ("list_event_type_versions", "operator", [401, 401, 403, 403, 403, 403, 200, 403, 403, 403, 403, 403]),
    ("get_event_type", "signed_in", [401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("delete_event_type", "operator", [401, 401, 403, 403, 403, 403, 204, 403, 403, 403, 403, 403]),
    ("get_health", "public", [200; 12]),
    ("get_me", "signed_in", [401, 401, 200, 200, 200, 200, 200, 403, 403, 403, 403, 403]),
    ("get_openapi", "public", [200; 12]),
    ("get_readiness", "public", [200; 12]),
    ("list_event_types", "signed_in", [401, 401, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("login", "public", [200; 12]),
    ("logout", "refresh_cookie", [204; 12]),
    ("refresh_session", "refresh_cookie", [401; 12]), // a cookie is what counts, and there is none
];

struct Operation {
    method: Method,
    path: String,
    permission: String,
}

/// Every operation of the document, by its id.
fn operations() -> BTreeMap<String, Operation> {
    let document = serde_json::to_value(annals::http::document()).unwrap();
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path}"));
            let operation = Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                permission: operation["x-permission"].as_str().unwrap_or_default().to_owned(),
            };
            operations.insert(id.to_owned(), operation);
        }
    }
    operations
}

impl Operation {
    /// A request that is good but for who sends it and where.
    async fn ask(&self, id: &str, client: &Client<'_>, org: &str, event: &str) -> Answer {
        let path = self.path.replace("{org}", org).replace("{id}", event);
        let path = path.replace("{pack}", "acme-app").replace("{action}", "ticket.closed");
        let request = client.request(self.method.clone(), &path).header("x-annals-csrf", "1");
        let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
        let body = match id {
            "append_event" => event,
            "append_events" => json!({"events": [event]}),
            "put_event_type" => {
                json!({"label": "Ticket closed", "category": "Support", "activity_type": "user_action"})
            }
            "update_organization" => json!({"version": 1}),
            "login" => json!({"email": "admin@acme.example", "password": PASSWORD}),
            _ => Value::Null,
        };
        Answer::of(if body.is_null() { request } else { request.json(&body) }).await
    }
}

async fn callers(app: &TestApp) -> Vec<Client<'_>> {
    let mut clients = Vec::new();
    for caller in CALLERS {
        clients.push(match caller {
            "nobody" => app.nobody(),
            "garbage" => app.with(Some("garbage")),
            "acme_write" => app.writer(),
            "acme_read" => app.reader(),
            "acme_org" => app.with(Some(&app.keys.acme_org)),
            "harbor_write" => app.with(Some(&app.keys.harbor_write)),
            "harbor_read" => app.with(Some(&app.keys.harbor_read)),
            email => app.person(email).await,
        });
    }
    clients
}

/// The id of an event in acme's log, and of one in harbor's.
async fn events(app: &TestApp) -> [String; 2] {
    let harbor = app.with(Some(&app.keys.harbor_read));
    let acme = app.reader().get("/v1/orgs/acme/events?limit=1").await.status(200).json();
    let harbor = harbor.get("/v1/orgs/harbor/events?limit=1").await.status(200).json();
    [acme, harbor].map(|page| page["data"][0]["id"].as_str().unwrap().to_owned())
}

#[test]
fn every_operation_stands_in_the_matrix_with_its_permission() {
    let documented: Vec<(String, String)> =
        operations().into_iter().map(|(id, operation)| (id, operation.permission)).collect();

    let inside = INSIDE.iter().map(|(id, permission, _)| ((*id).to_owned(), (*permission).to_owned()));
    let outside = OUTSIDE.iter().map(|(id, permission, _)| ((*id).to_owned(), (*permission).to_owned()));
    let mut listed: Vec<(String, String)> = inside.chain(outside).collect();
    listed.sort();
    assert_eq!(documented, listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_an_organization_is_as_the_matrix_says() {
    let app = TestApp::start().await;
    let (callers, operations) = (callers(&app).await, operations());
    let [acme, harbor] = events(&app).await;
    for (id, _, expected) in INSIDE {
        for (row, (org, event)) in
            [("acme", &acme), ("harbor", &harbor), ("nowhere", &acme)].iter().enumerate()
        {
            for (column, client) in callers.iter().enumerate() {
                let answer = operations[id].ask(id, client, org, event).await;

                // One event recorded is 201, a batch looked at is 200: both are a yes.
                let status = if answer.status == 201 { 200 } else { answer.status.as_u16() };
                let who = CALLERS[column];
                assert_eq!(status, expected[row][column], "{id} in {org} by {who}: {}", answer.text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_of_organizations_is_as_the_matrix_says() {
    let app = TestApp::start().await;
    let (callers, operations) = (callers(&app).await, operations());
    for (id, _, expected) in OUTSIDE {
        for (column, client) in callers.iter().enumerate() {
            let answer = operations[id].ask(id, client, "", "").await;

            assert_eq!(answer.status, expected[column], "{id} by {}: {}", CALLERS[column], answer.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_log_is_read_by_operators_only() {
    let app = TestApp::start().await;
    for (caller, client) in CALLERS.iter().zip(callers(&app).await) {
        let answer = client.get("/v1/orgs/platform/events").await;

        let expected = match *caller {
            "nobody" | "garbage" => 401,
            "operator@annals.example" => 200,
            _ => 404,
        };
        assert_eq!(answer.status, expected, "{caller}: {}", answer.text);
    }
}

/// The answer without what differs between any two answers: the request's id, the date, and whether the
/// connection is closed because the answer was there before the body.
fn anonymous(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let id = answer.header("x-request-id").unwrap();
    let varying = ["x-request-id", "date", "connection"];
    let headers = answer.headers.iter().filter(|(name, _)| !varying.contains(&name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    (answer.status.as_u16(), headers, answer.text.replace(id, "ID"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_organization_answers_exactly_like_an_absent_one() {
    let app = TestApp::start().await;
    let operations = operations();
    let org = app.person("admin@harbor.example").await.get("/v1/orgs/harbor").await.status(200).json();
    let id = org["id"].as_str().unwrap();
    let [_, event] = events(&app).await;
    for client in [app.person("admin@acme.example").await, app.writer(), app.reader()] {
        for (operation, _, _) in INSIDE {
            for (foreign, absent) in [("harbor", "nowhere"), (id, "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")] {
                let foreign = operations[operation].ask(operation, &client, foreign, &event).await;
                let absent = operations[operation].ask(operation, &client, absent, &event).await;

                assert_eq!(foreign.status, 404);
                assert_eq!(anonymous(&foreign), anonymous(&absent), "{operation}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_told_that_break_glass_is_missing_and_leaves_no_trace() {
    let app = TestApp::start().await;
    let before = app.reader().get("/v1/orgs/acme/events?limit=1000").await.json();
    let operator = app.person("operator@annals.example").await;

    operator.get("/v1/orgs/acme/events").await.problem(403, "break_glass_required");
    operator.get("/v1/orgs/acme").await.status(200);

    assert_eq!(app.reader().get("/v1/orgs/acme/events?limit=1000").await.json(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_may_be_named_by_its_id_but_by_no_other_spelling_of_its_slug() {
    let app = TestApp::start().await;
    let client = app.with(Some(&app.keys.acme_org));
    let org = client.get("/v1/orgs/acme").await.status(200).json();
    let id = org["id"].as_str().unwrap();

    for name in [id.to_owned(), id.to_uppercase()] {
        assert_eq!(client.get(&format!("/v1/orgs/{name}")).await.status(200).json(), org);
    }
    for name in ["ACME", "acme%20", "acm_", "%25", "acme%00", "..%2Facme"] {
        client.get(&format!("/v1/orgs/{name}")).await.problem(404, "not_found");
    }
}

/// Permission is the first question, also when nobody has asked it for a while.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_told_nothing_of_the_query_or_the_body() {
    let app = TestApp::start().await;
    let writer = app.with(Some(&app.keys.harbor_write));
    let reader = app.with(Some(&app.keys.harbor_read));
    for _ in 0..2 {
        reader.get("/v1/orgs/acme/events?limit=0&x=1").await.problem(404, "not_found");
        writer.post_text("/v1/orgs/acme/events", "{").await.problem(404, "not_found");
        let text = writer.request(Method::POST, "/v1/orgs/acme/events/batch").body("text");
        Answer::of(text).await.problem(404, "not_found");
    }
}
