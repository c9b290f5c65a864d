//! What a node remembers of logs from one round of signing to the next, in memory only.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{reach::Extent, refusal::Refused};
use crate::{
    clock::Time,
    id::{Id, Org},
};

/// A refused log that has not changed since is read again so often: what was damaged may have been put back.
const READ_AGAIN: Duration = Duration::from_mins(5);

/// What is remembered.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    refused: BTreeMap<Id<Org>, Looked>,
    /// Since when logs wait for a signature.
    unsigned: BTreeMap<Id<Org>, Time>,
    /// Since when no round has come to its end.
    failing: Option<Time>,
    /// Older checkpoints were thinned out.
    thinned_until: Option<Time>,
}

/// A refusal that took reading the log.
#[derive(Debug)]
struct Looked {
    extent: Extent,
    refused: Refused,
    at: Time,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the log was refused when it was read last, if it need not be read again yet.
    pub(super) fn refusal(&self, org: Id<Org>, extent: &Extent, now: Time) -> Option<Refused> {
        let memory = self.lock();
        let looked = memory.refused.get(&org)?;
        let is_fresh = looked.extent == *extent && now < looked.at.plus(READ_AGAIN);
        is_fresh.then(|| looked.refused.clone())
    }

    /// Remembers what came of reading the log.
    pub(super) fn looked(&self, org: Id<Org>, extent: &Extent, refused: Option<&Refused>, now: Time) {
        let mut memory = self.lock();
        match refused.filter(|refused| refused.refusal.took_reading()) {
            Some(refused) => {
                let looked = Looked { extent: *extent, refused: refused.clone(), at: now };
                memory.refused.insert(org, looked);
            }
            None => drop(memory.refused.remove(&org)),
        }
    }

    /// Remembers which logs a round has left unsigned.
    pub(super) fn left_unsigned(&self, unsigned: &[Id<Org>], now: Time) {
        let mut memory = self.lock();
        let before = std::mem::take(&mut memory.unsigned);
        memory.unsigned =
            unsigned.iter().map(|org| (*org, before.get(org).copied().unwrap_or(now))).collect();
        memory.failing = None;
    }

    /// Remembers that a round has failed as a whole.
    pub(super) fn failed(&self, now: Time) {
        self.lock().failing.get_or_insert(now);
    }

    /// Since when a log waits for a signature.
    pub(super) fn oldest_unsigned(&self) -> Option<Time> {
        let memory = self.lock();
        memory.unsigned.values().copied().chain(memory.failing).min()
    }

    pub(super) fn thinned_until(&self) -> Option<Time> {
        self.lock().thinned_until
    }

    pub(super) fn set_thinned_until(&self, until: Time) {
        self.lock().thinned_until = Some(until);
    }
}
