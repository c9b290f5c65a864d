//! Checkpoints that were kept elsewhere: of which log they are, and whether we signed them.

use super::Sealer;
use crate::{
    id::{Id, Installation, Log},
    keyring::Purpose,
    log::checkpoint::{TreeHead, note, parse_origin},
};

/// A checkpoint that one of our keys signed.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    pub(super) log: Id<Log>,
    pub(super) epoch: i32,
    pub(super) head: TreeHead,
}

impl Outside {
    /// Reads a signed note.
    ///
    /// # Errors
    /// Why it says nothing of any log of this installation, in words.
    pub(crate) fn open(text: &str, installation: Id<Installation>, sealer: &Sealer) -> Result<Self, String> {
        let origin = text.lines().next().unwrap_or_default();
        let (log, epoch) =
            parse_origin(installation, origin).ok_or_else(|| "there is no such log here".to_owned())?;
        let versions = sealer.keyring().versions(Purpose::Checkpoint);
        let keys: Vec<_> = versions.into_iter().map(|version| version.key).collect();
        Ok(Self { log, epoch, head: note::open(text, origin, &keys)? })
    }

    /// The log that it is of.
    pub(crate) const fn log(&self) -> Id<Log> {
        self.log
    }
}
