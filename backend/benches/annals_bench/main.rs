//! `make bench`: the service beside the raw engine, on the same machine, in the same run.
//!
//! The service is the real binary with a database of its own; the raw engine gets the same rows into the same
//! tables. Both are filled first, then written to in turns, then the service is read from. Every answer is checked
//! for what must be in it, the log is verified at the end, and without that there is no figure.
//!
//!     annals-bench [--events N] [--quick] [--markdown FILE]
//!
//! On SQLite, or on the server of `.ci/postgres run`.

mod answers;
mod filters;
mod growth;
mod http;
mod memory;
mod process;
mod progress;
mod raw;
mod reads;
mod report;
mod rows;
mod writes;

use std::{collections::BTreeSet, io::Write};

use process::{Database, Service};
use progress::Progress;
use raw::Raw;
use report::Report;
use rows::Rows;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What is measured with.
struct Bench {
    service: Service,
    database: Database,
    progress: Progress,
    raw: Raw,
    /// Those that the service was given and has acknowledged.
    rows: Rows,
    /// Ids of the events that the service recorded of itself before it was given any.
    own: BTreeSet<String>,
}

struct Options {
    events: usize,
    is_quick: bool,
    markdown: Option<String>,
}

impl Options {
    fn read() -> Result<Self> {
        let mut options = Self { events: 1_000_000, is_quick: false, markdown: None };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--events" => options.events = args.next().ok_or("--events needs a number")?.parse()?,
                "--quick" => options.is_quick = true,
                "--markdown" => options.markdown = args.next(),
                "--bench" => {} // cargo says so
                other => {
                    return Err(format!("{other}: known are --events N, --quick, --markdown FILE").into());
                }
            }
        }
        Ok(options)
    }
}

// One thread: the machine is the service's.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::read()?;
    #[expect(clippy::disallowed_methods, reason = "where the database is, is not a setting of the service")]
    let server = std::env::var("ANNALS_TEST_DATABASE_URL").ok();
    let name = if server.is_some() { "PostgreSQL" } else { "SQLite" };
    let report = run(&options, server.as_deref()).await?;

    let text = format!("\n## {name}, {} events\n{}", options.events, report.markdown());
    std::io::stdout().write_all(text.as_bytes())?;
    if let Some(path) = options.markdown {
        std::fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes())?;
    }
    Ok(())
}

async fn run(options: &Options, server: Option<&str>) -> Result<Report> {
    let sizes = if options.is_quick { writes::Sizes::QUICK } else { writes::Sizes::FULL };
    let times = if options.is_quick { 8 } else { 40 };
    let all = u64::try_from(options.events + sizes.events())?;
    let raw = Raw::open(Database::new(server, "annals_bench_raw")?, Rows::new(all)?)?;
    let database = Database::new(server, "annals_bench")?;
    let service = Service::start(&database)?;
    let progress = Progress::open(&database)?;
    let own = answers::ids(&service).await?;
    let mut bench = Bench { service, database, progress, raw, rows: Rows::new(all)?, own };
    let mut report = Report::default();

    growth::measure(&mut bench, options.events, &mut report).await?;
    writes::measure(&mut bench, sizes, &mut report).await?;
    reads::measure(&bench, times, &mut report).await?;

    let (here, posted) = (bench.progress.now()?.head, bench.rows.made());
    if here != u64::try_from(bench.own.len())? + posted {
        return Err(format!("{posted} events were acknowledged, {here} are there").into());
    }
    drop(bench.service);
    bench.database.run(&["verify"])?;
    Ok(report)
}
