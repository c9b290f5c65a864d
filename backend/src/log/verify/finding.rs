//! What a check may find, in words and as data.

use std::fmt;

use serde::Serialize;

use crate::id::{self, Id};

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// Nothing is left of an organization that was created here, nor of its log.
    Gone,
    /// The log belongs to an organization that is not there.
    NoOrganization,
    /// The service's own organization is not there, whose log records which others were made.
    NoPlatform,
    /// The log's head is not there.
    NoHead,
    /// The head of a closed epoch is not there.
    NoEpoch { epoch: i32 },
    /// The heads of the closed epochs cannot be read.
    Epochs,
    /// A head is not as we sealed it.
    Head { epoch: Option<i32>, what: String },
    /// A head, as we sealed it, does not belong where it stands: it is not what the log itself says of its epochs.
    Epoch { epoch: i32, what: String },
    /// The event at this sequence is not what was sealed.
    Altered { sequence: i64, id: Option<Id<id::Event>>, what: &'static str },
    /// There is no event at this sequence.
    Missing { sequence: i64 },
    /// There is an event at this sequence, where the log has none.
    Extra { sequence: i64 },
    /// Each of these events fits its own leaf hash, but together they are not the tree that was sealed.
    Replaced { first: i64, last: i64 },
    /// A checkpoint that we keep, or that somebody else kept, does not fit the log.
    Checkpoint { epoch: i32, size: i64, what: String },
    /// More was signed than there is.
    Lost { epoch: i32, size: u64, end: u64 },
    /// Something was signed of an epoch that is not there, and that nobody gave up.
    LostEpoch { epoch: i32, size: u64 },
    /// Two different trees of one size were signed.
    TwoRoots { epoch: i32, size: u64 },
    /// The log does not begin with what the high-water mark remembers.
    Mark { epoch: i32, size: u64 },
    /// A tile is not made of the events' leaf hashes.
    Tile { epoch: i32, level: i32, index: u64 },
}

/// Named only where there is more than one.
fn of(epoch: i32) -> String {
    if epoch == 1 { String::new() } else { format!(" of epoch {epoch}") }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str(
                "the organization and its whole log were removed; the platform's log says that it was created",
            ),
            Self::NoOrganization => f.write_str("the organization was removed; its log is still there"),
            Self::NoPlatform => f.write_str(
                "the service's own organization is missing: nothing says which organizations there should be",
            ),
            Self::NoHead => f.write_str("the log head is missing: nothing says what the log should hold"),
            Self::NoEpoch { epoch } => {
                write!(f, "the head of epoch {epoch} is missing: nothing says what it should hold")
            }
            Self::Epochs => f.write_str("the heads of closed epochs cannot be read"),
            Self::Head { epoch: None, what } => write!(f, "the log head: {what}"),
            Self::Head { epoch: Some(epoch), what } => write!(f, "the head of epoch {epoch}: {what}"),
            Self::Epoch { epoch, what } => write!(f, "epoch {epoch}: {what}"),
            Self::Altered { sequence, id: Some(id), what } => {
                write!(f, "event {sequence} ({id}) was altered: {what}")
            }
            Self::Altered { sequence, id: None, what } => write!(f, "event {sequence} was altered: {what}"),
            Self::Missing { sequence } => write!(f, "event {sequence} is missing"),
            Self::Extra { sequence } => write!(f, "event {sequence} was added without the service"),
            Self::Replaced { first, last } => {
                write!(f, "among events {first} to {last} one was replaced together with its leaf hash")
            }
            Self::Checkpoint { epoch, size, what } => {
                write!(f, "the checkpoint of {size} events{}: {what}", of(*epoch))
            }
            Self::Lost { epoch, size, end } => write!(
                f,
                "the checkpoint of {size} events{0}: the log ends at {end}: what came after is lost",
                of(*epoch)
            ),
            Self::LostEpoch { epoch, size } => {
                write!(f, "{size} events of epoch {epoch} were signed, and nothing of that epoch is here")
            }
            Self::TwoRoots { epoch, size } => {
                write!(f, "two different logs of {size} events{} were signed", of(*epoch))
            }
            Self::Mark { epoch, size } => {
                write!(f, "the log{} does not begin with the {size} events that were signed of it", of(*epoch))
            }
            Self::Tile { epoch, level, index } => {
                write!(f, "tile {index} of level {level}{} does not match the events", of(*epoch))
            }
        }
    }
}

/// What a check could not be held against. The log may be good all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// Nothing outside the database says how far the log was signed.
    NoMark,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMark => f.write_str(
                "no high-water mark for this log: it was never signed here, or high-water.json is lost; an older \
                 state of it put back would not be noticed",
            ),
        }
    }
}
