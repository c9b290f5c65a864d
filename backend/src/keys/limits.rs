//! How fast a key may append: what it was given, counted on each node by itself.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::Clock as Ticks,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use moka::sync::Cache;

use crate::{
    access::Key,
    clock::Clock,
    error::{Error, Result},
    id::{self, Id},
};

/// Keys whose pace is remembered. Whoever is forgotten starts anew.
const KEYS_MAX: u64 = 100_000;
/// How long a pause makes everything forgotten: longer than the slowest limit takes to recover.
const QUIET: Duration = Duration::from_hours(1);
/// So many seconds' worth may come at once.
const BURST_SECONDS: u32 = 5;
/// And at least a full batch, which could otherwise never be taken.
const BURST_EVENTS_MIN: u32 = 1_000;

/// The service's clock, as the limiter reads it: only forward.
#[derive(Debug, Clone)]
struct Steady(Clock);

impl Ticks for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.steady()
    }
}

#[derive(Debug)]
struct Pace {
    events_per_second: u32,
    limiter: RateLimiter<NotKeyed, InMemoryState, Steady, NoOpMiddleware<Duration>>,
}

/// The paces of the keys that have a limit.
#[derive(Debug)]
pub(crate) struct Limits {
    clock: Steady,
    paces: Cache<Id<id::Key>, Arc<Pace>>,
}

impl Limits {
    pub(super) fn new(clock: Clock) -> Self {
        let paces = Cache::builder().max_capacity(KEYS_MAX).time_to_idle(QUIET).build();
        Self { clock: Steady(clock), paces }
    }

    /// Lets so many events of the key pass.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the seconds after which they may come again; none of them is counted.
    pub(crate) fn admit(&self, key: &Key, events: usize) -> Result<()> {
        let (Some(rate), Some(events)) = (
            key.events_per_second.and_then(NonZeroU32::new),
            u32::try_from(events).ok().and_then(NonZeroU32::new),
        ) else {
            return Ok(());
        };
        let pace = self.pace(key.id, rate);
        let refused = match pace.limiter.check_n(events) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(until)) => until.wait_time_from(self.clock.now()),
            // More than may ever come at once: cannot be, a batch has fewer.
            Err(_) => Duration::from_secs(1),
        };
        let seconds = refused.as_micros().div_ceil(1_000_000).max(1);
        Err(Error::RateLimited(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }

    fn pace(&self, key: Id<id::Key>, rate: NonZeroU32) -> Arc<Pace> {
        let make = || {
            let burst = rate.saturating_mul(NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
            let burst = burst.max(NonZeroU32::MIN.saturating_add(BURST_EVENTS_MIN - 1));
            let quota = Quota::per_second(rate).allow_burst(burst);
            let limiter = RateLimiter::direct_with_clock(quota, self.clock.clone());
            Arc::new(Pace { events_per_second: rate.get(), limiter })
        };
        let pace = self.paces.get_with(key, make);
        if pace.events_per_second == rate.get() {
            return pace;
        }
        // The limit was changed meanwhile.
        let pace = make();
        self.paces.insert(key, Arc::clone(&pace));
        pace
    }
}
