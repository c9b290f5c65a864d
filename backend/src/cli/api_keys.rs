//! API keys from the host: of an organization, or of the platform itself.

use clap::Args;

use super::say;
use crate::{
    access::Scope,
    clock::Clock,
    error::Result,
    host::{Host, Owner},
    keys::{self, NewKey},
    network::Network,
};

/// Whose the key is.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct OwnerArgs {
    /// Slug of the organization.
    #[arg(long)]
    org: Option<String>,
    /// The platform: a key for every organization.
    #[arg(long)]
    platform: bool,
}

impl OwnerArgs {
    fn owner(&self) -> Owner<'_> {
        self.org.as_deref().map_or(Owner::Platform, Owner::Organization)
    }
}

/// What the help says of scopes.
const SCOPES: &str = "Of an organization: events:write, events:read, events:verify, org:read, org:write. \
    Of the platform: events:write, orgs:create, orgs:read, orgs:write, event_types:write";

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    owner: OwnerArgs,
    /// What people call it; recorded in the log for ever.
    #[arg(long)]
    name: String,
    #[arg(long = "scope", value_name = "SCOPE", required = true, help = SCOPES)]
    scopes: Vec<Scope>,
    /// The `source` that its events carry; without one, its name.
    #[arg(long)]
    source: Option<String>,
    /// Network or address that it works from; without any, everywhere.
    #[arg(long = "network", value_name = "NETWORK")]
    networks: Vec<Network>,
    /// Days until it expires; 0 is never.
    #[arg(long, default_value_t = keys::LIFETIME_DAYS,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(keys::LIFETIME_DAYS_MAX)))]
    expires_days: u32,
}

#[derive(Debug, Args)]
pub(super) struct RotateArgs {
    #[command(flatten)]
    owner: OwnerArgs,
    /// Name of the key.
    #[arg(long)]
    name: String,
    /// Seconds for which the secret before goes on working; 0 ends it at once.
    #[arg(long, default_value_t = keys::OVERLAP_SECONDS,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(keys::OVERLAP_SECONDS_MAX)))]
    overlap_seconds: u32,
}

#[derive(Debug, Args)]
pub(super) struct RevokeArgs {
    #[command(flatten)]
    owner: OwnerArgs,
    /// Name of the key.
    #[arg(long)]
    name: String,
}

impl CreateArgs {
    pub(super) fn run(&self, host: &Host, clock: &Clock) -> Result<()> {
        let expires_at = (self.expires_days > 0).then(|| clock.now().plus(keys::days(self.expires_days)));
        let new = NewKey::new(&self.name, &self.scopes, expires_at)?
            .with_source(self.source.as_ref().unwrap_or(&self.name))?
            .with_networks(self.networks.clone());
        say(host.create_key_of(self.owner.owner(), &new)?.expose());
        Ok(())
    }
}

impl RotateArgs {
    pub(super) fn run(&self, host: &Host) -> Result<()> {
        say(host.rotate_key(self.owner.owner(), &self.name, self.overlap_seconds)?.expose());
        Ok(())
    }
}

impl RevokeArgs {
    pub(super) fn run(&self, host: &Host) -> Result<()> {
        host.revoke_key_of(self.owner.owner(), &self.name)?;
        say(&format!("key {} revoked", self.name));
        Ok(())
    }
}
