//! Slows guessing down: after a few failed sign-ins of an account, or from an address, each costs more time.
//!
//! Counted for accounts whether they exist or not, in the memory of each node. Never a lock for good: the wait
//! doubles up to half an hour, and a success or a quiet day ends it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use crate::{
    clock::{Clock, Time},
    error::{Error, Result},
};

/// Failures of one account that cost nothing.
const FREE_PER_ACCOUNT: u32 = 5;
/// Failures from one address that cost nothing: many people may share it.
const FREE_PER_ADDRESS: u32 = 50;
/// Longest wait.
const WAIT_MAX: Duration = Duration::from_mins(30);
/// How long without a failure until all is forgotten.
const QUIET: Duration = Duration::from_hours(24);
/// Accounts and addresses remembered.
const ENTRIES_MAX: u64 = 100_000;

/// Counts failed sign-ins.
#[derive(Debug)]
pub(crate) struct Throttle {
    clock: Clock,
    counts: Cache<Key, Arc<Mutex<Count>>>,
}

/// What a failure means for the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Failure {
    /// Attempts that were turned away since the failure before.
    pub(super) turned_away: u32,
    /// Whether it is the first after which the next attempt has to wait.
    pub(super) begins_to_wait: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(String),
}

#[derive(Debug, Default)]
struct Count {
    failures: u32,
    /// Attempts that were turned away unexamined since the last failure.
    refused: u32,
    blocked_until: Option<Time>,
    last_failure: Option<Time>,
}

impl Throttle {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, counts: Cache::builder().max_capacity(ENTRIES_MAX).time_to_idle(QUIET).build() }
    }

    /// Lets an attempt pass.
    ///
    /// # Errors
    /// [`Error::Throttled`] with the seconds to wait; the attempt is counted, not examined.
    pub(crate) fn admit(&self, account: &str, address: Option<&str>) -> Result<()> {
        let now = self.clock.now();
        for (key, _) in keys(account, address) {
            let Some(count) = self.counts.get(&key) else { continue };
            let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(until) = count.blocked_until.filter(|until| now < *until) {
                count.refused += 1;
                let micros = u64::try_from(until.micros() - now.micros()).unwrap_or(0);
                return Err(Error::Throttled(u32::try_from(micros.div_ceil(1_000_000)).unwrap_or(u32::MAX)));
            }
        }
        Ok(())
    }

    /// Counts a failure, and says what it means for the account.
    pub(crate) fn fail(&self, account: &str, address: Option<&str>) -> Failure {
        let now = self.clock.now();
        let mut failure = Failure::default();
        for (key, free) in keys(account, address) {
            let is_account = matches!(key, Key::Account(_));
            let count = self.counts.get_with(key, Arc::default);
            let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
            if count.last_failure.is_some_and(|last| last.plus(QUIET) < now) {
                *count = Count::default();
            }
            if is_account {
                failure.turned_away = count.refused;
            }
            count.refused = 0;
            count.failures += 1;
            count.last_failure = Some(now);
            if let Some(excess) = count.failures.checked_sub(free) {
                let wait = Duration::from_secs(1_u64.checked_shl(excess).unwrap_or(u64::MAX)).min(WAIT_MAX);
                count.blocked_until = Some(now.plus(wait));
                failure.begins_to_wait |= is_account && excess == 0;
            }
        }
        failure
    }

    /// Forgets the account's failures. The address keeps its own: one good account opens no door to others.
    pub(super) fn succeed(&self, account: &str) {
        self.counts.invalidate(&Key::Account(account.to_owned()));
    }
}

fn keys(account: &str, address: Option<&str>) -> impl Iterator<Item = (Key, u32)> {
    let address = address.map(|address| (Key::Address(address.to_owned()), FREE_PER_ADDRESS));
    [(Key::Account(account.to_owned()), FREE_PER_ACCOUNT)].into_iter().chain(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> (Throttle, Clock) {
        let clock = Clock::manual(Time::from_micros(1_700_000_000_000_000));
        (Throttle::new(clock.clone()), clock)
    }

    fn fail(throttle: &Throttle, times: usize) {
        for _ in 0..times {
            throttle.fail("ada", None);
        }
    }

    fn wait(throttle: &Throttle, account: &str) -> Option<u32> {
        match throttle.admit(account, None) {
            Ok(()) => None,
            Err(Error::Throttled(seconds)) => Some(seconds),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn after_five_failures_each_costs_twice_the_time_up_to_half_an_hour() {
        let (throttle, clock) = throttle();
        let mut waits = Vec::new();
        for _ in 0..18 {
            throttle.fail("ada", None);
            let seconds = wait(&throttle, "ada").unwrap_or(0);
            waits.push(seconds);
            clock.advance(Duration::from_secs(u64::from(seconds)));
        }
        assert_eq!(waits[..8], [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[16..], [1800, 1800]);
        assert_eq!(wait(&throttle, "bob"), None);
    }

    #[test]
    fn a_success_or_a_quiet_day_ends_it() {
        let (throttle, clock) = throttle();
        fail(&throttle, 9);
        throttle.succeed("ada");
        assert_eq!(wait(&throttle, "ada"), None);

        fail(&throttle, 9);
        clock.advance(QUIET + Duration::from_secs(1));
        throttle.fail("ada", None);
        assert_eq!(wait(&throttle, "ada"), None);
    }

    #[test]
    fn what_was_turned_away_is_told_with_the_next_failure() {
        let (throttle, clock) = throttle();
        fail(&throttle, 5);
        assert_eq!((wait(&throttle, "ada"), wait(&throttle, "ada")), (Some(1), Some(1)));
        clock.advance(Duration::from_secs(1));
        assert_eq!(throttle.fail("ada", None), Failure { turned_away: 2, begins_to_wait: false });
    }

    #[test]
    fn an_address_is_slowed_whatever_accounts_it_tries() {
        let (throttle, _) = throttle();
        for number in 0..50 {
            throttle.fail(&format!("user{number}"), Some("192.0.2.1"));
        }
        assert!(throttle.admit("somebody", Some("192.0.2.1")).is_err());
        assert!(throttle.admit("somebody", Some("192.0.2.2")).is_ok());
    }
}
