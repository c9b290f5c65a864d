//! The command line: serving, migrating, verifying, and making people and keys.

mod admin;
mod api_keys;
mod backup;
mod keys;
mod log;
mod output;
mod serve;
mod verify;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};

pub(crate) use output::say;
pub(crate) use serve::{Bound, listen, run};

use crate::{
    app,
    clock::Clock,
    config::Config,
    demo,
    error::{Error, Result},
    http, telemetry,
};

/// Exit code for settings that the service cannot start with (sysexits' EX_CONFIG).
const EXIT_CONFIG: u8 = 78;

/// Audit log service: one durable, gapless, provable log per organization.
#[derive(Debug, Parser)]
#[command(name = "annals", version)]
struct Cli {
    /// TOML file with settings; environment variables ANNALS_<SETTING> win over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API and the web page.
    Serve,
    /// Bring the database to this version's schema.
    Migrate,
    /// Make organizations, people and API keys.
    #[command(subcommand)]
    Admin(admin::Command),
    /// List and rotate the service's own keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Act on a log as a whole.
    #[command(subcommand)]
    Log(log::Command),
    /// Check every event and every log against its proof: exit 0 all good, 1 damaged, 2 could not check.
    #[command(after_help = verify::EXIT_CODES)]
    Verify(verify::VerifyArgs),
    /// Copy the embedded database to a file, while the service runs.
    Backup(backup::BackupArgs),
    /// Serve with two organizations full of example events.
    Demo(DemoArgs),
    /// Print the OpenAPI document.
    Openapi,
}

/// How the demo runs.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder for the demo's data; a second run goes on with it.
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    pub(crate) data: PathBuf,
    /// Address and port; a busy port makes way for the next free one, 0 is any.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: std::net::SocketAddr,
    /// Database instead of SQLite in the data folder.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Write addresses and credentials here once ready, as KEY=value lines.
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// Post no events by itself while running.
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Runs the command line of the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let is_verify = matches!(cli.command, Command::Verify(_));
    match start(cli) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&describe(&error));
            match error {
                _ if is_verify => ExitCode::from(verify::EXIT_CANNOT),
                Error::Config(_) => ExitCode::from(EXIT_CONFIG),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn describe(error: &Error) -> String {
    match error {
        Error::Invalid(errors) => {
            errors.iter().map(|error| format!("annals: {error}")).collect::<Vec<_>>().join("\n")
        }
        other => format!("annals: {other}"),
    }
}

fn start(cli: Cli) -> Result<ExitCode> {
    if matches!(cli.command, Command::Openapi) {
        let yaml = http::document_yaml()?;
        say(&yaml);
        return Ok(ExitCode::SUCCESS);
    }
    let mut config = Config::load(cli.config.as_deref())?;
    if let Command::Demo(args) = &cli.command {
        demo::configure(&mut config, args);
    }
    telemetry::start(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Config(format!("cannot start: {error}")))?;
    let result = runtime.block_on(dispatch(cli.command, config));
    // Work that hangs in the database is not waited for: what was not answered may be sent again.
    runtime.shutdown_timeout(Duration::from_millis(500));
    result
}

async fn dispatch(command: Command, config: Config) -> Result<ExitCode> {
    let clock = Clock::system();
    match command {
        Command::Serve => run(Bound::on(listen(config.listen)?, config, clock)?).await?,
        Command::Migrate => {
            let names = app::migrate(&config)?;
            say(&if names.is_empty() {
                "nothing to do".to_owned()
            } else {
                format!("applied {}", names.join(", "))
            });
        }
        Command::Admin(command) => admin::run(&config, &clock, command)?,
        Command::Keys(command) => keys::run(&config, &clock, &command)?,
        Command::Log(command) => return log::run(&config, &clock, &command),
        Command::Verify(args) => return verify::run(&config, &clock, &args),
        Command::Backup(args) => backup::run(&config, &args)?,
        Command::Demo(args) => demo::run(config, clock, args).await?,
        Command::Openapi => {} // needs no settings: answered before
    }
    Ok(ExitCode::SUCCESS)
}
