//! How members are kept.

use std::collections::HashMap;

use diesel::{dsl::max, prelude::*};

use super::Member;
use crate::{
    clock::Time,
    db::{
        Conn,
        schema::{memberships, session_organizations, sessions, users},
    },
    error::Result,
    id::{self, Id},
    users::MemberRole,
};

type Row = (Id<id::User>, String, String, String, Time);

const ROW: (users::id, users::name, users::email, memberships::role, memberships::created_at) =
    (users::id, users::name, users::email, memberships::role, memberships::created_at);

fn member((id, name, email, role, joined_at): Row) -> Result<Member> {
    Ok(Member { id, name, email, role: MemberRole::of_name(&role)?, joined_at })
}

/// Members in the order in which they came, after the given one.
pub(super) fn page(
    conn: &mut Conn,
    org: Id<id::Org>,
    after: Option<(Time, Id<id::User>)>,
    limit: i64,
) -> Result<Vec<Member>> {
    let mut query = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::org_id.eq(org))
        .select(ROW)
        .order((memberships::created_at, memberships::user_id))
        .limit(limit)
        .into_boxed();
    if let Some((joined_at, id)) = after {
        query = query.filter(
            memberships::created_at
                .gt(joined_at)
                .or(memberships::created_at.eq(joined_at).and(memberships::user_id.gt(id))),
        );
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(member).collect()
}

/// When each of these people was last here with a session that has come to the organization.
pub(super) fn last_active(
    conn: &mut Conn,
    org: Id<id::Org>,
    people: &[Id<id::User>],
) -> Result<HashMap<Id<id::User>, Time>> {
    let rows: Vec<(Id<id::User>, Option<Time>)> = sessions::table
        .inner_join(session_organizations::table.on(session_organizations::session_id.eq(sessions::id)))
        .filter(session_organizations::org_id.eq(org))
        .filter(sessions::user_id.eq_any(people))
        .group_by(sessions::user_id)
        .select((sessions::user_id, max(sessions::rotated_at)))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(user, at)| Some((user, at?))).collect())
}

/// The member with this id.
pub(super) fn find(conn: &mut Conn, org: Id<id::Org>, person: Id<id::User>) -> Result<Option<Member>> {
    let row: Option<Row> = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::org_id.eq(org))
        .filter(memberships::user_id.eq(person))
        .select(ROW)
        .first(conn)
        .optional()?;
    row.map(member).transpose()
}

/// Whether somebody else is an admin who can sign in.
pub(super) fn has_other_admin(conn: &mut Conn, org: Id<id::Org>, than: Id<id::User>) -> Result<bool> {
    let other: Option<Id<id::User>> = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::org_id.eq(org))
        .filter(memberships::role.eq(MemberRole::Admin.name()))
        .filter(memberships::user_id.ne(than))
        .filter(users::disabled_at.is_null())
        .select(users::id)
        .first(conn)
        .optional()?;
    Ok(other.is_some())
}

/// Gives the member this role.
pub(super) fn set_role(
    conn: &mut Conn,
    org: Id<id::Org>,
    person: Id<id::User>,
    role: MemberRole,
) -> Result<()> {
    diesel::update(memberships::table.find((org, person)))
        .set(memberships::role.eq(role.name()))
        .execute(conn)?;
    Ok(())
}

/// Ends the membership.
pub(super) fn delete(conn: &mut Conn, org: Id<id::Org>, person: Id<id::User>) -> Result<()> {
    diesel::delete(memberships::table.find((org, person))).execute(conn)?;
    Ok(())
}
