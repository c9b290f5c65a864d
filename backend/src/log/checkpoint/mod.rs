//! Checkpoints: the size and root of a log at a moment, signed, for everybody who wants to hold us to it.
//!
//! The text is a C2SP tlog-checkpoint in a C2SP signed-note, so that verifiers that are not ours can read it. A
//! checkpoint is signed only for a committed head that extends what was signed before; how far that was is kept
//! outside the database as well, in [`Marks`]. A log that fails this is signed no further, and says why.

pub(crate) mod api;
mod epoch;
mod extend;
mod marks;
pub(crate) mod note;
mod refusal;
mod signing;
pub(super) mod store;
pub(super) mod tiles;

pub(crate) use epoch::{behind, start as start_epoch};
pub(crate) use marks::Marks;
pub use refusal::Refusal;
pub(crate) use signing::run;
pub use signing::{Checkpoints, Signed};

use super::frontier::Hash;
use crate::id::{Id, Installation, Log};

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeHead {
    /// Names the log; also the name of the key that signs.
    pub(crate) origin: String,
    /// Leaves of the tree.
    pub(crate) size: u64,
    /// Its root (RFC 6962).
    pub(crate) root: Hash,
}

/// The name of a log in its checkpoints: of the installation and the log, never of the organization.
pub(crate) fn origin(installation: Id<Installation>, log: Id<Log>, epoch: i32) -> String {
    match epoch {
        1 => format!("annals.{installation}/{log}"),
        later => format!("annals.{installation}/{log}/{later}"),
    }
}
