//! What was acknowledged survives: SIGKILL under load, again and again, and SIGTERM under load.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use annals::{
    clock::Clock,
    config::Config,
    id::{self, Id},
};
use futures_util::{StreamExt, TryStreamExt, future::join_all, stream};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{
    Database,
    process::{Service, run, succeed},
};

const WRITERS: usize = 12;
/// Largest batch of a writer.
const BATCH_MAX: u64 = 20;
/// Acknowledgements after which a service is killed: at least this many, and up to as many more.
const ACKNOWLEDGED_MIN: u64 = 40;
const ACKNOWLEDGED_SPREAD: u64 = 400;

/// How often the service is killed; `make trust` sets more.
fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "how often a test tries is not a setting of the service")]
    let kills = std::env::var("KILLS").ok();
    kills.map_or(20, |kills| kills.parse().expect("KILLS: a number"))
}

/// What the service said of an event: (sequence, leaf hash).
type Place = (u64, String);

/// An empty installation with one organization, its key to write and its key to read.
struct Installation {
    config: Config,
    write_key: String,
    read_key: String,
    client: reqwest::Client,
    _database: Database,
}

impl Installation {
    #[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
    fn new() -> Self {
        let database = Database::empty();
        let config = database.config();
        succeed(
            &config,
            &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp", "--pack", "blink"],
        );
        let key = |name, scope| {
            succeed(&config, &["admin", "create-key", "--org", "acme", "--name", name, "--scope", scope])
        };
        let (write_key, read_key) = (key("writer", "events:write"), key("reader", "events:read"));
        Self { config, write_key, read_key, client: reqwest::Client::new(), _database: database }
    }

    /// Writes with all writers until `enough` was acknowledged, then ends the service with `stop`.
    async fn write_until(
        &self,
        service: &mut Service,
        writers: &mut [Writer],
        enough: u64,
        stop: fn(&mut Service),
    ) -> Vec<(String, Place)> {
        let progress = Progress { events: AtomicUsize::new(0), enough, reached: Notify::new() };
        let base = format!("{}/v1/orgs/acme/events", service.url);
        let stopping = async {
            progress.reached.notified().await;
            stop(service);
        };
        let writing = join_all(writers.iter_mut().map(|writer| writer.run(self, &base, &progress)));
        let (acknowledged, ()) = tokio::join!(writing, stopping);
        acknowledged.into_iter().flatten().collect()
    }

    async fn get(&self, url: &str) -> Result<Value, reqwest::Error> {
        let request = self.client.get(url).bearer_auth(&self.read_key);
        request.send().await?.error_for_status()?.json().await
    }

    /// The whole log by its tail.
    async fn tail(&self, service: &Service) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let from = events.len();
            let url = format!("{}/v1/orgs/acme/events/tail?from={from}&limit=1000", service.url);
            let page = self.get(&url).await.expect("a page of the tail");
            match page["data"].as_array().expect("events") {
                data if data.is_empty() => return events,
                data => events.extend(data.iter().cloned()),
            }
        }
    }
}

/// How much was acknowledged, and the signal that it is enough.
struct Progress {
    events: AtomicUsize,
    enough: u64,
    reached: Notify,
}

impl Progress {
    fn add(&self, events: usize) {
        let total = self.events.fetch_add(events, Relaxed) + events;
        if u64::try_from(total).is_ok_and(|total| total >= self.enough) {
            self.reached.notify_one();
        }
    }
}

/// A client that sends what was not acknowledged again, with the same ids.
#[derive(Default)]
struct Writer {
    unacknowledged: Vec<Value>,
    /// Events that turned out to be in the log although the answer was lost.
    were_stored: usize,
}

impl Writer {
    /// Sends until there is no answer any more.
    async fn run(&mut self, home: &Installation, base: &str, progress: &Progress) -> Vec<(String, Place)> {
        let mut acknowledged = Vec::new();
        loop {
            if self.unacknowledged.is_empty() {
                self.unacknowledged = new_events();
            }
            let Some(receipts) = self.send(home, base).await else { return acknowledged };
            assert_eq!(receipts.len(), self.unacknowledged.len());
            progress.add(receipts.len());
            for (sent, receipt) in self.unacknowledged.drain(..).zip(receipts) {
                assert_eq!(sent["id"], receipt["id"], "{receipt}");
                self.were_stored += usize::from(receipt["duplicate"] == true);
                acknowledged.push((text(&receipt["id"]), place(&receipt)));
            }
        }
    }

    async fn send(&self, home: &Installation, base: &str) -> Option<Vec<Value>> {
        let (url, body) = match self.unacknowledged.as_slice() {
            [event] => (base.to_owned(), event.clone()),
            events => (format!("{base}/batch"), json!({ "events": events })),
        };
        let request = home.client.post(url).bearer_auth(&home.write_key).json(&body);
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        // A service that stops may say so; anything else but success is a defect.
        if status == 503 {
            return None;
        }
        assert!(status.is_success(), "{status}: {text}");
        let body: Value = serde_json::from_str(&text).expect("JSON");
        Some(body["results"].as_array().cloned().unwrap_or_else(|| vec![body]))
    }
}

/// One event, or a batch of them.
fn new_events() -> Vec<Value> {
    let size = if random(2) == 0 { 1 } else { 2 + random(BATCH_MAX - 1) };
    let event = |number| {
        let id = Id::<id::Event>::new(Clock::system().now());
        json!({"id": id, "action": "load.written", "actor": {"type": "service", "id": format!("e-{number}")}})
    };
    (0..size).map(event).collect()
}

/// A random number below `end`.
fn random(end: u64) -> u64 {
    let mut bytes = [0; 8];
    annals::keyring::random(&mut bytes).expect("randomness");
    u64::from_le_bytes(bytes) % end
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn place(event: &Value) -> Place {
    (
        event["sequence"].as_u64().unwrap_or_else(|| panic!("no sequence in {event}")),
        text(&event["leaf_hash"]),
    )
}

/// Everything acknowledged is where it was said to be, by tail and by id; the log is gapless, no id is
/// twice in it, and it verifies.
async fn check(home: &Installation, acknowledged: &HashMap<String, Place>) {
    let service = Service::start(&home.config);
    let events = home.tail(&service).await;
    for (sequence, event) in events.iter().enumerate() {
        assert_eq!(event["sequence"], sequence, "gapless");
    }
    let stored: HashMap<String, Place> =
        events.iter().map(|event| (text(&event["id"]), place(event))).collect();
    assert_eq!(stored.len(), events.len(), "no id is twice in the log");
    for (id, place) in acknowledged {
        assert_eq!(stored.get(id), Some(place), "{id} was acknowledged");
    }
    let by_id = stream::iter(acknowledged).map(|(id, place)| {
        let url = format!("{}/v1/orgs/acme/events/{id}", service.url);
        async move { home.get(&url).await.map(|event| (place, event)) }
    });
    let found: Vec<(&Place, Value)> = by_id.buffer_unordered(8).try_collect().await.expect("each by its id");
    for (said, event) in found {
        assert_eq!(*said, place(&event));
    }
    let verified = run(&home.config, &["verify"]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_under_load() {
    let home = Installation::new();
    let mut writers: Vec<Writer> = (0..WRITERS).map(|_| Writer::default()).collect();
    let mut acknowledged = HashMap::new();

    for _ in 0..kills() {
        let mut service = Service::start(&home.config);
        let enough = ACKNOWLEDGED_MIN + random(ACKNOWLEDGED_SPREAD);
        acknowledged.extend(home.write_until(&mut service, &mut writers, enough, Service::kill).await);
    }

    check(&home, &acknowledged).await;
    let were_stored: usize = writers.iter().map(|writer| writer.were_stored).sum();
    println!("{} acknowledged events survived {} kills", acknowledged.len(), kills());
    println!("{were_stored} of them had been stored before a kill took their answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_under_load_ends_well_and_keeps_what_it_acknowledged() {
    let home = Installation::new();
    let mut writers: Vec<Writer> = (0..WRITERS).map(|_| Writer::default()).collect();
    let mut service = Service::start(&home.config);

    let receipts = home.write_until(&mut service, &mut writers, 500, Service::terminate).await;

    let status = tokio::task::block_in_place(|| service.wait());
    assert_eq!(status.code(), Some(0), "{:#?}", service.log());
    check(&home, &receipts.into_iter().collect()).await;
}
