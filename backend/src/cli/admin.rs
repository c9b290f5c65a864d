//! Making organizations, people and API keys from the host: whoever holds the files holds the service.

use std::io::{IsTerminal, Read};

use clap::{Args, Subcommand, ValueEnum};
use secrecy::SecretString;

use super::{
    api_keys::{CreateArgs, RevokeArgs, RotateArgs},
    output::complain,
    say,
};
use crate::{
    access::Role,
    app::Core,
    clock::Clock,
    config::Config,
    error::{Error, Result},
    host::Host,
    users::{NewUser, password::Hasher},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an organization.
    #[command(name = "create-org")]
    Org(OrgArgs),
    /// Make a person's account; the password is read from standard input.
    #[command(name = "create-user")]
    User(UserArgs),
    /// Make an API key and print it: it cannot be shown again.
    #[command(name = "create-key")]
    Key(CreateArgs),
    /// Make a link with which a person sets a new password, once, within an hour; print it.
    ResetLink(ResetLinkArgs),
    /// Remove the second factor of somebody who has lost it, and end their sessions.
    RemoveMfa(RemoveMfaArgs),
    /// Give an API key a new secret and print it; the one before goes on working for a while.
    RotateKey(RotateArgs),
    /// End an API key: it works nowhere any more, within seconds.
    RevokeKey(RevokeArgs),
}

#[derive(Debug, Args)]
pub(super) struct OrgArgs {
    /// Name in paths: 2 to 63 of a-z, 0-9 and -; cannot be changed.
    #[arg(long)]
    slug: String,
    /// Name for people.
    #[arg(long)]
    name: String,
    /// Event-type packs in order of precedence; without any, the setting `default_packs`.
    #[arg(long = "pack", value_name = "PACK")]
    packs: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct UserArgs {
    #[arg(long)]
    email: String,
    /// Name for people.
    #[arg(long)]
    name: String,
    /// Make them an operator of this service.
    #[arg(long)]
    operator: bool,
    /// Slug of the organization they belong to.
    #[arg(long, requires = "role")]
    org: Option<String>,
    /// What they are in it.
    #[arg(long, requires = "org")]
    role: Option<RoleArg>,
}

#[derive(Debug, Args)]
pub(super) struct ResetLinkArgs {
    /// E-mail of the person's account.
    #[arg(long)]
    email: String,
}

#[derive(Debug, Args)]
pub(super) struct RemoveMfaArgs {
    /// E-mail of the person's account.
    #[arg(long)]
    email: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleArg {
    Admin,
    Auditor,
    Member,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Admin => Self::Admin,
            RoleArg::Auditor => Self::Auditor,
            RoleArg::Member => Self::Member,
        }
    }
}

/// What acts on a service that is not running here, as `actor`.
pub(super) fn host(config: &Config, clock: &Clock, actor: &str) -> Result<Host> {
    let hasher = Hasher::new(config.argon2_memory_kib)?;
    Ok(Host::new(Core::open(config, clock)?, hasher, clock.clone(), actor))
}

/// Runs an `annals admin` command.
pub(super) fn run(config: &Config, clock: &Clock, command: Command) -> Result<()> {
    let host = host(config, clock, "annals admin")?;
    match command {
        Command::Org(args) => create_org(&host, config, &args),
        Command::User(args) => create_user(&host, &args),
        Command::Key(args) => args.run(&host, clock),
        Command::ResetLink(args) => {
            say(&config.link("reset", &host.create_reset_link(&args.email)?));
            Ok(())
        }
        Command::RemoveMfa(args) => {
            host.remove_second_factor(&args.email)?;
            say(&format!("{} signs in with the password alone", args.email));
            Ok(())
        }
        Command::RotateKey(args) => args.run(&host),
        Command::RevokeKey(args) => args.run(&host),
    }
}

fn create_org(host: &Host, config: &Config, args: &OrgArgs) -> Result<()> {
    let packs = if args.packs.is_empty() { &config.default_packs } else { &args.packs };
    let organization = host.create_organization(&args.slug, &args.name, packs)?;
    let packs = organization.packs.join(", ");
    say(&format!("organization {} ({}), packs: {packs}", organization.slug, organization.id));
    Ok(())
}

fn create_user(host: &Host, args: &UserArgs) -> Result<()> {
    if std::io::stdin().is_terminal() {
        complain("Type the password (it shows), then Enter and Ctrl-D:");
    }
    let mut password = String::new();
    std::io::stdin()
        .read_to_string(&mut password)
        .map_err(|error| Error::Config(format!("cannot read the password from standard input: {error}")))?;
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']));
    let role: Vec<(&str, Role)> = args.org.as_deref().zip(args.role.map(Role::from)).into_iter().collect();
    let new = NewUser::new(&args.email, &args.name, args.operator)?;
    host.create_user(&new, &password, &role)?;
    say(&format!("account {}", new.email));
    Ok(())
}
