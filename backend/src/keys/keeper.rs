//! Making, changing, rotating and revoking keys, each recorded in the transaction that does it.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    KeyRow, NewKey, SecretRow,
    input::{KeyChange, RotationInput},
    kind, store,
};
use crate::{
    access::{OrgScope, Scope, token::Token},
    clock::Time,
    db::Conn,
    error::{Error, FieldError, Result},
    id::{self, Id, Key},
    orgs::{self, Limited, Organization, Plans},
    own::{Actor, OwnEvent, Recorder},
};

/// Most keys of an organization that are not revoked.
const KEYS_MAX: i64 = 1_000;
/// Most secrets of a key that work at the same time.
const SECRETS_MAX: usize = 5;

/// A key with the secrets of it that have not ended, newest first.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) row: KeyRow,
    pub(crate) secrets: Vec<Secret>,
}

/// A secret, and when and from where it was last used.
#[derive(Debug)]
pub(crate) struct Secret {
    pub(crate) row: SecretRow,
    pub(crate) used: Option<(Time, Option<String>)>,
}

impl Record {
    /// The public ids of its secrets.
    pub(crate) fn public_ids(&self) -> impl Iterator<Item = String> {
        self.secrets.iter().map(|secret| secret.row.public_id.clone())
    }
}

/// The organization's keys, newest first, older than the given one.
pub(super) fn page(
    conn: &mut Conn,
    org: Id<id::Org>,
    older_than: Option<Id<Key>>,
    limit: i64,
    now: Time,
) -> Result<Vec<Record>> {
    let rows = store::page(conn, org, older_than, limit)?;
    with_secrets(conn, org, rows, now)
}

/// The organization's key with this id.
pub(super) fn find(conn: &mut Conn, org: Id<id::Org>, key: Id<Key>, now: Time) -> Result<Record> {
    let rows = store::find(conn, org, key)?.into_iter().collect();
    with_secrets(conn, org, rows, now)?.pop().ok_or(Error::NotFound)
}

fn with_secrets(conn: &mut Conn, org: Id<id::Org>, rows: Vec<KeyRow>, now: Time) -> Result<Vec<Record>> {
    let keys: Vec<Id<Key>> = rows.iter().map(|row| row.id).collect();
    let secrets = store::secrets(conn, &keys, now)?;
    let public_ids: Vec<&str> = secrets.iter().map(|secret| secret.public_id.as_str()).collect();
    let uses = store::uses(conn, org, &public_ids)?;
    let last_use = |public_id: &str| {
        let found = uses.iter().find(|(used, _, _)| used == public_id);
        found.map(|(_, at, ip)| (*at, ip.clone()))
    };
    let record = |row: KeyRow| {
        let own = secrets.iter().filter(|secret| secret.key_id == row.id);
        let secrets = own.map(|secret| Secret { used: last_use(&secret.public_id), row: secret.clone() });
        Record { secrets: secrets.collect(), row }
    };
    Ok(rows.into_iter().map(record).collect())
}

/// Acts on the keys of one organization, for somebody.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    pub(crate) recorder: Recorder,
    pub(crate) organization: Arc<Organization>,
    pub(crate) actor: Actor,
    /// What limits the keys; whoever holds the host is not limited.
    pub(crate) plans: Option<Arc<Plans>>,
}

impl Keeper {
    /// Makes a key. The token is the only copy of the secret there will ever be.
    pub(crate) fn create(&self, conn: &mut Conn, new: &NewKey) -> Result<(Record, Token)> {
        let (now, org) = (self.recorder.clock.now(), self.organization.id);
        let scopes = if self.organization.is_platform { Scope::PLATFORM } else { Scope::ORGANIZATION };
        if new.scopes.iter().any(|scope| !scopes.contains(scope)) {
            let known = scopes.map(Scope::name).join(", ");
            let message = format!("no scope of this kind of key; known are {known}");
            return Err(Error::Invalid(vec![FieldError::new("/scopes", "unknown_value", message)]));
        }
        self.check_room(conn)?;
        let token = Token::random(kind(self.organization.is_platform))?;
        let id = store::insert(conn, org, new, &self.actor.party, now)?;
        store::insert_secret(conn, id, &token, now)?;
        let event = OwnEvent::by("api_key.created", &self.actor)
            .target(json!({"type": "api_key", "id": id, "name": new.name}))
            .parameters(json!({
                "name": new.name,
                "public_id": token.public_id(),
                "source": new.source,
                "scopes": new.scopes,
                "networks": new.networks,
                "events_per_second": new.events_per_second,
                "expires_at": new.expires_at,
            }));
        self.record(conn, event)?;
        Ok((find(conn, org, id, now)?, token))
    }

    fn check_room(&self, conn: &mut Conn) -> Result<()> {
        let organization = orgs::take_turn(conn, self.organization.id)?;
        let used = store::count_live(conn, organization.id)?;
        if used >= KEYS_MAX {
            return Err(Error::Conflict(format!("there are {KEYS_MAX} keys; revoke those that nobody uses")));
        }
        match &self.plans {
            Some(plans) if !organization.is_platform => {
                plans.require_room(&organization, Limited::ApiKeys, used)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Changes what can be changed of a key. Nothing is recorded when nothing is.
    pub(super) fn change(&self, conn: &mut Conn, key: Id<Key>, input: &KeyChange) -> Result<Record> {
        let (now, org) = (self.recorder.clock.now(), self.organization.id);
        let current = find_live(conn, org, key)?;
        if current.version != input.version {
            return Err(Error::VersionConflict(Some(current.version)));
        }
        let mut new = input.applied_to(&current, now)?;
        let changes = differences(&current, &new);
        if changes.is_empty() {
            return find(conn, org, key, now);
        }
        new.version += 1;
        self.update(conn, &new, current.version)?;
        let event =
            OwnEvent::by("annals.api_key.changed", &self.actor).target(target(&new)).changes(&changes);
        self.record(conn, event)?;
        find(conn, org, key, now)
    }

    /// Gives a key a new secret; those before it, whose public ids are answered, go on working for a while.
    pub(super) fn rotate(
        &self,
        conn: &mut Conn,
        key: Id<Key>,
        input: RotationInput,
    ) -> Result<(Record, Token, Vec<String>)> {
        let (now, org) = (self.recorder.clock.now(), self.organization.id);
        let current = find_live(conn, org, key)?;
        if input.version.is_some_and(|seen| seen != current.version) {
            return Err(Error::VersionConflict(Some(current.version)));
        }
        if current.expires_at.is_some_and(|end| end <= now) {
            return Err(Error::Conflict("the key has expired; move its end before you rotate it".into()));
        }
        let before = store::secrets(conn, &[key], now)?;
        if input.overlap_seconds > 0 && before.len() >= SECRETS_MAX {
            let message = format!(
                "{SECRETS_MAX} secrets of this key work; wait until one ends, or rotate with overlap_seconds 0"
            );
            return Err(Error::Conflict(message));
        }
        self.update(conn, &KeyRow { version: current.version + 1, ..current.clone() }, current.version)?;
        let end = now.plus(Duration::from_secs(input.overlap_seconds.into()));
        store::end_secrets(conn, key, end)?;
        let token = Token::random(kind(self.organization.is_platform))?;
        store::insert_secret(conn, key, &token, now)?;
        let replaced: Vec<String> = before.into_iter().map(|secret| secret.public_id).collect();
        let event =
            OwnEvent::by("annals.api_key.rotated", &self.actor).target(target(&current)).parameters(json!({
                "public_id": token.public_id(),
                "replaced": replaced,
                "replaced_end_by": end,
            }));
        self.record(conn, event)?;
        Ok((find(conn, org, key, now)?, token, replaced))
    }

    /// Ends a key for good; answers it as it was. Nothing happens when it was revoked before.
    pub(super) fn revoke(&self, conn: &mut Conn, key: Id<Key>) -> Result<Record> {
        let now = self.recorder.clock.now();
        let record = find(conn, self.organization.id, key, now)?;
        if store::revoke(conn, key, now)? {
            self.record(conn, OwnEvent::by("api_key.deleted", &self.actor).target(target(&record.row)))?;
        }
        Ok(record)
    }

    /// The id of the live key of this name, for those who name keys so.
    pub(crate) fn named(&self, conn: &mut Conn, name: &str) -> Result<Id<Key>> {
        let found = store::find_named(conn, self.organization.id, name)?;
        let owner = &self.organization.slug;
        found
            .map(|row| row.id)
            .ok_or_else(|| Error::Config(format!("there is no live key {name} in {owner}")))
    }

    /// Revokes the live key of this name.
    pub(crate) fn revoke_named(&self, conn: &mut Conn, name: &str) -> Result<()> {
        let key = self.named(conn, name)?;
        self.revoke(conn, key).map(drop)
    }

    /// Rotates the live key of this name.
    pub(crate) fn rotate_named(&self, conn: &mut Conn, name: &str, overlap_seconds: u32) -> Result<Token> {
        let key = self.named(conn, name)?;
        let (_, token, _) = self.rotate(conn, key, RotationInput { overlap_seconds, version: None })?;
        Ok(token)
    }

    /// Several who act on one key at once take turns here: one finds the version that it has read.
    fn update(&self, conn: &mut Conn, changed: &KeyRow, seen: i32) -> Result<()> {
        if store::update(conn, changed, seen)? {
            return Ok(());
        }
        let current = store::find(conn, self.organization.id, changed.id)?;
        Err(Error::VersionConflict(current.map(|row| row.version)))
    }

    fn record(&self, conn: &mut Conn, event: OwnEvent) -> Result<()> {
        self.recorder.record(conn, &OrgScope::of_service(&self.organization), event).map(drop)
    }
}

/// The key, which must not be revoked.
fn find_live(conn: &mut Conn, org: Id<id::Org>, key: Id<Key>) -> Result<KeyRow> {
    let row = store::find(conn, org, key)?.ok_or(Error::NotFound)?;
    if row.revoked_at.is_some() {
        return Err(Error::Conflict("the key is revoked, and stays so; make another one".into()));
    }
    Ok(row)
}

fn target(row: &KeyRow) -> Value {
    json!({"type": "api_key", "id": row.id, "name": row.name})
}

fn differences(old: &KeyRow, new: &KeyRow) -> Vec<(&'static str, Value, Value)> {
    let members = |row: &KeyRow| {
        [
            ("description", json!(row.description)),
            ("networks", json!(row.networks.0)),
            ("expires_at", json!(row.expires_at)),
            ("events_per_second", json!(row.events_per_second)),
        ]
    };
    let pairs = members(old).into_iter().zip(members(new));
    pairs
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| (field, old, new))
        .collect()
}
