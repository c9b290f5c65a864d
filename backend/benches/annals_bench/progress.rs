//! How far those have come who read along the log: signing and counting.

use std::time::{Duration, Instant};

use annals::{
    db::{
        Conn,
        schema::{log_heads, log_signing, observations, organizations},
    },
    id::{self, Id},
};
use diesel::prelude::*;

use crate::{Result, process::Database};

/// How often it is looked whether they have caught up.
const EVERY: Duration = Duration::from_millis(100);
/// Longer than this nobody waits for them.
const PATIENCE: Duration = Duration::from_mins(30);

/// Looks past the service: asking it makes it count.
pub(crate) struct Progress {
    conn: Conn,
    pub(crate) org: Id<id::Org>,
}

/// Where everybody is, in events from the beginning of the log.
pub(crate) struct Positions {
    pub(crate) head: u64,
    pub(crate) signed: u64,
    pub(crate) counted: u64,
}

impl Progress {
    pub(crate) fn open(database: &Database) -> Result<Self> {
        let mut conn = database.connect()?;
        let acme = organizations::table.filter(organizations::slug.eq("acme"));
        let org = acme.select(organizations::id).first(&mut conn)?;
        Ok(Self { conn, org })
    }

    pub(crate) fn now(&mut self) -> Result<Positions> {
        let Self { conn, org } = self;
        let head: i64 = log_heads::table.find(*org).select(log_heads::next_sequence).first(conn)?;
        let signed: Option<i64> =
            log_signing::table.find(*org).select(log_signing::size).first(conn).optional()?;
        let counted: Option<i64> =
            observations::table.find(*org).select(observations::next_sequence).first(conn).optional()?;
        Ok(Positions {
            head: u64::try_from(head)?,
            signed: u64::try_from(signed.unwrap_or(0))?,
            counted: u64::try_from(counted.unwrap_or(0))?,
        })
    }

    /// Waits until every event is signed and counted, and says how long that took.
    pub(crate) async fn caught_up(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        loop {
            let Positions { head, signed, counted } = self.now()?;
            if signed == head && counted == head {
                return Ok(begun.elapsed());
            }
            if begun.elapsed() > PATIENCE {
                let message = format!("{signed} of {head} events are signed, {counted} are counted");
                return Err(message.into());
            }
            tokio::time::sleep(EVERY).await;
        }
    }
}
