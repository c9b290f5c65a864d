//! What monitoring sees: numbers that are right, on an address of their own, that tell nothing of anybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer,
    process::{Installation, Service, run},
};

/// A service with metrics, and a client for both of its addresses.
struct Watched {
    home: Installation,
    service: Service,
    client: reqwest::Client,
}

/// The samples of a scrape: value by name and labels, as they are written.
struct Samples(BTreeMap<String, f64>);

impl Watched {
    fn start() -> Self {
        let mut home = Installation::new();
        home.config.metrics_listen = Some("127.0.0.1:0".into());
        Self::serve(home)
    }

    #[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
    fn serve(home: Installation) -> Self {
        let service = Service::start(&home.config);
        Self { home, service, client: reqwest::Client::new() }
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, format!("{}{path}", self.service.url));
        let request = request.bearer_auth(&self.home.key);
        Answer::of(if let Some(body) = body { request.json(body) } else { request }).await
    }

    /// Asks the second address.
    async fn ask(&self, path: &str) -> Answer {
        let url = self.service.metrics_url.as_ref().expect("metrics");
        Answer::of(self.client.get(format!("{url}{path}"))).await
    }

    /// What is seen once a series has reached a value.
    async fn scrape_until(&self, series: &str, value: f64) -> Samples {
        for _ in 0..600 {
            let seen = self.scrape().await;
            if seen.get(series) >= value {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{series} does not reach {value}");
    }

    async fn scrape(&self) -> Samples {
        Samples::read(&self.ask("/metrics").await.status(200).text)
    }
}

impl Samples {
    /// Reads Prometheus' text format, and holds it to its rules.
    fn read(text: &str) -> Self {
        let (mut samples, mut types) = (BTreeMap::new(), BTreeMap::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a name and a type");
                assert_eq!(types.insert(name.to_owned(), kind.to_owned()), None, "{name} comes twice");
            }
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let (series, value) = line.rsplit_once(' ').expect("a value");
            let value = value.parse().unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(samples.insert(series.to_owned(), value), None, "{series} comes twice");
            let name = series.split('{').next().unwrap();
            let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let is_typed =
                types.contains_key(name) || of_histogram.is_some_and(|name| types.contains_key(name));
            assert!(is_typed, "{series} has no type");
        }
        Self(samples)
    }

    fn get(&self, series: &str) -> f64 {
        self.0.get(series).copied().unwrap_or_default()
    }

    /// The names and every label with its values.
    fn labels(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for pairs in self.0.keys().filter_map(|series| series.split_once('{')?.1.strip_suffix('}')) {
            for (name, value) in pairs.split("\",").filter_map(|pair| pair.split_once("=\"")) {
                labels.entry(name).or_default().insert(value.trim_end_matches('"'));
            }
        }
        labels
    }
}

fn event(id: u32) -> Value {
    json!({
        "id": format!("0199f3c2-7a10-7c3e-8b1d-{id:012}"),
        "action": "user.invited",
        "actor": {"type": "user", "id": "u_secret", "name": "Ada Byron"},
    })
}

/// Nothing may be signed while the marks cannot be kept: somebody must hear of it.
#[tokio::test(flavor = "multi_thread")]
async fn rounds_of_signing_that_fail_are_counted() {
    let mut home = Installation::new();
    home.config.metrics_listen = Some("127.0.0.1:0".into());
    home.config.checkpoint_interval_seconds = 1;
    let watched = Watched::serve(home);
    watched.scrape_until("annals_checkpoints_signed_total", 2.0).await;

    std::fs::write(watched.home.config.data_dir.join("high-water.json"), "{").unwrap();

    let seen = watched.scrape_until("annals_checkpoint_failures_total", 2.0).await;
    assert!(seen.0.contains_key("annals_checkpoint_oldest_unsigned_seconds"));
    assert!(seen.get("annals_logs_refused").abs() < 0.5);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_counted_by_what_became_of_them() {
    let watched = Watched::start();
    let path = "/v1/orgs/acme/events";
    watched.send("POST", path, Some(&event(1))).await.status(201);
    watched.send("POST", path, Some(&event(1))).await.status(200);
    let mut other = event(1);
    other["action"] = json!("user.removed");
    watched.send("POST", path, Some(&other)).await.problem(409, "id_conflict");
    let batch = json!({"events": (2..12).map(event).collect::<Vec<_>>()});
    watched.send("POST", "/v1/orgs/acme/events/batch", Some(&batch)).await.status(200);
    let atomic = json!({"events": [event(20), other]});
    watched.send("POST", "/v1/orgs/acme/events/batch?atomic=true", Some(&atomic)).await.status(409);

    let seen = watched.scrape().await;

    for (series, value) in [
        ("annals_events_appended_total", 11.0),
        ("annals_events_duplicate_total", 1.0),
        ("annals_events_conflicting_total", 2.0),
        ("annals_events_withheld_total", 1.0),
        ("annals_append_failures_total", 0.0),
        ("annals_integrity_refusals_total", 0.0),
        ("annals_append_group_events_count", 5.0),
        ("annals_append_group_events_sum", 15.0),
        ("annals_append_group_events_bucket{le=\"1\"}", 3.0),
        ("annals_append_group_events_bucket{le=\"+Inf\"}", 5.0),
        ("annals_transaction_duration_seconds_count{name=\"log.append\"}", 5.0),
        ("annals_queue_events", 0.0),
        ("annals_queue_events_limit", 20_000.0),
        ("annals_http_requests_total{method=\"POST\",route=\"/v1/orgs/{org}/events\",status=\"2xx\"}", 2.0),
        ("annals_http_requests_total{method=\"POST\",route=\"/v1/orgs/{org}/events\",status=\"4xx\"}", 1.0),
        ("annals_http_problems_total{code=\"id_conflict\"}", 2.0),
    ] {
        let is_there = seen.0.contains_key(series);
        assert!(
            is_there && (seen.get(series) - value).abs() < 0.5,
            "{series}: {} not {value}",
            seen.get(series)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_label_holds_what_a_client_chose() {
    let watched = Watched::start();
    for (method, path) in [
        ("GET", "/v1/orgs/acme/events?action=chosen"),
        ("GET", "/v1/orgs/chosen/events"),
        ("GET", "/v1/orgs/acme/events/0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
        ("CHOSEN", "/v1/orgs/acme/events"),
        ("GET", "/chosen"),
        ("GET", "/assets/chosen.js"),
        ("GET", "/v1/orgs/acme/events/tail?from=0&wait=1&action=user.chosen"),
    ] {
        watched.send(method, path, None).await;
    }

    let seen = watched.scrape().await;

    let labels = seen.labels();
    let names: Vec<&str> = labels.keys().copied().collect();
    assert_eq!(names, ["code", "le", "method", "name", "pool", "route", "state", "status", "version"]);
    let document = serde_json::to_value(annals::http::document()).unwrap();
    for route in &labels["route"] {
        assert!(*route == "other" || document["paths"].get(route).is_some(), "{route}");
    }
    for method in &labels["method"] {
        assert!(["GET", "POST", "other"].contains(method), "{method}");
    }
    for chosen in ["chosen", "CHOSEN", "acme", "u_secret", "0199f3c2", &watched.home.key] {
        assert!(!seen.0.keys().any(|series| series.contains(chosen)), "{chosen}");
    }
    let tail =
        "annals_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/orgs/{org}/events/tail\"}";
    assert!(!seen.0.contains_key(tail), "a long poll says nothing of how quick the service is");
}

#[tokio::test(flavor = "multi_thread")]
async fn process_and_pools_are_seen() {
    let watched = Watched::start();

    let seen = watched.scrape().await;

    for name in [
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_start_time_seconds",
        "annals_db_connections_limit{pool=\"read\"}",
        "annals_db_connections_limit{pool=\"write\"}",
        "annals_db_connections_limit{pool=\"lookup\"}",
    ] {
        assert!(seen.get(name) > 0.0, "{name}");
    }
    assert!(seen.0.contains_key("process_cpu_seconds_total"));
    let has_files = seen.0.contains_key("annals_db_wal_size_bytes");
    assert_eq!(has_files, seen.get("annals_db_size_bytes") > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_an_address_of_their_own() {
    let watched = Watched::start();

    watched.send("GET", "/metrics", None).await.problem(404, "not_found");
    assert_eq!(watched.ask("/healthz").await.status(200).text, "");
    for path in ["/", "/readyz", "/openapi.yaml", "/v1/me", "/v1/orgs/acme/events", "/metrics/"] {
        watched.ask(path).await.status(404);
    }
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(watched.ask("/metrics").await.header("content-type"), Some(content_type));
}

#[test]
fn an_address_that_was_asked_for_must_be_free() {
    let mut home = Installation::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (setting, complaint) in [
        (address.as_str(), format!("metrics_listen: cannot listen on {address}")),
        ("somewhere", "metrics_listen: must be ADDRESS:PORT".to_owned()),
    ] {
        home.config.metrics_listen = Some(setting.to_owned());

        let ended = run(&home.config, &["serve"]);

        assert_eq!(ended.code, Some(78), "{}", ended.stderr);
        assert!(ended.stderr.contains(&complaint), "{}", ended.stderr);
    }
}

/// Whether or not somebody else has the usual port, the service starts.
#[tokio::test(flavor = "multi_thread")]
async fn the_usual_address_may_be_taken() {
    let mut home = Installation::new();
    home.config.metrics_listen = None;
    // Nobody else's test may be listening there: if it cannot be taken here, it is taken.
    let _taken = TcpListener::bind("127.0.0.1:9464");

    let mut service = Service::start(&home.config);

    assert_eq!(service.metrics_url, None);
    service.terminate();
    let log = tokio::task::block_in_place(|| service.log());
    assert!(log.iter().any(|line| line.contains("no metrics: set metrics_listen")), "{log:#?}");
}
