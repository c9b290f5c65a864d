//! How API keys are kept: a hash, never the secret.

use diesel::prelude::*;

use super::NewKey;
use crate::{
    access::{Scope, token::Token},
    clock::Time,
    db::{Conn, on_either, schema::api_keys, types::Json},
    error::{Error, Result},
    id::{self, Id},
};

/// A key that was not revoked; it may have expired.
#[derive(Debug, Queryable)]
pub(crate) struct KeyRow {
    pub(crate) id: Id<id::Key>,
    pub(crate) org_id: Id<id::Org>,
    pub(crate) name: String,
    pub(crate) secret_hash: Vec<u8>,
    pub(crate) scopes: Json<Vec<Scope>>,
    pub(crate) expires_at: Option<Time>,
}

/// The unrevoked key with this public id.
pub(crate) fn find_live(conn: &mut Conn, public_id: &str) -> Result<Option<KeyRow>> {
    Ok(api_keys::table
        .filter(api_keys::public_id.eq(public_id))
        .filter(api_keys::revoked_at.is_null())
        .select((
            api_keys::id,
            api_keys::org_id,
            api_keys::name,
            api_keys::secret_hash,
            api_keys::scopes,
            api_keys::expires_at,
        ))
        .first(conn)
        .optional()?)
}

/// Adds a key.
pub(super) fn insert(
    conn: &mut Conn,
    org: Id<id::Org>,
    new: &NewKey,
    token: &Token,
    now: Time,
) -> Result<Id<id::Key>> {
    let id = Id::new(now);
    let result = on_either!(conn, inner => diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(id),
            api_keys::org_id.eq(org),
            api_keys::public_id.eq(token.public_id()),
            api_keys::name.eq(&new.name),
            api_keys::secret_hash.eq(token.hash().to_vec()),
            api_keys::last_four.eq(token.last_four()),
            api_keys::scopes.eq(Json(new.scopes.clone())),
            api_keys::created_at.eq(now),
            api_keys::expires_at.eq(new.expires_at),
        ))
        .execute(inner));
    Error::on_taken(result, || format!("there is a key named {} in this organization", new.name))?;
    Ok(id)
}

/// Ends the live key of this name; its id, if there was one.
pub(super) fn revoke(
    conn: &mut Conn,
    org: Id<id::Org>,
    name: &str,
    now: Time,
) -> Result<Option<Id<id::Key>>> {
    let live = api_keys::table
        .filter(api_keys::org_id.eq(org))
        .filter(api_keys::name.eq(name))
        .filter(api_keys::revoked_at.is_null());
    Ok(diesel::update(live)
        .set(api_keys::revoked_at.eq(now))
        .returning(api_keys::id)
        .get_result(conn)
        .optional()?)
}
