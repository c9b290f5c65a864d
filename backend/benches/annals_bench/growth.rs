//! Growth: both logs are filled tenth by tenth, and what is slower or larger in the end than in the beginning shows.

use std::time::Duration;

use crate::{
    Bench, Result,
    memory::Watch,
    process,
    progress::Positions,
    raw::parts,
    reads,
    report::{Report, Samples},
    writes::{SENDERS, per_event, per_second, to_f64},
};

/// The first events, so that nothing is measured cold.
const FIRST: usize = 1_000;
/// Events whose requests are kept in memory before they are sent.
const PART: usize = 100_000;
/// Events in one batch, at the service and at the engine.
const BATCH: usize = 1_000;
const TENTHS: usize = 10;

/// The service while it is filled.
struct Fill {
    rates: Vec<f64>,
    /// Memory while each part was written.
    under_load: Vec<Samples>,
    pauses: Vec<Pause>,
}

/// The service when all that was written is signed and counted.
struct Pause {
    events: u64,
    /// Where everybody was when the last event was acknowledged.
    before: Positions,
    caught_up: Duration,
    memory_mib: f64,
    newest_page: Samples,
}

/// Fills both up to `events` and reports. In the end everything is signed and counted.
pub(crate) async fn measure(bench: &mut Bench, events: usize, report: &mut Report) -> Result<()> {
    let id = bench.service.id();
    let watch = Watch::on(id);
    let tenth = (events.saturating_sub(FIRST) / TENTHS).div_ceil(BATCH).max(1) * BATCH;
    let mut fill = Fill { rates: Vec::new(), under_load: Vec::new(), pauses: Vec::new() };
    bench.batches(1, FIRST, 100).await?;
    fill.pause(bench).await?;

    let before = process::cpu(id)?;
    fill.tenth(bench, tenth, &watch).await?;
    fill.pause(bench).await?;
    for _ in 1..TENTHS {
        fill.tenth(bench, tenth, &watch).await?;
    }
    fill.pause(bench).await?;
    let used = process::cpu(id)?.saturating_sub(before);

    let mut engine_used = Duration::ZERO;
    let mut engine_rates = Vec::new();
    for _ in 0..TENTHS {
        let pass = bench.raw.insert(tenth, BATCH)?;
        engine_used += pass.cpu;
        engine_rates.push(per_second(tenth, pass.took));
    }
    report.table("Growth");
    rates("over HTTP", fill.rates.clone(), "≥ 0.85", report);
    rates("raw engine", engine_rates, "", report);
    let inside = if bench.engine_is_inside() { engine_used } else { Duration::ZERO };
    let cpu = per_event(tenth * TENTHS, used.saturating_sub(inside));
    report.one("CPU outside the engine, until all is signed and counted", "µs/event", cpu, "");
    fill.report(report);
    Ok(())
}

/// Each tenth's rate, and those of the last and the slowest beside the mean.
fn rates(what: &str, rates: Vec<f64>, aim: &str, report: &mut Report) {
    let mean = rates.iter().sum::<f64>() / to_f64(rates.len());
    let last = rates.last().copied().unwrap_or(f64::NAN);
    let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
    report.line(format!("{what}: rate, tenth by tenth"), "events/s", rates.into_iter().collect(), "");
    report.one(format!("{what}: rate in the last tenth / mean"), "ratio", last / mean, aim);
    report.one(format!("{what}: rate in the slowest tenth / mean"), "ratio", slowest / mean, "");
}

impl Fill {
    async fn tenth(&mut self, bench: &mut Bench, events: usize, watch: &Watch) -> Result<()> {
        let mut took = Duration::ZERO;
        // A part at a time: the requests of ten million events do not fit into memory.
        for part in parts(events, PART) {
            drop(watch.take());
            took += bench.batches(SENDERS, part, BATCH).await?.drive.took;
            self.under_load.push(watch.take());
        }
        self.rates.push(per_second(events, took));
        Ok(())
    }

    /// Lets everybody catch up, and looks at the service as it is then.
    async fn pause(&mut self, bench: &mut Bench) -> Result<()> {
        let before = bench.progress.now()?;
        self.pauses.push(Pause {
            events: before.head,
            caught_up: bench.progress.caught_up().await?,
            memory_mib: process::memory_mib(bench.service.id())?,
            newest_page: reads::newest_page(bench).await?,
            before,
        });
        Ok(())
    }

    fn report(self, report: &mut Report) {
        let Self { under_load, pauses, .. } = self;
        for pause in &pauses {
            let what = format!("memory at rest, {} events", pause.events);
            report.one(what, "MiB", pause.memory_mib, "flat");
        }
        let ends = [("first", under_load.first()), ("last", under_load.last())];
        for (which, samples) in ends.into_iter().filter_map(|(which, samples)| Some((which, samples?))) {
            let what = format!("memory under load, {which} part of the fill (of at most 100 k events)");
            report.line(what, "MiB", samples.clone(), "flat");
        }
        for pause in &pauses {
            let what = format!("newest page at rest, {} events", pause.events);
            report.line(what, "ms", pause.newest_page.clone(), "");
        }
        if let [_, tenth, whole] = pauses.as_slice() {
            let ratio = whole.newest_page.median() / tenth.newest_page.median();
            report.one("newest page at the end / after the first tenth", "ratio", ratio, "≤ 1.5");
            let Positions { head, signed, counted } = whole.before;
            for (what, position) in [("signing", signed), ("counting", counted)] {
                let what = format!("{what} behind the log at the end of the fill");
                report.one(what, "events", to_f64(usize::try_from(head - position).unwrap_or(0)), "");
            }
            let seconds = whole.caught_up.as_secs_f64();
            report.one("both caught up after", "s", seconds, "");
        }
    }
}
