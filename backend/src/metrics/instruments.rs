//! What is counted while it happens. Each part of the service owns its instruments; the registry collects them.
//!
//! Labels are route patterns, names of transactions and words from fixed lists: never an organization, a key,
//! an id or anything else that a client chose. So the number of series is bounded, and the metrics may be shown
//! to whoever watches the machines.

use std::time::Duration;

use actix_web::http::Method;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
};

use super::Histogram;

/// A family whose members are histograms, which have no default.
type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Answer {
    method: &'static str,
    /// The pattern of the path; `other` for the page and for paths that are none of ours.
    route: String,
    /// `2xx` … `5xx`.
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Route {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Code {
    code: &'static str,
}

/// Requests and their answers.
#[derive(Debug)]
pub(crate) struct Requests {
    pub(super) answers: Family<Answer, Counter>,
    pub(super) durations: Histograms<Route>,
    pub(super) problems: Family<Code, Counter>,
}

impl Requests {
    pub(super) fn new() -> Self {
        Self {
            answers: Family::default(),
            durations: Family::new_with_constructor(Histogram::of_seconds),
            problems: Family::default(),
        }
    }

    /// Counts an answer. `took` is absent when the client wanted to wait.
    pub(crate) fn answered(
        &self,
        method: &Method,
        pattern: Option<&str>,
        status: u16,
        took: Option<Duration>,
    ) {
        let (method, route) = (known(method), pattern.unwrap_or("other").to_owned());
        let status = match status {
            100..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        if let Some(took) = took {
            let route = Route { method, route: route.clone() };
            self.durations.get_or_create(&route).observe(took.as_secs_f64());
        }
        self.answers.get_or_create(&Answer { method, route, status }).inc();
    }

    /// Counts an answer that is a problem.
    pub(crate) fn refused(&self, code: &'static str) {
        self.problems.get_or_create(&Code { code }).inc();
    }
}

/// A method may be any word that the client makes up.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "DELETE" => "DELETE",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "POST" => "POST",
        "PUT" => "PUT",
        _ => "other",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Transaction {
    name: &'static str,
}

/// Transactions by their names.
#[derive(Debug)]
pub(crate) struct Transactions {
    pub(super) durations: Histograms<Transaction>,
    pub(super) retries: Family<Transaction, Counter>,
    pub(super) failures: Family<Transaction, Counter>,
}

impl Transactions {
    pub(crate) fn new() -> Self {
        Self {
            durations: Family::new_with_constructor(Histogram::of_seconds),
            retries: Family::default(),
            failures: Family::default(),
        }
    }

    /// Counts a transaction that has ended, with the tries that came before the last.
    pub(crate) fn ended(&self, name: &'static str, took: Duration, retries: u32, has_failed: bool) {
        let label = Transaction { name };
        self.durations.get_or_create(&label).observe(took.as_secs_f64());
        if retries > 0 {
            self.retries.get_or_create(&label).inc_by(u64::from(retries));
        }
        if has_failed {
            self.failures.get_or_create(&label).inc();
        }
    }
}

/// What became of logs that were to be signed.
#[derive(Debug, Default)]
pub(crate) struct Signings {
    pub(crate) checkpoints: Counter,
    /// Logs that the last round found to be no continuation of what was signed.
    pub(crate) refused: Gauge,
    /// Logs, refusals and whole rounds that failed for a reason of their own.
    pub(crate) failures: Counter,
    /// Seconds since the end of the round that first left one of the logs unsigned.
    pub(crate) oldest_unsigned: Gauge,
    /// Signed logs of which this node had no mark when it started.
    pub(crate) marks_missing: Gauge,
}

/// What the writer does with the events that clients send.
#[derive(Debug)]
pub(crate) struct Appends {
    pub(crate) appended: Counter,
    pub(crate) duplicates: Counter,
    pub(crate) conflicts: Counter,
    pub(crate) withheld: Counter,
    /// Transactions that failed after every try.
    pub(crate) failures: Counter,
    /// Appends refused because the log does not match its seal.
    pub(crate) refusals: Counter,
    pub(super) groups: Histogram,
}

impl Appends {
    pub(crate) fn new() -> Self {
        Self {
            appended: Counter::default(),
            duplicates: Counter::default(),
            conflicts: Counter::default(),
            withheld: Counter::default(),
            failures: Counter::default(),
            refusals: Counter::default(),
            groups: Histogram::of_events(),
        }
    }

    /// Counts a group that was committed in one transaction.
    pub(crate) fn committed(&self, events: usize) {
        self.groups.observe(f64::from(u32::try_from(events).unwrap_or(u32::MAX)));
    }
}
