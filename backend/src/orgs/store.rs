//! How organizations are kept.

use diesel::prelude::*;

use super::{OrgRef, Organization, UnknownActions};
use crate::{
    clock::Time,
    db::{Conn, on_either, schema::organizations, types::Json},
    error::{Error, Result},
    id::{self, Id},
};

/// An organization's columns, in the order of [`ROW`].
pub(crate) type Row = (Id<id::Org>, String, String, bool, Json<Vec<String>>, String, bool, i32);

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
) = (
    organizations::id,
    organizations::slug,
    organizations::name,
    organizations::is_platform,
    organizations::packs,
    organizations::unknown_actions,
    organizations::admins_need_mfa,
    organizations::version,
);

/// The organization of a row.
pub(crate) fn organization(row: Row) -> Organization {
    let (id, slug, name, is_platform, packs, unknown_actions, admins_need_mfa, version) = row;
    // The column holds no other names; what a newer version may have put there harms least as a flag.
    let unknown_actions = UnknownActions::of_name(&unknown_actions).unwrap_or(UnknownActions::Flag);
    Organization { id, slug, name, is_platform, packs: packs.0, unknown_actions, admins_need_mfa, version }
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

/// Adds an organization.
pub(super) fn insert(conn: &mut Conn, new: &Organization, now: Time) -> Result<()> {
    let result = on_either!(conn, inner => diesel::insert_into(organizations::table)
        .values((
            organizations::id.eq(new.id),
            organizations::slug.eq(&new.slug),
            organizations::name.eq(&new.name),
            organizations::is_platform.eq(new.is_platform),
            organizations::packs.eq(Json(new.packs.clone())),
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
            organizations::admins_need_mfa.eq(changed.admins_need_mfa),
            organizations::version.eq(changed.version),
        ))
        .execute(conn)?;
    Ok(updated == 1)
}
