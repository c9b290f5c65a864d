//! What was ever signed of an epoch, compared when the pass over its events reaches each size.

use std::{
    collections::{BTreeMap, VecDeque},
    mem::{discriminant, take},
};

use super::{Finding, Reference, epochs::Closed};
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
/// What is wrong with a checkpoint whose tree the log does not begin with.
const OTHER_ROOT: &str = "it has another root: events before it were replaced";

/// Checkpoints, the high-water mark and the tiles of one epoch.
pub(super) struct Anchors<'a> {
    db: &'a Db,
    org: Id<Org>,
    epoch: i32,
    /// Leaves that the head says there are. What is signed of more by now came after it was read.
    size: u64,
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
    /// Of each kind the first.
    findings: Vec<Finding>,
    /// The size at which the log first contradicted what was signed of it.
    contradicted: Option<u64>,
    agreed: u64,
}

/// What came of holding an epoch against its anchors.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) findings: Vec<Finding>,
    /// The size at which the log first contradicted what was signed of it.
    pub(super) contradicted: Option<u64>,
    /// Checkpoints that agree with the log.
    pub(super) agreed: u64,
    /// Checkpoints of what was given up.
    pub(super) given_up: u64,
}

impl<'a> Anchors<'a> {
    pub(super) fn new(db: &'a Db, reference: &Reference<'_>, org: Id<Org>, head: &Head) -> Result<Self> {
        let versions = reference.sealer.keyring().versions(Purpose::Checkpoint);
        let of_epoch =
            reference.outside.iter().filter(|kept| (kept.log, kept.epoch) == (head.log_id, head.epoch));
        let mut anchors = Self {
            db,
            org,
            epoch: head.epoch,
            size: head.size().unwrap_or(0),
            outside: of_epoch.map(|kept| kept.head.clone()).collect(),
            origin: checkpoint::origin(reference.installation, head.log_id, head.epoch),
            keys: versions.into_iter().map(|version| version.key).collect(),
            mark: reference.sealer.marks().get(head.log_id, head.epoch),
            stored: VecDeque::new(),
            leaves: Vec::new(),
            roots: Vec::new(),
            tiles: 0,
            findings: Vec::new(),
            contradicted: None,
            agreed: 0,
        };
        anchors.load_above(i64::MIN)?;
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
    pub(super) fn check(&mut self, tree: &Frontier, leaf: Hash) -> Result<()> {
        let size = tree.size();
        if self.mark.as_ref().is_some_and(|mark| mark.size() == size && mark != tree) {
            self.contradict(size, Finding::Mark { epoch: self.epoch, size });
        }
        for head in self.outside.iter().filter(|head| head.size == size).cloned().collect::<Vec<_>>() {
            if head.root == tree.root() {
                self.agreed += 1;
            } else {
                let what = format!("kept elsewhere, {OTHER_ROOT}");
                self.contradict(size, self.unfit(signed(size), what));
            }
        }
        while self.stored.front().is_some_and(|next| next.size <= signed(size)) {
            self.check_stored(tree)?;
        }
        self.check_tiles(leaf)
    }

    fn check_stored(&mut self, tree: &Frontier) -> Result<()> {
        let Some(stored) = self.stored.pop_front() else { return Ok(()) };
        if self.stored.is_empty() {
            self.load_above(stored.size)?;
        }
        match self.open(&stored) {
            Err(what) => self.find(self.unfit(stored.size, what)),
            Ok(head) if head.root == tree.root() => self.agreed += 1,
            Ok(_) => self.contradict(tree.size(), self.unfit(stored.size, OTHER_ROOT.into())),
        }
        Ok(())
    }

    /// What a stored checkpoint says, if it is one, and of the size under which it is stored.
    fn open(&self, stored: &store::Stored) -> Result<TreeHead, String> {
        let head = note::open(&stored.note, &self.origin, &self.keys)?;
        if signed(head.size) == stored.size { Ok(head) } else { Err(format!("it says {} events", head.size)) }
    }

    fn unfit(&self, size: i64, what: String) -> Finding {
        Finding::Checkpoint { epoch: self.epoch, size, what }
    }

    fn contradict(&mut self, size: u64, finding: Finding) {
        self.contradicted.get_or_insert(size);
        self.find(finding);
    }

    /// What is wrong once is wrong with all that follows: the first of each kind says where to look.
    fn find(&mut self, finding: Finding) {
        if self.findings.iter().all(|known| discriminant(known) != discriminant(&finding)) {
            self.findings.push(finding);
        }
    }

    /// Compares the tiles that the leaf completes, where there are such.
    fn check_tiles(&mut self, leaf: Hash) -> Result<()> {
        self.leaves.push(leaf);
        if u64::try_from(self.leaves.len()).is_ok_and(|count| count < WIDTH) {
            return Ok(());
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
                self.find(Finding::Tile { epoch: self.epoch, level, index });
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
        Ok(())
    }

    /// Ends the comparison with what was signed of more than there is: `above` are the stored checkpoints of
    /// that, as the database had them together with the head.
    pub(super) fn finish(mut self, above: &[store::Stored], closed: Option<&Closed>) -> Held {
        let kept = self.outside.iter().map(|head| (head.size, head.root));
        let mut longer: Vec<(u64, Hash)> = kept.filter(|(size, _)| *size > self.size).collect();
        for stored in above {
            match self.open(stored) {
                Err(what) => self.find(self.unfit(stored.size, what)),
                Ok(head) => longer.push((head.size, head.root)),
            }
        }
        let given_up_size = closed.map_or(0, |closed| closed.given_up_size);
        let given_up = longer.iter().filter(|(size, _)| *size <= given_up_size).count();
        let mark = self.mark.as_ref().filter(|mark| mark.size() > self.size);
        longer.extend(mark.map(|mark| (mark.size(), mark.root())));
        let mut roots = BTreeMap::new();
        for (size, root) in &longer {
            if roots.insert(*size, *root).is_some_and(|other| other != *root) {
                self.find(Finding::TwoRoots { epoch: self.epoch, size: *size });
            }
        }
        let lost = longer.iter().map(|(size, _)| *size).filter(|size| *size > given_up_size).max();
        if let Some(size) = lost {
            self.find(Finding::Lost { epoch: self.epoch, size, end: self.size });
        }
        Held {
            findings: self.findings,
            contradicted: self.contradicted,
            agreed: self.agreed,
            given_up: u64::try_from(given_up).unwrap_or(u64::MAX),
        }
    }
}

/// A size as it is stored.
fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
