//! The marks' file, `high-water.json`: read whole, replaced whole.

use std::{
    collections::BTreeMap,
    fs::{self, File, Metadata},
    io::{ErrorKind, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use super::{Contents, Mark};
use crate::{
    error::{Error, Result},
    id::{Id, Log, Node},
    log::frontier::Frontier,
};

/// Version of the file's format. Version 1 had neither the node nor where the trees begin.
const FORMAT: u32 = 2;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    v: u32,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    node: Option<Id<Node>>,
    /// By log and epoch, as `log/epoch`.
    logs: BTreeMap<String, StoredMark>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredMark {
    /// Sequence of the tree's first leaf.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    start: Option<i64>,
    /// Leaves that were signed.
    size: u64,
    /// Peaks of the tree over them, 32 bytes each, largest first, base64.
    frontier: String,
}

/// Tells one state of the file from another without reading it: it is never changed in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    inode: u64,
    size_bytes: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl From<Metadata> for Version {
    fn from(file: Metadata) -> Self {
        let (inode, size_bytes) = (file.ino(), file.size());
        Self { inode, size_bytes, seconds: file.mtime(), nanoseconds: file.mtime_nsec() }
    }
}

/// The state of the file; none where there is no file.
pub(super) fn version(path: &Path) -> std::io::Result<Option<Version>> {
    match fs::metadata(path) {
        Ok(file) => Ok(Some(file.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Processes on the same folder take turns. Held until dropped.
pub(super) fn take_turn(path: &Path) -> std::io::Result<File> {
    let file = File::options().append(true).create(true).mode(0o600).open(path.with_extension("lock"))?;
    file.lock()?;
    Ok(file)
}

/// Reads the file; none where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Contents>> {
    let damaged =
        |why: &dyn std::fmt::Display| Error::Config(format!("cannot read {}: {why}", path.display()));
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(damaged(&error)),
    };
    let stored: Stored = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
    if !(1..=FORMAT).contains(&stored.v) {
        return Err(damaged(&format!("it is of version {}", stored.v)));
    }
    let marks = stored.logs.into_iter().map(|(name, mark)| {
        parse(&name, &mark).ok_or_else(|| damaged(&format!("the mark of {name} is damaged")))
    });
    Ok(Some(Contents { node: stored.node, marks: marks.collect::<Result<_>>()? }))
}

fn parse(name: &str, mark: &StoredMark) -> Option<((Id<Log>, i32), Mark)> {
    let (log, epoch) = name.split_once('/')?;
    let (log, epoch) = (Id::parse(log)?, epoch.parse().ok()?);
    let tree = Frontier::from_bytes(mark.size, &BASE64_STANDARD.decode(&mark.frontier).ok()?)?;
    // The first epoch of every log begins at its beginning.
    let start = mark.start.or((epoch == 1).then_some(0));
    Some(((log, epoch), Mark { start, tree }))
}

/// Replaces the file as a whole, durably: a crash leaves the old one or the new one.
pub(super) fn replace(path: &Path, contents: &Contents) -> std::io::Result<()> {
    let logs = contents.marks.iter().map(|((log, epoch), Mark { start, tree })| {
        let frontier = BASE64_STANDARD.encode(tree.to_bytes());
        (format!("{log}/{epoch}"), StoredMark { start: *start, size: tree.size(), frontier })
    });
    let stored = Stored { v: FORMAT, node: contents.node, logs: logs.collect() };
    let text = serde_json::to_vec_pretty(&stored)?;
    let new = path.with_extension("new");
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
