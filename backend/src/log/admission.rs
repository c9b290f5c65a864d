//! Who may wait for the writer: counted before a request's body is read, so that the queue cannot grow
//! without end, nor the bodies on their way to it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::error::{Error, Result};

/// What a full queue asks its callers to wait, in seconds.
const RETRY_AFTER_SECONDS: u32 = 1;

/// How much may wait for the writers before requests are turned away.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// Events.
    pub events: usize,
    /// Bytes: of bodies being read, and of sealed events.
    pub bytes: usize,
}

/// Counts what waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    limits: QueueLimits,
    events: AtomicUsize,
    bytes: AtomicUsize,
}

/// A place among those who wait; left when dropped.
#[derive(Debug)]
pub struct Place {
    waiting: Arc<Waiting>,
    events: usize,
    bytes: usize,
}

impl Waiting {
    pub(super) const fn new(limits: QueueLimits) -> Self {
        Self { limits, events: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }
    }

    /// How much may wait.
    pub(crate) const fn limits(&self) -> QueueLimits {
        self.limits
    }

    /// How much waits now.
    pub(crate) fn now(&self) -> QueueLimits {
        QueueLimits { events: self.events.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed) }
    }

    /// A place for so much, or [`Error::Overloaded`].
    pub(super) fn enter(self: &Arc<Self>, events: usize, bytes: usize) -> Result<Place> {
        let mut place = Place { waiting: Arc::clone(self), events: 0, bytes: 0 };
        place.resize(events, bytes)?;
        Ok(place)
    }
}

impl Place {
    /// Makes the place fit what is now known of the request.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when it grew and there is no room for it.
    pub(super) fn resize(&mut self, events: usize, bytes: usize) -> Result<()> {
        let limits = self.waiting.limits;
        let has_grown = events > self.events || bytes > self.bytes;
        // Adding before taking away keeps the check and the count one step.
        let events_waiting = self.waiting.events.fetch_add(events, Ordering::Relaxed) + events - self.events;
        let bytes_waiting = self.waiting.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes - self.bytes;
        self.waiting.events.fetch_sub(self.events, Ordering::Relaxed);
        self.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
        (self.events, self.bytes) = (events, bytes);
        if has_grown && (events_waiting > limits.events || bytes_waiting > limits.bytes) {
            return Err(Error::Overloaded(RETRY_AFTER_SECONDS));
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiting.events.fetch_sub(self.events, Ordering::Relaxed);
        self.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_while_it_lasts_and_grows_only_where_there_is_room() {
        let waiting = Arc::new(Waiting::new(QueueLimits { events: 10, bytes: 100 }));
        let mut first = waiting.enter(0, 60).unwrap();
        assert!(waiting.enter(0, 60).is_err(), "bytes are full");
        assert!(waiting.enter(11, 0).is_err(), "events are full");

        first.resize(5, 20).unwrap();
        let second = waiting.enter(5, 80).unwrap();
        assert!(first.resize(6, 20).is_err());
        drop(second);
        drop(first);
        drop(waiting.enter(10, 100).unwrap());
    }
}
