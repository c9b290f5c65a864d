//! Why a log is not signed.

use std::fmt;

use super::{
    Marks,
    reach::{Extent, Reach, end_of},
};

/// What contradicts what was signed before. Nothing more is signed until it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The head is not as we sealed it.
    Seal(String),
    /// The log is shorter than what was signed of it: its end is lost.
    Behind { size: u64, signed: u64 },
    /// The log ends before a sequence that another node knows of.
    Shorter { end: i64, known: i64 },
    /// The log is in an earlier epoch than it once was.
    Reverted { epoch: i32, later: i32 },
    /// The epoch begins before the end of one that came before it.
    Reused { start: i64, end: i64 },
    /// An event is not there.
    Missing { sequence: i64 },
    /// The log does not begin with what was signed.
    Forked { signed: u64 },
    /// A checkpoint in the database is none that we made.
    Checkpoint { size: i64, why: String },
}

impl Refusal {
    /// Whether the log had to be read to find it.
    pub(super) const fn took_reading(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Forked { .. })
    }

    /// Refused for what its head says, which nobody sealed: it tells neither which log it is nor how far that reached.
    pub(super) const fn unsealed(self) -> Refused {
        Refused { refusal: self, log: None }
    }

    /// Refused although its head is sealed.
    pub(super) const fn sealed(self, log: &Extent) -> Refused {
        Refused { refusal: self, log: Some(*log) }
    }

    /// How far the log once reached, by its head, which is sealed, and what contradicts it.
    pub(super) fn reach(&self, log: &Extent) -> Reach {
        let (epoch, end) = match self {
            Self::Behind { signed, .. } | Self::Forked { signed } => {
                (log.epoch, end_of(log.tree_start, *signed))
            }
            Self::Shorter { known, .. } => (log.epoch, *known),
            Self::Reused { end, .. } => (log.epoch, *end),
            Self::Reverted { later, .. } => (*later, log.next_sequence),
            Self::Seal(_) | Self::Missing { .. } | Self::Checkpoint { .. } => (log.epoch, log.next_sequence),
        };
        Reach { epoch, end }
    }
}

/// A refusal, and the log as its head says, if that is sealed. What anybody can write into the database must not keep
/// this log, or another one, from going on once the true state is put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) refusal: Refusal,
    pub(super) log: Option<Extent>,
}

impl Refused {
    /// How far the log is known to have reached: by the marks, and by what it is refused for.
    pub(super) fn known_reach(&self, marks: &Marks) -> Reach {
        let of_log = |log: &Extent| {
            let reach = self.refusal.reach(log);
            marks.reach(log.log_id).map_or(reach, |marked| marked.and(reach))
        };
        self.log.as_ref().map_or(Reach::NONE, of_log)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seal(reason) => write!(f, "the log head: {reason}"),
            Self::Behind { size, signed } => {
                write!(f, "the log has {size} events but was signed with {signed}: its end is lost")
            }
            Self::Shorter { end, known } => {
                write!(f, "the log ends at sequence {end} but reached {known} once: its end is lost")
            }
            Self::Reverted { epoch, later } => {
                write!(f, "the log is in epoch {epoch} but was in epoch {later} once: its end is lost")
            }
            Self::Reused { start, end } => {
                write!(f, "the epoch begins at sequence {start} but the one before it reached {end}")
            }
            Self::Missing { sequence } => write!(f, "event {sequence} is missing"),
            Self::Forked { signed } => {
                write!(f, "the log is no continuation of the {signed} events that were signed")
            }
            Self::Checkpoint { size, why } => {
                write!(f, "the stored checkpoint of {size} events is not ours: {why}")
            }
        }
    }
}
