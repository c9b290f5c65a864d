//! Counting some events: how many of each action and source, when, and with which numbers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    clock::Time,
    error::{Error, Result},
};

/// How many, and from when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) events: i64,
    /// Earliest and latest time at which one was received.
    pub(super) first: Time,
    pub(super) last: Time,
}

impl Seen {
    const fn once(at: Time) -> Self {
        Self { events: 1, first: at, last: at }
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            events: self.events + other.events,
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

/// The events of a source: how many, and their numbers in the order of the log.
#[derive(Debug)]
pub(super) struct OfSource {
    pub(super) seen: Seen,
    pub(super) numbers: Vec<i64>,
}

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) actions: BTreeMap<String, Seen>,
    pub(super) sources: BTreeMap<String, OfSource>,
}

/// The members of a body that are counted and are no columns, or are folded there.
#[derive(Deserialize)]
struct Counted {
    source: String,
    source_sequence: Option<i64>,
}

impl Tally {
    /// Counts one event.
    pub(super) fn count(
        &mut self,
        sequence: i64,
        action: String,
        received_at: Time,
        body: &str,
    ) -> Result<()> {
        let Counted { source, source_sequence } = serde_json::from_str(body)
            .map_err(|error| Error::Integrity(format!("the body of event {sequence}: {error}")))?;
        let seen = Seen::once(received_at);
        self.actions.entry(action).and_modify(|known| *known = known.and(seen)).or_insert(seen);
        let of_source = self
            .sources
            .entry(source)
            .and_modify(|known| known.seen = known.seen.and(seen))
            .or_insert(OfSource { seen, numbers: Vec::new() });
        of_source.numbers.extend(source_sequence);
        Ok(())
    }
}
