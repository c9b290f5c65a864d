//! What the database says of one log at one moment: its epochs, and what lies past their ends.
//!
//! All in one snapshot. What the service appends and signs meanwhile is no part of it, so that whatever lies past
//! a head in it was not put there by the service.

use std::collections::BTreeMap;

use diesel::{dsl::min, prelude::*};

use super::{
    Finding,
    epochs::{Chain, Start},
};
use crate::{
    db::{
        Conn, is_unreadable,
        schema::{checkpoints, events},
    },
    error::Result,
    id::{Id, Org},
    log::{
        checkpoint::store,
        store::{Head, closed_heads, find_head},
    },
};

/// Stored checkpoints past the end that are looked at.
const ABOVE_MAX: i64 = 1_000;

/// Reads the epochs of a log.
pub(super) fn read(conn: &mut Conn, org: Id<Org>) -> Result<Chain> {
    let mut findings = Vec::new();
    let unreadable = |epoch| Finding::Head { epoch, what: "it cannot be read".into() };
    let current = readable(find_head(conn, org))?.unwrap_or_else(|| {
        findings.push(unreadable(None));
        None
    });
    if current.is_none() && findings.is_empty() {
        findings.push(Finding::NoHead);
    }
    let closed = readable(closed_heads(conn, org))?.unwrap_or_else(|| {
        findings.push(Finding::Epochs);
        Vec::new()
    });
    let mut starts = BTreeMap::new();
    for head in closed.iter().chain(&current).filter(|head| head.epoch != 1) {
        starts.extend(start(conn, org, head)?.map(|start| (head.epoch, start)));
    }
    let has_end = current.is_some();
    let mut chain = Chain::of(closed, current, &starts);
    findings.append(&mut chain.findings);
    chain.findings = findings;
    find_strays(conn, org, &mut chain, has_end)?;
    find_checkpoints(conn, org, &mut chain)?;
    Ok(chain)
}

/// None when a row is there that cannot be read.
fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(error) if is_unreadable(&error) => Ok(None),
        read => read.map(Some),
    }
}

/// What the first event of an epoch says of the one before.
fn start(conn: &mut Conn, org: Id<Org>, head: &Head) -> Result<Option<Start>> {
    let body = events::table
        .filter(events::org_id.eq(org))
        .filter(events::sequence.eq(head.tree_start))
        .select(events::body)
        .first::<String>(conn)
        .optional();
    let body = readable(body.map_err(Into::into))?.flatten();
    Ok(body.and_then(|body| Start::parse(&body)))
}

/// The first event after each epoch's end: there is none before the next epoch begins.
fn find_strays(conn: &mut Conn, org: Id<Org>, chain: &mut Chain, has_end: bool) -> Result<()> {
    let starts: Vec<i64> = chain.epochs.iter().map(|epoch| epoch.head.tree_start).skip(1).collect();
    let mut starts = starts.into_iter();
    for epoch in &mut chain.epochs {
        let after = events::table
            .filter(events::org_id.eq(org))
            .filter(events::sequence.ge(epoch.head.next_sequence))
            .select(min(events::sequence))
            .into_boxed();
        epoch.stray = match starts.next() {
            Some(next) => after.filter(events::sequence.lt(next)).first(conn)?,
            None if has_end => after.first(conn)?,
            None => None,
        };
    }
    Ok(())
}

/// Stored checkpoints of more than there is, and of epochs that are not there.
fn find_checkpoints(conn: &mut Conn, org: Id<Org>, chain: &mut Chain) -> Result<()> {
    for epoch in &mut chain.epochs {
        epoch.above =
            store::above(conn, org, epoch.head.epoch, epoch.head.size().map_or(0, signed), ABOVE_MAX)?;
    }
    let mut last: Option<i32> = None;
    loop {
        let mut next = checkpoints::table.filter(checkpoints::org_id.eq(org)).into_boxed();
        if let Some(last) = last {
            next = next.filter(checkpoints::epoch.gt(last));
        }
        let next: Option<(i32, i64)> = next
            .select((checkpoints::epoch, checkpoints::size))
            .order((checkpoints::epoch, checkpoints::size))
            .first(conn)
            .optional()?;
        let Some((epoch, size)) = next else { return Ok(()) };
        last = Some(epoch);
        if !chain.has(epoch) {
            let what = "the log has no such epoch".into();
            chain.findings.push(Finding::Checkpoint { epoch, size, what });
        }
    }
}

fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
