//! `annals keys`: the service's own keys, listed and rotated.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::{admin, say};
use crate::{clock::Clock, config::Config, error::Result, keyring::Purpose};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the keys with their ids and times; never the keys themselves.
    List,
    /// Make a new key. It is used a minute from now, when every node has learned of it.
    Rotate(RotateArgs),
}

#[derive(Debug, Args)]
pub(super) struct RotateArgs {
    /// What the key is for.
    purpose: PurposeArg,
    /// Days for which the old key goes on signing checkpoints beside the new one.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(0..=3_650))]
    overlap_days: u64,
}

/// The purposes whose keys can be rotated.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum PurposeArg {
    /// Signs checkpoints.
    Checkpoint,
    /// Seals log heads.
    Seal,
    /// Encrypts page cursors.
    Cursor,
    /// Signs access tokens.
    Jwt,
    /// Derives the refresh tokens of sessions that begin from then on.
    Lookup,
    /// Encrypts stored secrets, such as second factors; each is encrypted anew when it is next used.
    Secrets,
}

impl From<PurposeArg> for Purpose {
    fn from(purpose: PurposeArg) -> Self {
        match purpose {
            PurposeArg::Checkpoint => Self::Checkpoint,
            PurposeArg::Seal => Self::Seal,
            PurposeArg::Cursor => Self::Cursor,
            PurposeArg::Jwt => Self::Jwt,
            PurposeArg::Lookup => Self::Lookup,
            PurposeArg::Secrets => Self::Secrets,
        }
    }
}

/// Runs an `annals keys` command.
pub(super) fn run(config: &Config, clock: &Clock, command: &Command) -> Result<()> {
    let host = admin::host(config, clock, "annals keys")?;
    match command {
        Command::List => {
            for version in host.service_keys() {
                let retired = version.retired_at.map_or_else(String::new, |at| format!("  until {at}"));
                let (purpose, id, from) = (version.purpose.name(), version.key.id, version.active_from());
                say(&format!("{purpose:<10}  {id}  from {from}{retired}"));
            }
        }
        Command::Rotate(args) => {
            let overlap = match args.purpose {
                PurposeArg::Checkpoint => Duration::from_secs(args.overlap_days * 24 * 60 * 60),
                // Two that are used at once would help nobody: what the old one made is honored all the same.
                PurposeArg::Seal
                | PurposeArg::Cursor
                | PurposeArg::Jwt
                | PurposeArg::Lookup
                | PurposeArg::Secrets => Duration::ZERO,
            };
            let id = host.rotate_service_key(args.purpose.into(), overlap)?;
            say(&format!("key {id}: in use a minute from now"));
        }
    }
    Ok(())
}
