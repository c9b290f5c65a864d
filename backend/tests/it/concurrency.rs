//! Many writers at once: nothing is lost, nothing is twice, and the proof covers all of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use annals::{access::Scope, host::Host};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{TestApp, process};

const WRITERS: usize = 64;
/// Requests of each writer; every second one is a batch.
const ROUNDS: usize = 6;
const BATCH: usize = 7;

/// An organization with its keys.
struct Tenant {
    slug: &'static str,
    write_key: String,
    read_key: String,
}

/// What a writer was told of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Acknowledged {
    id: String,
    sequence: u64,
    leaf_hash: String,
    is_duplicate: bool,
}

impl Acknowledged {
    fn new(receipt: &Value) -> Self {
        let text = |name: &str| receipt[name].as_str().unwrap_or_else(|| panic!("{receipt}")).to_owned();
        Self {
            id: text("id"),
            sequence: receipt["sequence"].as_u64().expect("a sequence"),
            leaf_hash: text("leaf_hash"),
            is_duplicate: receipt["duplicate"].as_bool().expect("a bool"),
        }
    }
}

/// The organizations of the harness and two more.
fn tenants(app: &TestApp) -> Vec<Tenant> {
    let host = Host::of(&app.app, "test");
    let mut tenants = vec![
        Tenant { slug: "acme", write_key: app.keys.acme_write.clone(), read_key: app.keys.acme_read.clone() },
        Tenant {
            slug: "harbor",
            write_key: app.keys.harbor_write.clone(),
            read_key: app.keys.harbor_read.clone(),
        },
    ];
    for slug in ["orchard", "quarry"] {
        host.create_organization(slug, slug, &["blink".into()]).expect(slug);
        let key = |name, scope| host.create_key(slug, name, &[scope], None).expect(name);
        let (write_key, read_key) = (key("writer", Scope::EventsWrite), key("reader", Scope::EventsRead));
        let [write_key, read_key] = [write_key, read_key].map(|key| key.expose().to_owned());
        tenants.push(Tenant { slug, write_key, read_key });
    }
    tenants
}

/// All writers at once, each with one organization. Each writer's acknowledgements are in the order it got them.
async fn write(app: &TestApp, tenants: &[Tenant]) -> BTreeMap<&'static str, Vec<Vec<Acknowledged>>> {
    let writers = (0..WRITERS).map(|writer| {
        let tenant = &tenants[writer % tenants.len()];
        async move { (tenant.slug, write_as(app, tenant, writer).await) }
    });
    let mut by_tenant: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (slug, acknowledged) in join_all(writers).await {
        by_tenant.entry(slug).or_default().push(acknowledged);
    }
    by_tenant
}

async fn write_as(app: &TestApp, tenant: &Tenant, writer: usize) -> Vec<Acknowledged> {
    let client = app.with(Some(&tenant.write_key));
    let base = format!("/v1/orgs/{}/events", tenant.slug);
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        if round % 2 == 0 {
            let answer = client.post(&base, &own_event(writer, round)).await;
            acknowledged.push(Acknowledged::new(&answer.status(201).json()));
            continue;
        }
        let events: Vec<Value> =
            (1..BATCH).map(|_| own_event(writer, round)).chain([shared_event(round)]).collect();
        let answer = client.post(&format!("{base}/batch"), &json!({ "events": events })).await;
        let results = answer.status(200).json()["results"].as_array().expect("results").clone();
        assert_eq!(results.len(), BATCH);
        acknowledged.extend(results.iter().map(Acknowledged::new));
    }
    acknowledged
}

fn own_event(writer: usize, round: usize) -> Value {
    json!({"action": "load.written", "actor": {"type": "service", "id": format!("writer-{writer}-{round}")}})
}

/// The same event with the same id, from every writer of an organization.
fn shared_event(round: usize) -> Value {
    let id = format!("0199f3c2-7a10-7c3e-8b1d-{round:012}");
    json!({"id": id, "action": "load.repeated", "actor": {"type": "service", "id": "everyone"}})
}

/// The whole log by its tail, from the first event on.
async fn tail(app: &TestApp, tenant: &Tenant) -> Vec<Value> {
    let client = app.with(Some(&tenant.read_key));
    let mut events = Vec::new();
    loop {
        let from = events.len();
        let path = format!("/v1/orgs/{}/events/tail?from={from}&limit=100", tenant.slug);
        let page = client.get(&path).await.status(200).json();
        match page["data"].as_array().expect("events") {
            data if data.is_empty() => return events,
            data => events.extend(data.iter().cloned()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_event_has_a_place_of_its_own() {
    let app = TestApp::start().await;
    let tenants = tenants(&app);
    let mut first = HashMap::new();
    for tenant in &tenants {
        first.insert(tenant.slug, u64::try_from(tail(&app, tenant).await.len()).expect("a size"));
    }

    let acknowledged = write(&app, &tenants).await;

    for (slug, writers) in acknowledged {
        let mut sequences: Vec<u64> =
            writers.iter().flatten().filter(|one| !one.is_duplicate).map(|one| one.sequence).collect();
        sequences.sort_unstable();
        let expected: Vec<u64> = (first[slug]..).take(sequences.len()).collect();
        assert_eq!(sequences, expected, "{slug}: gapless, each once");
        for writer in writers {
            let own: Vec<u64> =
                writer.iter().filter(|one| !one.is_duplicate).map(|one| one.sequence).collect();
            assert!(own.is_sorted(), "{slug}: a writer's events are in its order: {own:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_sent_by_many_is_stored_once_and_all_get_the_same_receipt() {
    let app = TestApp::start().await;
    let tenants = tenants(&app);

    let acknowledged = write(&app, &tenants).await;

    for (slug, writers) in acknowledged {
        let mut by_id: HashMap<String, Vec<Acknowledged>> = HashMap::new();
        for one in writers.iter().flatten() {
            by_id.entry(one.id.clone()).or_default().push(one.clone());
        }
        by_id.retain(|_, receipts| receipts.len() > 1);
        assert_eq!(by_id.len(), ROUNDS / 2, "{slug}: one id per batch round is shared");
        for receipts in by_id.into_values() {
            let places: HashSet<_> = receipts.iter().map(|one| (one.sequence, &one.leaf_hash)).collect();
            assert_eq!(places.len(), 1, "{slug}: {receipts:?}");
            assert_eq!(receipts.iter().filter(|one| !one.is_duplicate).count(), 1, "{slug}: {receipts:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_returns_each_acknowledged_event_once_in_order() {
    let app = TestApp::start().await;
    let tenants = tenants(&app);

    let acknowledged = write(&app, &tenants).await;

    for tenant in &tenants {
        let events = tail(&app, tenant).await;
        for (sequence, event) in events.iter().enumerate() {
            assert_eq!(event["sequence"], sequence, "{}", tenant.slug);
        }
        for one in acknowledged[tenant.slug].iter().flatten() {
            let event = &events[usize::try_from(one.sequence).expect("a sequence")];
            assert_eq!((&event["id"], &event["leaf_hash"]), (&json!(one.id), &json!(one.leaf_hash)));
        }
        let ids: HashSet<_> = events.iter().map(|event| event["id"].as_str()).collect();
        assert_eq!(ids.len(), events.len(), "{}: no id twice", tenant.slug);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sealed_root_is_the_root_of_a_tree_computed_from_scratch() {
    let app = TestApp::start().await;
    let tenants = tenants(&app);

    write(&app, &tenants).await;

    for tenant in &tenants {
        let leaves: Vec<Vec<u8>> = tail(&app, tenant).await.iter().map(leaf_hash).collect();
        let said = process::succeed(&app.app.config, &["verify", "--org", tenant.slug]);
        let (size, root) = (leaves.len(), BASE64_STANDARD.encode(root(&leaves)));
        let expected = format!("{}: {size} events, all accounted for; root {root}; ", tenant.slug);
        assert!(said.starts_with(&expected), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_while_it_is_verified_is_good() {
    let app = TestApp::start().await;
    let tenants = tenants(&app);

    let config = app.app.config.clone();
    let verifying =
        std::thread::spawn(move || (0..5).map(|_| process::run(&config, &["verify"])).collect::<Vec<_>>());
    write(&app, &tenants).await;

    let ended = tokio::task::block_in_place(|| verifying.join().expect("a thread"));
    for one in ended {
        assert_eq!(one.code, Some(0), "{}{}", one.stdout, one.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_the_whole_request_and_stores_nothing_of_it() {
    let app = TestApp::start_with(|config| config.queue_events = 3).await;
    let tenants = tenants(&app);
    let before = tail(&app, &tenants[0]).await.len();
    let batch = |size| json!({"events": (0..size).map(|round| own_event(0, round)).collect::<Vec<_>>()});

    let refused = app.writer().post("/v1/orgs/acme/events/batch", &batch(10)).await;

    let retry_after = refused.header("retry-after").map(str::parse::<u32>);
    assert!(matches!(retry_after, Some(Ok(1..))), "{retry_after:?}");
    refused.problem(503, "overloaded");
    assert_eq!(tail(&app, &tenants[0]).await.len(), before);
    // The refused request left its place in the queue.
    app.writer().post("/v1/orgs/acme/events/batch", &batch(3)).await.status(200);
}

fn leaf_hash(event: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(event["leaf_hash"].as_str().expect("a hash")).expect("base64")
}

/// MTH of RFC 6962, 2.1, word for word, over leaves that are hashed already.
fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => Sha256::digest([]).to_vec(),
        [leaf] => leaf.clone(),
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(split);
            Sha256::new()
                .chain_update([1])
                .chain_update(root(left))
                .chain_update(root(right))
                .finalize()
                .to_vec()
        }
    }
}
