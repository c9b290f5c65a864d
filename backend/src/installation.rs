//! Who this installation of Annals is: an id of its own, made once.

use diesel::prelude::*;

use crate::{
    clock::Time,
    db::{Conn, on_either, schema::installation},
    error::Result,
    id::{Id, Installation},
};

/// The installation's id, if it was ever started.
pub(crate) fn find(conn: &mut Conn) -> Result<Option<Id<Installation>>> {
    Ok(installation::table.select(installation::installation_id).first(conn).optional()?)
}

/// The installation's id; the first start makes it.
pub(crate) fn ensure(conn: &mut Conn, now: Time) -> Result<Id<Installation>> {
    if let Some(id) = find(conn)? {
        return Ok(id);
    }
    let id = Id::new(now);
    on_either!(conn, inner => diesel::insert_into(installation::table)
        .values((
            installation::id.eq(1),
            installation::installation_id.eq(id),
            installation::created_at.eq(now),
        ))
        .execute(inner))?;
    Ok(id)
}
