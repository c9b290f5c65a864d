//! `annals verify`: every event and every log against its proof.

mod said;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::say;
use crate::{
    app,
    clock::Clock,
    config::Config,
    db::Db,
    error::{Error, Result},
    id::{Id, Log},
    log::verify::{Outside, Reference, Report, logs, unknown, verify, without_platform},
};
use said::{Form, Summary};

/// Exit code when a log does not match its proof.
const EXIT_DAMAGED: u8 = 1;
/// Exit code when the check could not be made.
pub(super) const EXIT_CANNOT: u8 = 2;
/// What follows the options in `annals verify --help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  every event is accounted for
  1  something is wrong: each log's line says what (with --strict: or there is a note)
  2  the check could not be made, or not to its end: standard error says why

Changes nothing, and may run beside the service. See docs/operators/verifying.md.";

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Only this organization.
    #[arg(long, value_name = "SLUG")]
    org: Option<String>,
    /// A checkpoint that was kept elsewhere (a signed note); its log is held against it as well. Any number of them.
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// Answer in JSON: one line for each log, then one for all together.
    #[arg(long)]
    json: bool,
    /// A note is a failure too: a log that could not be held against a high-water mark.
    #[arg(long)]
    strict: bool,
}

/// Checks the logs and says what it found.
pub(super) fn run(config: &Config, clock: &Clock, args: &VerifyArgs) -> Result<ExitCode> {
    // What was signed is read before the logs: then none of them can be shorter.
    let app::Reader { db, sealer, installation } = app::open_to_read(config, clock)?;
    let opened = args.checkpoints.iter().map(|file| {
        let text = read(file)?;
        let origin = text.lines().next().unwrap_or_default();
        Outside::open(&text, installation, &sealer)
            .map_err(|why| Error::Config(format!("--checkpoint: {}: {origin}: {why}", file.display())))
    });
    let outside = opened.collect::<Result<Vec<_>>>()?;
    let reference = Reference { sealer: &sealer, installation, outside: &outside };
    let form = if args.json { Form::Json } else { Form::Text };
    let mut summary = Summary::default();
    let known = check_all(&db, &reference, args.org.as_deref(), |report| {
        say(&form.report(report));
        summary.add(report);
    })?;
    if args.org.is_some() && outside.iter().any(|kept| !known.contains(&kept.log())) {
        return Err(Error::Config("--checkpoint: one of them is of another log than that of --org".into()));
    }
    for report in unknown(&reference, &known).iter().filter(|_| args.org.is_none()) {
        say(&form.report(report));
        summary.add(report);
    }
    say(&form.summary(&summary));
    let is_good = summary.is_good() && !(args.strict && summary.has_notes());
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::from(EXIT_DAMAGED) })
}

/// Checks one log after the other; answers which they were.
fn check_all(
    db: &Db,
    reference: &Reference<'_>,
    slug: Option<&str>,
    mut each: impl FnMut(&Report),
) -> Result<BTreeSet<Id<Log>>> {
    let mut logs = db.snapshot_blocking("log.verify_logs", logs)?;
    if let Some(report) = without_platform(&logs).filter(|_| slug.is_none()) {
        each(&report);
    }
    if let Some(slug) = slug {
        logs.retain(|_, known| known.slug.as_deref() == Some(slug));
        if logs.is_empty() {
            return Err(Error::Config(format!("--org: there is no organization {slug}")));
        }
    }
    let mut checked = BTreeSet::new();
    for (org, known) in logs {
        let (report, own) = verify(db, reference, org, &known)?;
        each(&report);
        checked.extend(own);
    }
    Ok(checked)
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|error| Error::Config(format!("--checkpoint: cannot read {}: {error}", file.display())))
}
