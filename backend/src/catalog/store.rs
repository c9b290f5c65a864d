//! How event types of one's own are kept: the current ones, and every version that there ever was.

use diesel::{dsl::max, prelude::*};
use serde_json::Value;

use super::{EventType, definition::Definition};
use crate::{
    clock::Time,
    db::{
        Conn, on_either,
        schema::{event_type_versions, event_types, event_types_revision},
        types::Json,
    },
    error::Result,
};

/// An event type as stored.
#[derive(Debug, Queryable)]
pub(super) struct Row {
    pub(super) pack: String,
    pub(super) action: String,
    pub(super) version: i32,
    pub(super) document: Json<Definition>,
}

const ROW: (event_types::pack, event_types::action, event_types::version, event_types::document) =
    (event_types::pack, event_types::action, event_types::version, event_types::document);

/// Which state of all event types this is.
pub(super) fn revision(conn: &mut Conn) -> Result<i64> {
    Ok(event_types_revision::table.select(event_types_revision::revision).first(conn)?)
}

/// Raises the revision: until the transaction ends, nobody else changes event types.
pub(super) fn take_turn(conn: &mut Conn) -> Result<()> {
    diesel::update(event_types_revision::table)
        .set(event_types_revision::revision.eq(event_types_revision::revision + 1))
        .execute(conn)?;
    Ok(())
}

/// Every event type of one's own, in order.
pub(super) fn all(conn: &mut Conn) -> Result<Vec<Row>> {
    Ok(event_types::table.select(ROW).order((event_types::pack, event_types::action)).load(conn)?)
}

/// The event type of this pack and action.
pub(super) fn find(conn: &mut Conn, pack: &str, action: &str) -> Result<Option<Row>> {
    Ok(event_types::table.find((pack, action)).select(ROW).first(conn).optional()?)
}

/// The highest version that there ever was, also of one that was deleted.
pub(super) fn last_version(conn: &mut Conn, pack: &str, action: &str) -> Result<Option<i32>> {
    Ok(event_type_versions::table
        .filter(event_type_versions::pack.eq(pack))
        .filter(event_type_versions::action.eq(action))
        .select(max(event_type_versions::version))
        .first(conn)?)
}

/// Adds or replaces an event type.
pub(super) fn put(conn: &mut Conn, new: &EventType, definition: &Definition, now: Time) -> Result<()> {
    let document = Json(definition.clone());
    on_either!(conn, inner => diesel::insert_into(event_types::table)
        .values((
            event_types::pack.eq(&new.pack),
            event_types::action.eq(&new.action),
            event_types::version.eq(new.version),
            event_types::document.eq(&document),
            event_types::created_at.eq(now),
            event_types::updated_at.eq(now),
        ))
        .on_conflict((event_types::pack, event_types::action))
        .do_update()
        .set((
            event_types::version.eq(new.version),
            event_types::document.eq(&document),
            event_types::updated_at.eq(now),
        ))
        .execute(inner))?;
    Ok(())
}

/// Keeps a version for ever.
pub(super) fn insert_version(
    conn: &mut Conn,
    new: &EventType,
    definition: &Definition,
    actor: &Value,
    now: Time,
) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(event_type_versions::table)
        .values((
            event_type_versions::pack.eq(&new.pack),
            event_type_versions::action.eq(&new.action),
            event_type_versions::version.eq(new.version),
            event_type_versions::document.eq(Json(definition.clone())),
            event_type_versions::created_at.eq(now),
            event_type_versions::actor.eq(Json(actor.clone())),
        ))
        .execute(inner))?;
    Ok(())
}

/// Removes an event type; its versions stay.
pub(super) fn delete(conn: &mut Conn, pack: &str, action: &str) -> Result<()> {
    diesel::delete(event_types::table.find((pack, action))).execute(conn)?;
    Ok(())
}

/// A version as stored.
#[derive(Debug, Queryable)]
pub(super) struct VersionRow {
    pub(super) version: i32,
    pub(super) document: Json<Definition>,
    pub(super) created_at: Time,
    pub(super) actor: Json<Value>,
}

/// The newest versions, newest first: all, or those before one.
pub(super) fn versions(
    conn: &mut Conn,
    pack: &str,
    action: &str,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<VersionRow>> {
    Ok(event_type_versions::table
        .filter(event_type_versions::pack.eq(pack))
        .filter(event_type_versions::action.eq(action))
        .filter(event_type_versions::version.lt(before.unwrap_or(i32::MAX)))
        .select((
            event_type_versions::version,
            event_type_versions::document,
            event_type_versions::created_at,
            event_type_versions::actor,
        ))
        .order(event_type_versions::version.desc())
        .limit(limit)
        .load(conn)?)
}
