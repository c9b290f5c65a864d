//! `annals log`: what is done to a log as a whole.

use clap::{Args, Subcommand};

use super::{admin, say};
use crate::{clock::Clock, config::Config, error::Result};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Go on with logs whose end is lost, as after a restore from an older backup: each starts a new epoch past
    /// everything that was signed.
    NewEpoch(NewEpochArgs),
}

#[derive(Debug, Args)]
pub(super) struct NewEpochArgs {
    /// Slug of the organization; without it every log that is behind, the service's own included.
    #[arg(long)]
    org: Option<String>,
    /// Why: stands in the log for ever.
    #[arg(long)]
    reason: String,
}

/// Runs an `annals log` command.
pub(super) fn run(config: &Config, clock: &Clock, command: &Command) -> Result<()> {
    let Command::NewEpoch(args) = command;
    let host = admin::host(config, clock, "annals log")?;
    let started = host.start_epochs(args.org.as_deref(), &args.reason)?;
    for (slug, sequence) in &started {
        say(&format!("{slug}: goes on with sequence {sequence}"));
    }
    if started.is_empty() {
        say("every log has everything that was signed of it");
    }
    Ok(())
}
