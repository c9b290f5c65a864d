//! How claims are kept: a hash, never the token.

use diesel::prelude::*;

use super::Claim;
use crate::{
    access::token::Token,
    clock::Time,
    db::{Conn, on_either, schema::claims},
    error::Result,
    id::{self, Id},
};

type Row = (Id<id::Org>, Time);

const ROW: (claims::org_id, claims::expires_at) = (claims::org_id, claims::expires_at);

fn claim((org_id, expires_at): Row) -> Claim {
    Claim { org_id, expires_at }
}

/// Makes this the organization's claim; whether there was another.
pub(super) fn replace(conn: &mut Conn, new: Claim, token: &Token, now: Time) -> Result<bool> {
    let deleted = diesel::delete(claims::table.find(new.org_id)).execute(conn)?;
    on_either!(conn, inner => diesel::insert_into(claims::table)
        .values((
            claims::org_id.eq(new.org_id),
            claims::public_id.eq(token.public_id()),
            claims::token_hash.eq(token.hash().to_vec()),
            claims::created_at.eq(now),
            claims::expires_at.eq(new.expires_at),
        ))
        .execute(inner))?;
    Ok(deleted == 1)
}

/// The claim that the token still opens.
pub(super) fn find_live(conn: &mut Conn, token: &Token, now: Time) -> Result<Option<Claim>> {
    let row: Option<Row> = claims::table
        .filter(claims::public_id.eq(token.public_id()))
        .filter(claims::token_hash.eq(token.hash().to_vec()))
        .filter(claims::expires_at.gt(now))
        .select(ROW)
        .first(conn)
        .optional()?;
    Ok(row.map(claim))
}

/// Takes the claim that the token still opens: of all who try at once, one gets it.
pub(super) fn take_live(conn: &mut Conn, token: &Token, now: Time) -> Result<Option<Claim>> {
    let live = claims::table
        .filter(claims::public_id.eq(token.public_id()))
        .filter(claims::token_hash.eq(token.hash().to_vec()))
        .filter(claims::expires_at.gt(now));
    let row: Option<Row> = diesel::delete(live).returning(ROW).get_result(conn).optional()?;
    Ok(row.map(claim))
}
