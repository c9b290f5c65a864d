//! How invitations are kept: a hash, never the token.

use diesel::{dsl::count_star, prelude::*};

use super::Invite;
use crate::{
    access::token::Token,
    clock::Time,
    db::{
        Conn, on_either,
        schema::{invites, memberships, users},
    },
    error::Result,
    id::{self, Id},
    users::MemberRole,
};

type Row = (Id<id::Invite>, Id<id::Org>, String, Option<String>, String, Id<id::User>, Time, Time);

const ROW: (
    invites::id,
    invites::org_id,
    invites::email,
    invites::name,
    invites::role,
    invites::invited_by,
    invites::created_at,
    invites::expires_at,
) = (
    invites::id,
    invites::org_id,
    invites::email,
    invites::name,
    invites::role,
    invites::invited_by,
    invites::created_at,
    invites::expires_at,
);

fn invite((id, org_id, email, name, role, invited_by, created_at, expires_at): Row) -> Result<Invite> {
    let role = MemberRole::of_name(&role)?;
    Ok(Invite { id, org_id, email, name, role, invited_by, created_at, expires_at })
}

/// Adds an invitation.
pub(super) fn insert(conn: &mut Conn, new: &Invite, token: &Token) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(invites::table)
        .values((
            invites::id.eq(new.id),
            invites::org_id.eq(new.org_id),
            invites::email.eq(&new.email),
            invites::name.eq(&new.name),
            invites::role.eq(new.role.name()),
            invites::public_id.eq(token.public_id()),
            invites::token_hash.eq(token.hash().to_vec()),
            invites::invited_by.eq(new.invited_by),
            invites::created_at.eq(new.created_at),
            invites::expires_at.eq(new.expires_at),
        ))
        .execute(inner))?;
    Ok(())
}

/// Invitations, newest first, before the given one, each with the name of who invited.
pub(super) fn page(
    conn: &mut Conn,
    org: Id<id::Org>,
    before: Option<(Time, Id<id::Invite>)>,
    limit: i64,
) -> Result<Vec<(Invite, Option<String>)>> {
    let mut query = invites::table
        .left_join(users::table.on(users::id.eq(invites::invited_by)))
        .filter(invites::org_id.eq(org))
        .select((ROW, users::name.nullable()))
        .order((invites::created_at.desc(), invites::id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some((created_at, id)) = before {
        query = query.filter(
            invites::created_at.lt(created_at).or(invites::created_at.eq(created_at).and(invites::id.lt(id))),
        );
    }
    let rows: Vec<(Row, Option<String>)> = query.load(conn)?;
    rows.into_iter().map(|(row, inviter)| Ok((invite(row)?, inviter))).collect()
}

/// How many invitations of the organization there are.
pub(super) fn count(conn: &mut Conn, org: Id<id::Org>) -> Result<i64> {
    Ok(invites::table.filter(invites::org_id.eq(org)).select(count_star()).first(conn)?)
}

/// Those of the organization's invitations that can still be accepted.
pub(super) fn open(conn: &mut Conn, org: Id<id::Org>, now: Time) -> Result<Vec<Id<id::Invite>>> {
    let open = invites::table.filter(invites::org_id.eq(org)).filter(invites::expires_at.gt(now));
    Ok(open.select(invites::id).load(conn)?)
}

/// Whether the person with this e-mail belongs to the organization.
pub(super) fn is_member(conn: &mut Conn, org: Id<id::Org>, email: &str) -> Result<bool> {
    let member: Option<Id<id::User>> = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::org_id.eq(org))
        .filter(users::email.eq(email))
        .select(users::id)
        .first(conn)
        .optional()?;
    Ok(member.is_some())
}

/// The invitation that the token still opens.
pub(super) fn find_live(conn: &mut Conn, token: &Token, now: Time) -> Result<Option<Invite>> {
    let row: Option<Row> = invites::table
        .filter(invites::public_id.eq(token.public_id()))
        .filter(invites::token_hash.eq(token.hash().to_vec()))
        .filter(invites::expires_at.gt(now))
        .select(ROW)
        .first(conn)
        .optional()?;
    row.map(invite).transpose()
}

/// Takes the invitation that the token still opens: of all who try at once, one gets it.
pub(super) fn take_live(conn: &mut Conn, token: &Token, now: Time) -> Result<Option<Invite>> {
    let live = invites::table
        .filter(invites::public_id.eq(token.public_id()))
        .filter(invites::token_hash.eq(token.hash().to_vec()))
        .filter(invites::expires_at.gt(now));
    let row: Option<Row> = diesel::delete(live).returning(ROW).get_result(conn).optional()?;
    row.map(invite).transpose()
}

/// Gives the invitation a new token.
pub(super) fn renew(
    conn: &mut Conn,
    org: Id<id::Org>,
    id: Id<id::Invite>,
    token: &Token,
    expires_at: Time,
) -> Result<Option<Invite>> {
    let row: Option<Row> =
        diesel::update(invites::table.filter(invites::org_id.eq(org)).filter(invites::id.eq(id)))
            .set((
                invites::public_id.eq(token.public_id()),
                invites::token_hash.eq(token.hash().to_vec()),
                invites::expires_at.eq(expires_at),
            ))
            .returning(ROW)
            .get_result(conn)
            .optional()?;
    row.map(invite).transpose()
}

/// Deletes the invitation.
pub(super) fn delete(conn: &mut Conn, org: Id<id::Org>, id: Id<id::Invite>) -> Result<Option<Invite>> {
    let row: Option<Row> =
        diesel::delete(invites::table.filter(invites::org_id.eq(org)).filter(invites::id.eq(id)))
            .returning(ROW)
            .get_result(conn)
            .optional()?;
    row.map(invite).transpose()
}

/// Deletes the invitation of the person with this e-mail; its id, if there was one.
pub(super) fn delete_of(conn: &mut Conn, org: Id<id::Org>, email: &str) -> Result<Option<Id<id::Invite>>> {
    Ok(diesel::delete(invites::table.filter(invites::org_id.eq(org)).filter(invites::email.eq(email)))
        .returning(invites::id)
        .get_result(conn)
        .optional()?)
}

/// The name of who invited.
pub(super) fn inviter(conn: &mut Conn, invite: &Invite) -> Result<Option<String>> {
    Ok(users::table.find(invite.invited_by).select(users::name).first(conn).optional()?)
}
