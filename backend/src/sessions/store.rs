//! How sessions are kept.

use std::sync::Arc;

use diesel::prelude::*;

use super::{Lifetimes, password::ResetLink};
use crate::{
    access::{ClientContext, token::Token},
    clock::Time,
    db::{
        Conn, on_either,
        schema::{organizations, password_resets, session_organizations, sessions, users},
    },
    error::Result,
    id::{self, Id, ServiceKey},
    orgs::{self, Organization},
    users::{UserRow, store as users_store},
};

/// A session to be started.
#[derive(Debug)]
pub(super) struct NewSession<'a> {
    pub(super) id: Id<id::Session>,
    pub(super) user_id: Id<id::User>,
    pub(super) token: &'a Token,
    pub(super) client: &'a ClientContext,
    pub(super) now: Time,
    pub(super) lifetimes: Lifetimes,
    pub(super) has_second_factor: bool,
    pub(super) lookup_key_id: Id<ServiceKey>,
}

/// A session as stored.
#[derive(Debug, Queryable)]
pub(super) struct SessionRow {
    pub(super) id: Id<id::Session>,
    pub(super) user_id: Id<id::User>,
    pub(super) public_id: String,
    pub(super) token_hash: Vec<u8>,
    pub(super) previous_token_hash: Option<Vec<u8>>,
    pub(super) generation: i32,
    pub(super) rotated_at: Time,
    pub(super) created_at: Time,
    pub(super) authenticated_at: Option<Time>,
    pub(super) expires_at: Time,
    pub(super) has_second_factor: bool,
    pub(super) lookup_key_id: Option<Id<ServiceKey>>,
}

/// Adds a session.
pub(super) fn insert(conn: &mut Conn, new: &NewSession<'_>) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(new.id),
            sessions::user_id.eq(new.user_id),
            sessions::public_id.eq(new.token.public_id()),
            sessions::token_hash.eq(new.token.hash().to_vec()),
            sessions::generation.eq(0),
            sessions::rotated_at.eq(new.now),
            sessions::created_at.eq(new.now),
            sessions::idle_expires_at.eq(new.now.plus(new.lifetimes.idle)),
            sessions::expires_at.eq(new.now.plus(new.lifetimes.absolute)),
            sessions::ip.eq(&new.client.ip),
            sessions::user_agent.eq(&new.client.user_agent),
            sessions::has_second_factor.eq(new.has_second_factor),
            sessions::lookup_key_id.eq(Some(new.lookup_key_id)),
        ))
        .execute(inner))?;
    Ok(())
}

/// Locks the live session with this public id: two refreshes of one session take turns.
pub(super) fn take_live(conn: &mut Conn, public_id: &str, now: Time) -> Result<Option<SessionRow>> {
    Ok(diesel::update(
        sessions::table
            .filter(sessions::public_id.eq(public_id))
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::idle_expires_at.gt(now))
            .filter(sessions::expires_at.gt(now)),
    )
    .set(sessions::generation.eq(sessions::generation))
    .returning((
        sessions::id,
        sessions::user_id,
        sessions::public_id,
        sessions::token_hash,
        sessions::previous_token_hash,
        sessions::generation,
        sessions::rotated_at,
        sessions::created_at,
        sessions::authenticated_at,
        sessions::expires_at,
        sessions::has_second_factor,
        sessions::lookup_key_id,
    ))
    .get_result(conn)
    .optional()?)
}

/// The replacement of a session's token.
#[derive(Debug)]
pub(super) struct Rotation<'a> {
    pub(super) presented: &'a Token,
    pub(super) next: &'a Token,
    pub(super) now: Time,
    pub(super) idle_expires_at: Time,
}

/// Replaces the session's token by its successor.
pub(super) fn rotate(conn: &mut Conn, session: &SessionRow, rotation: &Rotation<'_>) -> Result<()> {
    diesel::update(sessions::table.find(session.id))
        .set((
            sessions::token_hash.eq(rotation.next.hash().to_vec()),
            sessions::previous_token_hash.eq(rotation.presented.hash().to_vec()),
            sessions::generation.eq(session.generation + 1),
            sessions::rotated_at.eq(rotation.now),
            sessions::idle_expires_at.eq(rotation.idle_expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends the session.
pub(super) fn revoke(conn: &mut Conn, id: Id<id::Session>, now: Time) -> Result<()> {
    diesel::update(sessions::table.find(id)).set(sessions::revoked_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Ends every live session of the person but `kept`; answers which.
pub(super) fn revoke_all(
    conn: &mut Conn,
    user: Id<id::User>,
    kept: Option<Id<id::Session>>,
    now: Time,
) -> Result<Vec<Id<id::Session>>> {
    let live = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    // No session has the nil id.
    let kept = kept.unwrap_or_else(|| Id::from(uuid::Uuid::nil()));
    Ok(diesel::update(live.filter(sessions::id.ne(kept)))
        .set(sessions::revoked_at.eq(now))
        .returning(sessions::id)
        .get_results(conn)?)
}

/// A session as its owner sees it.
#[derive(Debug, Queryable)]
pub(super) struct Own {
    pub(super) id: Id<id::Session>,
    pub(super) created_at: Time,
    pub(super) rotated_at: Time,
    pub(super) expires_at: Time,
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) has_second_factor: bool,
}

/// Live sessions of the person, newest first, after the one that ends the page before.
pub(super) fn page_of(
    conn: &mut Conn,
    user: Id<id::User>,
    now: Time,
    after: Option<Id<id::Session>>,
    limit: i64,
) -> Result<Vec<Own>> {
    let live = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::idle_expires_at.gt(now))
        .filter(sessions::expires_at.gt(now));
    // Ids are made by the clock.
    let after = after.unwrap_or_else(|| Id::from(uuid::Uuid::max()));
    Ok(live
        .filter(sessions::id.lt(after))
        .order(sessions::id.desc())
        .limit(limit)
        .select((
            sessions::id,
            sessions::created_at,
            sessions::rotated_at,
            sessions::expires_at,
            sessions::ip,
            sessions::user_agent,
            sessions::has_second_factor,
        ))
        .load(conn)?)
}

/// Locks a live session of the person: whoever ends it first tells of it.
pub(super) fn take_own(conn: &mut Conn, user: Id<id::User>, id: Id<id::Session>, now: Time) -> Result<bool> {
    let live = sessions::table
        .find(id)
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    Ok(diesel::update(live).set(sessions::revoked_at.eq(now)).execute(conn)? == 1)
}

/// A live session, as whoever asks for its sake wants it.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) user: UserRow,
    pub(crate) authenticated_at: Time,
    pub(crate) has_second_factor: bool,
}

/// The person behind a live session.
pub(crate) fn find_live(conn: &mut Conn, id: Id<id::Session>, now: Time) -> Result<Option<Live>> {
    type Row = (users_store::Row, Time, Option<Time>, bool);
    let row: Option<Row> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select((
            users_store::ROW,
            sessions::created_at,
            sessions::authenticated_at,
            sessions::has_second_factor,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(user, created_at, authenticated_at, has_second_factor)| Live {
        user: users_store::user(user),
        authenticated_at: authenticated_at.unwrap_or(created_at),
        has_second_factor,
    }))
}

/// Notes that the person of a live session has just proved who they are; `false` when it is over.
pub(super) fn authenticate(conn: &mut Conn, id: Id<id::Session>, now: Time) -> Result<bool> {
    let live = sessions::table.find(id).filter(sessions::revoked_at.is_null());
    let updated = diesel::update(live).set(sessions::authenticated_at.eq(Some(now))).execute(conn)?;
    Ok(updated == 1)
}

/// Notes whether a second factor was part of the person's proof; `false` when the session is over.
pub(super) fn set_second_factor(conn: &mut Conn, id: Id<id::Session>, has: bool) -> Result<bool> {
    let live = sessions::table.find(id).filter(sessions::revoked_at.is_null());
    Ok(diesel::update(live).set(sessions::has_second_factor.eq(has)).execute(conn)? == 1)
}

/// Ends the person's link, if there is one: who may make one for them has changed.
pub(super) fn delete_reset(conn: &mut Conn, user: Id<id::User>) -> Result<()> {
    diesel::delete(password_resets::table.filter(password_resets::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Keeps a link for the person, instead of the one before.
pub(super) fn insert_reset(conn: &mut Conn, user: Id<id::User>, link: &ResetLink, now: Time) -> Result<()> {
    delete_reset(conn, user)?;
    on_either!(conn, inner => diesel::insert_into(password_resets::table)
        .values((
            password_resets::public_id.eq(link.token.public_id()),
            password_resets::user_id.eq(user),
            password_resets::token_hash.eq(link.token.hash().to_vec()),
            password_resets::created_at.eq(now),
            password_resets::expires_at.eq(link.expires_at),
        ))
        .execute(inner))?;
    Ok(())
}

/// Whose link it is, while it works.
pub(super) fn find_reset(conn: &mut Conn, token: &Token, now: Time) -> Result<Option<Id<id::User>>> {
    let link: Option<(Id<id::User>, Vec<u8>)> = password_resets::table
        .find(token.public_id())
        .filter(password_resets::expires_at.gt(now))
        .select((password_resets::user_id, password_resets::token_hash))
        .first(conn)
        .optional()?;
    Ok(link.filter(|(_, hash)| token.matches(hash)).map(|(user, _)| user))
}

/// Uses the link up: of several who try, one is answered whose it is.
pub(super) fn take_reset(conn: &mut Conn, token: &Token, now: Time) -> Result<Option<Id<id::User>>> {
    let link = password_resets::table
        .find(token.public_id())
        .filter(password_resets::token_hash.eq(token.hash().to_vec()))
        .filter(password_resets::expires_at.gt(now));
    Ok(diesel::delete(link).returning(password_resets::user_id).get_result(conn).optional()?)
}

/// Whether the session has touched the organization.
pub(super) fn has_touched(conn: &mut Conn, org: Id<id::Org>, session: Id<id::Session>) -> Result<bool> {
    let touch: Option<Time> = session_organizations::table
        .find((org, session))
        .select(session_organizations::touched_at)
        .first(conn)
        .optional()?;
    Ok(touch.is_some())
}

/// Notes that the session has touched the organization; `false` when that was noted before.
pub(super) fn insert_touch(
    conn: &mut Conn,
    org: Id<id::Org>,
    session: Id<id::Session>,
    now: Time,
) -> Result<bool> {
    let inserted = on_either!(conn, inner => diesel::insert_into(session_organizations::table)
        .values((
            session_organizations::org_id.eq(org),
            session_organizations::session_id.eq(session),
            session_organizations::touched_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(inner))?;
    Ok(inserted == 1)
}

/// The organizations that any live session of the person has touched.
pub(super) fn touched_by(conn: &mut Conn, user: Id<id::User>, now: Time) -> Result<Vec<Arc<Organization>>> {
    let rows: Vec<orgs::store::Row> = session_organizations::table
        .inner_join(sessions::table.on(sessions::id.eq(session_organizations::session_id)))
        .inner_join(organizations::table.on(organizations::id.eq(session_organizations::org_id)))
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(orgs::store::ROW)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| Arc::new(orgs::store::organization(row))).collect())
}

/// The organizations that the session has touched.
pub(super) fn touched(conn: &mut Conn, session: Id<id::Session>) -> Result<Vec<Arc<Organization>>> {
    let rows: Vec<orgs::store::Row> = session_organizations::table
        .inner_join(organizations::table.on(organizations::id.eq(session_organizations::org_id)))
        .filter(session_organizations::session_id.eq(session))
        .select(orgs::store::ROW)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| Arc::new(orgs::store::organization(row))).collect())
}
