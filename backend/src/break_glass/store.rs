//! How break-glass grants are kept: for good.

use diesel::prelude::*;

use super::Opened;
use crate::{
    access::Grant,
    clock::Time,
    db::{
        Conn, on_either,
        schema::{break_glass_grants as grants, users},
    },
    error::Result,
    id::{self, Id},
};

type Row = (Id<id::BreakGlass>, Id<id::User>, Id<id::Session>, String, Time, Time, Option<Time>);

const ROW: (
    grants::id,
    grants::user_id,
    grants::session_id,
    grants::reason,
    grants::granted_at,
    grants::expires_at,
    grants::ended_at,
) = (
    grants::id,
    grants::user_id,
    grants::session_id,
    grants::reason,
    grants::granted_at,
    grants::expires_at,
    grants::ended_at,
);

fn opened((id, user_id, session_id, reason, granted_at, expires_at, ended_at): Row) -> Opened {
    Opened { id, user_id, session_id, reason, granted_at, expires_at, ended_at }
}

/// Adds a grant.
pub(super) fn insert(conn: &mut Conn, org: Id<id::Org>, new: &Opened) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(grants::table)
        .values((
            grants::org_id.eq(org),
            grants::id.eq(new.id),
            grants::user_id.eq(new.user_id),
            grants::session_id.eq(new.session_id),
            grants::reason.eq(&new.reason),
            grants::granted_at.eq(new.granted_at),
            grants::expires_at.eq(new.expires_at),
        ))
        .execute(inner))?;
    Ok(())
}

/// The grant that the session has in the organization right now.
pub(crate) fn find_live(
    conn: &mut Conn,
    org: Id<id::Org>,
    session: Id<id::Session>,
    now: Time,
) -> Result<Option<Grant>> {
    let row: Option<(Id<id::BreakGlass>, Time)> = grants::table
        .filter(grants::org_id.eq(org))
        .filter(grants::session_id.eq(session))
        .filter(grants::ended_at.is_null())
        .filter(grants::expires_at.gt(now))
        .select((grants::id, grants::expires_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, expires_at)| Grant { id, expires_at }))
}

/// Ends the grant that the session has right now.
pub(super) fn close(
    conn: &mut Conn,
    org: Id<id::Org>,
    session: Id<id::Session>,
    now: Time,
) -> Result<Option<Opened>> {
    let live = grants::table
        .filter(grants::org_id.eq(org))
        .filter(grants::session_id.eq(session))
        .filter(grants::ended_at.is_null())
        .filter(grants::expires_at.gt(now));
    let row: Option<Row> =
        diesel::update(live).set(grants::ended_at.eq(now)).returning(ROW).get_result(conn).optional()?;
    Ok(row.map(opened))
}

/// Grants, newest first, before the given one, each with the name and e-mail of the operator.
pub(super) fn page(
    conn: &mut Conn,
    org: Id<id::Org>,
    before: Option<(Time, Id<id::BreakGlass>)>,
    limit: i64,
) -> Result<Vec<(Opened, String, String)>> {
    let mut query = grants::table
        .inner_join(users::table.on(users::id.eq(grants::user_id)))
        .filter(grants::org_id.eq(org))
        .select((ROW, users::name, users::email))
        .order((grants::granted_at.desc(), grants::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some((granted_at, id)) = before {
        query = query.filter(
            grants::granted_at.lt(granted_at).or(grants::granted_at.eq(granted_at).and(grants::id.lt(id))),
        );
    }
    let rows: Vec<(Row, String, String)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(row, name, email)| (opened(row), name, email)).collect())
}
