//! Making organizations, people and API keys from the host: whoever holds the files holds the service.

use std::{io::Read, sync::Arc, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::say;
use crate::{
    access::{OrgScope, Role, Scope},
    app::Core,
    clock::Clock,
    config::Config,
    db::Conn,
    error::{Error, Result},
    keys::{self, NewKey},
    orgs::{self, NewOrganization, Organization},
    own::OwnEvent,
    users::{self, NewUser, password::Hasher},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an organization.
    CreateOrg(OrgArgs),
    /// Make a person's account; the password is read from standard input.
    CreateUser(UserArgs),
    /// Make an API key and print it: it cannot be shown again.
    CreateKey(KeyArgs),
}

#[derive(Debug, Args)]
pub(super) struct OrgArgs {
    /// Name in paths: 2 to 63 of a-z, 0-9 and -; cannot be changed.
    #[arg(long)]
    slug: String,
    /// Name for people.
    #[arg(long)]
    name: String,
    /// Event-type packs in order of precedence.
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

#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    /// Slug of the organization.
    #[arg(long)]
    org: String,
    /// Becomes the `source` of the key's events and stays in the log for ever.
    #[arg(long)]
    name: String,
    /// events:write, events:read, org:read.
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<Scope>,
    /// Days until it expires; 0 is never.
    #[arg(long, default_value_t = 365)]
    expires_days: u64,
}

/// Runs an `annals admin` command.
pub(super) fn run(config: &Config, clock: &Clock, command: Command) -> Result<()> {
    let core = Core::open(config, clock)?;
    match command {
        Command::CreateOrg(args) => create_org(&core, clock, &args),
        Command::CreateUser(args) => create_user(&core, config, clock, &args),
        Command::CreateKey(args) => create_key(&core, clock, &args),
    }
}

/// Whoever works at the host is recorded as the command line.
fn actor() -> Value {
    OwnEvent::system_actor("annals admin")
}

fn create_org(core: &Core, clock: &Clock, args: &OrgArgs) -> Result<()> {
    let new = NewOrganization::new(&args.slug, &args.name, &args.packs, |pack| core.catalog.has_pack(pack))?;
    let organization = core
        .db
        .write_blocking("orgs.create", |conn| orgs::create(conn, &core.recorder, &new, &actor(), clock.now()))?;
    say(&format!("organization {} ({})", organization.slug, organization.id));
    Ok(())
}

fn create_user(core: &Core, config: &Config, clock: &Clock, args: &UserArgs) -> Result<()> {
    let new = NewUser::new(&args.email, &args.name, args.operator)?;
    let mut password = String::new();
    std::io::stdin()
        .read_to_string(&mut password)
        .map_err(|error| Error::Config(format!("cannot read the password from standard input: {error}")))?;
    let password = SecretString::from(password.trim_end_matches(['\r', '\n']));
    let hash = Hasher::new(config.argon2_memory_kib)?.hash(&password)?;
    let membership = args.org.as_deref().zip(args.role.map(Role::from));
    core.db.write_blocking("users.create", |conn| {
        let id = users::store::insert(conn, &new, &hash, clock.now())?;
        let target = users::party(id, &new.name, &new.email);
        let created = OwnEvent::new("annals.user.created", actor())
            .target(target.clone())
            .parameters(json!({"is_operator": new.is_operator}));
        let platform = OrgScope::of_service(&core.platform);
        if let Some((slug, role)) = membership {
            let organization = organization(conn, slug)?;
            users::store::insert_membership(conn, organization.id, id, role, clock.now())?;
            let added = OwnEvent::new("annals.member.added", actor())
                .target(target)
                .parameters(json!({"role": role.name()}));
            // Two logs in one transaction: in the order of their organizations' ids, as everywhere.
            let mut events = [(platform, created), (OrgScope::of_service(&organization), added)];
            events.sort_by_key(|(scope, _)| scope.org_id());
            for (scope, event) in events {
                core.recorder.record(conn, &scope, event)?;
            }
        } else {
            core.recorder.record(conn, &platform, created)?;
        }
        Ok(())
    })?;
    say(&format!("account {}", new.email));
    Ok(())
}

fn create_key(core: &Core, clock: &Clock, args: &KeyArgs) -> Result<()> {
    let now = clock.now();
    let lifetime = Duration::from_secs(args.expires_days.saturating_mul(24 * 60 * 60));
    let expires_at = (args.expires_days > 0).then(|| now.plus(lifetime));
    let new = NewKey::new(&args.name, &args.scopes, expires_at)?;
    let token = core.db.write_blocking("keys.create", |conn| {
        let organization = organization(conn, &args.org)?;
        keys::create(conn, &core.recorder, &organization, &new, &actor(), now)
    })?;
    say(token.expose());
    Ok(())
}

fn organization(conn: &mut Conn, slug: &str) -> Result<Arc<Organization>> {
    let organization = orgs::store::find(conn, slug)?;
    organization.map(Arc::new).ok_or_else(|| Error::Config(format!("there is no organization {slug}")))
}
