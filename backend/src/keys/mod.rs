//! API keys: how services post events and scripts read them, in one organization or, the platform's own, in all.

pub mod api;
mod desk;
mod input;
pub(crate) mod keeper;
pub(crate) mod limits;
pub mod platform;
pub(crate) mod refusals;
pub(crate) mod store;
pub(crate) mod uses;
mod view;

use std::time::Duration;

use diesel::Queryable;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use input::NewKey;

use crate::{
    access::{Key, Scope, token::Kind},
    clock::{Clock, Time},
    db::types::Json,
    id::{self, Id},
    network::Network,
};

/// How long a key lives unless told otherwise, in days.
pub const LIFETIME_DAYS: u32 = 365;
/// The same as a span.
pub const LIFETIME: Duration = days(LIFETIME_DAYS);
/// Longest that a key lives that expires at all, in days.
pub const LIFETIME_DAYS_MAX: u32 = 3_650;
/// For how long the secrets before it go on working when a key is rotated, unless told otherwise, in seconds.
pub const OVERLAP_SECONDS: u32 = 24 * 60 * 60;
/// Longest that they may, in seconds.
pub const OVERLAP_SECONDS_MAX: u32 = 7 * 24 * 60 * 60;
/// How long before its end a key is shown as expiring.
const EXPIRING: Duration = days(30);

/// So many days.
pub(crate) const fn days(days: u32) -> Duration {
    Duration::from_hours(24).saturating_mul(days)
}

/// What the service remembers of its keys while it runs.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) uses: uses::Uses,
    pub(crate) refusals: refusals::Refusals,
    pub(crate) limits: limits::Limits,
}

impl Keys {
    /// Nothing yet.
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            uses: uses::Uses::default(),
            refusals: refusals::Refusals::default(),
            limits: limits::Limits::new(clock.clone()),
        }
    }
}

/// A key, as stored.
#[derive(Debug, Clone, Queryable)]
pub struct KeyRow {
    pub(crate) id: Id<id::Key>,
    pub(crate) org_id: Id<id::Org>,
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) description: Option<String>,
    pub(crate) scopes: Json<Vec<Scope>>,
    pub(crate) networks: Json<Vec<Network>>,
    pub(crate) events_per_second: Option<i32>,
    pub(crate) created_at: Time,
    pub(crate) created_by: Option<Json<Value>>,
    pub(crate) expires_at: Option<Time>,
    pub(crate) revoked_at: Option<Time>,
    pub(crate) version: i32,
}

/// One of a key's secrets, as stored.
#[derive(Debug, Clone, Queryable)]
pub struct SecretRow {
    pub(crate) public_id: String,
    pub(crate) key_id: Id<id::Key>,
    pub(crate) secret_hash: Vec<u8>,
    pub(crate) last_four: String,
    pub(crate) created_at: Time,
    /// When a newer one has replaced it.
    pub(crate) expires_at: Option<Time>,
}

impl From<KeyRow> for Key {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            org_id: row.org_id,
            name: row.name,
            source: row.source,
            scopes: row.scopes.0,
            events_per_second: row.events_per_second.and_then(|rate| u32::try_from(rate).ok()),
        }
    }
}

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It works.
    Active,
    /// It works, and expires within 30 days.
    Expiring,
    /// It works no longer, until its end is moved.
    Expired,
    /// It never works again.
    Revoked,
}

impl State {
    fn of(row: &KeyRow, now: Time) -> Self {
        match row.expires_at {
            _ if row.revoked_at.is_some() => Self::Revoked,
            Some(end) if end <= now => Self::Expired,
            Some(end) if end <= now.plus(EXPIRING) => Self::Expiring,
            Some(_) | None => Self::Active,
        }
    }
}

/// How fast a key may append.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    /// Events a second that are taken for as long as it likes; five seconds' worth at once, and at least 1,000, so
    /// that a full batch always fits. Each node counts by itself.
    #[schema(minimum = 1, maximum = 100_000, example = 500)]
    pub(crate) events_per_second: u32,
}

/// The kind of an organization's keys.
fn kind(is_platform: bool) -> Kind {
    if is_platform { Kind::PlatformKey } else { Kind::ApiKey }
}
