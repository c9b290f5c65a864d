//! What was ever signed of a log, compared when the pass over its events reaches each size.

use std::{collections::VecDeque, mem::take};

use super::{Finding, Reference};
use crate::{
    db::Db,
    error::Result,
    id::{Id, Org},
    keyring::{Purpose, PurposeKey},
    log::{
        checkpoint::{
            self, TreeHead, note, store,
            tiles::{Tile, WIDTH},
        },
        frontier::{Frontier, Hash},
        store::Head,
    },
};

/// Checkpoints read at a time.
const CHUNK: i64 = 1_000;

/// Checkpoints, the high-water mark and the tiles of one epoch.
pub(super) struct Anchors<'a> {
    db: &'a Db,
    org: Id<Org>,
    epoch: i32,
    origin: String,
    keys: Vec<PurposeKey>,
    mark: Option<Frontier>,
    outside: Vec<TreeHead>,
    /// Stored checkpoints that are yet to be reached, smallest first.
    stored: VecDeque<store::Stored>,
    /// Leaf hashes of the tile that is being filled.
    leaves: Vec<Hash>,
    /// Per level of tiles, from level 1 on: the hashes of the tile that is being filled.
    roots: Vec<Vec<Hash>>,
    tiles: u64,
    /// Checkpoints that agree with the log.
    pub(super) agreed: u64,
}

impl<'a> Anchors<'a> {
    pub(super) fn new(db: &'a Db, reference: &Reference<'_>, org: Id<Org>, head: &Head) -> Result<Self> {
        let origin = checkpoint::origin(reference.installation, head.log_id, head.epoch);
        let versions = reference.sealer.keyring().versions(Purpose::Checkpoint);
        let keys: Vec<PurposeKey> = versions.into_iter().map(|version| version.key).collect();
        let opened = reference.outside.iter().filter_map(|text| note::open(text, &origin, &keys).ok());
        let mut anchors = Self {
            db,
            org,
            epoch: head.epoch,
            outside: opened.collect(),
            origin,
            keys,
            mark: reference.sealer.marks().get(head.log_id, head.epoch),
            stored: VecDeque::new(),
            leaves: Vec::new(),
            roots: Vec::new(),
            tiles: 0,
            agreed: 0,
        };
        anchors.load_above(0)?;
        Ok(anchors)
    }

    fn load_above(&mut self, size: i64) -> Result<()> {
        let (org, epoch) = (self.org, self.epoch);
        let stored = self
            .db
            .read_blocking("log.verify_checkpoints", |conn| store::above(conn, org, epoch, size, CHUNK))?;
        self.stored = stored.into();
        Ok(())
    }

    /// Compares what was signed of exactly this tree, to which `leaf` was added last.
    pub(super) fn check(&mut self, tree: &Frontier, leaf: Hash) -> Result<Option<Finding>> {
        let size = tree.size();
        if self.mark.as_ref().is_some_and(|mark| mark.size() == size && mark != tree) {
            return Ok(Some(Finding::Mark { size }));
        }
        let differs = |head: &&TreeHead| head.size == size && head.root != tree.root();
        if self.outside.iter().any(|head| differs(&head)) {
            let what = "kept elsewhere, it has another root: events before it were replaced".into();
            return Ok(Some(Finding::Checkpoint { size, what }));
        }
        self.agreed +=
            u64::try_from(self.outside.iter().filter(|head| head.size == size).count()).unwrap_or(0);
        while self.stored.front().is_some_and(|next| u64::try_from(next.size).is_ok_and(|next| next <= size))
        {
            if let Some(finding) = self.check_stored(tree)? {
                return Ok(Some(finding));
            }
        }
        self.check_tiles(leaf)
    }

    fn check_stored(&mut self, tree: &Frontier) -> Result<Option<Finding>> {
        let Some(stored) = self.stored.pop_front() else { return Ok(None) };
        if self.stored.is_empty() {
            self.load_above(stored.size)?;
        }
        let size = u64::try_from(stored.size).unwrap_or(0);
        let what = match note::open(&stored.note, &self.origin, &self.keys) {
            Err(reason) => reason,
            Ok(head) if head.size != size => format!("it says {} events", head.size),
            Ok(head) if head.root != tree.root() => {
                "it has another root: events before it were replaced".into()
            }
            Ok(_) => {
                self.agreed += 1;
                return Ok(None);
            }
        };
        Ok(Some(Finding::Checkpoint { size, what }))
    }

    /// Compares the tiles that the leaf completes, where there are such.
    fn check_tiles(&mut self, leaf: Hash) -> Result<Option<Finding>> {
        self.leaves.push(leaf);
        if u64::try_from(self.leaves.len()).is_ok_and(|count| count < WIDTH) {
            return Ok(None);
        }
        let mut hashes = take(&mut self.leaves);
        let mut index = self.tiles;
        self.tiles += 1;
        for level in 0.. {
            let tile = Tile::new(level, index, &hashes);
            let place = (self.org, self.epoch, level);
            let stored =
                self.db.read_blocking("log.verify_tile", |conn| store::find_tile(conn, place, index))?;
            if stored.is_some_and(|(hashes, root)| hashes != tile.hashes || root != tile.root) {
                return Ok(Some(Finding::Tile { level, index }));
            }
            let above = usize::try_from(level).unwrap_or(usize::MAX);
            if self.roots.len() <= above {
                self.roots.push(Vec::new());
            }
            let Some(roots) = self.roots.get_mut(above) else { break };
            roots.push(tile.root);
            if u64::try_from(roots.len()).is_ok_and(|count| count < WIDTH) {
                break;
            }
            hashes = take(roots);
            index /= WIDTH;
        }
        Ok(None)
    }

    /// What was signed of more than there is now, which is `now` leaves.
    pub(super) fn left(&self, tree: &Frontier, now: u64) -> Option<Finding> {
        let size = tree.size().max(now);
        let stored = self.stored.front().and_then(|stored| u64::try_from(stored.size).ok());
        let mark = self.mark.as_ref().map(Frontier::size);
        let outside = self.outside.iter().map(|head| head.size);
        let longest = outside.chain(stored).chain(mark).max().filter(|longest| *longest > size);
        let what = format!("the log ends at {size}: what came after is lost");
        longest.map(|size| Finding::Checkpoint { size, what })
    }
}
