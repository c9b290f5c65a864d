//! A key's secret is shown once and nowhere else: not in the database, the log lines, later answers or own events.

use annals::{
    access::token::{Kind, Token},
    db::Conn,
};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, PASSWORD, TestApp, credentials,
    process::{Installation, Service, run_with_input, superuser},
};

const SQLITE_DOWN: &str = include_str!("../../../migrations/sqlite/0007_api_keys/down.sql");
const SQLITE_UP: &str = include_str!("../../../migrations/sqlite/0007_api_keys/up.sql");
const POSTGRES_DOWN: &str = include_str!("../../../migrations/postgres/0007_api_keys/down.sql");
const POSTGRES_UP: &str = include_str!("../../../migrations/postgres/0007_api_keys/up.sql");

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything that the database holds, as text; bytes in hexadecimal.
pub(crate) fn dump(conn: &mut Conn) -> String {
    let ask = |conn: &mut Conn, query: &str| -> Vec<String> {
        let lines: Vec<Line> = match conn {
            Conn::Sqlite(inner) => sql_query(query).load(inner).expect(query),
            Conn::Postgres(inner) => sql_query(query).load(inner).expect(query),
        };
        lines.into_iter().map(|line| line.line).collect()
    };
    match conn {
        Conn::Sqlite(_) => {
            let tables = ask(conn, "SELECT name AS line FROM sqlite_master WHERE type = 'table'");
            let columns = |conn: &mut Conn, table: &str| {
                ask(
                    conn,
                    &format!(
                        "SELECT 'ifnull(quote(\"' || name || '\"), '''')' AS line FROM pragma_table_info('{table}')"
                    ),
                )
            };
            let rows = tables.iter().flat_map(|table| {
                let columns = columns(conn, table).join(" || ' ' || ");
                ask(conn, &format!("SELECT {columns} AS line FROM \"{table}\""))
            });
            rows.collect::<Vec<_>>().join("\n")
        }
        Conn::Postgres(_) => {
            let tables =
                ask(conn, "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'");
            let rows = tables
                .iter()
                .flat_map(|table| ask(conn, &format!("SELECT t::text AS line FROM \"{table}\" t")));
            rows.collect::<Vec<_>>().join("\n")
        }
    }
}

/// The part of a key that nobody may see, as text and in hexadecimal.
fn forms(key: &str) -> [String; 2] {
    let secret = key.split('_').nth(3).expect("a secret").to_owned();
    let bytes: Vec<String> = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    [secret, bytes.concat()]
}

#[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::new()
}

/// A service that writes down everything it can, and what it answered but for the keys.
pub(crate) struct Talk {
    pub(crate) client: reqwest::Client,
    pub(crate) url: String,
    pub(crate) seen: String,
}

impl Talk {
    /// Asks, and keeps the answer.
    pub(crate) async fn ask(&mut self, method: Method, path: &str, bearer: &str, body: Value) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if !bearer.is_empty() {
            request = request.bearer_auth(bearer);
        }
        let answer = Answer::of(if body.is_null() { request } else { request.json(&body) }).await;
        self.seen.push_str(&answer.text);
        answer
    }

    /// Asks for a key, which is not kept: this is where it may be seen.
    async fn key(&mut self, path: &str, bearer: &str, body: Value) -> (String, String) {
        let before = self.seen.len();
        let made = self.ask(Method::POST, path, bearer, body).await.status(201).json();
        self.seen.truncate(before);
        (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
    }

    /// Uses a key rightly and wrongly.
    async fn use_key(&mut self, key: &str) {
        let events = "/v1/orgs/acme/events";
        let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});
        for (method, path, body) in [
            (Method::POST, events, event),
            (Method::POST, events, json!({"nonsense": 1})),
            (Method::GET, "/v1/orgs/acme/api-keys", Value::Null),
            (Method::GET, "/v1/orgs/nowhere", Value::Null),
            (Method::GET, "/v1/orgs/acme?x=1", Value::Null),
        ] {
            self.ask(method, path, key, body).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_nowhere_but_in_the_answer_that_made_it() {
    let mut home = Installation::new();
    home.config.log_filter = "trace".into();
    let person = ["--org", "acme", "--role", "admin", "--email", "a@example.com", "--name", "Ada"];
    let create = [&["admin", "create-user"], &person[..]].concat();
    assert_eq!(run_with_input(&home.config, &create, PASSWORD).code, Some(0));
    let mut service = Service::start(&home.config);
    let mut talk = Talk { client: client(), url: service.url.clone(), seen: String::new() };
    let session = talk.ask(Method::POST, "/v1/auth/login", "", credentials("a@example.com")).await.json();
    let person = session["access_token"].as_str().unwrap();
    let keys = "/v1/orgs/acme/api-keys";

    let (id, made) = talk.key(keys, person, json!({"name": "canary", "preset": "ingest"})).await;
    let place = format!("{keys}/{id}");
    let (_, rotated) = talk.key(&format!("{place}/rotate"), person, json!({})).await;
    let canaries = [home.key.clone(), made, rotated];
    for key in &canaries {
        talk.use_key(key).await;
    }
    talk.ask(Method::DELETE, &place, person, Value::Null).await.status(204);
    for key in &canaries[1..] {
        talk.ask(Method::GET, keys, key, Value::Null).await.status(401);
    }
    for path in [keys, &place, "/v1/orgs/acme/events?limit=1000", "/v1/orgs/acme/sources"] {
        talk.ask(Method::GET, path, person, Value::Null).await.status(200);
    }
    service.terminate();
    let (lines, stored) = (service.log().join("\n"), dump(&mut superuser(&home.config)));

    let everywhere = [("log lines", lines), ("the database", stored), ("answers", talk.seen)];
    assert!(
        everywhere[0].1.contains("TRACE") && everywhere[1..].iter().all(|(_, text)| text.contains("canary"))
    );
    for (place, text) in everywhere.map(|(place, text)| (place, text.to_lowercase())) {
        for [secret, hex] in canaries.iter().map(|key| forms(key)) {
            assert!(!text.contains(&secret.to_lowercase()) && !text.contains(&hex), "a secret is in {place}");
        }
    }
}

#[test]
fn a_million_keys_are_all_different() {
    let ids = 1_000_000;
    let secrets: std::collections::HashSet<[u8; 32]> =
        (0..ids).map(|_| Token::random(Kind::ApiKey).unwrap().hash()).collect();

    assert_eq!(secrets.len(), ids);
}

/// A look into the database costs; a typo costs none, because the checksum tells.
#[tokio::test(flavor = "multi_thread")]
async fn a_typo_is_refused_without_a_look_into_the_database() {
    let mut home = Installation::new();
    home.config.metrics_listen = Some("127.0.0.1:0".into());
    let service = Service::start(&home.config);
    let client = client();
    let looks = async || {
        let text = client.get(format!("{}/metrics", service.metrics_url.as_ref().unwrap()));
        let text = Answer::of(text).await.status(200).text;
        let counts = text.lines().filter_map(|line| {
            let rest = line.strip_prefix("annals_transaction_duration_seconds_count{")?;
            let is_lookup =
                rest.contains("keys.find") || rest.contains("sessions.find") || rest.contains("orgs.find");
            is_lookup.then(|| rest.rsplit(' ').next()?.parse::<u64>().ok()).flatten()
        });
        counts.sum::<u64>()
    };
    let ask = async |key: &str| {
        let request = client.get(format!("{}/v1/orgs/acme/events", service.url)).bearer_auth(key);
        Answer::of(request).await.status
    };
    let before = looks().await;

    for at in 0..home.key.len() {
        let mut typo = home.key.clone().into_bytes();
        typo[at] = if typo[at] == b'x' { b'y' } else { b'x' };
        assert_eq!(ask(&String::from_utf8(typo).unwrap()).await, 401);
    }

    assert_eq!(looks().await, before);
    assert_eq!(ask(Token::random(Kind::ApiKey).unwrap().expose()).await, 401);
    assert_eq!(looks().await, before + 1, "one that could be a key is looked up");
}

/// Keys from before secrets had a table of their own.
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_older_than_the_migration_go_on_working() {
    let app = TestApp::start().await;
    let mut conn = superuser(&app.app.config);
    let (down, up) = match conn {
        Conn::Sqlite(_) => (SQLITE_DOWN, SQLITE_UP),
        Conn::Postgres(_) => (POSTGRES_DOWN, POSTGRES_UP),
    };
    conn.batch_execute(down).expect("as it was before");
    conn.batch_execute("SELECT id, org_id, public_id, name, secret_hash, last_four, scopes FROM api_keys")
        .expect("as it was");

    conn.batch_execute(up).expect("as it is now");

    let event = json!({"action": "a.b", "actor": {"type": "user", "id": "u"}});
    app.writer().post("/v1/orgs/acme/events", &event).await.status(201);
    let admin = app.person("admin@acme.example").await;
    let list = admin.get("/v1/orgs/acme/api-keys").await.status(200).json();
    let old = list["data"].as_array().unwrap().iter().find(|key| key["name"] == "billing-api").unwrap();
    assert_eq!(
        (&old["source"], old.get("created_by"), &old["version"]),
        (&json!("billing-api"), None, &json!(1))
    );
    assert!(app.keys.acme_write.starts_with(old["prefix"].as_str().unwrap()));
    assert!(app.keys.acme_write.ends_with(old["last_four"].as_str().unwrap()));
    let page = app.reader().get("/v1/orgs/acme/events?source=billing-api").await.status(200).json();
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
}
