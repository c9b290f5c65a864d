//! `annals log`: what is done to a log as a whole.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{admin, output::complain, say};
use crate::{
    clock::Clock,
    config::Config,
    db::is_unreadable,
    error::{Error, Result},
    host::Host,
    log::checkpoint::{Asked, Started, State},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say of each log how far it is signed, or why not and what to do about it: exit 0 all good, 1 some refused.
    Status(StatusArgs),
    /// Go on with logs whose end is lost, as after a restore from an older backup: each starts a new epoch past
    /// everything that is known of it.
    NewEpoch(NewEpochArgs),
}

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Slug of the organization; without it every log, the service's own included.
    #[arg(long)]
    org: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct NewEpochArgs {
    /// Slug of the organization; without it every log whose end is lost, the service's own included.
    #[arg(long)]
    org: Option<String>,
    /// Why: stands in the log for ever.
    #[arg(long)]
    reason: String,
    /// First sequence of the epoch, when it is not to be a million past the end that is known. What is only in rows
    /// that nobody signed is overridden.
    #[arg(long, requires = "org", value_parser = clap::value_parser!(i64).range(0..))]
    from: Option<i64>,
    /// Give up a log that is refused for anything but a lost end: the refusal, word for word as `status` says it.
    #[arg(long, requires = "org", value_name = "REFUSAL")]
    despite: Option<String>,
}

/// Runs an `annals log` command.
pub(super) fn run(config: &Config, clock: &Clock, command: &Command) -> Result<ExitCode> {
    let host = admin::host(config, clock, "annals log")?;
    match command {
        Command::Status(args) => status(&host, args),
        Command::NewEpoch(args) => new_epoch(&host, args),
    }
}

fn status(host: &Host, args: &StatusArgs) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (organization, state) in host.log_states(args.org.as_deref())? {
        let state = match state {
            Ok(state) => state,
            Err(error) if matches!(error, Error::Integrity(_)) || is_unreadable(&error) => {
                say(&format!("{}: DAMAGED: {error}", organization.slug));
                code = ExitCode::FAILURE;
                continue;
            }
            Err(error) => return Err(error),
        };
        say(&describe(&organization.slug, &state));
        if !state.refusals.is_empty() {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

fn describe(slug: &str, state: &State) -> String {
    let log = state.extent;
    let (epoch, next) = (log.epoch, log.next_sequence);
    let signed = log.tree_start.saturating_add(state.signed_size);
    let mut lines = vec![format!("{slug}: epoch {epoch}, next sequence {next}, signed below {signed}")];
    for (refusal, since) in &state.refusals {
        let since = since.map_or_else(String::new, |since| format!(" since {since}"));
        lines.push(format!("  REFUSED{since}: {refusal}"));
    }
    if let Some((refusal, _)) = state.refusals.first() {
        let despite = if state.is_lost() { String::new() } else { format!(" --despite \"{refusal}\"") };
        lines.push(format!(
            "  way out: put back what is missing, or: annals log new-epoch --org {slug}{despite} --reason \"…\""
        ));
    }
    lines.join("\n")
}

fn goes_on(slug: &str, started: Started) -> String {
    let sequence = started.sequence;
    let despite = started.overridden.map_or_else(String::new, |end| {
        format!(", although rows that nobody signed say that it reached {end}")
    });
    format!("{slug}: goes on with sequence {sequence}{despite}")
}

fn new_epoch(host: &Host, args: &NewEpochArgs) -> Result<ExitCode> {
    let asked = Asked { reason: &args.reason, despite: args.despite.as_deref(), from: args.from };
    let started = host.start_epochs(args.org.as_deref(), &asked)?;
    if started.is_empty() {
        say("every log has everything that was signed of it");
    }
    let mut failed = Vec::new();
    for (slug, started) in started {
        match started {
            Ok(started) => say(&goes_on(&slug, started)),
            Err(error) => failed.push((slug, error)),
        }
    }
    match failed.pop() {
        None => Ok(ExitCode::SUCCESS),
        // The one that was asked for fails like any command.
        Some((_, error)) if args.org.is_some() => Err(error),
        Some(last) => {
            failed.push(last);
            for (slug, error) in &failed {
                complain(&format!("annals: {slug}: {error}"));
            }
            Err(Error::Config(format!("{} logs do not go on", failed.len())))
        }
    }
}
