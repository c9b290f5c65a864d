//! Counting some events: how many of each action and source, when, and with which numbers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{clock::Time, log::leaf};

/// How many, and from when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) events: i64,
    /// Of actions by `occurred_at`, of sources by `received_at`: the one asks what happened, the other what arrived.
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

/// An event of the log.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) sequence: i64,
    pub(super) action: String,
    /// In the column it is case-folded.
    pub(super) source: String,
    pub(super) occurred_at: Time,
    pub(super) received_at: Time,
    /// None when it cannot even be read.
    pub(super) sealed: Option<Sealed>,
}

/// What was sealed of an event, and its proof.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) body: String,
    pub(super) seed: Option<Vec<u8>>,
    pub(super) leaf_hash: Vec<u8>,
}

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) actions: BTreeMap<String, Seen>,
    pub(super) sources: BTreeMap<String, OfSource>,
    /// Events that were counted by their columns alone, or not at all: somebody has altered them.
    pub(super) damaged: Vec<i64>,
}

/// The members of a body that are counted and are no columns, or are folded there.
#[derive(Deserialize)]
struct Counted {
    source: String,
    source_sequence: Option<i64>,
}

impl Sealed {
    /// What is to be counted of the body. Whatever it says that the columns do not is believed only with its proof:
    /// somebody else may have written it. One that says nothing else is spared the proof, which costs as much as
    /// everything else about an event.
    fn counted(&self, source: &str) -> Option<Counted> {
        let counted: Counted = serde_json::from_str(&self.body).ok()?;
        let is_plain = counted.source_sequence.is_none() && counted.source == source;
        let is_sealed = || leaf::check(&self.body, self.seed.as_deref(), &self.leaf_hash).is_ok();
        (is_plain || is_sealed()).then_some(counted)
    }
}

impl Tally {
    /// Counts one event. One that was altered is one event all the same; its number is not believed.
    pub(super) fn count(&mut self, row: Row) {
        let Row { sequence, action, source, occurred_at, received_at, sealed } = row;
        let counted = sealed.and_then(|sealed| sealed.counted(&source)).unwrap_or_else(|| {
            self.damaged.push(sequence);
            Counted { source, source_sequence: None }
        });
        let occurred = Seen::once(occurred_at);
        self.actions.entry(action).and_modify(|known| *known = known.and(occurred)).or_insert(occurred);
        let seen = Seen::once(received_at);
        let of_source = self
            .sources
            .entry(counted.source)
            .and_modify(|known| known.seen = known.seen.and(seen))
            .or_insert(OfSource { seen, numbers: Vec::new() });
        of_source.numbers.extend(counted.source_sequence);
    }
}
