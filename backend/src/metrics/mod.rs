//! What the service counts of itself, for Prometheus.
//!
//! Counting costs a look-up under a shared lock, which is held exclusively only when a series is new, and an
//! atomic addition; everything else is read when somebody asks.

mod api;
mod histogram;
mod instruments;
mod live;
mod process;

use std::sync::Arc;

use prometheus_client::{encoding::prometheus_text, metrics::info::Info, registry::Registry};

pub(crate) use api::serve;
pub(crate) use histogram::Histogram;
pub(crate) use instruments::{Appends, Requests, Signings, Transactions};
use live::Live;
use process::Process;

use crate::{
    clock::Time,
    db::Db,
    error::{Error, Result},
    log::writer::Writer,
};

/// The registry, and the instruments that belong to nobody else.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) requests: Requests,
}

impl Metrics {
    /// Collects the instruments of the service's parts.
    pub(crate) fn new(db: &Db, writer: &Writer, signings: &Signings, started_at: Time) -> Self {
        let requests = Requests::new();
        let mut registry = Registry::default();
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("annals_build", "The version that runs", build);
        add_requests(&mut registry, &requests);
        add_transactions(&mut registry, db.instruments());
        add_appends(&mut registry, writer.instruments());
        add_signings(&mut registry, signings);
        let waiting = Arc::clone(writer.waiting());
        registry.register_collector(Box::new(Live { db: db.clone(), waiting }));
        registry.register_collector(Box::new(Process { started_at }));
        Self { registry, requests }
    }

    /// Everything, in Prometheus' text format.
    fn text(&self) -> Result<String> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)
            .map_err(|error| Error::Bug(format!("metrics: {error}")))?;
        Ok(text)
    }
}

// The encoder adds `_total` to the names of counters, and a full stop to every help.

fn add_requests(registry: &mut Registry, requests: &Requests) {
    registry.register(
        "annals_http_requests",
        "Requests answered, by method, pattern of the path and class of the status",
        requests.answers.clone(),
    );
    registry.register(
        "annals_http_request_duration_seconds",
        "From a request's head to its answer's, the body's arrival included, long polls left out",
        requests.durations.clone(),
    );
    registry.register(
        "annals_http_problems",
        "Answers that were problems, by code (docs/problems)",
        requests.problems.clone(),
    );
}

fn add_transactions(registry: &mut Registry, transactions: &Transactions) {
    registry.register(
        "annals_transaction_duration_seconds",
        "Database transactions by name, the wait for a connection and retries included",
        transactions.durations.clone(),
    );
    registry.register(
        "annals_transaction_retries",
        "Transactions that were tried again after a transient error",
        transactions.retries.clone(),
    );
    registry.register(
        "annals_transaction_failures",
        "Transactions that the database failed",
        transactions.failures.clone(),
    );
}

fn add_appends(registry: &mut Registry, appends: &Appends) {
    let counters = [
        ("annals_events_appended", "Clients' events appended to a log", &appends.appended),
        ("annals_events_duplicate", "Clients' events that were in the log already", &appends.duplicates),
        (
            "annals_events_conflicting",
            "Clients' events refused because their id is taken",
            &appends.conflicts,
        ),
        (
            "annals_events_withheld",
            "Clients' events left out because another of their atomic batch was",
            &appends.withheld,
        ),
        ("annals_append_failures", "Groups of events that could not be written", &appends.failures),
        (
            "annals_integrity_refusals",
            "Appends refused because the stored log does not match its seal: look at once",
            &appends.refusals,
        ),
    ];
    for (name, help, counter) in counters {
        registry.register(name, help, counter.clone());
    }
    registry.register(
        "annals_append_group_events",
        "Events committed together in one transaction",
        appends.groups.clone(),
    );
}

fn add_signings(registry: &mut Registry, signings: &Signings) {
    let counters = [
        ("annals_checkpoints_signed", "Checkpoints signed by this node", &signings.checkpoints),
        (
            "annals_checkpoint_failures",
            "Logs that could not be signed, and rounds of signing that failed, other than by a refusal",
            &signings.failures,
        ),
    ];
    for (name, help, counter) in counters {
        registry.register(name, help, counter.clone());
    }
    let gauges = [
        (
            "annals_logs_refused",
            "Logs that are not signed because they are not what was signed before: look at once",
            &signings.refused,
        ),
        (
            "annals_checkpoint_oldest_unsigned_seconds",
            "How long the log that waits longest for a checkpoint has waited, as of the last round",
            &signings.oldest_unsigned,
        ),
        (
            "annals_checkpoint_marks_missing",
            "Signed logs of which high-water.json had no mark when this node started",
            &signings.marks_missing,
        ),
    ];
    for (name, help, gauge) in gauges {
        registry.register(name, help, gauge.clone());
    }
}
