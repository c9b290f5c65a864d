//! Writes: the service beside the raw engine, pass by pass, so that both see the same disk and the same neighbors.

use std::time::Duration;

use crate::{
    Bench, Result,
    http::{self, Drive},
    process,
    raw::Pass,
    report::{Report, Samples, milliseconds},
};

/// How many events each pass writes.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) rounds: usize,
    pub(crate) commits: usize,
    pub(crate) singles: usize,
    pub(crate) batched: usize,
}

impl Sizes {
    /// All events of all rounds, at the service and at the engine.
    pub(crate) const fn events(self) -> usize {
        2 * self.rounds * (self.commits + 2 * self.singles + 2 * self.batched)
    }
}

/// One way of writing, at the service and at the engine.
#[derive(Default)]
struct Pair {
    ratio: Samples,
    service: Samples,
    engine: Samples,
    /// CPU microseconds per event of the service's process less those of the engine.
    cpu: Samples,
}

/// Connections that send batches.
const SENDERS: usize = 4;

/// Everything that the rounds came to.
#[derive(Default)]
struct Rounds {
    thousand: Pair,
    hundred: Pair,
    /// Singles at 256 connections.
    crowd: Pair,
    /// Singles at 64 connections.
    many: Pair,
    /// Those beside a commit for each.
    grouped: Samples,
    alone: Samples,
    alone_ms: Samples,
    commit_ms: Samples,
}

/// Measures all ways, round by round, and reports the ratios.
pub(crate) async fn measure(bench: &mut Bench, sizes: Sizes, report: &mut Report) -> Result<()> {
    let mut rounds = Rounds::default();
    for _ in 0..sizes.rounds {
        rounds.add(bench, sizes).await?;
    }
    rounds.report(bench.engine_is_inside(), report);
    Ok(())
}

impl Rounds {
    async fn add(&mut self, bench: &mut Bench, sizes: Sizes) -> Result<()> {
        let Sizes { commits, singles, batched, .. } = sizes;
        let is_inside = bench.engine_is_inside();
        let commit = bench.insert(commits, 1)?;
        let one = bench.singles(1, commits).await?;
        let (p50, commit_p50) =
            (milliseconds(&one.drive.latencies).median(), milliseconds(&commit.latencies).median());
        self.alone.push(p50 / commit_p50);
        self.alone_ms.push(p50);
        self.commit_ms.push(commit_p50);

        let driven = bench.singles(64, singles).await?;
        self.grouped.push(per_second(singles, driven.drive.took) / per_second(commits, commit.took));
        self.many.add(singles, &driven, &bench.insert(singles, 32)?, is_inside);
        let driven = bench.singles(256, singles).await?;
        self.crowd.add(singles, &driven, &bench.insert(singles, 128)?, is_inside);
        let driven = bench.batches(SENDERS, batched, 100).await?;
        self.hundred.add(batched, &driven, &bench.insert(batched, 100)?, is_inside);
        let driven = bench.batches(SENDERS, batched, 1_000).await?;
        self.thousand.add(batched, &driven, &bench.insert(batched, 1_000)?, is_inside);
        Ok(())
    }

    fn report(self, engine_is_inside: bool, report: &mut Report) {
        let Self { thousand, hundred, crowd, many, .. } = self;
        report.table("Writes: ratios within one run");
        let aim = if engine_is_inside { "≥ 0.85" } else { "≥ 0.95" };
        for (what, samples, aim) in [
            ("batches of 1,000 over HTTP / raw engine, batches of 1,000", &thousand.ratio, aim),
            ("batches of 100 over HTTP / raw engine, batches of 100", &hundred.ratio, ""),
            ("singles at 256 connections / raw engine, batches of 128", &crowd.ratio, "≥ 0.85"),
            ("singles at 64 connections / raw engine, batches of 32", &many.ratio, ""),
            ("singles at 64 connections / a commit for each (raw engine)", &self.grouped, "≥ 4"),
            ("one client's p50 / a raw commit's p50", &self.alone, "≤ 1.5"),
        ] {
            report.line(what, "ratio", samples.clone(), aim);
        }
        report.line("CPU outside the engine, batches of 1,000", "µs/event", thousand.cpu.clone(), "≤ 16");
        report.line("CPU outside the engine, singles at 256", "µs/event", crowd.cpu.clone(), "≤ 32");
        report.table("Writes: what the ratios are made of (of this machine, on this day)");
        for (what, pair) in [
            ("batches of 1,000", thousand),
            ("batches of 100", hundred),
            ("singles at 256 connections, raw batches of 128", crowd),
            ("singles at 64 connections, raw batches of 32", many),
        ] {
            report.line(format!("{what}: over HTTP"), "events/s", pair.service, "");
            report.line(format!("{what}: raw engine"), "events/s", pair.engine, "");
        }
        report.line("one client: p50", "ms", self.alone_ms, "");
        report.line("raw commit: p50", "ms", self.commit_ms, "");
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
    pub(crate) fn engine_is_inside(&self) -> bool {
        self.database.url.is_none()
    }

    fn insert(&mut self, events: usize, batch: usize) -> Result<Pass> {
        let sealed = self.rows.sealed(events)?;
        self.raw.insert(&sealed, batch)
    }

    async fn singles(&mut self, connections: usize, events: usize) -> Result<Driven> {
        let bodies = self.rows.singles(events);
        self.acknowledged += events;
        self.drive(connections, "/v1/orgs/acme/events", &bodies).await
    }

    /// Batches that hold so many events in all.
    pub(crate) async fn batches(&mut self, connections: usize, events: usize, size: usize) -> Result<Driven> {
        let bodies = self.rows.batches(events / size, size);
        self.acknowledged += events / size * size;
        self.drive(connections, "/v1/orgs/acme/events/batch", &bodies).await
    }

    async fn drive(&self, connections: usize, path: &str, bodies: &[String]) -> Result<Driven> {
        let requests = bodies.iter().map(|body| http::post(&self.service.write_key, path, body)).collect();
        let before = process::cpu(self.service.id())?;
        let drive = http::drive(&self.service.address, connections, requests).await?;
        let cpu = process::cpu(self.service.id())?.saturating_sub(before);
        Ok(Driven { drive, cpu })
    }

    /// Fills the log up to `events` by batches, tenth by tenth, and reports the rate of each to the mean.
    pub(crate) async fn fill(&mut self, events: usize, report: &mut Report) -> Result<()> {
        let tenth = (events.saturating_sub(self.acknowledged) / 10).div_ceil(1_000).max(1) * 1_000;
        let mut rates = Vec::new();
        for _ in 0..10 {
            let mut took = Duration::ZERO;
            // A part at a time: the requests of ten million events do not fit into memory.
            for part in parts(tenth, 100_000) {
                took += self.batches(SENDERS, part, 1_000).await?.drive.took;
            }
            rates.push(per_second(tenth, took));
            if self.acknowledged >= 100_000 && self.acknowledged < 100_000 + tenth {
                report.one(
                    "memory of the service at 100 k events",
                    "MiB",
                    process::memory_mib(self.service.id())?,
                    "",
                );
            }
        }
        let mean = rates.iter().sum::<f64>() / 10.0;
        let last = rates.last().copied().unwrap_or(f64::NAN);
        let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
        report.line("rate of ingestion, tenth by tenth", "events/s", rates.into_iter().collect(), "");
        report.one("rate in the last tenth / mean", "ratio", last / mean, "≥ 0.85");
        report.one("rate in the slowest tenth / mean", "ratio", slowest / mean, "");
        Ok(())
    }
}

fn parts(whole: usize, largest: usize) -> impl Iterator<Item = usize> {
    (0..whole.div_ceil(largest)).map(move |index| largest.min(whole - index * largest))
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn per_second(events: usize, took: Duration) -> f64 {
    to_f64(events) / took.as_secs_f64()
}

fn per_event(events: usize, cpu: Duration) -> f64 {
    cpu.as_secs_f64() * 1e6 / to_f64(events)
}
