//! The high-water marks: how far each log was signed, in a file outside the database.
//!
//! Whoever can write the database can put an old state of it back, checkpoints included. The marks still know
//! better, so that the service neither signs nor appends to a log whose end was lost.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    id::{Id, Log},
    log::frontier::Frontier,
};

/// The file's name in the data folder.
const FILE_NAME: &str = "high-water.json";
/// Version of the file's format.
const FORMAT: u32 = 1;

/// The marks of this node's logs. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    path: Arc<PathBuf>,
    by_log: Arc<RwLock<BTreeMap<String, Frontier>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarksFile {
    v: u32,
    logs: BTreeMap<String, Mark>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// Leaves that were signed.
    size: u64,
    /// Peaks of the tree over them, 32 bytes each, largest first, base64.
    frontier: String,
}

fn name(log: Id<Log>, epoch: i32) -> String {
    format!("{log}/{epoch}")
}

impl Marks {
    /// Reads the marks of `data_dir`; where there is no file, nothing has been signed yet.
    ///
    /// # Errors
    /// [`Error::Config`] when there is a file that cannot be read: without it nobody knows what was signed.
    pub(crate) fn open(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join(FILE_NAME);
        let by_log = read(&path)?;
        Ok(Self { path: Arc::new(path), by_log: Arc::new(RwLock::new(by_log)) })
    }

    /// The tree up to which the log was signed.
    pub(crate) fn get(&self, log: Id<Log>, epoch: i32) -> Option<Frontier> {
        self.by_log.read().unwrap_or_else(PoisonError::into_inner).get(&name(log, epoch)).cloned()
    }

    /// Moves marks forward, durably: only then may the checkpoints be shown to anybody. Another process on the
    /// same file may have moved them further; they never move back.
    ///
    /// # Errors
    /// [`Error::Config`] when the file cannot be written: nothing may be signed then.
    pub(super) fn advance(&self, signed: &[(Id<Log>, i32, &Frontier)]) -> Result<()> {
        let failed =
            |error: std::io::Error| Error::Config(format!("cannot write {}: {error}", self.path.display()));
        let _turn = self.take_turn().map_err(failed)?;
        let mut marks = read(&self.path)?;
        for (log, epoch, frontier) in signed {
            let mark = marks.entry(name(*log, *epoch)).or_default();
            if mark.size() < frontier.size() {
                mark.clone_from(frontier);
            }
        }
        self.replace(&marks).map_err(failed)?;
        *self.by_log.write().unwrap_or_else(PoisonError::into_inner) = marks;
        Ok(())
    }

    /// Processes on the same folder take turns. Held until dropped.
    fn take_turn(&self) -> std::io::Result<File> {
        let path = self.path.with_extension("lock");
        let file = File::options().append(true).create(true).mode(0o600).open(path)?;
        file.lock()?;
        Ok(file)
    }

    /// Replaces the file as a whole: a crash leaves the old one or the new one.
    fn replace(&self, marks: &BTreeMap<String, Frontier>) -> std::io::Result<()> {
        let logs = marks.iter().map(|(name, frontier)| {
            let mark = Mark { size: frontier.size(), frontier: BASE64_STANDARD.encode(frontier.to_bytes()) };
            (name.clone(), mark)
        });
        let text = serde_json::to_vec_pretty(&MarksFile { v: FORMAT, logs: logs.collect() })?;
        let new = self.path.with_extension("new");
        let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&new, self.path.as_path())?;
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, Frontier>> {
    let damaged =
        |why: &dyn std::fmt::Display| Error::Config(format!("cannot read {}: {why}", path.display()));
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(damaged(&error)),
    };
    let file: MarksFile = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
    if file.v != FORMAT {
        return Err(damaged(&format!("it is of version {}", file.v)));
    }
    let frontier =
        |mark: &Mark| Frontier::from_bytes(mark.size, &BASE64_STANDARD.decode(&mark.frontier).ok()?);
    file.logs
        .into_iter()
        .map(|(name, mark)| {
            let frontier = frontier(&mark).ok_or_else(|| damaged(&format!("the mark of {name}")))?;
            Ok((name, frontier))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;

    fn tree(leaves: u8) -> Frontier {
        let mut tree = Frontier::default();
        (0..leaves).for_each(|leaf| tree.push([leaf; 32]));
        tree
    }

    #[test]
    fn marks_outlive_the_process_and_never_move_back() {
        let folder = tempfile::tempdir().unwrap();
        let log = Id::new(Time::from_micros(0));
        let (one, other) = (Marks::open(folder.path()).unwrap(), Marks::open(folder.path()).unwrap());
        assert_eq!(one.get(log, 1), None);

        one.advance(&[(log, 1, &tree(5))]).unwrap();
        other.advance(&[(log, 1, &tree(3)), (log, 2, &tree(1))]).unwrap();

        assert_eq!(other.get(log, 1), Some(tree(5)));
        let reopened = Marks::open(folder.path()).unwrap();
        assert_eq!((reopened.get(log, 1), reopened.get(log, 2)), (Some(tree(5)), Some(tree(1))));
    }

    #[test]
    fn a_damaged_file_is_not_taken_for_an_absent_one() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{}", r#"{"v":2,"logs":{}}"#, r#"{"v":1,"logs":{"x/1":{"size":3,"frontier":""}}}"#] {
            fs::write(folder.path().join(FILE_NAME), text).unwrap();
            assert!(matches!(Marks::open(folder.path()), Err(Error::Config(_))), "{text}");
        }
    }
}
