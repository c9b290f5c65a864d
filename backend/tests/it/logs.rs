//! The service's own log: each line one JSON object whatever clients send, with the request it is about, and
//! without anybody's secrets.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    PASSWORD,
    process::{Installation, Service, run_with_input, superuser},
};

/// What a client may put wherever it is let: ends of lines, terminal commands, quotes, and a forged line.
const HOSTILE: &str =
    "\r\n\x1b[2J\x1b]0;x\x07\u{9b}31m\"}\n{\"level\":\"ERROR\",\"message\":\"forged\"}\u{2028}\u{85}\0";

/// A service that logs everything, with a person who can sign in.
fn talkative() -> (Installation, Service) {
    let mut home = Installation::new();
    home.config.log_filter = "trace".into();
    let create = [
        "admin",
        "create-user",
        "--org",
        "acme",
        "--role",
        "admin",
        "--email",
        "ada@acme.example",
        "--name",
        "Ada",
    ];
    let ended = run_with_input(&home.config, &create, PASSWORD);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let service = Service::start(&home.config);
    (home, service)
}

/// Sends bytes as they are and returns all that is answered.
async fn raw(service: &Service, request: &[u8]) -> String {
    let address = service.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // A request that is refused early may find the connection closed.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The value of a header in a raw answer.
fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
}

/// Ends the service and reads its log, of which every line must be an object.
fn lines(mut service: Service) -> Vec<Value> {
    service.terminate();
    let log = tokio::task::block_in_place(|| service.log());
    assert!(log.len() > 20, "{log:#?}");
    log.iter()
        .map(|line| {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
            assert!(value["level"].is_string() && value["timestamp"].is_string(), "{line}");
            value
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_client_can_break_a_line_or_forge_one() {
    let (home, service) = talkative();
    let percent = HOSTILE.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
    let event = json!({
        "action": HOSTILE,
        "actor": {"type": HOSTILE, "id": HOSTILE, "name": HOSTILE},
        HOSTILE: HOSTILE,
    });
    let body = event.to_string();
    let close = "Host: a\r\nConnection: close\r\n";
    let key = format!("Authorization: Bearer {}\r\n", home.key);
    let json = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    // Bytes that HTTP lets stand in a header, and that a terminal takes for commands.
    let evil = b"X-Evil: \x9b31m\xff\r\nUser-Agent: \x9d0;x\x9c\r\nX-Request-Id: forged\r\n";
    let heads = [
        format!("GET /v1/orgs/{percent}/events HTTP/1.1\r\n{close}{key}"),
        format!("GET /v1/orgs/acme/events?action={percent}&{percent}={percent} HTTP/1.1\r\n{close}{key}"),
        format!("GET /{percent} HTTP/1.1\r\n{close}"),
        format!("POST /v1/orgs/acme/events HTTP/1.1\r\n{close}{key}Idempotency-Key: {percent}\r\n{json}"),
        format!("POST /v1/auth/login HTTP/1.1\r\n{close}{json}"),
        format!("FO-O /v1/orgs/acme/events HTTP/1.1\r\n{close}{key}"),
    ];
    let mut ids = BTreeSet::new();
    for head in &heads {
        let request =
            [head.as_bytes(), evil, b"\r\n", if head.starts_with("POST") { body.as_bytes() } else { b"" }];
        let answer = raw(&service, &request.concat()).await;
        let id = header(&answer, "x-request-id").unwrap_or_else(|| panic!("{head}: {answer}"));
        ids.insert(id.to_owned());
    }
    // What is refused before it is a request.
    raw(&service, b"GET / HTTP/1.1\r\nX: \x1b[2J\r\n\r\n").await;
    raw(&service, format!("GET / HTTP/1.1\r\nX: {HOSTILE}\r\n\r\n").as_bytes()).await;
    raw(&service, HOSTILE.as_bytes()).await;

    let lines = lines(service);

    assert_eq!(ids.len(), heads.len());
    for id in &ids {
        let about = |line: &&Value| line["request_id"] == *id && line["message"] == "request";
        assert_eq!(lines.iter().filter(about).count(), 1, "{id}");
    }
    assert!(!lines.iter().any(|line| line["message"] == "forged" || line["request_id"] == "forged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_the_log() {
    let (home, service) = talkative();
    let login = json!({"email": "ada@acme.example", "password": PASSWORD}).to_string();
    let head = |path: &str, more: &str, body: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{more}\r\n{body}",
            body.len()
        )
    };
    let signed_in = raw(&service, head("/v1/auth/login", "", &login).as_bytes()).await;
    let cookie = header(&signed_in, "set-cookie").expect("a cookie").split(';').next().unwrap().to_owned();
    let (_, body) = signed_in.split_once("\r\n\r\n").unwrap();
    let token = serde_json::from_str::<Value>(body).unwrap()["access_token"].as_str().unwrap().to_owned();
    let refresh = format!("Cookie: {cookie}\r\nX-Annals-CSRF: 1\r\nOrigin: http://a\r\n");
    let wrong = json!({"email": "ada@acme.example", "password": "not my passphrase"}).to_string();
    let event =
        json!({"action": "user.invited", "actor": {"type": "user", "id": "payload-of-event"}}).to_string();
    for request in [
        head("/v1/auth/refresh", &refresh, ""),
        head("/v1/auth/login", "", &wrong),
        head("/v1/auth/login", "", &login.replace("password", "passwort")),
        head("/v1/orgs/acme/events", &format!("Authorization: Bearer {}\r\n", home.key), &event),
        head("/v1/orgs/acme/events", &format!("Authorization: Bearer {token}\r\n"), &event),
        head("/v1/orgs/acme/events", &format!("Authorization: Basic {}\r\n", home.key), &event),
        head(&format!("/v1/orgs/acme/events?key={}", home.key), "", &event),
    ] {
        raw(&service, request.as_bytes()).await;
    }

    let lines = lines(service);

    let (_, cookie) = cookie.split_once('=').unwrap();
    for secret in [PASSWORD, "not my passphrase", &home.key, &token, cookie, "payload-of-event"] {
        let found = lines.iter().find(|line| line.to_string().contains(secret));
        assert!(found.is_none(), "{secret}: {}", found.unwrap());
    }
}

/// The table is renamed behind the service's back: a cause that only the log may tell.
#[tokio::test(flavor = "multi_thread")]
async fn a_cause_is_logged_once_under_the_id_that_was_answered() {
    let (home, service) = talkative();
    superuser(&home.config).batch_execute("ALTER TABLE events RENAME TO gone").expect("SQL");
    let key = format!("Authorization: Bearer {}\r\n", home.key);

    let path = "/v1/orgs/acme/events";
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{key}\r\n");
    let answer = raw(&service, request.as_bytes()).await;

    let id = header(&answer, "x-request-id").expect("an id").to_owned();
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.contains(&format!("\"request_id\":\"{id}\"")),
        "{answer}"
    );
    assert!(!answer.contains("gone") && !answer.contains("table"), "{answer}");
    let lines = lines(service);
    let about: Vec<&Value> = lines.iter().filter(|line| line["request_id"] == *id).collect();
    let failed = about.iter().filter(|line| line["level"] == "ERROR").collect::<Vec<_>>();
    assert_eq!(failed.len(), 1, "{about:#?}");
    assert!(failed[0]["error"].as_str().is_some_and(|error| error.contains("events")), "{failed:?}");
    let mut names = about.iter().filter(|line| line["message"] == "transaction").map(|line| &line["name"]);
    assert!(names.any(|name| name == "events.page"), "{about:#?}");
    let request = about.iter().find(|line| line["message"] == "request").expect("the request's line");
    assert_eq!((&request["level"], &request["status"]), (&json!("WARN"), &json!(503)));
    assert_eq!(request["path"], "/v1/orgs/{org}/events");
}
