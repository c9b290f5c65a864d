//! Where a log begins and ends, and how far it is known to have reached.

use crate::{
    id::{Id, Log},
    log::store::Head,
};

/// Where a log is, as its head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) log_id: Id<Log>,
    pub(crate) epoch: i32,
    /// Sequence of the epoch's first leaf.
    pub(crate) tree_start: i64,
    pub(crate) next_sequence: i64,
}

impl Extent {
    /// Leaves of the epoch's tree.
    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.next_sequence.saturating_sub(self.tree_start)).unwrap_or(0)
    }

    /// How far the log reaches by itself.
    pub(super) const fn reach(&self) -> Reach {
        Reach { epoch: self.epoch, end: self.next_sequence }
    }
}

impl Head {
    /// Where the log is.
    pub(crate) const fn extent(&self) -> Extent {
        Extent {
            log_id: self.log_id,
            epoch: self.epoch,
            tree_start: self.tree_start,
            next_sequence: self.next_sequence,
        }
    }
}

/// How far a log is known to have reached: its newest epoch, and the end of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) epoch: i32,
    /// The first sequence that is not known to be used.
    pub(crate) end: i64,
}

impl Reach {
    /// Of a log of which nothing is known.
    pub(super) const NONE: Self = Self { epoch: 0, end: 0 };

    /// What both know.
    pub(super) fn and(self, other: Self) -> Self {
        Self { epoch: self.epoch.max(other.epoch), end: self.end.max(other.end) }
    }
}

/// The sequence after so many leaves of a tree that begins at `start`.
pub(super) fn end_of(start: i64, leaves: u64) -> i64 {
    start.saturating_add(i64::try_from(leaves).unwrap_or(i64::MAX))
}
