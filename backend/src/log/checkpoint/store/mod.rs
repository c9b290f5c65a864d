//! How checkpoints, tiles and the state of signing are kept.

pub(super) mod epochs;
pub(super) mod refusals;

use diesel::prelude::*;

use super::{Refusal, reach::Extent, tiles::Tile};
use crate::{
    clock::Time,
    db::{
        Conn, is_unreadable, on_either,
        schema::{checkpoints, events, log_heads, log_signing, log_tiles, organizations},
    },
    error::{Error, Result},
    id::{Id, Log, Org, ServiceKey},
    log::frontier::Hash,
};

/// A checkpoint as it was given out.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(crate) struct Stored {
    pub(crate) epoch: i32,
    pub(crate) size: i64,
    pub(crate) note: String,
    pub(crate) created_at: Time,
}

const STORED: (checkpoints::epoch, checkpoints::size, checkpoints::note, checkpoints::created_at) =
    (checkpoints::epoch, checkpoints::size, checkpoints::note, checkpoints::created_at);

/// How far a log is signed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(crate) struct Signing {
    pub(crate) epoch: i32,
    pub(crate) size: i64,
    pub(crate) signed_at: Option<Time>,
    pub(crate) key_id: Option<Id<ServiceKey>>,
}

const SIGNING: (log_signing::epoch, log_signing::size, log_signing::signed_at, log_signing::key_id) =
    (log_signing::epoch, log_signing::size, log_signing::signed_at, log_signing::key_id);

/// A log and how far it is signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogState {
    pub(super) org: Id<Org>,
    pub(super) extent: Extent,
    /// Epoch and size that were signed last.
    pub(super) signed: Option<(i32, i64)>,
}

impl LogState {
    /// Whether exactly what is there was signed.
    pub(super) fn is_signed(&self) -> bool {
        self.signed == Some(self.there())
    }

    /// Whether more was signed than is there.
    pub(super) fn is_signed_further(&self) -> bool {
        self.signed > Some(self.there())
    }

    const fn there(&self) -> (i32, i64) {
        (self.extent.epoch, self.extent.next_sequence.saturating_sub(self.extent.tree_start))
    }
}

/// Every log, and how far it is signed.
#[derive(Debug, Default)]
pub(super) struct States {
    pub(super) logs: Vec<LogState>,
    /// Logs of which a row is there that cannot be read. They keep no other log from anything.
    pub(super) unreadable: Vec<Id<Org>>,
}

/// Every log, and how far it is signed.
pub(super) fn states(conn: &mut Conn) -> Result<States> {
    match states_of(conn, None) {
        Err(error) if is_unreadable(&error) => {}
        logs => return Ok(States { logs: logs?, unreadable: Vec::new() }),
    }
    let mut states = States::default();
    for org in
        organizations::table.select(organizations::id).order(organizations::id).load::<Id<Org>>(conn)?
    {
        match states_of(conn, Some(org)) {
            Err(error) if is_unreadable(&error) => states.unreadable.push(org),
            log => states.logs.append(&mut log?),
        }
    }
    Ok(states)
}

fn states_of(conn: &mut Conn, org: Option<Id<Org>>) -> Result<Vec<LogState>> {
    type Row = (Id<Org>, Id<Log>, i32, i64, i64, Option<i32>, Option<i64>);
    let mut heads = log_heads::table
        .left_join(log_signing::table.on(log_signing::org_id.eq(log_heads::org_id)))
        .select((
            log_heads::org_id,
            log_heads::log_id,
            log_heads::epoch,
            log_heads::tree_start,
            log_heads::next_sequence,
            log_signing::epoch.nullable(),
            log_signing::size.nullable(),
        ))
        .into_boxed();
    if let Some(org) = org {
        heads = heads.filter(log_heads::org_id.eq(org));
    }
    let state = |(org, log_id, epoch, tree_start, next_sequence, signed_epoch, signed_size): Row| LogState {
        org,
        extent: Extent { log_id, epoch, tree_start, next_sequence },
        signed: signed_epoch.zip(signed_size),
    };
    Ok(heads.order(log_heads::org_id).load::<Row>(conn)?.into_iter().map(state).collect())
}

/// How far the log is signed, if it ever was.
pub(super) fn signing(conn: &mut Conn, org: Id<Org>) -> Result<Option<Signing>> {
    Ok(log_signing::table.find(org).select(SIGNING).first(conn).optional()?)
}

/// How far the log is signed, locked until the transaction ends: nodes that sign the same log take turns.
pub(super) fn take_signing(conn: &mut Conn, org: Id<Org>, epoch: i32) -> Result<Signing> {
    on_either!(conn, inner => diesel::insert_into(log_signing::table)
        .values((log_signing::org_id.eq(org), log_signing::epoch.eq(epoch), log_signing::size.eq(0)))
        .on_conflict(log_signing::org_id)
        .do_nothing()
        .execute(inner))?;
    Ok(diesel::update(log_signing::table.find(org))
        .set(log_signing::size.eq(log_signing::size))
        .returning(SIGNING)
        .get_result(conn)?)
}

/// Remembers how far the log that was taken is signed.
pub(super) fn set_signing(conn: &mut Conn, org: Id<Org>, signing: &Signing) -> Result<()> {
    diesel::update(log_signing::table.find(org))
        .set((
            log_signing::epoch.eq(signing.epoch),
            log_signing::size.eq(signing.size),
            log_signing::signed_at.eq(signing.signed_at),
            log_signing::key_id.eq(signing.key_id),
        ))
        .execute(conn)?;
    Ok(())
}

/// Adds a checkpoint, unless there is one of that size: then answers that one.
pub(super) fn insert(
    conn: &mut Conn,
    org: Id<Org>,
    (epoch, size): (i32, i64),
    note: &str,
    now: Time,
) -> Result<Option<String>> {
    let inserted = on_either!(conn, inner => diesel::insert_into(checkpoints::table)
        .values((
            checkpoints::org_id.eq(org),
            checkpoints::epoch.eq(epoch),
            checkpoints::size.eq(size),
            checkpoints::note.eq(note),
            checkpoints::created_at.eq(now),
        ))
        .on_conflict((checkpoints::org_id, checkpoints::epoch, checkpoints::size))
        .do_nothing()
        .execute(inner))?;
    if inserted > 0 {
        return Ok(None);
    }
    Ok(checkpoints::table.find((org, epoch, size)).select(checkpoints::note).first(conn).optional()?)
}

/// Checkpoints that are looked through for one that is ours.
pub(super) const LOOKED_THROUGH: i64 = 100;

/// The newest checkpoint of the log's epoch or, where that has none, of the one before it that has one.
pub(super) fn newest(conn: &mut Conn, org: Id<Org>, epoch: i32) -> Result<Option<Stored>> {
    Ok(page(conn, org, Some((epoch, i64::MAX)), 1)?.pop())
}

/// Checkpoints of epochs later than the log's, newest first: there are none, unless an older state was put back or
/// somebody planted them.
pub(super) fn later(conn: &mut Conn, org: Id<Org>, epoch: i32) -> Result<Vec<Stored>> {
    Ok(checkpoints::table
        .filter(checkpoints::org_id.eq(org))
        .filter(checkpoints::epoch.gt(epoch))
        .order((checkpoints::epoch.desc(), checkpoints::size.desc()))
        .select(STORED)
        .limit(LOOKED_THROUGH)
        .load(conn)?)
}

/// Checkpoints, newest first, from before (epoch, size) on.
pub(super) fn page(
    conn: &mut Conn,
    org: Id<Org>,
    before: Option<(i32, i64)>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query = checkpoints::table.filter(checkpoints::org_id.eq(org)).into_boxed();
    if let Some((epoch, size)) = before {
        query = query.filter(
            checkpoints::epoch.lt(epoch).or(checkpoints::epoch.eq(epoch).and(checkpoints::size.lt(size))),
        );
    }
    Ok(query
        .order((checkpoints::epoch.desc(), checkpoints::size.desc()))
        .select(STORED)
        .limit(limit)
        .load(conn)?)
}

/// The checkpoints of an epoch above `size`, smallest first.
pub(in crate::log) fn above(
    conn: &mut Conn,
    org: Id<Org>,
    epoch: i32,
    size: i64,
    limit: i64,
) -> Result<Vec<Stored>> {
    Ok(checkpoints::table
        .filter(checkpoints::org_id.eq(org))
        .filter(checkpoints::epoch.eq(epoch))
        .filter(checkpoints::size.gt(size))
        .order(checkpoints::size)
        .select(STORED)
        .limit(limit)
        .load(conn)?)
}

/// Epoch, size and time of the log's checkpoints that were made in `[from, until)`, smallest first.
pub(super) fn made_between(
    conn: &mut Conn,
    org: Id<Org>,
    from: Time,
    until: Time,
) -> Result<Vec<(i32, i64, Time)>> {
    Ok(checkpoints::table
        .filter(checkpoints::org_id.eq(org))
        .filter(checkpoints::created_at.ge(from))
        .filter(checkpoints::created_at.lt(until))
        .select((checkpoints::epoch, checkpoints::size, checkpoints::created_at))
        .order((checkpoints::epoch, checkpoints::size))
        .load(conn)?)
}

/// Removes checkpoints of one log.
pub(super) fn delete(conn: &mut Conn, org: Id<Org>, epoch: i32, sizes: &[i64]) -> Result<usize> {
    Ok(diesel::delete(
        checkpoints::table
            .filter(checkpoints::org_id.eq(org))
            .filter(checkpoints::epoch.eq(epoch))
            .filter(checkpoints::size.eq_any(sizes)),
    )
    .execute(conn)?)
}

/// The leaf hashes of events `[from, until)`, in order.
///
/// # Errors
/// Inside: the first event that is not there.
pub(super) fn leaf_hashes(
    conn: &mut Conn,
    org: Id<Org>,
    from: i64,
    until: i64,
) -> Result<Result<Vec<Hash>, Refusal>> {
    let rows: Vec<(i64, Vec<u8>)> = events::table
        .filter(events::org_id.eq(org))
        .filter(events::sequence.ge(from))
        .filter(events::sequence.lt(until))
        .order(events::sequence)
        .select((events::sequence, events::leaf_hash))
        .load(conn)?;
    let mut hashes = Vec::with_capacity(rows.len());
    let mut expected = from;
    for (sequence, hash) in rows {
        match hash.try_into() {
            Ok(hash) if sequence == expected => hashes.push(hash),
            _ => break,
        }
        expected += 1;
    }
    Ok(if expected == until { Ok(hashes) } else { Err(Refusal::Missing { sequence: expected }) })
}

/// How many full tiles of a level there are.
pub(super) fn count_tiles(conn: &mut Conn, org: Id<Org>, epoch: i32, level: i32) -> Result<u64> {
    let last: Option<i64> = log_tiles::table
        .filter(log_tiles::org_id.eq(org))
        .filter(log_tiles::epoch.eq(epoch))
        .filter(log_tiles::level.eq(level))
        .select(log_tiles::tile)
        .order(log_tiles::tile.desc())
        .first(conn)
        .optional()?;
    Ok(last.map_or(0, |last| u64::try_from(last).unwrap_or(0) + 1))
}

/// The roots of the tiles `[from, until)` of a level: hashes of the level above.
pub(super) fn tile_roots(
    conn: &mut Conn,
    (org, epoch, level): (Id<Org>, i32, i32),
    from: u64,
    until: u64,
) -> Result<Vec<Hash>> {
    let roots: Vec<Vec<u8>> = log_tiles::table
        .filter(log_tiles::org_id.eq(org))
        .filter(log_tiles::epoch.eq(epoch))
        .filter(log_tiles::level.eq(level))
        .filter(log_tiles::tile.ge(index(from)))
        .filter(log_tiles::tile.lt(index(until)))
        .order(log_tiles::tile)
        .select(log_tiles::root)
        .load(conn)?;
    let damaged = || Error::Integrity("the root of a tile is not 32 bytes".into());
    roots.into_iter().map(|root| root.try_into().ok().ok_or_else(damaged)).collect()
}

/// One tile's hashes and root.
pub(in crate::log) fn find_tile(
    conn: &mut Conn,
    (org, epoch, level): (Id<Org>, i32, i32),
    tile: u64,
) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
    Ok(log_tiles::table
        .find((org, epoch, level, index(tile)))
        .select((log_tiles::hashes, log_tiles::root))
        .first(conn)
        .optional()?)
}

/// Adds tiles; those that are there stay.
pub(super) fn insert_tiles(conn: &mut Conn, org: Id<Org>, epoch: i32, tiles: &[Tile]) -> Result<()> {
    for tile in tiles {
        on_either!(conn, inner => diesel::insert_into(log_tiles::table)
            .values((
                log_tiles::org_id.eq(org),
                log_tiles::epoch.eq(epoch),
                log_tiles::level.eq(tile.level),
                log_tiles::tile.eq(index(tile.index)),
                log_tiles::root.eq(tile.root.as_slice()),
                log_tiles::hashes.eq(&tile.hashes),
            ))
            .on_conflict((log_tiles::org_id, log_tiles::epoch, log_tiles::level, log_tiles::tile))
            .do_nothing()
            .execute(inner))?;
    }
    Ok(())
}

fn index(tile: u64) -> i64 {
    i64::try_from(tile).unwrap_or(i64::MAX)
}
