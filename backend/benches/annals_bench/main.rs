//! `make bench`: the service beside the raw engine, on the same machine, in the same run.
//!
//! The service is the real binary with a database of its own; the raw engine gets the same rows into the same
//! tables. Every answer is checked, the log is verified at the end, and without that there is no figure.
//!
//!     annals-bench [--events N] [--quick] [--markdown FILE]
//!
//! On SQLite, or on the server of `.ci/postgres run`.

mod http;
mod process;
mod raw;
mod reads;
mod report;
mod rows;
mod writes;

use std::io::Write;

use process::{Database, Service};
use raw::Raw;
use report::Report;
use rows::Rows;
use writes::Sizes;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What is measured with.
struct Bench {
    service: Service,
    database: Database,
    raw: Raw,
    rows: Rows,
    /// Events that the service has acknowledged.
    acknowledged: usize,
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
    let sizes = if options.is_quick {
        Sizes { rounds: 3, commits: 50, singles: 512, batched: 2_000 }
    } else {
        Sizes { rounds: 5, commits: 200, singles: 4_096, batched: 20_000 }
    };
    let raw = Database::new(server, "annals_bench_raw")?;
    let database = Database::new(server, "annals_bench")?;
    let service = Service::start(&database)?;
    let rows = Rows::new(u64::try_from(options.events + sizes.events())?)?;
    let mut bench = Bench { raw: Raw::open(&raw)?, service, database, rows, acknowledged: 0 };
    let mut report = Report::default();
    let before = bench.size().await?;

    // The first thousand, so that nothing is measured cold.
    bench.batches(1, 1_000, 100).await?;
    let memory_at_first = process::memory_mib(bench.service.id())?;
    writes::measure(&mut bench, sizes, &mut report).await?;
    report.table("Growth");
    report.one("memory of the service at 1 k events", "MiB", memory_at_first, "");
    bench.fill(options.events, &mut report).await?;
    let memory = process::memory_mib(bench.service.id())?;
    report.one("memory of the service at the end, under load", "MiB", memory, "≤ 150");
    reads::measure(&bench, if options.is_quick { 20 } else { 200 }, &mut report).await?;

    let size = bench.size().await?;
    if size - before != u64::try_from(bench.acknowledged)? {
        return Err(
            format!("{} events were acknowledged, {} are there", bench.acknowledged, size - before).into()
        );
    }
    drop(bench.service);
    bench.database.run(&["verify"])?;
    Ok(report)
}

impl Bench {
    /// How many events the log holds.
    async fn size(&self) -> Result<u64> {
        let mut client = http::Client::connect(&self.service.address).await?;
        let (page, _) = client.get(&self.service.read_key, "/v1/orgs/acme/events?limit=1").await?;
        Ok(reads::at(&page, "/page/as_of")?.as_u64().ok_or("no as_of")?)
    }
}
