//! Twice of what the service can take: it turns away what is too much, loses nothing and recovers.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{
    Database,
    load::{BATCH, Load, Seen, idlers},
    process::{Service, run, succeed},
};

const MIB: usize = 1024 * 1024;
/// The smallest queue that may be set: overload is a matter of its size, not of how fast the machine is.
const QUEUE_EVENTS: usize = 1_000;
const QUEUE_BYTES: usize = 16 * MIB;
/// Memory that overload may add: what waits, a few times over while it is parsed and sealed, and the buffers
/// of the connections that it comes in by. Four to six and a half times the queue were seen, the most where other
/// things were running and everything took longer.
const MEMORY_ADDED_MAX: usize = 8 * QUEUE_BYTES;
/// Bodies of so many requests are more than the queue may hold, more than twice over.
const BURST: usize = 100;
/// Text, sealed bodies and the buffers between them, in multiples of a body's size.
const TINY_VALUES_TIMES_MAX: usize = 5;
/// Connections of each kind that only occupy a place.
const IDLERS: usize = 20;
/// Clients that the service takes everything from: what they have on the way fits into the queue many times.
const CLIENTS: usize = 4;
/// How much quicker the machine may be than it was a moment ago.
const TIMES_MAX: f64 = 8.0;

/// How long each part lasts; `make trust` sets more.
fn lasting() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "how long a test lasts is not a setting of the service")]
    let seconds = std::env::var("OVERLOAD_SECONDS").ok();
    Duration::from_secs(seconds.map_or(2, |seconds| seconds.parse().expect("OVERLOAD_SECONDS: a number")))
}

/// How soon an event must be taken again after the flood; `make trust` says it.
fn recovers_within() -> Option<Duration> {
    #[expect(clippy::disallowed_methods, reason = "what a test asks is not a setting of the service")]
    let seconds = std::env::var("RECOVERY_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().expect("RECOVERY_SECONDS: a number")))
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_the_capacity_is_turned_away_in_bounded_memory_and_nothing_is_lost() {
    let database = Database::empty();
    let mut config = database.config();
    (config.queue_events, config.queue_bytes) = (QUEUE_EVENTS, QUEUE_BYTES);
    config.body_grace_seconds = 2;
    succeed(&config, &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp", "--pack", "blink"]);
    let create = ["admin", "create-key", "--org", "acme", "--name", "load"];
    let key =
        succeed(&config, &[&create[..], &["--scope", "events:write", "--scope", "events:read"]].concat());
    let service = Service::start(&config);
    let load = Load::on(&service.url, &key);
    let (sent, capacity) = load.closed(CLIENTS, lasting()).await;
    let before = load.take_seen();
    before.assert_all_taken(sent);
    let memory_before = service.memory_peak_bytes();

    let idle = idlers(&service.url, &key, IDLERS).await;
    load.burst(BURST).await;
    let burst = load.take_seen();
    let memory_burst = service.memory_peak_bytes() - memory_before;
    let (flood, times) = flood(&load, capacity).await;
    let memory_added = service.memory_peak_bytes() - memory_before;
    drop(idle);
    let ended = Instant::now();
    load.insist().await;
    let recovered = ended.elapsed();
    let (sent, again) = load.closed(CLIENTS, lasting()).await;
    let after = load.take_seen();

    println!(
        "{capacity:.1} batches of {BATCH} a second in {} MiB; {BURST} at once: {burst}, {} MiB more; {times} times as \
         many a second: {flood}, {} MiB more; afterwards {again:.1} a second",
        memory_before / MIB,
        memory_burst / MIB,
        memory_added / MIB,
    );
    for (what, seen) in [("burst", &burst), ("flood", &flood)] {
        assert_eq!(seen.wrong, Vec::<String>::new(), "{what}: only 200, 429 and 503");
        assert_eq!(seen.broken, Vec::<String>::new(), "{what}: who is turned away is told so");
        assert!(seen.refused > 0, "{what}: it was overloaded");
        assert!(!seen.acknowledged.is_empty(), "{what}: it went on meanwhile");
    }
    after.assert_all_taken(sent);
    if let Some(most) = recovers_within() {
        assert!(recovered < most, "{recovered:?}");
    }
    assert!(memory_added < MEMORY_ADDED_MAX, "{memory_added} bytes");
    let stored = stored(&service, &key).await;
    for id in [before, burst, flood, after].iter().flat_map(|seen| &seen.acknowledged) {
        assert_eq!(stored.get(id), Some(&1), "{id} was acknowledged");
    }
    assert!(stored.values().all(|times| *times == 1), "no event is there twice");
    let verified = run(&config, &["verify"]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
}

/// Twice the capacity, and twice as much again as long as nobody is turned away: the machine may have been busy
/// with other things when the capacity was measured. What was seen, and how many times it was in the end.
async fn flood(load: &Load, capacity: f64) -> (Seen, f64) {
    let mut times = 2.0;
    loop {
        load.open(times * capacity, lasting()).await;
        if load.refused() > 0 || times >= TIMES_MAX {
            return (load.take_seen(), times);
        }
        times *= 2.0;
    }
}

/// Values of one byte cost a tree of them many times as much: of a batch there is never more than one event's.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_tiny_values_takes_a_few_times_its_size() {
    let database = Database::empty();
    let config = database.config();
    succeed(&config, &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp", "--pack", "blink"]);
    let create = ["admin", "create-key", "--org", "acme", "--name", "load", "--scope", "events:write"];
    let key = succeed(&config, &create);
    let service = Service::start(&config);
    let tiny = vec![r#"{"":0}"#; 980].join(",");
    let event = format!(
        r#"{{"action":"load.written","actor":{{"type":"service","id":"load"}},"parameters":{{"p":[{tiny}]}}}}"#
    );
    let body = format!(r#"{{"events":[{}]}}"#, vec![event; 1_000].join(","));
    let load = Load::on(&service.url, &key);
    load.insist().await;
    let memory_before = service.memory_peak_bytes();

    let size = body.len();
    load.send(body).await;

    let seen = load.take_seen();
    assert_eq!((seen.acknowledged.len(), &seen.wrong), (1_000, &Vec::new()));
    let times = (service.memory_peak_bytes() - memory_before) / size;
    assert!(times <= TINY_VALUES_TIMES_MAX, "{times} times its {size} bytes");
}

/// How often each id is in the log.
#[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
async fn stored(service: &Service, key: &str) -> HashMap<String, usize> {
    let client = reqwest::Client::new();
    let mut stored = HashMap::new();
    let mut from = 0;
    loop {
        let url = format!("{}/v1/orgs/acme/events/tail?from={from}&limit=1000", service.url);
        let answer = client.get(url).bearer_auth(key).send().await.expect("an answer");
        let page: Value = answer.json().await.expect("a page");
        let events = page["data"].as_array().expect("events");
        if events.is_empty() {
            return stored;
        }
        for event in events {
            *stored.entry(event["id"].as_str().expect("an id").to_owned()).or_default() += 1;
        }
        from = page["next_from"].as_u64().expect("a sequence");
    }
}
