//! `annals verify`: every event and every log against its proof.

use std::{
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
    log::verify::{Reference, Report, foreign, logs, verify},
};

/// Exit code when a log does not match its proof.
const EXIT_DAMAGED: u8 = 1;
/// Exit code when the check could not be made.
pub(super) const EXIT_CANNOT: u8 = 2;

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Only this organization.
    #[arg(long, value_name = "SLUG")]
    org: Option<String>,
    /// A checkpoint that was kept elsewhere (a signed note); its log is held against it as well.
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
}

/// Checks the logs and says what it found.
pub(super) fn run(config: &Config, clock: &Clock, args: &VerifyArgs) -> Result<ExitCode> {
    let app::Reader { db, sealer, installation } = app::open_to_read(config, clock)?;
    let outside = args.checkpoints.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let reference = Reference { sealer: &sealer, installation, outside: &outside };
    check_origins(&db, &reference)?;
    let mut logs = db.read_blocking("log.verify_logs", logs)?;
    if let Some(slug) = &args.org {
        logs.retain(|_, known| known.as_ref() == Some(slug));
        if logs.is_empty() {
            return Err(Error::Config(format!("--org: there is no organization {slug}")));
        }
    }
    let mut is_damaged = false;
    for (org, slug) in logs {
        let report = verify(&db, &reference, org, slug.as_deref())?;
        say(&describe(&report));
        is_damaged |= !report.findings.is_empty();
    }
    Ok(if is_damaged { ExitCode::from(EXIT_DAMAGED) } else { ExitCode::SUCCESS })
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file)
        .map_err(|error| Error::Config(format!("--checkpoint: cannot read {}: {error}", file.display())))
}

/// A checkpoint that is of no log here, or that nobody signed, would be checked against nothing.
fn check_origins(db: &Db, reference: &Reference<'_>) -> Result<()> {
    let foreign = db.read_blocking("log.verify_outside", |conn| foreign(conn, reference))?;
    let described = foreign.iter().map(|(note, why)| {
        let origin = note.lines().next().unwrap_or_default();
        format!("--checkpoint: {origin}: {why}")
    });
    if foreign.is_empty() { Ok(()) } else { Err(Error::Config(described.collect::<Vec<_>>().join("; "))) }
}

fn describe(report: &Report) -> String {
    let Report { name, events, root, checkpoints, given_up, findings } = report;
    let given_up = given_up.iter().map(|(first, last)| format!("; events {first} to {last} were given up"));
    let given_up: String = given_up.collect();
    if findings.is_empty() {
        return format!(
            "{name}: {events} events, all accounted for; root {root}; {checkpoints} checkpoints agree{given_up}"
        );
    }
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    format!("{name}: DAMAGED after {events} good events: {}{given_up}", findings.join("; "))
}
