//! A service that is told to stop does so, whatever it is waiting for: in five seconds, where that is measured.

use std::time::{Duration, Instant};

use annals::{config::Config, db::Location};
use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::support::process::{Installation, Service, succeed, superuser};

/// How soon it must have stopped: `make trust` sets it, on a machine that has nothing else to do.
fn within() -> Option<Duration> {
    #[expect(clippy::disallowed_methods, reason = "how quick a machine is, is not a setting of the service")]
    let seconds = std::env::var("STOP_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().expect("STOP_SECONDS: a number")))
}

/// A request that the service has begun to answer.
struct InFlight(BufReader<TcpStream>);

impl InFlight {
    /// Sends a request, in two steps: the service says `100 Continue` when it has taken the first, so that
    /// from then on it is a request in flight.
    async fn send(home: &Installation, service: &Service, method_and_path: &str, body: &str) -> Self {
        let address = service.url.strip_prefix("http://").expect("an address");
        let mut stream = BufReader::new(TcpStream::connect(address).await.expect("a connection"));
        let head = format!(
            "{method_and_path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            home.key,
            body.len(),
        );
        stream.write_all(head.as_bytes()).await.expect("a head");
        let mut line = String::new();
        stream.read_line(&mut line).await.expect("an interim answer");
        assert!(line.starts_with("HTTP/1.1 100 "), "{line}");
        stream.read_line(&mut line).await.expect("its end");
        stream.write_all(body.as_bytes()).await.expect("a body");
        Self(stream)
    }

    /// The rest of what is said on the connection, to its end.
    async fn answer(mut self) -> String {
        let mut answer = Vec::new();
        // A connection that was cut is an end, too.
        drop(self.0.read_to_end(&mut answer).await);
        String::from_utf8(answer).expect("UTF-8")
    }
}

/// Takes the lock that every append needs, until the connection is dropped.
fn lock(config: &Config) -> annals::db::Conn {
    let mut conn = superuser(config);
    let sql = match config.location().expect("a location") {
        Location::Sqlite(_) => "BEGIN IMMEDIATE",
        Location::Postgres(_) => "BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE",
    };
    conn.batch_execute(sql).expect("a lock");
    conn
}

/// Tells the service to stop and waits for its end, which must be a good one. What it waits for does not come: a
/// service that went on to wait would not end.
fn stop(service: &mut Service) {
    let told = Instant::now();
    service.terminate();
    let status = tokio::task::block_in_place(|| service.wait());
    let took = told.elapsed();
    assert_eq!(status.code(), Some(0), "{:#?}", service.log());
    assert!(within().is_none_or(|most| took < most), "{took:?}: {:#?}", service.log());
}

/// The body of an answer that is complete.
fn body(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

fn event() -> String {
    json!({"action": "user.invited", "actor": {"type": "user", "id": "u_1"}}).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_told_to_stop_when_it_has_just_got_its_port_ends_well() {
    let home = Installation::new();
    for _ in 0..5 {
        let mut service = Service::start(&home.config);

        stop(&mut service);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_waits_for_a_locked_database_is_told_to_come_back() {
    let home = Installation::new();
    let mut service = Service::start(&home.config);
    let locked = lock(&home.config);
    let post = InFlight::send(&home, &service, "POST /v1/orgs/acme/events", &event()).await;

    stop(&mut service);

    let answer = post.answer().await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 503 "), "{answer}");
    if !answer.is_empty() {
        assert_eq!(body(&answer)["code"], "unavailable", "{answer}");
    }
    drop(locked);
    // Whatever became of the event, the log is whole.
    succeed(&home.config, &["verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_ends_with_an_empty_page() {
    let home = Installation::new();
    let mut service = Service::start(&home.config);
    // The log begins with the making of the organization and of the key.
    let path = "/v1/orgs/acme/events/tail?from=2&wait=30";
    let poll = InFlight::send(&home, &service, &format!("GET {path}"), "").await;

    stop(&mut service);

    let answer = poll.answer().await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let page = body(&answer);
    assert_eq!((&page["data"], &page["has_more"]), (&json!([]), &json!(false)), "{page}");
}
