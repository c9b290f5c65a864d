//! How API keys are kept: of their secrets a hash, never the secret.

use diesel::prelude::*;
use serde_json::Value;

use super::{KeyRow, NewKey, SecretRow, uses::Use};
use crate::{
    access::token::Token,
    clock::Time,
    db::{
        Conn, on_either,
        schema::{api_key_secrets, api_key_uses, api_keys},
        types::Json,
    },
    error::{Error, Result},
    id::{self, Id},
};

/// A key's columns, in the order of [`KeyRow`].
type KeyColumns = (
    api_keys::id,
    api_keys::org_id,
    api_keys::name,
    api_keys::source,
    api_keys::description,
    api_keys::scopes,
    api_keys::networks,
    api_keys::events_per_second,
    api_keys::created_at,
    api_keys::created_by,
    api_keys::expires_at,
    api_keys::revoked_at,
    api_keys::version,
);
const KEY: KeyColumns = (
    api_keys::id,
    api_keys::org_id,
    api_keys::name,
    api_keys::source,
    api_keys::description,
    api_keys::scopes,
    api_keys::networks,
    api_keys::events_per_second,
    api_keys::created_at,
    api_keys::created_by,
    api_keys::expires_at,
    api_keys::revoked_at,
    api_keys::version,
);

/// A secret's columns, in the order of [`SecretRow`].
const SECRET: (
    api_key_secrets::public_id,
    api_key_secrets::key_id,
    api_key_secrets::secret_hash,
    api_key_secrets::last_four,
    api_key_secrets::created_at,
    api_key_secrets::expires_at,
) = (
    api_key_secrets::public_id,
    api_key_secrets::key_id,
    api_key_secrets::secret_hash,
    api_key_secrets::last_four,
    api_key_secrets::created_at,
    api_key_secrets::expires_at,
);

/// The secret with this public id and its key, in whatever state they are.
pub(crate) fn find_secret(conn: &mut Conn, public_id: &str) -> Result<Option<(KeyRow, SecretRow)>> {
    Ok(api_key_secrets::table
        .inner_join(api_keys::table.on(api_keys::id.eq(api_key_secrets::key_id)))
        .filter(api_key_secrets::public_id.eq(public_id))
        .select((KEY, SECRET))
        .first(conn)
        .optional()?)
}

/// The organization's key with this id.
pub(super) fn find(conn: &mut Conn, org: Id<id::Org>, id: Id<id::Key>) -> Result<Option<KeyRow>> {
    Ok(api_keys::table
        .filter(api_keys::org_id.eq(org))
        .filter(api_keys::id.eq(id))
        .select(KEY)
        .first(conn)
        .optional()?)
}

/// The organization's key of this name that is not revoked.
pub(super) fn find_named(conn: &mut Conn, org: Id<id::Org>, name: &str) -> Result<Option<KeyRow>> {
    Ok(api_keys::table
        .filter(api_keys::org_id.eq(org))
        .filter(api_keys::name.eq(name))
        .filter(api_keys::revoked_at.is_null())
        .select(KEY)
        .first(conn)
        .optional()?)
}

/// The organization's keys, newest first, older than the given one.
pub(super) fn page(
    conn: &mut Conn,
    org: Id<id::Org>,
    older_than: Option<Id<id::Key>>,
    limit: i64,
) -> Result<Vec<KeyRow>> {
    let mut query = api_keys::table.filter(api_keys::org_id.eq(org)).into_boxed();
    if let Some(id) = older_than {
        query = query.filter(api_keys::id.lt(id));
    }
    Ok(query.select(KEY).order(api_keys::id.desc()).limit(limit).load(conn)?)
}

/// How many keys the organization has that are not revoked.
pub(super) fn count_live(conn: &mut Conn, org: Id<id::Org>) -> Result<i64> {
    Ok(api_keys::table
        .filter(api_keys::org_id.eq(org))
        .filter(api_keys::revoked_at.is_null())
        .count()
        .get_result(conn)?)
}

/// The secrets of these keys that had not ended at `now`, newest first.
pub(super) fn secrets(conn: &mut Conn, keys: &[Id<id::Key>], now: Time) -> Result<Vec<SecretRow>> {
    Ok(api_key_secrets::table
        .filter(api_key_secrets::key_id.eq_any(keys))
        .filter(api_key_secrets::expires_at.is_null().or(api_key_secrets::expires_at.gt(now)))
        .select(SECRET)
        .order((api_key_secrets::expires_at.is_null().desc(), api_key_secrets::created_at.desc()))
        .load(conn)?)
}

/// When and from where these secrets were last used.
pub(super) fn uses(
    conn: &mut Conn,
    org: Id<id::Org>,
    public_ids: &[&str],
) -> Result<Vec<(String, Time, Option<String>)>> {
    Ok(api_key_uses::table
        .filter(api_key_uses::org_id.eq(org))
        .filter(api_key_uses::public_id.eq_any(public_ids))
        .select((api_key_uses::public_id, api_key_uses::used_at, api_key_uses::ip))
        .load(conn)?)
}

/// Adds a key, without a secret yet.
pub(super) fn insert(
    conn: &mut Conn,
    org: Id<id::Org>,
    new: &NewKey,
    created_by: &Value,
    now: Time,
) -> Result<Id<id::Key>> {
    let id = Id::new(now);
    let rate = new.events_per_second.and_then(|rate| i32::try_from(rate).ok());
    let result = on_either!(conn, inner => diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(id),
            api_keys::org_id.eq(org),
            api_keys::name.eq(&new.name),
            api_keys::source.eq(&new.source),
            api_keys::description.eq(&new.description),
            api_keys::scopes.eq(Json(new.scopes.clone())),
            api_keys::networks.eq(Json(new.networks.clone())),
            api_keys::events_per_second.eq(rate),
            api_keys::created_at.eq(now),
            api_keys::created_by.eq(Json(created_by.clone())),
            api_keys::expires_at.eq(new.expires_at),
            api_keys::version.eq(1),
        ))
        .execute(inner));
    Error::on_taken(result, || {
        format!("there is a key named {} already; revoke it or choose another name", new.name)
    })?;
    Ok(id)
}

/// Adds a secret to a key.
pub(super) fn insert_secret(conn: &mut Conn, key: Id<id::Key>, token: &Token, now: Time) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(api_key_secrets::table)
        .values((
            api_key_secrets::public_id.eq(token.public_id()),
            api_key_secrets::key_id.eq(key),
            api_key_secrets::secret_hash.eq(token.hash().to_vec()),
            api_key_secrets::last_four.eq(token.last_four()),
            api_key_secrets::created_at.eq(now),
        ))
        .execute(inner))?;
    Ok(())
}

/// Ends the secrets of a key at `end`, unless they end before.
pub(super) fn end_secrets(conn: &mut Conn, key: Id<id::Key>, end: Time) -> Result<()> {
    let later = api_key_secrets::expires_at.is_null().or(api_key_secrets::expires_at.gt(end));
    diesel::update(api_key_secrets::table.filter(api_key_secrets::key_id.eq(key)).filter(later))
        .set(api_key_secrets::expires_at.eq(end))
        .execute(conn)?;
    Ok(())
}

/// Replaces what can be changed of a live key that is at this version; `false` when it is not.
pub(super) fn update(conn: &mut Conn, changed: &KeyRow, seen: i32) -> Result<bool> {
    let at_version = api_keys::table
        .filter(api_keys::id.eq(changed.id))
        .filter(api_keys::version.eq(seen))
        .filter(api_keys::revoked_at.is_null());
    let updated = diesel::update(at_version)
        .set((
            api_keys::description.eq(&changed.description),
            api_keys::networks.eq(changed.networks.clone()),
            api_keys::events_per_second.eq(changed.events_per_second),
            api_keys::expires_at.eq(changed.expires_at),
            api_keys::version.eq(changed.version),
        ))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Ends a key; `false` when it was revoked before.
pub(super) fn revoke(conn: &mut Conn, key: Id<id::Key>, now: Time) -> Result<bool> {
    let live = api_keys::table.filter(api_keys::id.eq(key)).filter(api_keys::revoked_at.is_null());
    let updated = diesel::update(live)
        .set((api_keys::revoked_at.eq(now), api_keys::version.eq(api_keys::version + 1)))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Notes when a secret was last used, unless a later use is known.
pub(super) fn note_use(conn: &mut Conn, public_id: &str, last: &Use) -> Result<()> {
    let ip = last.ip.map(|address| address.to_string());
    let row = (
        api_key_uses::org_id.eq(last.org),
        api_key_uses::public_id.eq(public_id),
        api_key_uses::used_at.eq(last.at),
        api_key_uses::ip.eq(&ip),
    );
    let mine = || {
        api_key_uses::table
            .filter(api_key_uses::org_id.eq(last.org))
            .filter(api_key_uses::public_id.eq(public_id.to_owned()))
            .filter(api_key_uses::used_at.lt(last.at))
    };
    let inserted = on_either!(conn, inner => diesel::insert_into(api_key_uses::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(inner))?;
    if inserted == 0 {
        diesel::update(mine())
            .set((api_key_uses::used_at.eq(last.at), api_key_uses::ip.eq(&ip)))
            .execute(conn)?;
    }
    Ok(())
}
