//! Checkpoints: the size and root of a log at a moment, signed, for everybody who wants to hold us to it.
//!
//! The text is a C2SP tlog-checkpoint in a C2SP signed-note, so that verifiers that are not ours can read it. A
//! checkpoint is signed only for a committed head that extends what was signed before; how far that was is kept
//! outside the database as well, in [`Marks`]. A log that fails this is signed no further, and says why.
//!
//! Every node does all of this for itself. In each round it moves its marks for whatever was signed since, by
//! whichever node, so that each node's marks alone are enough to notice that the database was put back. What one node
//! refuses no node signs, and to a log whose end one node knows to be lost no node appends (`refusing.rs`).

pub(crate) mod api;
mod certain;
mod epoch;
mod examine;
mod extend;
mod marks;
mod memory;
pub(crate) mod note;
mod reach;
mod refusal;
mod refusing;
mod signing;
mod stock;
pub(super) mod store;
mod thinning;
pub(super) mod tiles;
mod worker;

pub use epoch::{Asked, Started};
pub(crate) use epoch::{State, plan, start as start_epoch, state};
pub(crate) use examine::Signers;
pub(crate) use marks::Marks;
pub(crate) use memory::Memory;
pub use refusal::Refusal;
pub use signing::{Checkpoints, Signed};
pub(crate) use worker::run;

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

/// The log and the epoch that [`origin`] named so.
pub(crate) fn parse_origin(installation: Id<Installation>, origin: &str) -> Option<(Id<Log>, i32)> {
    let log = origin.strip_prefix(&format!("annals.{installation}/"))?;
    let (log, epoch) = match log.split_once('/') {
        None => (Id::parse(log)?, 1),
        Some((log, epoch)) => (Id::parse(log)?, epoch.parse().ok()?),
    };
    (self::origin(installation, log, epoch) == origin).then_some((log, epoch))
}
