//! Who may do what: every operation of the API by every kind of caller, in every organization.

mod callers;
mod matrix;
mod policy;
mod requests;

use callers::everybody;
use policy::{Caller, Place};
use requests::{World, operations};
use reqwest::Method;

use crate::support::{Answer, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_log_is_read_by_operators_only() {
    let app = TestApp::start().await;
    for voice in everybody(&app).await {
        let answer = voice.client.get("/v1/orgs/platform/events").await;

        let expected = match voice.caller {
            Caller::Nobody | Caller::Garbage => 401,
            Caller::Operator | Caller::BreakGlass(_) => 200,
            Caller::Person(..) | Caller::Key(..) | Caller::PlatformKey(_) => 404,
        };
        assert_eq!(answer.status, expected, "{}: {}", voice.name, answer.text);
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
    let world = World::of(&app).await;
    let org = app.person("admin@harbor.example").await.get("/v1/orgs/harbor").await.status(200).json();
    let id = org["id"].as_str().unwrap();
    for client in [app.person("admin@acme.example").await, app.writer(), app.reader()] {
        for operation in operations().into_iter().filter(requests::Operation::is_inside) {
            for (foreign, absent) in [("harbor", "nowhere"), (id, "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")] {
                let foreign = operation.ask_at(&client, foreign, Place::Harbor, &world).await;
                let absent = operation.ask_at(&client, absent, Place::Harbor, &world).await;

                assert_eq!(foreign.status, 404);
                assert_eq!(anonymous(&foreign), anonymous(&absent), "{}", operation.id);
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
