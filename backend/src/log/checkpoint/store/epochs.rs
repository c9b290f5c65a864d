//! How closed epochs are kept, and how far the tables know a log to have reached.

use diesel::{
    dsl::{max, min},
    prelude::*,
};

use super::super::reach::Reach;
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

/// Of what the tables hold something, whoever put it there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// The newest epoch and the last sequence.
    pub(crate) reach: Reach,
    /// The newest epoch that is closed.
    pub(crate) closed_epoch: i32,
}

/// How far the tables reach.
pub(crate) fn stored(conn: &mut Conn, org: Id<Org>) -> Result<Held> {
    let closed: (Option<i32>, Option<i64>) = log_epochs::table
        .filter(log_epochs::org_id.eq(org))
        .select((max(log_epochs::epoch), max(log_epochs::next_sequence)))
        .first(conn)?;
    let signed: Option<i32> =
        checkpoints::table.filter(checkpoints::org_id.eq(org)).select(max(checkpoints::epoch)).first(conn)?;
    let tiled: Option<i32> =
        log_tiles::table.filter(log_tiles::org_id.eq(org)).select(max(log_tiles::epoch)).first(conn)?;
    let last: Option<i64> =
        events::table.filter(events::org_id.eq(org)).select(max(events::sequence)).first(conn)?;
    let epoch = [closed.0, signed, tiled].into_iter().flatten().max().unwrap_or(0);
    let end = closed.1.max(last.map(|last| last.saturating_add(1))).unwrap_or(0);
    Ok(Held { reach: Reach { epoch, end }, closed_epoch: closed.0.unwrap_or(0) })
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
