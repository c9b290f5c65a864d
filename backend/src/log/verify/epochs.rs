//! The epochs of a log: each accounted for by the one after it, whose first event says what was given up.
//!
//! The heads of closed epochs are rows that anybody can delete, or replace by older ones that we sealed as well.
//! The event is a leaf of the newer epoch's tree and cannot be changed unnoticed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Finding;
use crate::log::{checkpoint::store::Stored, store::Head};

/// The action of the first event of every epoch but the first.
pub(super) const STARTED: &str = "annals.log.epoch_started";

/// What the first event of an epoch says.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Start {
    epoch: i32,
    /// The epoch that was closed.
    previous_epoch: Option<i32>,
    first_lost_sequence: i64,
    last_lost_sequence: i64,
}

impl Start {
    /// Reads it out of an event's body.
    pub(super) fn parse(body: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Event {
            action: String,
            parameters: Start,
        }
        let event: Event = serde_json::from_str(body).ok()?;
        (event.action == STARTED).then_some(event.parameters)
    }
}

/// How an epoch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed {
    /// Events that were given up, first and last; none when the last comes before the first.
    pub(super) first: i64,
    pub(super) last: i64,
    /// Trees up to this size were given up with them: no larger one can have been signed.
    pub(super) given_up_size: u64,
}

/// One epoch.
#[derive(Debug)]
pub(super) struct Epoch {
    pub(super) head: Head,
    /// Whether the head is there. Else it is what the next epoch says of this one, without a frontier.
    pub(super) is_there: bool,
    /// None of the epoch that the log is in.
    pub(super) closed: Option<Closed>,
    /// The first event after the end of this epoch and before the beginning of the next.
    pub(super) stray: Option<i64>,
    /// Stored checkpoints of more than there is.
    pub(super) above: Vec<Stored>,
}

impl Epoch {
    const fn of(head: Head) -> Self {
        Self { head, is_there: true, closed: None, stray: None, above: Vec::new() }
    }
}

/// The epochs of a log, oldest first, and what is wrong with how they follow each other.
#[derive(Debug, Default)]
pub(super) struct Chain {
    pub(super) epochs: Vec<Epoch>,
    /// Epochs that were lost as a whole: from after the first to before the second.
    skipped: Vec<(i32, i32)>,
    pub(super) findings: Vec<Finding>,
}

impl Chain {
    /// Links heads of closed epochs and the one in use by what the first events say.
    pub(super) fn of(closed: Vec<Head>, current: Option<Head>, starts: &BTreeMap<i32, Start>) -> Self {
        let mut chain = Self::default();
        for old in closed {
            match current.as_ref().and_then(|current| misplaced(&old, current)) {
                Some(what) => chain.findings.push(Finding::Epoch { epoch: old.epoch, what }),
                None => chain.epochs.push(Epoch::of(old)),
            }
        }
        chain.epochs.extend(current.map(Epoch::of));
        let heads: Vec<Head> = chain.epochs.iter().map(|epoch| epoch.head.clone()).collect();
        for head in &heads {
            chain.link(head, starts.get(&head.epoch).filter(|start| start.epoch == head.epoch));
        }
        chain.epochs.sort_by_key(|epoch| epoch.head.epoch);
        chain
    }

    /// Whether the log knows an epoch of this number.
    pub(super) fn has(&self, number: i32) -> bool {
        self.epochs.iter().any(|epoch| epoch.head.epoch == number)
    }

    /// Whether an epoch of this number was given up as a whole.
    pub(super) fn is_skipped(&self, number: i32) -> bool {
        self.skipped.iter().any(|(before, after)| *before < number && number < *after)
    }

    fn link(&mut self, head: &Head, start: Option<&Start>) {
        let Head { epoch, tree_start, .. } = *head;
        if epoch == 1 {
            if tree_start != 0 {
                self.find(epoch, format!("it begins at event {tree_start}, not at 0"));
            }
            return;
        }
        let Some(start) = start else {
            return self.find(epoch, "its first event does not say how the epoch before it ended".into());
        };
        let previous = self.closed_by(start);
        for between in self.epochs.iter().map(|known| known.head.epoch).collect::<Vec<_>>() {
            if previous < between && between < epoch {
                self.find(between, format!("the log says that epoch {epoch} followed epoch {previous}"));
            }
        }
        self.skipped.push((previous, epoch));
        if start.last_lost_sequence >= tree_start {
            self.find(epoch, format!("it begins at event {tree_start}, among those that were given up"));
        }
        self.close(previous, head, start);
    }

    /// The epoch that was closed. Where that is not said, its end tells: no two epochs end alike, since each has an
    /// event at least.
    fn closed_by(&self, start: &Start) -> i32 {
        let ends_there = |epoch: &&Epoch| {
            epoch.head.epoch < start.epoch && epoch.head.next_sequence == start.first_lost_sequence
        };
        let by_end = || self.epochs.iter().find(ends_there).map(|epoch| epoch.head.epoch);
        start.previous_epoch.or_else(by_end).unwrap_or(start.epoch.saturating_sub(1))
    }

    /// Holds the head of the epoch that was closed against what was said of it then.
    fn close(&mut self, previous: i32, next: &Head, start: &Start) {
        let (first, last) = (start.first_lost_sequence, start.last_lost_sequence);
        let Some(old) = self.epochs.iter_mut().find(|known| known.head.epoch == previous) else {
            self.findings.push(Finding::NoEpoch { epoch: previous });
            if previous == 1 {
                self.epochs.push(first_epoch(next, start));
            }
            return;
        };
        let given_up_size = next.tree_start.saturating_sub(old.head.tree_start);
        old.closed = Some(Closed { first, last, given_up_size: u64::try_from(given_up_size).unwrap_or(0) });
        let end = old.head.next_sequence;
        if end != first {
            let what = format!(
                "its head ends before event {end}, but the log says that it ended before event {first}: another \
                 head was put in its place"
            );
            self.find(previous, what);
        }
    }

    fn find(&mut self, epoch: i32, what: String) {
        self.findings.push(Finding::Epoch { epoch, what });
    }
}

/// Why `old` is no closed epoch of the log that is in `current`.
fn misplaced(old: &Head, current: &Head) -> Option<String> {
    if old.log_id != current.log_id {
        Some("its head is of another log".into())
    } else if old.epoch >= current.epoch {
        Some(format!("its head is among those of closed epochs, but the log is in epoch {}", current.epoch))
    } else {
        None
    }
}

/// What is known of a first epoch whose head is gone: it began at 0, and the next one says where it ended.
fn first_epoch(next: &Head, start: &Start) -> Epoch {
    let head = Head {
        epoch: 1,
        tree_start: 0,
        next_sequence: start.first_lost_sequence,
        frontier: Vec::new(),
        seal: Vec::new(),
        ..next.clone()
    };
    let closed = Closed {
        first: start.first_lost_sequence,
        last: start.last_lost_sequence,
        given_up_size: u64::try_from(next.tree_start).unwrap_or(0),
    };
    Epoch { is_there: false, closed: Some(closed), ..Epoch::of(head) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Time, id::Id};

    /// Heads of one log: epoch, first and next sequence.
    fn heads(epochs: &[(i32, i64, i64)]) -> Vec<Head> {
        let (log_id, seal_key_id) = (Id::new(Time::from_micros(0)), Id::new(Time::from_micros(0)));
        let head = |&(epoch, tree_start, next_sequence): &(i32, i64, i64)| Head {
            log_id,
            epoch,
            tree_start,
            next_sequence,
            first_sequence: 0,
            frontier: Vec::new(),
            seal: Vec::new(),
            seal_key_id,
        };
        epochs.iter().map(head).collect()
    }

    /// What is said of how the last one of these epochs and those before it follow each other; of each start the
    /// epoch, the one that it closed, and what it gave up.
    fn chain(epochs: &[(i32, i64, i64)], starts: &[(i32, Option<i32>, (i64, i64))]) -> Chain {
        let mut closed = heads(epochs);
        let current = closed.pop();
        let start = |&(epoch, previous_epoch, (first, last)): &(i32, Option<i32>, (i64, i64))| {
            let start = Start { epoch, previous_epoch, first_lost_sequence: first, last_lost_sequence: last };
            (epoch, start)
        };
        Chain::of(closed, current, &starts.iter().map(start).collect())
    }

    fn said(chain: &Chain) -> Vec<String> {
        chain.findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn epochs_that_follow_each_other_are_good() {
        let chain = chain(
            &[(1, 0, 10), (2, 15, 20), (3, 1_000_030, 1_000_031)],
            &[(2, None, (10, 14)), (3, Some(2), (20, 29))],
        );

        assert_eq!(said(&chain), [""; 0]);
        let closed: Vec<_> = chain.epochs.iter().map(|epoch| epoch.closed).collect();
        let given_up = |first, last, given_up_size| Some(Closed { first, last, given_up_size });
        assert_eq!(closed, [given_up(10, 14, 15), given_up(20, 29, 1_000_015), None]);
    }

    #[test]
    fn an_epoch_that_was_lost_as_a_whole_is_accounted_for_by_the_next() {
        for previous in [Some(1), None] {
            let chain = chain(&[(1, 0, 10), (3, 40, 45)], &[(3, previous, (10, 39))]);

            assert_eq!(said(&chain), [""; 0]);
            assert_eq!([1, 2, 3].map(|number| chain.is_skipped(number)), [false, true, false]);
        }
    }

    #[test]
    fn an_epoch_that_nobody_gave_up_is_missing() {
        for previous in [Some(2), None] {
            let chain = chain(&[(1, 0, 10), (3, 40, 45)], &[(3, previous, (30, 39))]);

            assert_eq!(said(&chain), ["the head of epoch 2 is missing: nothing says what it should hold"]);
        }
    }

    #[test]
    fn an_epoch_that_was_given_up_and_is_there_all_the_same() {
        let chain =
            chain(&[(1, 0, 10), (2, 15, 20), (3, 40, 45)], &[(2, None, (10, 14)), (3, Some(1), (10, 39))]);

        assert_eq!(said(&chain), ["epoch 2: the log says that epoch 3 followed epoch 1"]);
    }

    #[test]
    fn an_epoch_that_does_not_say_how_the_one_before_it_ended() {
        for starts in [vec![], vec![(3, None, (10, 14))]] {
            let chain = chain(&[(1, 0, 10), (2, 15, 20)], &starts);

            assert_eq!(said(&chain), ["epoch 2: its first event does not say how the epoch before it ended"]);
        }
    }

    #[test]
    fn a_first_epoch_that_does_not_begin_at_the_beginning() {
        assert_eq!(said(&chain(&[(1, 3, 10)], &[])), ["epoch 1: it begins at event 3, not at 0"]);
    }

    #[test]
    fn an_epoch_that_begins_among_what_it_gave_up() {
        let chain = chain(&[(1, 0, 10), (2, 15, 20)], &[(2, None, (10, 15))]);

        assert_eq!(said(&chain), ["epoch 2: it begins at event 15, among those that were given up"]);
    }

    #[test]
    fn the_first_event_of_an_epoch_is_read_as_it_is_written() {
        let started = r#"{"action":"annals.log.epoch_started","parameters":{"epoch":2,"first_lost_sequence":9,"last_lost_sequence":12,"reason":"r"}}"#;

        let start = Start::parse(started).unwrap();

        assert_eq!((start.epoch, start.previous_epoch), (2, None));
        assert_eq!((start.first_lost_sequence, start.last_lost_sequence), (9, 12));
        assert!(Start::parse(&started.replace("epoch_started", "key_rotated")).is_none());
    }
}
