//! Whoever spreads requests learns in time that a service cannot answer: its database is gone, or it stops.

use annals::{config::Config, db::Location};
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use secrecy::ExposeSecret;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    TestApp, eventually,
    process::{Installation, Service, superuser},
};

/// Takes the database away. A file that is open cannot be: there its most important table goes.
fn take_away(config: &Config) {
    match config.location().unwrap() {
        Location::Sqlite(_) => {
            superuser(config).batch_execute("ALTER TABLE log_heads RENAME TO elsewhere").unwrap();
        }
        Location::Postgres(url) => {
            let (server, name) = url.expose_secret().rsplit_once('/').unwrap();
            beside(server).batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).unwrap();
            let end =
                format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            beside(server).batch_execute(&end).unwrap();
        }
    }
}

fn give_back(config: &Config) {
    match config.location().unwrap() {
        Location::Sqlite(_) => {
            superuser(config).batch_execute("ALTER TABLE elsewhere RENAME TO log_heads").unwrap();
        }
        Location::Postgres(url) => {
            let (server, name) = url.expose_secret().rsplit_once('/').unwrap();
            beside(server).batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).unwrap();
        }
    }
}

/// A connection to another database of the same server.
fn beside(server: &str) -> PgConnection {
    PgConnection::establish(&format!("{server}/postgres")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_database_is_gone_is_alive_but_not_ready_until_it_is_back() {
    let app = TestApp::start().await;
    app.nobody().get("/readyz").await.status(200);

    tokio::task::block_in_place(|| take_away(&app.app.config));

    let answer = app.nobody().get("/readyz").await;
    assert_eq!(answer.header("retry-after"), Some("1"));
    let problem = answer.problem(503, "unavailable");
    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(detail, "the service cannot answer right now; try again");
    app.nobody().get("/healthz").await.status(200);

    tokio::task::block_in_place(|| give_back(&app.app.config));

    eventually("the service to come back", async || {
        (app.nobody().get("/readyz").await.status == 200).then_some(())
    })
    .await;
}

/// Asks on a connection that stays open; the status of the answer.
async fn ask(stream: &mut TcpStream, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await.expect("it listens");
    let mut answer = Vec::new();
    // The body follows the head at once, and is short: it ends with its closing brace.
    while !answer.ends_with(b"}") {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.expect("an answer");
        assert!(read > 0, "the connection was closed: {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&part[..read]);
    }
    String::from_utf8(answer).unwrap().lines().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_stops_is_not_ready_any_more_while_it_still_answers() {
    let home = Installation::new();
    let mut service = Service::start(&home.config);
    let mut stream = TcpStream::connect(service.url.strip_prefix("http://").unwrap()).await.unwrap();
    assert_eq!(ask(&mut stream, "/readyz").await, "HTTP/1.1 200 OK");

    service.terminate();

    let status = eventually("the service not to be ready", async || {
        let status = ask(&mut stream, "/readyz").await;
        (status != "HTTP/1.1 200 OK").then_some(status)
    })
    .await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert_eq!(ask(&mut stream, "/healthz").await, "HTTP/1.1 200 OK");
    drop(stream);
    assert_eq!(tokio::task::block_in_place(|| service.wait()).code(), Some(0));
}
