//! Load on a running service: as much as it takes, or more than it can take.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use annals::{
    clock::Clock,
    id::{self, Id},
};
use serde_json::Value;
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};

use super::eventually;

/// Events in one request.
pub(crate) const BATCH: usize = 50;
/// Bytes of text in one event, so that few requests are much memory.
const DETAILS: usize = 8_000;

/// What became of the requests so far.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Ids of the events that were acknowledged.
    pub(crate) acknowledged: HashSet<String>,
    /// Requests that were turned away as they should be.
    pub(crate) refused: usize,
    /// Why connections ended without an answer.
    pub(crate) broken: Vec<String>,
    /// Answers that nobody should get.
    pub(crate) wrong: Vec<String>,
}

impl Seen {
    /// Asserts that so many batches were sent, and every event of them was acknowledged.
    #[track_caller]
    pub(crate) fn assert_all_taken(&self, batches: usize) {
        let Self { acknowledged, refused, broken, wrong } = self;
        assert_eq!((*refused, broken, wrong), (0, &Vec::new(), &Vec::new()), "nobody is turned away");
        assert_eq!(acknowledged.len(), batches * BATCH);
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, refused, broken, .. } = self;
        let (events, broken) = (acknowledged.len(), broken.len());
        write!(f, "{events} events acknowledged, {refused} requests refused, {broken} broken")
    }
}

/// Sends batches of events to one service.
#[derive(Clone)]
pub(crate) struct Load {
    client: reqwest::Client,
    url: String,
    key: String,
    seen: Arc<Mutex<Seen>>,
}

impl Load {
    pub(crate) fn on(url: &str, key: &str) -> Self {
        let url = format!("{url}/v1/orgs/acme/events");
        // A connection for each request: one that is kept may be closed, by right, while it is used again.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        Self { client, url, key: key.to_owned(), seen: Arc::default() }
    }

    /// What has been seen since this was asked last.
    pub(crate) fn take_seen(&self) -> Seen {
        std::mem::take(&mut self.seen.lock().expect("nobody panicked"))
    }

    /// How many requests have been turned away since [`Load::take_seen`].
    pub(crate) fn refused(&self) -> usize {
        self.seen.lock().expect("nobody panicked").refused
    }

    /// Each client sends its next request when it has its answer. Returns how many were sent, and how many a
    /// second.
    pub(crate) async fn closed(&self, clients: usize, lasting: Duration) -> (usize, f64) {
        let started = Instant::now();
        let until = started + lasting;
        let mut tasks = JoinSet::new();
        for _ in 0..clients {
            let load = self.clone();
            tasks.spawn(async move {
                let mut sent = 0_u32;
                while Instant::now() < until {
                    load.send(batch()).await;
                    sent += 1;
                }
                sent
            });
        }
        let sent: u32 = tasks.join_all().await.into_iter().sum();
        // Until the last answer, which comes after `lasting`.
        (usize::try_from(sent).expect("few"), f64::from(sent) / started.elapsed().as_secs_f64())
    }

    /// Sends so many requests a second whatever becomes of them, and waits for all of them to end.
    pub(crate) async fn open(&self, per_second: f64, lasting: Duration) {
        let until = Instant::now() + lasting;
        let mut ticks = interval(Duration::from_secs_f64(1.0 / per_second));
        // A late generator catches up: the load does not depend on how busy the machine is.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut tasks = JoinSet::new();
        while Instant::now() < until {
            ticks.tick().await;
            let load = self.clone();
            tasks.spawn(async move { load.send(batch()).await });
        }
        tasks.join_all().await;
    }

    /// So many requests at once.
    pub(crate) async fn burst(&self, requests: usize) {
        let mut tasks = JoinSet::new();
        // All bodies first: a client that is busy with the next one is late with the head of the last.
        let bodies: Vec<String> = (0..requests).map(|_| batch()).collect();
        for body in bodies {
            let load = self.clone();
            tasks.spawn(async move { load.send(body).await });
        }
        tasks.join_all().await;
    }

    /// Sends one event, again and again until it is taken.
    pub(crate) async fn insist(&self) {
        eventually("an event to be taken", async || {
            let request = self
                .client
                .post(&self.url)
                .bearer_auth(&self.key)
                .header("content-type", "application/json")
                .body(event("again"));
            request.send().await.is_ok_and(|answer| answer.status() == 201).then_some(())
        })
        .await;
    }

    /// Sends a batch and notes what became of it.
    pub(crate) async fn send(&self, body: String) {
        let request = self.client.post(format!("{}/batch", self.url)).bearer_auth(&self.key);
        let answer = request.header("content-type", "application/json").body(body).send().await;
        let broken = |error: reqwest::Error| self.note(|seen| seen.broken.push(format!("{error:?}")));
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return broken(error),
        };
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = match answer.text().await {
            Ok(text) => text,
            Err(error) => return broken(error),
        };
        let report: Value = serde_json::from_str(&text).unwrap_or_default();
        self.note(|seen| match status {
            200 => {
                for result in report["results"].as_array().into_iter().flatten() {
                    match (result["status"].as_str(), result["id"].as_str()) {
                        (Some("accepted"), Some(id)) => drop(seen.acknowledged.insert(id.to_owned())),
                        _ => seen.wrong.push(result.to_string()),
                    }
                }
            }
            429 | 503 if headers.contains_key("retry-after") => seen.refused += 1,
            _ => seen.wrong.push(format!("{status}: {text}")),
        });
    }

    fn note(&self, what: impl FnOnce(&mut Seen)) {
        what(&mut self.seen.lock().expect("nobody panicked"));
    }
}

/// The text of a batch, made without a tree: the load must cost less than what it loads.
fn batch() -> String {
    let details = "x".repeat(DETAILS);
    let events: Vec<String> = (0..BATCH).map(|_| event(&details)).collect();
    format!(r#"{{"events":[{}]}}"#, events.join(","))
}

fn event(details: &str) -> String {
    let id = Id::<id::Event>::new(Clock::system().now()).uuid();
    format!(
        r#"{{"id":"{id}","action":"load.written","actor":{{"type":"service","id":"load"}},"details":"{details}"}}"#
    )
}

/// Connections that say nothing, and connections that began a body and do not go on.
pub(crate) async fn idlers(url: &str, key: &str, each: usize) -> Vec<TcpStream> {
    let address = url.strip_prefix("http://").expect("an address");
    let head = format!(
        "POST /v1/orgs/acme/events/batch HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{"
    );
    let mut streams = Vec::new();
    for index in 0..2 * each {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        if index < each {
            stream.write_all(head.as_bytes()).await.expect("a head");
        }
        streams.push(stream);
    }
    streams
}
