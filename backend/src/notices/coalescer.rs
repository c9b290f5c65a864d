//! Many occurrences of the same as one, with their number.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    clock::Time,
    error::{Error, Result},
};

/// Different things that are counted at a time.
const ENTRIES_MAX: usize = 10_000;

/// Occurrences since they were last told.
#[derive(Debug, Clone)]
struct Count<V> {
    value: V,
    times: u32,
    /// When they are to be told.
    due_at: Time,
    window: Duration,
}

/// Counts what occurs by key, on this node.
#[derive(Debug)]
pub(crate) struct Coalescer<K, V>(Mutex<HashMap<K, Count<V>>>);

impl<K, V> Default for Coalescer<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Coalescer<K, V> {
    /// Counts an occurrence; the newest `value` stands for all. Answers whether it is the first of its window.
    ///
    /// # Errors
    /// The value, when there is no room for another key.
    pub(crate) fn count(
        &self,
        key: K,
        value: V,
        now: Time,
        window: Duration,
    ) -> std::result::Result<bool, V> {
        self.count_up_to(ENTRIES_MAX, key, value, (now, window))
    }

    /// The same of a key that stands for many for which there was no room.
    pub(crate) fn count_rest(
        &self,
        key: K,
        value: V,
        now: Time,
        window: Duration,
    ) -> std::result::Result<bool, V> {
        self.count_up_to(2 * ENTRIES_MAX, key, value, (now, window))
    }

    fn count_up_to(
        &self,
        most: usize,
        key: K,
        value: V,
        (now, window): (Time, Duration),
    ) -> std::result::Result<bool, V> {
        let mut counts = self.lock();
        if let Some(count) = counts.get_mut(&key) {
            count.times = count.times.saturating_add(1);
            count.value = value;
            return Ok(false);
        }
        if counts.len() >= most {
            return Err(value);
        }
        counts.insert(key, Count { value, times: 1, due_at: now.plus(window), window });
        Ok(true)
    }

    /// Forgets so many occurrences of the key, which were told; its window goes on.
    pub(crate) fn told(&self, key: &K, times: u32) {
        if let Some(count) = self.lock().get_mut(key) {
            count.times = count.times.saturating_sub(times);
        }
    }

    /// What is to be told by now, and how often it was; what was quiet for a window is forgotten. What then cannot be
    /// told is given back with [`Self::give_back`].
    pub(crate) fn take_due(&self, now: Time) -> Vec<(K, V, u32)> {
        self.take(|count| count.due_at <= now, now)
    }

    /// All that is left to tell.
    pub(crate) fn take_all(&self, now: Time) -> Vec<(K, V, u32)> {
        self.take(|_| true, now)
    }

    fn take(&self, is_due: impl Fn(&Count<V>) -> bool, now: Time) -> Vec<(K, V, u32)> {
        let mut counts = self.lock();
        counts.retain(|_, count| count.times > 0 || !is_due(count));
        let due = counts.iter_mut().filter(|(_, count)| is_due(count));
        due.map(|(key, count)| {
            let taken = (key.clone(), count.value.clone(), count.times);
            (count.times, count.due_at) = (0, now.plus(count.window));
            taken
        })
        .collect()
    }

    /// Notes how the telling of what was taken ended. What cannot be told now is counted again for the next time; what
    /// can never be told is given up, with an error in the service's own log: it would take the place of others.
    pub(crate) fn settle(&self, key: &K, times: u32, told: Result<()>) -> Result<()> {
        match &told {
            Ok(()) => {}
            Err(Error::Bug(reason)) => tracing::error!(reason, times, "counted, and cannot be recorded"),
            Err(_) => self.give_back(key, times),
        }
        told
    }

    /// Counts again what could not be told.
    fn give_back(&self, key: &K, times: u32) {
        if let Some(count) = self.lock().get_mut(key) {
            count.times = count.times.saturating_add(times);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Count<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn at(seconds: u64) -> Time {
        Time::from_micros(1_700_000_000_000_000).plus(Duration::from_secs(seconds))
    }

    #[test]
    fn many_occurrences_in_a_window_are_told_once_with_their_number() {
        let counts = Coalescer::default();
        for second in 0..50 {
            assert_eq!(counts.count("ada", second, at(second), MINUTE), Ok(second == 0));
        }

        assert_eq!(counts.take_due(at(59)), []);
        assert_eq!(counts.take_due(at(60)), [("ada", 49, 50)]);
        assert_eq!(counts.take_due(at(200)), []);
        assert_eq!(counts.count("ada", 0, at(201), MINUTE), Ok(true));
    }

    #[test]
    fn what_was_told_already_or_could_not_be_told_is_counted_so() {
        let counts = Coalescer::default();
        counts.count("ada", (), at(0), MINUTE).unwrap();
        counts.told(&"ada", 1);
        assert_eq!(counts.take_due(at(59)), []);
        counts.count("ada", (), at(59), MINUTE).unwrap();

        let [(key, (), times)] = counts.take_due(at(60))[..] else { panic!("one") };
        counts.settle(&key, times, Err(Error::Busy(1))).unwrap_err();
        assert_eq!(counts.take_all(at(61)), [("ada", (), 1)]);

        counts.settle(&key, times, Err(Error::Bug("too long".into()))).unwrap_err();
        assert_eq!(counts.take_all(at(62)), []);
    }

    #[test]
    fn there_is_room_for_so_many_and_those_that_are_there_go_on() {
        let counts = Coalescer::default();
        for key in 0..ENTRIES_MAX {
            counts.count(key, (), at(0), MINUTE).unwrap();
        }

        assert_eq!(counts.count(ENTRIES_MAX, (), at(1), MINUTE), Err(()));
        assert_eq!(counts.count(0, (), at(1), MINUTE), Ok(false));
        assert_eq!(counts.count_rest(ENTRIES_MAX, (), at(1), MINUTE), Ok(true));
    }
}
