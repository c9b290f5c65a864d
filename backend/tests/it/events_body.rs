//! The bodies that events come in: JSON, declared as such, and nothing else.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, TestApp};

const ROUTES: [&str; 2] = ["/v1/orgs/acme/events", "/v1/orgs/acme/events/batch"];

/// A body that the route accepts.
fn good(route: &str) -> String {
    let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    if route.ends_with("/batch") { json!({"events": [event]}).to_string() } else { event.to_string() }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_are_not_json_are_refused() {
    let app = TestApp::start().await;
    let broken: [&[u8]; 11] = [
        b"",
        b" ",
        b"{",
        b"{}{}",
        b"{} x",
        b"{'events':[]}",
        b"{\"events\":[],}",
        b"{\"events\":[NaN]}",
        b"{\"events\":[01]}",
        b"\xef\xbb\xbf{}",
        b"{\"events\":[\"\xff\"]}",
    ];
    for route in ROUTES {
        for body in broken {
            let request =
                app.writer().request(Method::POST, route).header("content-type", "application/json");
            let problem = Answer::of(request.body(body)).await.problem(400, "malformed_json");
            assert_eq!(problem.get("errors"), None, "{body:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn are_accepted_as_json_in_any_spelling_of_it() {
    let app = TestApp::start().await;
    for route in ROUTES {
        for content_type in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            let request = app.writer().request(Method::POST, route).header("content-type", content_type);
            let answer = Answer::of(request.body(good(route))).await;
            assert!(answer.status.is_success(), "{content_type}: {}", answer.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_another_type_are_refused() {
    let app = TestApp::start().await;
    for route in ROUTES {
        for content_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "application/json; charset=latin1",
            "application/json; charset",
            "",
        ] {
            let request = app.writer().request(Method::POST, route).header("content-type", content_type);
            Answer::of(request.body(good(route))).await.problem(415, "unsupported_media_type");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_no_declared_type_are_refused() {
    let app = TestApp::start().await;
    for route in ROUTES {
        let request = app.writer().request(Method::POST, route).body(good(route).into_bytes());
        Answer::of(request).await.problem(415, "unsupported_media_type");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_unknown_coding_are_refused() {
    let app = TestApp::start().await;
    for route in ROUTES {
        for coding in ["br", "deflate", "identity"] {
            let request =
                app.writer().request(Method::POST, route).header("content-type", "application/json");
            let request = request.header("content-encoding", coding).body(good(route));
            Answer::of(request).await.problem(415, "unsupported_media_type");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_unknown_query_parameter_are_refused() {
    let app = TestApp::start().await;
    for route in ROUTES {
        let answer = app.writer().post_text(&format!("{route}?dryrun=true"), good(route)).await;
        let problem = answer.problem(400, "invalid_query");
        assert_eq!(problem["errors"][0]["pointer"], "dryrun");
        assert_eq!(problem["errors"][0]["code"], "unknown_parameter");
    }
}
