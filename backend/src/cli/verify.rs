//! `annals verify`: every event and every log against its proof.

use std::{process::ExitCode, sync::Arc};

use clap::Args;

use super::say;
use crate::{
    access::OrgScope,
    app,
    config::Config,
    error::{Error, Result},
    log::verify::{Report, verify},
    orgs,
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
    let mut organizations = db.read_blocking("orgs.all", orgs::store::all)?;
    if let Some(slug) = &args.org {
        organizations.retain(|organization| organization.slug == *slug);
        if organizations.is_empty() {
            return Err(Error::Config(format!("--org: there is no organization {slug}")));
        }
    }
    let mut damaged = 0;
    for organization in organizations {
        let scope = OrgScope::of_service(&Arc::new(organization));
        let report = db.read_blocking("log.verify", |conn| verify(conn, &sealer, &scope))?;
        say(&describe(scope.slug(), &report));
        damaged += usize::from(report.finding.is_some());
    }
    Ok(if damaged == 0 { ExitCode::SUCCESS } else { ExitCode::from(EXIT_DAMAGED) })
}

fn describe(slug: &str, report: &Report) -> String {
    match &report.finding {
        None => format!("{slug}: {} events, all accounted for; root {}", report.events, report.root),
        Some(finding) => format!("{slug}: DAMAGED after {} good events: {finding}", report.events),
    }
}
