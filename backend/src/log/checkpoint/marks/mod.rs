//! The high-water marks: how far each log was signed, in a file outside the database.
//!
//! Whoever can write the database can put an old state of it back, checkpoints included. The marks still know
//! better, so that the service neither signs nor appends to a log whose end was lost. Every node has marks of its
//! own, and moves them whenever it sees that a log was signed, no matter by whom.

mod file;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    Refusal,
    reach::{Extent, Reach, end_of},
};
use crate::{
    error::{Error, Result},
    id::{Id, Log, Node},
    keyring,
    log::frontier::Frontier,
};

/// The file's name in the data folder.
const FILE_NAME: &str = "high-water.json";

/// The marks of this node's logs. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    known: RwLock<Known>,
}

#[derive(Debug)]
struct Known {
    contents: Contents,
    /// The file as it was when it was last read or written.
    version: Option<file::Version>,
    /// How far logs reach by what this process was told or has seen, without a mark of its own: not in the file.
    heard: BTreeMap<Id<Log>, Reach>,
}

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Contents {
    /// Who this node is; absent before the file is written for the first time.
    node: Option<Id<Node>>,
    /// By log and epoch.
    marks: BTreeMap<(Id<Log>, i32), Mark>,
}

/// How far an epoch of a log was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Sequence of the tree's first leaf, where it is known: version 1 of the file did not say.
    pub(super) start: Option<i64>,
    pub(super) tree: Frontier,
}

/// A log that was signed: log, epoch, first sequence and tree.
pub(super) type Signed<'a> = (Id<Log>, i32, i64, &'a Frontier);

impl Mark {
    fn end(&self) -> Option<i64> {
        self.start.map(|start| end_of(start, self.tree.size()))
    }
}

impl Contents {
    fn of_log(&self, log: Id<Log>) -> impl DoubleEndedIterator<Item = (i32, &Mark)> {
        self.marks.range((log, i32::MIN)..=(log, i32::MAX)).map(|((_, epoch), mark)| (*epoch, mark))
    }

    /// Moves a mark forward; it never moves back.
    fn advance(&mut self, log: Id<Log>, epoch: i32, to: Mark) {
        let mark = self.marks.entry((log, epoch)).or_insert_with(|| to.clone());
        if mark.tree.size() < to.tree.size() {
            mark.tree = to.tree;
        }
        mark.start = mark.start.or(to.start);
    }
}

impl Marks {
    /// Reads the marks of `data_dir`; where there is no file, nothing has been signed yet.
    ///
    /// # Errors
    /// [`Error::Config`] when there is a file that cannot be read: without it nobody knows what was signed.
    pub(crate) fn open(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join(FILE_NAME);
        let mut contents = file::read(&path)?.unwrap_or_default();
        if contents.node.is_none() {
            let mut bytes = [0; 16];
            keyring::random(&mut bytes)?;
            contents.node = Some(Id::random(bytes));
        }
        let known = Known { contents, version: None, heard: BTreeMap::new() };
        Ok(Self { shared: Arc::new(Shared { path, known: RwLock::new(known) }) })
    }

    fn look<T>(&self, see: impl FnOnce(&Known) -> T) -> T {
        see(&self.shared.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who this node is, for the others on the same database.
    pub(super) fn node(&self) -> Result<Id<Node>> {
        self.look(|known| known.contents.node).ok_or_else(|| Error::Bug("a node without an id".into()))
    }

    /// The tree up to which the log was signed.
    pub(crate) fn get(&self, log: Id<Log>, epoch: i32) -> Option<Frontier> {
        self.mark(log, epoch).map(|mark| mark.tree)
    }

    /// The tree up to which each epoch of each log was signed.
    pub(crate) fn all(&self) -> Vec<(Id<Log>, i32, Frontier)> {
        let all = |known: &Known| {
            let marks = known.contents.marks.iter();
            marks.map(|((log, epoch), mark)| (*log, *epoch, mark.tree.clone())).collect()
        };
        self.look(all)
    }

    pub(super) fn mark(&self, log: Id<Log>, epoch: i32) -> Option<Mark> {
        self.look(|known| known.contents.marks.get(&(log, epoch)).cloned())
    }

    /// Whether anything is remembered of this epoch of the log.
    pub(crate) fn has(&self, log: Id<Log>, epoch: i32) -> bool {
        self.look(|known| known.contents.marks.contains_key(&(log, epoch)))
    }

    /// Whether the mark is exactly where the log ends.
    pub(super) fn is_at(&self, log: &Extent) -> bool {
        self.look(|known| {
            let mark = known.contents.marks.get(&(log.log_id, log.epoch));
            mark.is_some_and(|mark| mark.start.is_some() && mark.tree.size() == log.size())
        })
    }

    /// How far the log once reached, if anything is remembered of it.
    pub(super) fn reach(&self, log: Id<Log>) -> Option<Reach> {
        let reach = |(epoch, mark): (i32, &Mark)| Reach { epoch, end: mark.end().unwrap_or(0) };
        self.look(|known| known.contents.of_log(log).map(reach).reduce(Reach::and))
    }

    /// How the log contradicts what is remembered of it.
    pub(super) fn contradiction(&self, log: &Extent) -> Option<Refusal> {
        self.look(|known| {
            let mut newest_first = known.contents.of_log(log.log_id).rev();
            newest_first.find_map(|(epoch, mark)| contradiction(log, epoch, mark))
        })
    }

    /// Why nothing may be appended to the log: it would take places of events that were lost.
    pub(crate) fn refusal(&self, log: &Extent) -> Option<Refusal> {
        let heard = self.look(|known| known.heard.get(&log.log_id).copied());
        self.contradiction(log).or_else(|| lost(log, heard?))
    }

    /// Remembers, until the next time, how far logs reach by what others say or the database still holds.
    pub(super) fn hear(&self, heard: BTreeMap<Id<Log>, Reach>) {
        self.shared.known.write().unwrap_or_else(PoisonError::into_inner).heard = heard;
    }

    /// Moves marks forward, durably: only then may the checkpoints be shown to anybody. Another process on the
    /// same file may have moved them further; they never move back. The file is read only if it has changed, and
    /// written only if there is something new.
    ///
    /// # Errors
    /// [`Error::Config`] when the file cannot be read or written: nothing may be signed then.
    pub(super) fn advance(&self, signed: &[Signed<'_>]) -> Result<()> {
        self.change(|contents| {
            for (log, epoch, start, tree) in signed {
                contents.advance(*log, *epoch, Mark { start: Some(*start), tree: (*tree).clone() });
            }
        })
    }

    /// Forgets the mark of an epoch that was to begin at `start`, and of which nothing was signed. One that begins
    /// elsewhere is not of the same plan: somebody else has reserved it.
    pub(super) fn give_back(&self, (log, epoch): (Id<Log>, i32), start: i64) -> Result<()> {
        self.change(|contents| {
            let is_given_back = |mark: &Mark| mark.start == Some(start) && mark.tree.size() == 0;
            contents.marks.retain(|key, mark| *key != (log, epoch) || !is_given_back(mark));
        })
    }

    fn change(&self, change: impl FnOnce(&mut Contents)) -> Result<()> {
        let path = self.shared.path.as_path();
        let failed =
            |error: std::io::Error| Error::Config(format!("cannot write {}: {error}", path.display()));
        let _turn = file::take_turn(path).map_err(failed)?;
        let (mut contents, seen) = self.look(|known| (known.contents.clone(), known.version));
        let mut stored = contents.clone();
        if seen.is_none() || file::version(path).map_err(failed)? != seen {
            let file = file::read(path)?;
            // What another process has given back is not reserved again.
            contents.marks.retain(|key, mark| {
                mark.tree.size() > 0 || file.as_ref().is_none_or(|file| file.marks.contains_key(key))
            });
            stored = file.unwrap_or_default();
            contents.node = stored.node.or(contents.node);
            for ((log, epoch), mark) in stored.marks.clone() {
                contents.advance(log, epoch, mark);
            }
        }
        change(&mut contents);
        if contents != stored {
            file::replace(path, &contents).map_err(failed)?;
        }
        let version = file::version(path).map_err(failed)?;
        let mut known = self.shared.known.write().unwrap_or_else(PoisonError::into_inner);
        (known.contents, known.version) = (contents, version);
        Ok(())
    }
}

fn contradiction(log: &Extent, epoch: i32, mark: &Mark) -> Option<Refusal> {
    let signed = mark.tree.size();
    match epoch.cmp(&log.epoch) {
        std::cmp::Ordering::Greater => Some(Refusal::Reverted { epoch: log.epoch, later: epoch }),
        std::cmp::Ordering::Equal if log.size() < signed => {
            Some(Refusal::Behind { size: log.size(), signed })
        }
        std::cmp::Ordering::Equal => {
            let begins_elsewhere = mark.start.is_some_and(|start| start != log.tree_start);
            begins_elsewhere.then_some(Refusal::Forked { signed })
        }
        std::cmp::Ordering::Less => {
            let end = mark.end().filter(|end| *end > log.tree_start)?;
            Some(Refusal::Reused { start: log.tree_start, end })
        }
    }
}

/// The refusal of a log that is known to have reached further than it does.
pub(super) fn lost(log: &Extent, reach: Reach) -> Option<Refusal> {
    if reach.epoch > log.epoch {
        return Some(Refusal::Reverted { epoch: log.epoch, later: reach.epoch });
    }
    let is_shorter = reach.end > log.next_sequence;
    is_shorter.then_some(Refusal::Shorter { end: log.next_sequence, known: reach.end })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::clock::Time;

    fn tree(leaves: u8) -> Frontier {
        let mut tree = Frontier::default();
        (0..leaves).for_each(|leaf| tree.push([leaf; 32]));
        tree
    }

    fn extent(log_id: Id<Log>, epoch: i32, tree_start: i64, next_sequence: i64) -> Extent {
        Extent { log_id, epoch, tree_start, next_sequence }
    }

    #[test]
    fn marks_outlive_the_process_and_never_move_back() {
        let folder = tempfile::tempdir().unwrap();
        let log = Id::new(Time::from_micros(0));
        let (one, other) = (Marks::open(folder.path()).unwrap(), Marks::open(folder.path()).unwrap());
        assert_eq!(one.get(log, 1), None);

        one.advance(&[(log, 1, 0, &tree(5))]).unwrap();
        other.advance(&[(log, 1, 0, &tree(3)), (log, 2, 9, &tree(1))]).unwrap();

        assert_eq!(other.get(log, 1), Some(tree(5)));
        assert_eq!(other.node().unwrap(), one.node().unwrap());
        let reopened = Marks::open(folder.path()).unwrap();
        assert_eq!((reopened.get(log, 1), reopened.get(log, 2)), (Some(tree(5)), Some(tree(1))));
        assert_eq!(reopened.reach(log), Some(Reach { epoch: 2, end: 10 }));
        assert_eq!(reopened.node().unwrap(), one.node().unwrap());
    }

    #[test]
    fn a_file_that_was_changed_or_taken_away_meanwhile_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let log = Id::new(Time::from_micros(0));
        let (one, other) = (Marks::open(folder.path()).unwrap(), Marks::open(folder.path()).unwrap());
        one.advance(&[(log, 1, 0, &tree(2))]).unwrap();

        other.advance(&[(log, 1, 0, &tree(5))]).unwrap();
        one.advance(&[]).unwrap();
        assert_eq!(one.get(log, 1), Some(tree(5)));

        fs::remove_file(folder.path().join(FILE_NAME)).unwrap();
        one.advance(&[]).unwrap();
        assert_eq!(Marks::open(folder.path()).unwrap().get(log, 1), Some(tree(5)));
    }

    #[test]
    fn what_was_reserved_can_be_given_back_and_what_was_signed_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let log = Id::new(Time::from_micros(0));
        let (one, other) = (Marks::open(folder.path()).unwrap(), Marks::open(folder.path()).unwrap());
        one.advance(&[(log, 1, 0, &tree(2)), (log, 2, 9, &tree(0))]).unwrap();
        other.advance(&[]).unwrap();
        assert!(other.has(log, 2));

        one.give_back((log, 1), 0).unwrap();
        one.give_back((log, 2), 8).unwrap();
        assert!(one.has(log, 2), "it begins elsewhere");
        one.give_back((log, 2), 9).unwrap();
        other.advance(&[]).unwrap();

        for marks in [one, other, Marks::open(folder.path()).unwrap()] {
            assert_eq!((marks.has(log, 1), marks.has(log, 2)), (true, false));
        }
    }

    #[test]
    fn the_file_is_not_written_when_nothing_moved() {
        let folder = tempfile::tempdir().unwrap();
        let log = Id::new(Time::from_micros(0));
        let marks = Marks::open(folder.path()).unwrap();
        marks.advance(&[(log, 1, 0, &tree(2))]).unwrap();
        let version = file::version(&folder.path().join(FILE_NAME)).unwrap();

        marks.advance(&[(log, 1, 0, &tree(2))]).unwrap();

        assert_eq!(file::version(&folder.path().join(FILE_NAME)).unwrap(), version);
    }

    #[test]
    fn a_file_of_the_first_version_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let log: Id<Log> = Id::new(Time::from_micros(0));
        let peak = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let mark = format!(r#"{{"size":1,"frontier":"{peak}"}}"#);
        let text = format!(r#"{{"v":1,"logs":{{"{log}/1":{mark},"{log}/2":{mark}}}}}"#);
        fs::write(folder.path().join(FILE_NAME), text).unwrap();

        let marks = Marks::open(folder.path()).unwrap();

        let starts = [1, 2].map(|epoch| marks.mark(log, epoch).unwrap().start);
        assert_eq!(starts, [Some(0), None]);
        marks.advance(&[(log, 2, 7, &Frontier::default())]).unwrap();
        assert_eq!(Marks::open(folder.path()).unwrap().reach(log), Some(Reach { epoch: 2, end: 8 }));
    }

    #[test]
    fn a_damaged_file_is_not_taken_for_an_absent_one() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{}", r#"{"v":3,"logs":{}}"#, r#"{"v":1,"logs":{"x/1":{"size":0,"frontier":""}}}"#] {
            fs::write(folder.path().join(FILE_NAME), text).unwrap();
            assert!(matches!(Marks::open(folder.path()), Err(Error::Config(_))), "{text}");
        }
    }

    #[test]
    fn a_log_that_is_not_what_was_marked_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let log = Id::new(Time::from_micros(0));
        let marks = Marks::open(folder.path()).unwrap();
        marks.advance(&[(log, 1, 0, &tree(5)), (log, 2, 100, &tree(3))]).unwrap();

        for (found, refusal) in [
            (extent(log, 2, 100, 103), None),
            (extent(log, 2, 100, 102), Some(Refusal::Behind { size: 2, signed: 3 })),
            (extent(log, 2, 99, 103), Some(Refusal::Forked { signed: 3 })),
            (extent(log, 1, 0, 5), Some(Refusal::Reverted { epoch: 1, later: 2 })),
            (extent(log, 3, 103, 104), None),
            (extent(log, 3, 102, 104), Some(Refusal::Reused { start: 102, end: 103 })),
        ] {
            assert_eq!(marks.contradiction(&found), refusal, "{found:?}");
        }
    }
}
