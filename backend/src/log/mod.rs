//! The log and its proof: one append-only Merkle log per organization.
//!
//! An event is committed once, in order, and never changes. Everything else in the service reads from here.

pub mod admission;
mod canonical;
pub mod checkpoint;
mod created;
pub mod frontier;
pub mod leaf;
mod seal;
pub mod sealed;
mod store;
pub mod verify;
pub mod writer;

use crate::{
    clock::Time,
    id::{self, Id},
};

pub use seal::Sealer;
pub use sealed::SealedEvent;
pub(crate) use store::{
    Row as EventRow, Stored as StoredEvent, append, create, head, newest_received_at, recognize,
};

/// Proof that an event is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The event's id.
    pub id: Id<id::Event>,
    /// Its position in the organization's log.
    pub sequence: i64,
    /// Hash of its Merkle leaf.
    pub leaf_hash: Vec<u8>,
    /// When the server had read the request that brought it.
    pub received_at: Time,
}

/// What became of one event of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is in the log now.
    New(Receipt),
    /// It was in the log already, with the same content.
    Duplicate(Receipt),
    /// Its id is taken by an event with other content.
    Conflict,
    /// It is fine, but its parcel is to be appended as a whole or not at all, and another of its events is not.
    Withheld,
}

/// The events of one request.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// In order.
    pub events: Vec<SealedEvent>,
    /// Whether a conflict of one keeps all of them out.
    pub is_atomic: bool,
}

impl Parcel {
    /// Events that each stand for themselves.
    pub const fn of(events: Vec<SealedEvent>) -> Self {
        Self { events, is_atomic: false }
    }
}
