//! A running service of one's own: real router, fresh database, a clock that stands still until moved.

pub(crate) mod load;
pub(crate) mod process;

use std::time::Duration;

use actix_web::{dev::ServerHandle, web};
use annals::{
    access::{Role, Scope},
    app::App,
    clock::{Clock, Time},
    config::Config,
    host::Host,
    http,
    log::checkpoint::Signed,
    users::NewUser,
};
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

/// The password of every person in a [`TestApp`].
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Two organizations: `acme` (pack blink) and `harbor` (pack pocketsoc), with people and keys:
/// `admin@`, `auditor@`, `member@acme.example`, `admin@harbor.example`, `operator@annals.example`.
pub(crate) struct TestApp {
    pub(crate) app: web::Data<App>,
    pub(crate) clock: Clock,
    pub(crate) url: String,
    pub(crate) keys: Keys,
    client: reqwest::Client,
    server: ServerHandle,
    // Declared last: dropped after the service has let go of it.
    _database: Database,
}

/// API keys: `acme`'s that write, read, check, see the organization and change it, and `harbor`'s.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    pub(crate) acme_write: String,
    pub(crate) acme_read: String,
    pub(crate) acme_verify: String,
    pub(crate) acme_org: String,
    pub(crate) acme_settings: String,
    pub(crate) harbor_write: String,
    pub(crate) harbor_read: String,
}

/// A database of one's own.
pub(crate) struct Database {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) url: Option<String>,
}

impl Database {
    /// An empty SQLite folder, or a new database on the PostgreSQL server of `ANNALS_TEST_DATABASE_URL`.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        #[expect(
            clippy::disallowed_methods,
            reason = "where the test database is, is not a setting of the service"
        )]
        let server = std::env::var("ANNALS_TEST_DATABASE_URL").ok();
        let url = server.map(|server| {
            let name = format!("annals_{}", annals::id::Id::<annals::id::Org>::new(now()).uuid().simple());
            let mut conn = PgConnection::establish(&server).expect("the test PostgreSQL server");
            conn.batch_execute(&format!("CREATE DATABASE {name}")).expect("a new database");
            let (base, _) = server.rsplit_once('/').expect("a URL that ends in /DATABASE");
            format!("{base}/{name}")
        });
        Self { folder, url }
    }

    /// Settings for a service on this database, strict where it costs nothing and quick where it may be.
    pub(crate) fn config(&self) -> Config {
        let mut config = Config::load(None).expect("the default settings");
        self.folder.path().clone_into(&mut config.data_dir);
        config.listen = ([127, 0, 0, 1], 0).into();
        config.metrics_listen = Some("off".into());
        config.argon2_memory_kib = annals::users::password::MEMORY_KIB_MIN;
        config.database_connections = 4;
        config.operators_need_mfa = false;
        if let Some(url) = &self.url {
            let key = self.folder.path().join("master.key");
            if !key.exists() {
                annals::keyring::MasterKey::create(&key).expect("a master key");
            }
            config.master_key_file = Some(key);
            config.database_url = Some(SecretString::from(url.clone()));
        }
        config
    }
}

fn now() -> Time {
    Clock::system().now()
}

impl TestApp {
    /// Starts a service with two organizations.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a service whose settings `adjust` has changed.
    pub(crate) async fn start_with(adjust: impl FnOnce(&mut Config)) -> Self {
        let mut app = Self::start_empty(adjust).await;
        app.keys = found(&Host::of(&app.app, "test"));
        app
    }

    /// Starts a service that has nobody and nothing yet.
    #[expect(clippy::unused_async, reason = "it starts on the runtime of the test that awaits it")]
    pub(crate) async fn start_empty(adjust: impl FnOnce(&mut Config)) -> Self {
        let database = Database::empty();
        let mut config = database.config();
        adjust(&mut config);
        let clock = Clock::manual(Time::parse_rfc3339("2026-11-25T12:00:00Z").expect("a time"));
        let app = web::Data::new(App::start(config, clock).expect("the service starts"));
        Self::serve(app, Keys::default(), database)
    }

    /// Another node of the same service: the same database, a data folder of its own.
    pub(crate) fn another_node(&self) -> Self {
        let database = Database { folder: tempfile::tempdir().expect("a folder"), url: None };
        let mut config = self.app.config.clone();
        let ours = config.data_dir.clone();
        config.master_key_file.get_or_insert_with(|| ours.join("master.key"));
        let file = || SecretString::from(format!("sqlite:{}", ours.join("annals.db").display()));
        config.database_url.get_or_insert_with(file);
        database.folder.path().clone_into(&mut config.data_dir);
        let app = web::Data::new(App::start(config, self.clock.clone()).expect("another node starts"));
        Self::serve(app, self.keys.clone(), database)
    }

    fn serve(app: web::Data<App>, keys: Keys, database: Database) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = http::serve(app.clone(), listener).expect("the server starts");
        let handle = server.handle();
        tokio::spawn(server);
        let clock = app.clock.clone();
        Self { app, clock, url, keys, client: client(), server: handle, _database: database }
    }

    /// Requests with a bearer credential, or none.
    pub(crate) fn with(&self, credential: Option<&str>) -> Client<'_> {
        Client { app: self, credential: credential.map(ToOwned::to_owned) }
    }

    /// Requests without credentials.
    pub(crate) fn nobody(&self) -> Client<'_> {
        self.with(None)
    }

    /// Requests with acme's key that writes.
    pub(crate) fn writer(&self) -> Client<'_> {
        self.with(Some(&self.keys.acme_write))
    }

    /// Requests with acme's key that reads.
    pub(crate) fn reader(&self) -> Client<'_> {
        self.with(Some(&self.keys.acme_read))
    }

    /// Requests with acme's key that checks.
    pub(crate) fn verifier(&self) -> Client<'_> {
        self.with(Some(&self.keys.acme_verify))
    }

    /// Signs what grew, as the service does every few seconds.
    pub(crate) fn sign(&self) -> Signed {
        tokio::task::block_in_place(|| self.app.checkpoints.sign_grown()).expect("signing")
    }

    /// Reads the service's keys again, as it does every few seconds.
    pub(crate) fn refresh_keys(&self) {
        tokio::task::block_in_place(|| self.app.checkpoints.refresh_keys()).expect("the keys");
    }

    /// Requests of a person, freshly signed in.
    pub(crate) async fn person(&self, email: &str) -> Client<'_> {
        let session = self.nobody().post("/v1/auth/login", &credentials(email)).await.status(200).json();
        self.with(session["access_token"].as_str())
    }

    /// Moves the clock.
    pub(crate) fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.server.stop(false)); // the request is sent by the call itself
        self.app.writer.stop();
    }
}

/// Looks, a bounded number of times, until what is waited for is there.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    // A minute, on a machine that has time.
    for _ in 0..6_000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain for {what}")
}

/// The body of a sign-in.
pub(crate) fn credentials(email: &str) -> Value {
    serde_json::json!({"email": email, "password": PASSWORD})
}

/// E-mail, name, whether an operator, and what they are where.
type Person = (&'static str, &'static str, bool, &'static [(&'static str, Role)]);

fn found(host: &Host) -> Keys {
    let password = SecretString::from(PASSWORD);
    host.create_organization("acme", "Acme Corp", &["blink".into()]).expect("acme");
    host.create_organization("harbor", "Harbor Security", &["pocketsoc".into()]).expect("harbor");
    let people: [Person; 5] = [
        ("admin@acme.example", "Ada Byron", false, &[("acme", Role::Admin)]),
        ("auditor@acme.example", "Grace Hopper", false, &[("acme", Role::Auditor)]),
        ("member@acme.example", "Alan Turing", false, &[("acme", Role::Member)]),
        ("admin@harbor.example", "Barbara Liskov", false, &[("harbor", Role::Admin)]),
        ("operator@annals.example", "Radia Perlman", true, &[]),
    ];
    for (email, name, is_operator, roles) in people {
        let new = NewUser::new(email, name, is_operator).expect(email);
        host.create_user(&new, &password, roles).expect(email);
    }
    let key = |org, name, scope| host.create_key(org, name, &[scope], None).expect(name).expose().to_owned();
    Keys {
        acme_write: key("acme", "billing-api", Scope::EventsWrite),
        acme_read: key("acme", "reporting", Scope::EventsRead),
        acme_verify: key("acme", "inspection", Scope::EventsVerify),
        acme_org: key("acme", "directory", Scope::OrgRead),
        acme_settings: key("acme", "provisioning", Scope::OrgWrite),
        harbor_write: key("harbor", "portal", Scope::EventsWrite),
        harbor_read: key("harbor", "reporting", Scope::EventsRead),
    }
}

#[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
fn client() -> reqwest::Client {
    reqwest::Client::new()
}

/// Sends requests with one credential.
pub(crate) struct Client<'a> {
    app: &'a TestApp,
    credential: Option<String>,
}

impl Client<'_> {
    /// The bearer credential, to use elsewhere.
    pub(crate) fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    /// A request to be completed by hand.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.app.client.request(method, format!("{}{path}", self.app.url));
        match &self.credential {
            Some(credential) => request.bearer_auth(credential),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// Posts text as JSON, whatever it is.
    pub(crate) async fn post_text(&self, path: &str, body: impl Into<String>) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json");
        Answer::of(request.body(body.into())).await
    }
}

/// The statuses of answers, for the message of an assertion.
pub(crate) fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status.as_u16()).collect()
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// Sends the request and reads the whole answer.
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.expect("a body") }
    }

    /// Asserts the status; the body says why it is another one.
    #[track_caller]
    pub(crate) fn status(self, expected: u16) -> Self {
        assert_eq!(self.status.as_u16(), expected, "{}", self.text);
        self
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Asserts a problem with this status and code, and returns it.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, code: &str) -> Value {
        let answer = self.status(status);
        let content_type = answer.headers.get("content-type").and_then(|value| value.to_str().ok());
        assert_eq!(content_type, Some("application/problem+json"));
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        for error in problem["errors"].as_array().into_iter().flatten() {
            let is_known = error["code"].as_str().is_some_and(annals::problem::is_field_code);
            assert!(is_known, "{} is not in the table of problem.rs", error["code"]);
        }
        problem
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
