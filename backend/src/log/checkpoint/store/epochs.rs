//! How closed epochs are kept, and how far the tables know a log to have reached.

use std::collections::BTreeSet;

use diesel::{
    dsl::{max, min},
    prelude::*,
};

use crate::{
    clock::Time,
    db::{
        Conn, on_either,
        schema::{checkpoints, events, log_epochs, log_tiles},
    },
    error::Result,
    id::{Id, Org},
    log::store::Head,
};

/// Keeps the head of an epoch that is closed.
pub(crate) fn close(conn: &mut Conn, org: Id<Org>, head: &Head, now: Time) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(log_epochs::table)
        .values((
            log_epochs::org_id.eq(org),
            log_epochs::epoch.eq(head.epoch),
            log_epochs::log_id.eq(head.log_id),
            log_epochs::tree_start.eq(head.tree_start),
            log_epochs::next_sequence.eq(head.next_sequence),
            log_epochs::first_sequence.eq(head.first_sequence),
            log_epochs::frontier.eq(&head.frontier),
            log_epochs::seal.eq(&head.seal),
            log_epochs::seal_key_id.eq(head.seal_key_id),
            log_epochs::closed_at.eq(now),
        ))
        .execute(inner))?;
    Ok(())
}

/// The end of the log by what the tables hold of it, whoever put it there.
pub(crate) fn stored_end(conn: &mut Conn, org: Id<Org>) -> Result<i64> {
    let closed: Option<i64> = log_epochs::table
        .filter(log_epochs::org_id.eq(org))
        .select(max(log_epochs::next_sequence))
        .first(conn)?;
    let last: Option<i64> =
        events::table.filter(events::org_id.eq(org)).select(max(events::sequence)).first(conn)?;
    Ok(closed.max(last.map(|last| last.saturating_add(1))).unwrap_or(0))
}

/// The first epoch from `from` on that is not closed.
pub(crate) fn first_unclosed(conn: &mut Conn, org: Id<Org>, from: i32) -> Result<Option<i32>> {
    Ok(first_gap(from, &closed(conn, org, from)?))
}

/// The first epoch from `from` on of which no table holds anything.
pub(crate) fn first_unused(conn: &mut Conn, org: Id<Org>, from: i32) -> Result<Option<i32>> {
    let signed = checkpoints::table
        .filter(checkpoints::org_id.eq(org))
        .filter(checkpoints::epoch.ge(from))
        .select(checkpoints::epoch)
        .distinct()
        .load::<i32>(conn)?;
    let tiled = log_tiles::table
        .filter(log_tiles::org_id.eq(org))
        .filter(log_tiles::epoch.ge(from))
        .select(log_tiles::epoch)
        .distinct()
        .load::<i32>(conn)?;
    let mut used = closed(conn, org, from)?;
    used.extend(signed.into_iter().chain(tiled));
    Ok(first_gap(from, &used))
}

fn closed(conn: &mut Conn, org: Id<Org>, from: i32) -> Result<BTreeSet<i32>> {
    let closed = log_epochs::table
        .filter(log_epochs::org_id.eq(org))
        .filter(log_epochs::epoch.ge(from))
        .select(log_epochs::epoch)
        .load::<i32>(conn)?;
    Ok(closed.into_iter().collect())
}

fn first_gap(from: i32, used: &BTreeSet<i32>) -> Option<i32> {
    let mut next = Some(from);
    while let Some(taken) = next.filter(|next| used.contains(next)) {
        next = taken.checked_add(1);
    }
    next
}

/// The first event of `[from, until)`.
pub(crate) fn event_between(conn: &mut Conn, org: Id<Org>, from: i64, until: i64) -> Result<Option<i64>> {
    Ok(events::table
        .filter(events::org_id.eq(org))
        .filter(events::sequence.ge(from))
        .filter(events::sequence.lt(until))
        .select(min(events::sequence))
        .first(conn)?)
}
