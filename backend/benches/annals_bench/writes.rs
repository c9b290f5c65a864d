//! Writes: the service beside the raw engine, in turns, so that both see the same disk and the same neighbors.

use std::time::Duration;

use crate::{
    Bench, Result,
    http::{self, Drive},
    memory::Watch,
    process,
    raw::Pass,
    report::{Report, Samples, milliseconds},
};

/// How many events each pass writes.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    rounds: usize,
    commits: usize,
    singles: usize,
    batched: usize,
}

impl Sizes {
    pub(crate) const QUICK: Self = Self { rounds: 3, commits: 50, singles: 512, batched: 2_000 };
    pub(crate) const FULL: Self = Self { rounds: 5, commits: 200, singles: 4_096, batched: 20_000 };

    /// All events of all rounds, at the service or at the engine.
    pub(crate) const fn events(self) -> usize {
        self.rounds * (self.commits + 2 * self.singles + 2 * self.batched)
    }
}

/// Connections that send batches.
pub(crate) const SENDERS: usize = 4;

/// A way of sending events to the service, and how the engine inserts as many.
struct Way {
    what: &'static str,
    connections: usize,
    /// Events in one request: singles are not sent as batches of one.
    request: usize,
    /// Events in one transaction of the engine.
    transaction: usize,
}

const MANY: Way = Way { what: "singles at 64 connections", connections: 64, request: 1, transaction: 32 };
const CROWD: Way = Way { what: "singles at 256 connections", connections: 256, request: 1, transaction: 128 };
const HUNDRED: Way = Way { what: "batches of 100", connections: SENDERS, request: 100, transaction: 100 };
const THOUSAND: Way =
    Way { what: "batches of 1,000", connections: SENDERS, request: 1_000, transaction: 1_000 };

/// What the rounds came to in one way of writing.
struct Pair {
    way: Way,
    ratio: Samples,
    service: Samples,
    engine: Samples,
    /// CPU microseconds per event of the service's process less those of the engine.
    cpu: Samples,
}

/// Everything that the rounds came to.
struct Rounds {
    pairs: [Pair; 4],
    /// Singles at 64 connections beside a commit for each.
    grouped: Samples,
    alone: Samples,
    alone_ms: Samples,
    commit_ms: Samples,
    memory: Samples,
}

/// Measures all ways, round by round, and reports the ratios.
pub(crate) async fn measure(bench: &mut Bench, sizes: Sizes, report: &mut Report) -> Result<()> {
    let none = Samples::default;
    let pair = |way| Pair { way, ratio: none(), service: none(), engine: none(), cpu: none() };
    let mut rounds = Rounds {
        pairs: [THOUSAND, HUNDRED, CROWD, MANY].map(pair),
        grouped: none(),
        alone: none(),
        alone_ms: none(),
        commit_ms: none(),
        memory: none(),
    };
    for _ in 0..sizes.rounds {
        rounds.add(bench, sizes).await?;
    }
    rounds.report(bench, report)
}

impl Rounds {
    async fn add(&mut self, bench: &mut Bench, sizes: Sizes) -> Result<()> {
        // The engine first, while the service has nothing left to do: what it signs and counts afterwards would
        // slow the engine down.
        let commit = bench.raw.insert(sizes.commits, 1)?;
        let mut passes = Vec::new();
        for pair in &self.pairs {
            passes.push(bench.raw.insert(sizes.of(&pair.way), pair.way.transaction)?);
        }
        let watch = Watch::on(bench.service.id());
        let one = bench.singles(1, sizes.commits).await?;
        let (p50, commit_p50) =
            (milliseconds(&one.drive.latencies).median(), milliseconds(&commit.latencies).median());
        self.alone.push(p50 / commit_p50);
        self.alone_ms.push(p50);
        self.commit_ms.push(commit_p50);
        for (pair, pass) in self.pairs.iter_mut().zip(&passes) {
            let Way { connections, request, .. } = pair.way;
            let events = sizes.of(&pair.way);
            let driven = if request == 1 {
                bench.singles(connections, events).await?
            } else {
                bench.batches(connections, events, request).await?
            };
            pair.add(events, &driven, pass, bench.engine_is_inside());
            if connections == MANY.connections {
                let alone = per_second(sizes.commits, commit.took);
                self.grouped.push(per_second(events, driven.drive.took) / alone);
            }
        }
        self.memory.extend(watch.take());
        bench.progress.caught_up().await?;
        Ok(())
    }

    fn report(self, bench: &Bench, report: &mut Report) -> Result<()> {
        report.table("Writes: ratios within one run");
        let batches_aim = if bench.engine_is_inside() { "≥ 0.85" } else { "≥ 0.95" };
        for (pair, aim) in self.pairs.iter().zip([batches_aim, "", "≥ 0.85", ""]) {
            let Way { what, transaction, .. } = pair.way;
            let what = format!("{what} over HTTP / raw engine, transactions of {transaction}");
            report.line(what, "ratio", pair.ratio.clone(), aim);
        }
        let what = "singles at 64 connections / a commit for each (raw engine)";
        report.line(what, "ratio", self.grouped, "≥ 4");
        report.line("one client's p50 / a raw commit's p50", "ratio", self.alone, "≤ 1.5");
        for (pair, aim) in self.pairs.iter().zip(["≤ 16", "≤ 16", "≤ 32", "≤ 32"]) {
            let what = format!("CPU outside the engine, {}", pair.way.what);
            report.line(what, "µs/event", pair.cpu.clone(), aim);
        }
        report.line("memory under load", "MiB", self.memory, "≤ 150");
        let peak = process::memory_peak_mib(bench.service.id())?;
        report.one("memory at its highest so far, by the kernel's count", "MiB", peak, "≤ 150");
        report.table("Writes: what the ratios are made of (of this machine, on this day)");
        for Pair { way, service, engine, .. } in self.pairs {
            let Way { what, transaction, .. } = way;
            report.line(format!("{what}: over HTTP"), "events/s", service, "");
            report.line(format!("{what}: raw engine, transactions of {transaction}"), "events/s", engine, "");
        }
        report.line("one client: p50", "ms", self.alone_ms, "");
        report.line("raw commit: p50", "ms", self.commit_ms, "");
        Ok(())
    }
}

impl Sizes {
    const fn of(self, way: &Way) -> usize {
        if way.request == 1 { self.singles } else { self.batched }
    }
}

impl Pair {
    fn add(&mut self, events: usize, drive: &Driven, pass: &Pass, engine_is_inside: bool) {
        let (service, engine) = (per_second(events, drive.drive.took), per_second(events, pass.took));
        self.ratio.push(service / engine);
        self.service.push(service);
        self.engine.push(engine);
        let engine_cpu = if engine_is_inside { per_event(events, pass.cpu) } else { 0.0 };
        self.cpu.push(per_event(events, drive.cpu) - engine_cpu);
    }
}

/// A drive and what the service's process used meanwhile.
pub(crate) struct Driven {
    pub(crate) drive: Drive,
    pub(crate) cpu: Duration,
}

impl Bench {
    /// Whether the engine runs in the process that uses it: SQLite.
    pub(crate) const fn engine_is_inside(&self) -> bool {
        self.database.url.is_none()
    }

    async fn singles(&mut self, connections: usize, events: usize) -> Result<Driven> {
        let bodies = self.rows.singles(events);
        self.drive(connections, "/v1/orgs/acme/events", &bodies).await
    }

    /// Batches that hold so many events in all.
    pub(crate) async fn batches(&mut self, connections: usize, events: usize, size: usize) -> Result<Driven> {
        let bodies = self.rows.batches(events / size, size);
        self.drive(connections, "/v1/orgs/acme/events/batch", &bodies).await
    }

    async fn drive(&self, connections: usize, path: &str, bodies: &[String]) -> Result<Driven> {
        let requests = bodies.iter().map(|body| http::post(&self.service.write_key, path, body)).collect();
        let before = process::cpu(self.service.id())?;
        let drive = http::drive(&self.service.address, connections, requests).await?;
        let cpu = process::cpu(self.service.id())?.saturating_sub(before);
        Ok(Driven { drive, cpu })
    }
}

pub(crate) fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

pub(crate) fn per_second(events: usize, took: Duration) -> f64 {
    to_f64(events) / took.as_secs_f64()
}

pub(crate) fn per_event(events: usize, cpu: Duration) -> f64 {
    cpu.as_secs_f64() * 1e6 / to_f64(events)
}
