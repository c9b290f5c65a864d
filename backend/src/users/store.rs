//! How users and memberships are kept.

use diesel::prelude::*;
use secrecy::{ExposeSecret, SecretString};

use super::{MemberRole, Membership, NewUser, UserRow};
use crate::{
    access::Role,
    clock::Time,
    db::{
        Conn, on_either,
        schema::{memberships, organizations, users},
    },
    error::{Error, Result},
    id::{self, Id},
    orgs,
};

/// A person's columns, in the order of [`ROW`].
pub(crate) type Row = (Id<id::User>, String, String, bool, i32, String, Option<Time>);

/// The columns that make a person, for stores that join to it.
pub(crate) const ROW: (
    users::id,
    users::email,
    users::name,
    users::is_operator,
    users::security_version,
    users::password_hash,
    users::disabled_at,
) = (
    users::id,
    users::email,
    users::name,
    users::is_operator,
    users::security_version,
    users::password_hash,
    users::disabled_at,
);

/// The person of a row.
pub(crate) fn user(
    (id, email, name, is_operator, security_version, password_hash, disabled_at): Row,
) -> UserRow {
    UserRow {
        id,
        email,
        name,
        is_operator,
        security_version,
        password_hash: SecretString::from(password_hash),
        is_disabled: disabled_at.is_some(),
    }
}

/// The account with this case-folded e-mail.
pub(crate) fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<UserRow>> {
    let row: Option<Row> = users::table.filter(users::email.eq(email)).select(ROW).first(conn).optional()?;
    Ok(row.map(user))
}

/// The enabled account with this id.
pub(crate) fn find_enabled(conn: &mut Conn, id: Id<id::User>) -> Result<Option<UserRow>> {
    let row: Option<Row> =
        users::table.find(id).filter(users::disabled_at.is_null()).select(ROW).first(conn).optional()?;
    Ok(row.map(user))
}

/// Locks the enabled account while its password still is the one behind `seen`, and replaces that by `hash`, which
/// may be the same: whoever signs in and whoever changes the password take turns. `false` when it is another.
pub(crate) fn confirm_password(
    conn: &mut Conn,
    id: Id<id::User>,
    seen: &SecretString,
    hash: &SecretString,
) -> Result<bool> {
    let account = users::table.find(id).filter(users::disabled_at.is_null());
    let updated = diesel::update(account.filter(users::password_hash.eq(seen.expose_secret())))
        .set(users::password_hash.eq(hash.expose_secret()))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Replaces the password of an enabled account, whatever it was.
pub(crate) fn set_password(conn: &mut Conn, id: Id<id::User>, hash: &SecretString) -> Result<bool> {
    let account = users::table.find(id).filter(users::disabled_at.is_null());
    let updated = diesel::update(account).set(users::password_hash.eq(hash.expose_secret())).execute(conn)?;
    Ok(updated == 1)
}

/// Whether there is any account.
pub(crate) fn any(conn: &mut Conn) -> Result<bool> {
    let first: Option<Id<id::User>> = users::table.select(users::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// Adds an account.
pub(crate) fn insert(
    conn: &mut Conn,
    new: &NewUser,
    password_hash: &SecretString,
    now: Time,
) -> Result<Id<id::User>> {
    let id = Id::new(now);
    let result = on_either!(conn, inner => diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::email.eq(&new.email),
            users::name.eq(&new.name),
            users::password_hash.eq(password_hash.expose_secret()),
            users::is_operator.eq(new.is_operator),
            users::security_version.eq(1),
            users::created_at.eq(now),
        ))
        .execute(inner));
    Error::on_taken(result, || "there is an account with this e-mail".into())?;
    Ok(id)
}

/// Makes the user a member of the organization.
pub(crate) fn insert_membership(
    conn: &mut Conn,
    org: Id<id::Org>,
    user: Id<id::User>,
    role: Role,
    now: Time,
) -> Result<()> {
    let result = on_either!(conn, inner => diesel::insert_into(memberships::table)
        .values((
            memberships::org_id.eq(org),
            memberships::user_id.eq(user),
            memberships::role.eq(role.name()),
            memberships::created_at.eq(now),
        ))
        .execute(inner));
    Error::on_taken(result, || "the person is a member already".into())?;
    Ok(())
}

/// The user's role in the organization.
pub(crate) fn find_role(conn: &mut Conn, org: Id<id::Org>, user: Id<id::User>) -> Result<Option<Role>> {
    let role: Option<String> =
        memberships::table.find((org, user)).select(memberships::role).first(conn).optional()?;
    role.map(|name| MemberRole::of_name(&name).map(Role::from)).transpose()
}

/// The organizations that the user belongs to, by name.
pub(crate) fn memberships_of(conn: &mut Conn, user: Id<id::User>) -> Result<Vec<Membership>> {
    let rows: Vec<(orgs::store::Row, String)> = memberships::table
        .inner_join(organizations::table.on(organizations::id.eq(memberships::org_id)))
        .filter(memberships::user_id.eq(user))
        .order((organizations::name, organizations::id))
        .select((orgs::store::ROW, memberships::role))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, role)| {
            Ok(Membership {
                organization: orgs::store::organization(row),
                role: MemberRole::of_name(&role)?.into(),
            })
        })
        .collect()
}

/// How many members the organization has.
pub(crate) fn count_members(conn: &mut Conn, org: Id<id::Org>) -> Result<i64> {
    Ok(memberships::table.filter(memberships::org_id.eq(org)).count().get_result(conn)?)
}

/// Names and e-mails of the organization's admins.
pub(crate) fn admins(conn: &mut Conn, org: Id<id::Org>) -> Result<Vec<(String, String)>> {
    Ok(memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::org_id.eq(org))
        .filter(memberships::role.eq(Role::Admin.name()))
        .filter(users::disabled_at.is_null())
        .order((users::name, users::id))
        .select((users::name, users::email))
        .load(conn)?)
}
