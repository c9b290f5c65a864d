//! Thinning out: all checkpoints of the last seven days stay, and the last one of every hour.

use std::time::Duration;

use super::{Checkpoints, store};
use crate::{
    clock::Time,
    error::Result,
    id::{Id, Org},
};

/// Every checkpoint is kept so long; of older ones the last of each hour.
const KEPT_ALL: Duration = Duration::from_hours(7 * 24);
/// Checkpoints removed in one statement.
const DELETED: usize = 500;
/// Microseconds in an hour.
const HOUR_MICROS: i64 = 60 * 60 * 1_000_000;

fn hour(time: Time) -> i64 {
    time.micros().div_euclid(HOUR_MICROS)
}

impl Checkpoints {
    /// Removes old checkpoints, log by log: one that fails keeps no other from it. The first time everything is
    /// looked at, later what has grown old since.
    pub fn thin_out(&self) -> Result<usize> {
        let until = self.clock.now().minus(KEPT_ALL);
        // From the beginning of the hour: what was its last checkpoint then may not be it any more.
        let from = self
            .memory
            .thinned_until()
            .map_or(Time::FIRST, |thinned| Time::from_micros(hour(thinned).saturating_mul(HOUR_MICROS)));
        let (mut removed, mut is_whole) = (0, true);
        for log in self.db.read_blocking("checkpoint.logs", store::states)?.logs {
            match self.thin_out_log(log.org, from, until) {
                Ok(count) => removed += count,
                Err(error) => {
                    is_whole = false;
                    tracing::warn!(org = %log.org, %error, "old checkpoints were not thinned out");
                }
            }
        }
        if is_whole {
            self.memory.set_thinned_until(until);
        }
        Ok(removed)
    }

    fn thin_out_log(&self, org: Id<Org>, from: Time, until: Time) -> Result<usize> {
        let made =
            self.db.read_blocking("checkpoint.made", |conn| store::made_between(conn, org, from, until))?;
        // Of two neighbors in the same epoch and hour the earlier one goes.
        let surplus: Vec<(i32, i64)> = made
            .iter()
            .zip(made.iter().skip(1))
            .filter(|((epoch, _, at), next)| (*epoch, hour(*at)) == (next.0, hour(next.2)))
            .map(|((epoch, size, _), _)| (*epoch, *size))
            .collect();
        let mut removed = 0;
        for chunk in surplus.chunk_by(|one, other| one.0 == other.0).flat_map(|epoch| epoch.chunks(DELETED)) {
            let Some((epoch, _)) = chunk.first() else { continue };
            let sizes: Vec<i64> = chunk.iter().map(|(_, size)| *size).collect();
            removed += self
                .db
                .write_blocking("checkpoint.thin_out", |conn| store::delete(conn, org, *epoch, &sizes))?;
        }
        Ok(removed)
    }
}
