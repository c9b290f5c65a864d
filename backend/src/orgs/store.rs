//! How organizations are kept.

use diesel::prelude::*;

use super::{OrgRef, Organization, Suspension, UnknownActions};
use crate::{
    clock::Time,
    db::{Conn, on_either, schema::organizations, types::Json},
    error::{Error, Result},
    id::{self, Id},
    log, observed, users,
};

/// An organization's columns, in the order of [`ROW`].
pub(crate) type Row = (
    Id<id::Org>,
    String,
    String,
    bool,
    Json<Vec<String>>,
    String,
    bool,
    i32,
    String,
    Option<Time>,
    Option<String>,
);

/// The columns that make an organization, for stores that join to it.
pub(crate) const ROW: (
    organizations::id,
    organizations::slug,
    organizations::name,
    organizations::is_platform,
    organizations::packs,
    organizations::unknown_actions,
    organizations::admins_need_mfa,
    organizations::version,
    organizations::plan,
    organizations::suspended_at,
    organizations::suspended_reason,
) = (
    organizations::id,
    organizations::slug,
    organizations::name,
    organizations::is_platform,
    organizations::packs,
    organizations::unknown_actions,
    organizations::admins_need_mfa,
    organizations::version,
    organizations::plan,
    organizations::suspended_at,
    organizations::suspended_reason,
);

/// The organization of a row.
pub(crate) fn organization(row: Row) -> Organization {
    let (
        id,
        slug,
        name,
        is_platform,
        packs,
        unknown_actions,
        admins_need_mfa,
        version,
        plan,
        suspended_at,
        reason,
    ) = row;
    // The column holds no other names; what a newer version may have put there harms least as a flag.
    let unknown_actions = UnknownActions::of_name(&unknown_actions).unwrap_or(UnknownActions::Flag);
    let suspension = suspended_at.map(|at| Suspension { at, reason: reason.unwrap_or_default() });
    Organization {
        id,
        slug,
        name,
        is_platform,
        packs: packs.0,
        unknown_actions,
        admins_need_mfa,
        version,
        plan,
        suspension,
    }
}

/// The organization that is named so.
pub(crate) fn find(conn: &mut Conn, wanted: &OrgRef) -> Result<Option<Organization>> {
    let row: Option<Row> = match wanted {
        OrgRef::Id(id) => organizations::table.find(*id).select(ROW).first(conn).optional()?,
        OrgRef::Slug(slug) => {
            organizations::table.filter(organizations::slug.eq(slug)).select(ROW).first(conn).optional()?
        }
    };
    Ok(row.map(organization))
}

/// Every organization, by slug.
pub(crate) fn all(conn: &mut Conn) -> Result<Vec<Organization>> {
    let rows: Vec<Row> = organizations::table.order(organizations::slug).select(ROW).load(conn)?;
    Ok(rows.into_iter().map(organization).collect())
}

/// Locks the organization by an update that changes nothing: appending to its log does not wait for it.
pub(super) fn lock(conn: &mut Conn, org: Id<id::Org>) -> Result<()> {
    let unchanged = organizations::version.eq(organizations::version);
    diesel::update(organizations::table.find(org)).set(unchanged).execute(conn)?;
    Ok(())
}

/// Adds an organization.
pub(super) fn insert(conn: &mut Conn, new: &Organization, now: Time) -> Result<()> {
    let result = on_either!(conn, inner => diesel::insert_into(organizations::table)
        .values((
            organizations::id.eq(new.id),
            organizations::slug.eq(&new.slug),
            organizations::name.eq(&new.name),
            organizations::is_platform.eq(new.is_platform),
            organizations::packs.eq(Json(new.packs.clone())),
            organizations::plan.eq(&new.plan),
            organizations::created_at.eq(now),
        ))
        .execute(inner));
    Error::on_taken(result, || format!("there is an organization with the slug {}", new.slug))?;
    Ok(())
}

/// Replaces the settings of an organization that is at this version; `false` when it is at another.
pub(super) fn update(conn: &mut Conn, changed: &Organization, seen: i32) -> Result<bool> {
    let at_version = organizations::table.find(changed.id).filter(organizations::version.eq(seen));
    let updated = diesel::update(at_version)
        .set((
            organizations::name.eq(&changed.name),
            organizations::packs.eq(Json(changed.packs.clone())),
            organizations::unknown_actions.eq(changed.unknown_actions.name()),
            organizations::plan.eq(&changed.plan),
            organizations::admins_need_mfa.eq(changed.admins_need_mfa),
            organizations::version.eq(changed.version),
        ))
        .execute(conn)?;
    Ok(updated == 1)
}

/// Suspends the organization, or resumes it.
pub(super) fn set_suspension(
    conn: &mut Conn,
    org: Id<id::Org>,
    suspension: Option<&Suspension>,
) -> Result<()> {
    diesel::update(organizations::table.find(org))
        .set((
            organizations::suspended_at.eq(suspension.map(|suspension| suspension.at)),
            organizations::suspended_reason.eq(suspension.map(|suspension| suspension.reason.clone())),
        ))
        .execute(conn)?;
    Ok(())
}

/// An organization in a list.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) organization: Organization,
    pub(super) created_at: Time,
    pub(super) members: i64,
    pub(super) events: i64,
    pub(super) last_event_at: Option<Time>,
}

/// Organizations that have `part` in their slug or name, in the order of their slugs, from after one on; without
/// the platform's.
pub(super) fn list(conn: &mut Conn, part: &str, after: Option<&str>, limit: i64) -> Result<Vec<Listed>> {
    let mut query = organizations::table.filter(organizations::is_platform.eq(false)).into_boxed();
    if !part.is_empty() {
        let pattern = format!("%{}%", literal(&part.to_lowercase()));
        let (slug, name) = (lower(organizations::slug), lower(organizations::name));
        query = query.filter(slug.like(pattern.clone()).escape('\\').or(name.like(pattern).escape('\\')));
    }
    if let Some(after) = after {
        query = query.filter(organizations::slug.gt(after.to_owned()));
    }
    let rows: Vec<(Row, Time)> =
        query.order(organizations::slug).limit(limit).select((ROW, organizations::created_at)).load(conn)?;
    // What belongs to an organization is looked up apart: its tables may be on other machines than this one.
    let mut listed = Vec::with_capacity(rows.len());
    for (row, created_at) in rows {
        let organization = organization(row);
        let members = users::store::count_members(conn, organization.id)?;
        let events = observed::store::count_events(conn, organization.id)?;
        let last_event_at = log::newest_received_at(conn, organization.id)?;
        listed.push(Listed { organization, created_at, members, events, last_event_at });
    }
    Ok(listed)
}

diesel::define_sql_function! {
    /// The text in small letters: SQLite knows those of ASCII only.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The text as a pattern that means itself.
fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
