//! From what was signed to what is there: whether the log only grew, and the tiles that it filled.

use super::{
    Refusal, TreeHead, store,
    tiles::{self, LEVELS_MAX, WIDTH},
};
use crate::{
    db::Db,
    error::{Error, Result},
    id::{Id, Org},
    log::{frontier::Frontier, store::Head},
};

/// Leaf hashes read in one transaction, and tiles of any level written in one.
const CHUNK_TILES: u64 = 32;

/// The tree of the log as it is now, when its head is the tree over its leaf hashes, and that tree begins with
/// what was signed: `signed` as this node remembers it, and `anchor`, a checkpoint of an earlier size.
pub(super) fn extended(
    db: &Db,
    org: Id<Org>,
    head: &Head,
    signed: &Frontier,
    anchor: Option<&TreeHead>,
) -> Result<Result<Frontier, Refusal>> {
    let size = head.size()?;
    let longest = anchor.map_or(0, |anchor| anchor.size).max(signed.size());
    if size < longest {
        return Ok(Err(Refusal::Behind { size, signed: longest }));
    }
    if anchor.is_some_and(|anchor| anchor.size == signed.size() && anchor.root != signed.root()) {
        return Ok(Err(Refusal::Forked { signed: signed.size() }));
    }
    let mut tree = signed.clone();
    while tree.size() < size {
        let until = size.min(tree.size() + CHUNK_TILES * WIDTH);
        let (from, until) = (head.sequence_of(tree.size()), head.sequence_of(until));
        let hashes =
            db.read_blocking("checkpoint.leaves", |conn| store::leaf_hashes(conn, org, from, until))?;
        match hashes {
            Ok(hashes) => {
                for hash in hashes {
                    tree.push(hash);
                    let is_other =
                        |anchor: &&TreeHead| anchor.size == tree.size() && anchor.root != tree.root();
                    if let Some(anchor) = anchor.filter(is_other) {
                        return Ok(Err(Refusal::Forked { signed: anchor.size }));
                    }
                }
            }
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
    if tree.to_bytes() == head.frontier {
        Ok(Ok(tree))
    } else {
        Ok(Err(Refusal::Forked { signed: signed.size() }))
    }
}

/// Writes the tiles that a log of `size` leaves has filled.
pub(super) fn tile(db: &Db, org: Id<Org>, head: &Head, size: u64) -> Result<()> {
    let mut hashes_below = size;
    for level in 0..LEVELS_MAX {
        let full = hashes_below / WIDTH;
        let mut next = db.read_blocking("checkpoint.count_tiles", |conn| {
            store::count_tiles(conn, org, head.epoch, level)
        })?;
        while next < full {
            let until = full.min(next + CHUNK_TILES);
            db.write_blocking("checkpoint.tiles", |conn| {
                let (from, until) = (next * WIDTH, until * WIDTH);
                let hashes = if level == 0 {
                    let (from, until) = (head.sequence_of(from), head.sequence_of(until));
                    let read = store::leaf_hashes(conn, org, from, until)?;
                    read.map_err(|refusal| Error::Integrity(refusal.to_string()))?
                } else {
                    store::tile_roots(conn, (org, head.epoch, level - 1), from, until)?
                };
                let tiles: Vec<_> = tiles::full(level, next, &hashes).collect();
                store::insert_tiles(conn, org, head.epoch, &tiles)
            })?;
            next = until;
        }
        hashes_below = full;
    }
    Ok(())
}
