//! How organizations are kept.

use diesel::prelude::*;

use super::{OrgRef, Organization};
use crate::{
    clock::Time,
    db::{Conn, on_either, schema::organizations, types::Json},
    error::{Error, Result},
    id::{self, Id},
};

/// An organization's columns, in the order of [`ROW`].
pub(crate) type Row = (Id<id::Org>, String, String, bool, Json<Vec<String>>);

/// The columns that make an organization, for stores that join to it.
pub(crate) const ROW: (
    organizations::id,
    organizations::slug,
    organizations::name,
    organizations::is_platform,
    organizations::packs,
) = (
    organizations::id,
    organizations::slug,
    organizations::name,
    organizations::is_platform,
    organizations::packs,
);

/// The organization of a row.
pub(crate) fn organization((id, slug, name, is_platform, packs): Row) -> Organization {
    Organization { id, slug, name, is_platform, packs: packs.0 }
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
