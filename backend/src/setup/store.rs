//! How the one-time tokens of the first run are kept: as hashes.

use diesel::prelude::*;

use crate::{
    access::token::Token,
    clock::Time,
    db::{Conn, on_either, schema::setup_tokens},
    error::Result,
};

/// Adds a token, and forgets those that have expired.
pub(super) fn insert(conn: &mut Conn, token: &Token, now: Time, expires_at: Time) -> Result<()> {
    diesel::delete(setup_tokens::table.filter(setup_tokens::expires_at.le(now))).execute(conn)?;
    on_either!(conn, inner => diesel::insert_into(setup_tokens::table)
        .values((
            setup_tokens::public_id.eq(token.public_id()),
            setup_tokens::token_hash.eq(token.hash().to_vec()),
            setup_tokens::expires_at.eq(expires_at),
        ))
        .execute(inner))?;
    Ok(())
}

/// Whether there is a live token.
pub(super) fn is_open(conn: &mut Conn, now: Time) -> Result<bool> {
    Ok(!live(conn, now)?.is_empty())
}

/// The hashes of the live tokens.
pub(super) fn live(conn: &mut Conn, now: Time) -> Result<Vec<Vec<u8>>> {
    let live = setup_tokens::table.filter(setup_tokens::expires_at.gt(now));
    Ok(live.select(setup_tokens::token_hash).load(conn)?)
}

/// Takes all tokens away; the hashes of those that were live.
pub(super) fn take_all(conn: &mut Conn, now: Time) -> Result<Vec<Vec<u8>>> {
    let taken: Vec<(Vec<u8>, Time)> = diesel::delete(setup_tokens::table)
        .returning((setup_tokens::token_hash, setup_tokens::expires_at))
        .get_results(conn)?;
    Ok(taken.into_iter().filter(|(_, expires_at)| now < *expires_at).map(|(hash, _)| hash).collect())
}
