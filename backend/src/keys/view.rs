//! Keys as they are shown: everything but the secret, which is shown once.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    RateLimit, State,
    keeper::{Record, Secret},
    kind,
    uses::Uses,
};
use crate::{
    access::{Scope, token::Token},
    clock::Time,
    events::schema::Party,
    http::page::ListPage,
    id::{self, Id},
    network::Network,
};

/// An API key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyView {
    /// Its id. Rotation keeps it.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::Key>,
    /// What people call it.
    #[schema(example = "billing-api")]
    name: String,
    /// The `source` that all of its events carry.
    #[schema(example = "billing-api")]
    source: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The billing service in production")]
    description: Option<String>,
    /// What it may do.
    scopes: Vec<Scope>,
    /// How its current secret begins: enough to find it, not enough to use it.
    #[schema(example = "ann_sk_7Hq3Zk9B")]
    prefix: String,
    /// How its current secret ends.
    #[schema(example = "x7Qf")]
    last_four: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Who made it; absent for keys from before this was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Party>)]
    created_by: Option<Value>,
    /// When it expires; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Time>,
    /// Where it works; empty: everywhere.
    #[schema(value_type = Vec<String>, example = json!(["10.0.0.0/8"]))]
    networks: Vec<Network>,
    /// How fast it may append; absent: as fast as there is room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_limit: Option<RateLimit>,
    /// Its last use, known to a minute; absent: never used, or not since uses are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<KeyUse>,
    /// Whether it works.
    state: State,
    /// Its secrets that work, newest first: one, and after a rotation also those that go on for a while.
    secrets: Vec<SecretView>,
    /// Raised by every change.
    #[schema(example = 3)]
    version: i32,
}

/// A use of a key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyUse {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
}

/// One of a key's secrets, which is not shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecretView {
    /// How it begins.
    #[schema(example = "ann_sk_7Hq3Zk9B")]
    prefix: String,
    /// How it ends.
    #[schema(example = "x7Qf")]
    last_four: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it stops working because a newer one has replaced it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// When it was last used, known to a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Time>,
}

/// A key with its new secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewKeyView {
    /// The key itself: shown this once, so keep it now.
    #[schema(example = "ann_sk_7Hq3Zk9B_eYd0SnGc1LKtTzHBb3rZxWUo5IpAqFjM2v8k4hQdNXs_0a1B2c")]
    key: String,
    #[serde(flatten)]
    about: KeyView,
}

/// A page of API keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyList {
    /// The keys, newest first; those that are revoked or expired too.
    pub(super) data: Vec<KeyView>,
    /// Where this page stands.
    pub(super) page: ListPage,
}

/// What views are made with: when they are, and which uses are not stored yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer<'a> {
    pub(crate) is_platform: bool,
    pub(crate) uses: &'a Uses,
    pub(crate) now: Time,
}

impl Viewer<'_> {
    pub(crate) fn new_key(self, record: Record, token: &Token) -> NewKeyView {
        NewKeyView { key: token.expose().to_owned(), about: self.key(record) }
    }

    pub(crate) fn key(self, Record { row, secrets }: Record) -> KeyView {
        let used: Vec<Option<(Time, Option<String>)>> =
            secrets.iter().map(|secret| self.last_use(secret)).collect();
        let last_used = used.iter().flatten().max_by_key(|(at, _)| *at).cloned();
        let of_secret = |(secret, used): (&Secret, &Option<(Time, Option<String>)>)| SecretView {
            prefix: self.prefix(secret),
            last_four: secret.row.last_four.clone(),
            created_at: secret.row.created_at,
            expires_at: secret.row.expires_at,
            last_used_at: used.as_ref().map(|(at, _)| *at),
        };
        let current = secrets.first();
        KeyView {
            state: State::of(&row, self.now),
            id: row.id,
            name: row.name,
            source: row.source,
            description: row.description,
            scopes: row.scopes.0,
            prefix: current.map(|secret| self.prefix(secret)).unwrap_or_default(),
            last_four: current.map(|secret| secret.row.last_four.clone()).unwrap_or_default(),
            created_at: row.created_at,
            created_by: row.created_by.map(|party| party.0),
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            networks: row.networks.0,
            rate_limit: row
                .events_per_second
                .and_then(|rate| u32::try_from(rate).ok())
                .map(|events_per_second| RateLimit { events_per_second }),
            last_used: last_used.map(|(at, ip)| KeyUse { at, ip }),
            secrets: secrets.iter().zip(&used).map(of_secret).collect(),
            version: row.version,
        }
    }

    fn prefix(self, secret: &Secret) -> String {
        format!("{}{}", kind(self.is_platform).prefix(), secret.row.public_id)
    }

    /// The later of what is stored and of what this node has seen since.
    fn last_use(self, secret: &Secret) -> Option<(Time, Option<String>)> {
        let seen = self.uses.last(&secret.row.public_id);
        let seen = seen.map(|last| (last.at, last.ip.map(|address| address.to_string())));
        seen.into_iter().chain(secret.used.clone()).max_by_key(|(at, _)| *at)
    }
}
