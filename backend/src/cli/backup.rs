//! `annals backup`: a copy of the embedded database.

use std::path::PathBuf;

use clap::Args;

use super::say;
use crate::{app, config::Config, error::Result};

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// New file for the copy. It holds everything but the master key.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Writes the copy and says so.
pub(super) fn run(config: &Config, args: &BackupArgs) -> Result<()> {
    let bytes = app::find_database(config)?.back_up(&args.to)?;
    say(&format!(
        "{}: {bytes} bytes, without the master key; check it with ANNALS_DATABASE_URL=sqlite:{0} annals verify",
        args.to.display()
    ));
    Ok(())
}
