//! What the service says about itself: log lines on standard error.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt};

use crate::{
    config::{self, Config, LogFormat},
    error::{Error, Result},
    request,
};

/// Starts writing log lines.
pub fn start(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log_filter)
        .map_err(|error| Error::Config(format!("log_filter: {error}")))?;
    let is_terminal = std::io::stderr().is_terminal();
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_terminal);
    let result = match config.log_format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    result.map_err(|error| Error::Bug(format!("logging was started twice: {error}")))?;
    // A panic's own lines would not be of the log's format.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(request_id = request::field(), at, cause = panic.payload_as_str(), "panic");
    }));
    for variable in config::unknown_variables() {
        tracing::warn!(variable, "this environment variable is no setting; is it misspelled?");
    }
    Ok(())
}
