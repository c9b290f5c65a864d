//! What every answer has, whatever it is about: headers, an id, a problem in a known form.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Answer, TestApp};

const SECURITY_HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
];

/// One request for every kind of answer that there is.
async fn every_kind(app: &TestApp) -> Vec<(&'static str, Answer)> {
    let (writer, reader, nobody) = (app.writer(), app.reader(), app.nobody());
    let send = |method: Method, path| Answer::of(reader.request(method, path));
    let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});
    vec![
        ("200", nobody.get("/healthz").await.status(200)),
        ("200 with a body", reader.get("/v1/orgs/acme/events").await.status(200)),
        ("201", writer.post("/v1/orgs/acme/events", &event).await.status(201)),
        ("400 query", reader.get("/v1/orgs/acme/events?x=1").await.status(400)),
        ("400 body", writer.post_text("/v1/orgs/acme/events", "{").await.status(400)),
        ("401", nobody.get("/v1/me").await.status(401)),
        ("403", reader.get("/v1/me").await.status(403)),
        ("404 resource", reader.get("/v1/orgs/acme/events/nope").await.status(404)),
        ("404 path", nobody.get("/v1/nothing").await.status(404)),
        ("404 file", nobody.get("/no-such-file.js").await.status(404)),
        ("405", send(Method::DELETE, "/v1/orgs/acme/events").await.status(405)),
        ("413", nobody.post("/v1/auth/login", &json!("x".repeat(17_000))).await.status(413)),
        ("415", send(Method::POST, "/v1/auth/login").await.status(415)),
        ("422", writer.post("/v1/orgs/acme/events", &json!({})).await.status(422)),
        // The page itself, or, where it was not built, a problem that says so.
        ("the page", nobody.get("/").await),
        ("a path of the page", nobody.get("/orgs/acme/log").await),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_has_the_security_headers() {
    let app = TestApp::start().await;
    for (kind, answer) in every_kind(&app).await {
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(answer.header(name), Some(value), "{name} of {kind}");
        }
        assert!(answer.header("cache-control").is_some(), "cache-control of {kind}");
        assert_eq!(answer.header("strict-transport-security"), None, "{kind} on plain http");
        assert_eq!(answer.header("server"), None, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_reference_runs_nothing_but_what_is_served_here() {
    let app = TestApp::start().await;

    let answer = app.nobody().get("/docs").await;

    // The page, or, where it was not built, a problem that says so.
    assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.text);
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{policy}");
    for (name, value) in SECURITY_HEADERS.iter().filter(|(name, _)| *name != "content-security-policy") {
        assert_eq!(answer.header(name), Some(*value), "{name}");
    }
    app.nobody().get("/docs/").await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_the_api_are_never_cached() {
    let app = TestApp::start().await;
    for path in ["/v1/me", "/v1/orgs/acme/events", "/v1/event-types", "/healthz", "/v1/nothing"] {
        assert_eq!(app.reader().get(path).await.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_of_its_own_and_problems_repeat_it() {
    let app = TestApp::start().await;
    let mut seen = std::collections::HashSet::new();
    for (kind, answer) in every_kind(&app).await {
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(annals::id::Id::<annals::id::Event>::parse(&id).is_some(), "{kind}: {id}");
        assert!(seen.insert(id.clone()), "{kind} has the id of another answer");
        if answer.header("content-type") == Some("application/problem+json") {
            assert_eq!(answer.json()["request_id"], id, "{kind}");
        } else {
            assert!(!answer.status.is_client_error(), "{kind} is no problem document");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_never_taken_from_the_client() {
    let app = TestApp::start().await;

    let request = app.nobody().request(Method::GET, "/healthz").header("x-request-id", "mine");
    let answer = Answer::of(request).await.status(200);

    assert_ne!(answer.header("x-request-id"), Some("mine"));
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_have_one_form() {
    let app = TestApp::start().await;
    for (kind, answer) in every_kind(&app).await {
        if !answer.status.is_client_error() {
            continue;
        }
        let problem = answer.json();
        let code = problem["code"].as_str().unwrap();
        assert_eq!(problem["type"], format!("urn:annals:problem:{code}"), "{kind}");
        assert_eq!(problem["status"], answer.status.as_u16(), "{kind}");
        assert!(
            !problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty()
        );
        for error in problem["errors"].as_array().unwrap_or(&Vec::new()) {
            assert_eq!(error.as_object().unwrap().len(), 3, "{kind}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_the_right_ones_on_every_documented_path() {
    const METHODS: [&str; 6] = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];
    let app = TestApp::start().await;
    let document = serde_json::to_value(annals::http::document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let item = item.as_object().unwrap();
        // What can be fetched can be asked for without its body.
        let described =
            |method: &str| if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
        let known: Vec<&str> =
            METHODS.into_iter().filter(|method| item.contains_key(&described(method))).collect();
        let concrete = path.replace("{org}", "acme").replace("{id}", "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01");
        for method in METHODS.into_iter().filter(|method| !known.contains(method)) {
            let request = app.nobody().request(method.parse().unwrap(), &concrete);
            let answer = Answer::of(request).await;

            assert_eq!(answer.header("allow"), Some(known.join(", ").as_str()), "{method} {path}");
            if method == "HEAD" {
                answer.status(405);
            } else {
                answer.problem(405, "method_not_allowed");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_of_the_api_is_not_found() {
    let app = TestApp::start().await;
    for path in
        ["/v1", "/v1/", "/v1/nothing", "/v1/orgs/", "/v1/orgs/acme/", "/v1/orgs//events", "/v1/me/", "/v1/ME"]
    {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            Answer::of(app.writer().request(method, path)).await.problem(404, "not_found");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_alive_and_ready() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.nobody().get(path).await.status(200).json(), json!({"status": "ok"}));
        app.nobody().get(&format!("{path}?x=1")).await.problem(400, "invalid_query");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_about_to_stop_is_alive_but_not_ready() {
    let app = TestApp::start().await;

    app.app.begin_stop();

    app.nobody().get("/healthz").await.status(200);
    let answer = app.nobody().get("/readyz").await;
    assert_eq!(answer.header("retry-after"), Some("1"));
    answer.problem(503, "unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_that_is_served_is_the_committed_one() {
    let app = TestApp::start().await;

    let answer = app.nobody().get("/openapi.yaml").await.status(200);

    assert_eq!(answer.header("content-type"), Some("application/yaml"));
    assert!(
        answer.text == include_str!("../../../openapi.yaml"),
        "run the tests again: it was compiled in before"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_https_every_answer_demands_https() {
    let app =
        TestApp::start_with(|config| config.public_url = Some("https://audit.example.com".into())).await;
    for (kind, answer) in every_kind(&app).await {
        let header = answer.header("strict-transport-security");
        assert_eq!(header, Some("max-age=31536000; includeSubDomains"), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_are_not_invited() {
    let app = TestApp::start().await;

    let request =
        app.reader().request(Method::GET, "/v1/orgs/acme/events").header("origin", "https://evil.example");
    let answer = Answer::of(request).await.status(200);

    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
    let preflight = app.nobody().request(Method::OPTIONS, "/v1/orgs/acme/events");
    Answer::of(preflight.header("origin", "https://evil.example")).await.problem(405, "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_say_who_to_ask_for_access() {
    let app = TestApp::start().await;
    let member = app.person("member@acme.example").await;

    let organization = member.get("/v1/orgs/acme").await.status(200).json();

    let Value::Object(members) = &organization else { panic!("{organization}") };
    assert_eq!(
        members.keys().collect::<Vec<_>>(),
        [
            "admins",
            "admins_need_mfa",
            "id",
            "limits",
            "name",
            "packs",
            "plan",
            "role",
            "slug",
            "unknown_actions",
            "version"
        ]
    );
    assert_eq!(organization["admins"], json!([{"name": "Ada Byron", "email": "admin@acme.example"}]));
    assert_eq!((&organization["role"], &organization["packs"]), (&json!("member"), &json!(["blink"])));
}

/// What two answers to the same question have in common: headers, and those that differ each time by name.
fn lasting(answer: &Answer) -> BTreeMap<&str, &str> {
    let lasting = |name, value| if ["x-request-id", "date", "link"].contains(&name) { "" } else { value };
    let headers = answer.headers.iter().filter(|(name, _)| *name != "content-length");
    headers.map(|(name, value)| (name.as_str(), lasting(name.as_str(), value.to_str().unwrap()))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_fetched_can_be_asked_for_without_its_body() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/v1/orgs/acme", "/v1/orgs/acme/events?limit=1000", "/v1/orgs/harbor/events"] {
        let full = app.reader().get(path).await;

        let head = Answer::of(app.reader().request(Method::HEAD, path)).await;

        assert_eq!((head.status, head.text.as_str()), (full.status, ""), "{path}");
        let length = head.header("content-length");
        assert!(length.is_none() || length == full.header("content-length"), "{path}: {length:?}");
        assert_eq!(lasting(&head), lasting(&full), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_spelling_of_a_path_of_the_api_is_taken_for_it() {
    let app = TestApp::start().await;
    for path in ["//v1/orgs/acme/events", "/V1/orgs/acme/events", "/v1//orgs/acme/events"] {
        for accept in ["application/json", "text/html", "*/*"] {
            let request = app.reader().request(Method::GET, path).header("accept", accept);
            Answer::of(request).await.problem(404, "not_found");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_the_pages_only_to_a_browser() {
    let app = TestApp::start().await;
    for path in ["/orgs/acme/log", "/nothing", "/api/v1/me"] {
        for accept in [None, Some("*/*"), Some("application/json")] {
            let request = app.nobody().request(Method::GET, path);
            let request = if let Some(accept) = accept { request.header("accept", accept) } else { request };
            Answer::of(request).await.problem(404, "not_found");
        }
        let browser = app.nobody().request(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
        let answer = Answer::of(browser).await;
        // The page itself, or, where it was not built, a problem that says so.
        if answer.status == 200 {
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        } else {
            answer.problem(503, "unavailable");
        }
    }
}

/// Seen from the wire: a body would be taken for the beginning of the next answer.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_its_body_ends_with_its_headers() {
    let app = TestApp::start().await;
    let address = app.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = |last| format!("HEAD /healthz HTTP/1.1\r\nHost: {address}\r\n{last}\r\n");

    stream.write_all((head("") + &head("Connection: close\r\n")).as_bytes()).await.unwrap();

    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answers}");
    assert!(!answers.contains('{') && answers.ends_with("\r\n\r\n"), "{answers}");
}
