//! `annals verify`: every event and every log against its proof.

use std::process::ExitCode;

use clap::Args;

use super::say;
use crate::{
    app,
    config::Config,
    error::{Error, Result},
    log::verify::{Report, logs, verify},
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
}

/// Checks the logs and says what it found.
pub(super) fn run(config: &Config, args: &VerifyArgs) -> Result<ExitCode> {
    let (db, sealer) = app::open_to_read(config)?;
    let mut logs = db.read_blocking("log.verify_logs", logs)?;
    if let Some(slug) = &args.org {
        logs.retain(|_, known| known.as_ref() == Some(slug));
        if logs.is_empty() {
            return Err(Error::Config(format!("--org: there is no organization {slug}")));
        }
    }
    let mut is_damaged = false;
    for (org, slug) in logs {
        let report = verify(&db, &sealer, org, slug.as_deref())?;
        say(&describe(&report));
        is_damaged |= !report.findings.is_empty();
    }
    Ok(if is_damaged { ExitCode::from(EXIT_DAMAGED) } else { ExitCode::SUCCESS })
}

fn describe(report: &Report) -> String {
    let Report { name, events, root, findings } = report;
    if findings.is_empty() {
        return format!("{name}: {events} events, all accounted for; root {root}");
    }
    let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
    format!("{name}: DAMAGED after {events} good events: {}", findings.join("; "))
}
