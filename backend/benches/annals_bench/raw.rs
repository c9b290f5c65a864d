//! The raw engine: the same rows into the same tables with the same durability, by plain statements.

#![expect(clippy::ref_option_ref, reason = "how diesel derives Insertable for optional text")]

use std::time::{Duration, Instant};

use annals::{
    clock::{Clock, Time},
    db::{Conn, schema::events},
    id::{self, Id},
    log::SealedEvent,
};
use diesel::{Connection, connection::SimpleConnection, prelude::*};

use crate::{
    Result,
    process::{self, Database},
    rows::Rows,
};

/// What the service sets on its own writing connection.
const SQLITE: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
    PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=4000; \
    PRAGMA journal_size_limit=67108864;";
const POSTGRES: &str = "SET TIME ZONE 'UTC'; SET synchronous_commit=on;";

/// A connection that does nothing but insert.
pub(crate) struct Raw {
    conn: Conn,
    org: Id<id::Org>,
    next: i64,
    rows: Rows,
    /// Its files go with it.
    _database: Database,
}

/// Events that are kept in memory, sealed, before they are inserted.
const SEALED_AHEAD: usize = 20_000;

/// What inserting came to.
#[derive(Default)]
pub(crate) struct Pass {
    pub(crate) took: Duration,
    /// CPU time of this process: on SQLite the engine is in it.
    pub(crate) cpu: Duration,
    /// Of each commit.
    pub(crate) latencies: Vec<Duration>,
}

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct Row<'a> {
    org_id: Id<id::Org>,
    sequence: i64,
    id: Id<id::Event>,
    occurred_at: Time,
    received_at: Time,
    action: &'a str,
    category: Option<&'a str>,
    activity_type: Option<&'a str>,
    outcome: &'a str,
    severity: &'a str,
    source: &'a str,
    actor_type: &'a str,
    actor_id: &'a str,
    actor_name: Option<&'a str>,
    actor_email: Option<&'a str>,
    targets: Option<&'a str>,
    workspace_id: Option<&'a str>,
    workspace_name: Option<&'a str>,
    ip: Option<&'a str>,
    seed: &'a [u8],
    leaf_hash: &'a [u8],
    body: &'a str,
}

impl Raw {
    pub(crate) fn open(database: Database, rows: Rows) -> Result<Self> {
        let mut conn = database.connect()?;
        conn.batch_execute(match conn {
            Conn::Sqlite(_) => SQLITE,
            Conn::Postgres(_) => POSTGRES,
        })?;
        Ok(Self { conn, org: Id::new(Clock::system().now()), next: 0, rows, _database: database })
    }

    /// Inserts so many events, `batch` of them in a transaction.
    pub(crate) fn insert(&mut self, events: usize, batch: usize) -> Result<Pass> {
        let mut whole = Pass::default();
        for part in parts(events, SEALED_AHEAD) {
            let sealed = self.rows.sealed(part)?;
            let pass = self.insert_sealed(&sealed, batch)?;
            whole.took += pass.took;
            whole.cpu += pass.cpu;
            whole.latencies.extend(pass.latencies);
        }
        Ok(whole)
    }

    fn insert_sealed(&mut self, sealed: &[SealedEvent], batch: usize) -> Result<Pass> {
        let me = std::process::id();
        let cpu = process::cpu(me)?;
        let mut latencies = Vec::new();
        let started = Instant::now();
        for chunk in sealed.chunks(batch) {
            let rows: Vec<Row<'_>> =
                (self.next..).zip(chunk).map(|(sequence, event)| row(self.org, sequence, event)).collect();
            self.next += i64::try_from(rows.len())?;
            let begun = Instant::now();
            match &mut self.conn {
                Conn::Sqlite(conn) => conn.immediate_transaction(|conn| {
                    rows.iter().try_for_each(|row| {
                        diesel::insert_into(events::table).values(row).execute(conn).map(drop)
                    })
                })?,
                Conn::Postgres(conn) => conn.transaction(|conn| {
                    diesel::insert_into(events::table).values(&rows).execute(conn).map(drop)
                })?,
            }
            latencies.push(begun.elapsed());
        }
        let took = started.elapsed();
        Ok(Pass { took, cpu: process::cpu(me)?.saturating_sub(cpu), latencies })
    }
}

fn row(org_id: Id<id::Org>, sequence: i64, event: &SealedEvent) -> Row<'_> {
    let columns = &event.columns;
    Row {
        org_id,
        sequence,
        id: event.id,
        occurred_at: event.occurred_at,
        received_at: event.received_at,
        action: &columns.action,
        category: columns.category.as_deref(),
        activity_type: columns.activity_type.as_deref(),
        outcome: &columns.outcome,
        severity: &columns.severity,
        source: &columns.source,
        actor_type: &columns.actor_type,
        actor_id: &columns.actor_id,
        actor_name: columns.actor_name.as_deref(),
        actor_email: columns.actor_email.as_deref(),
        targets: columns.targets.as_deref(),
        workspace_id: columns.workspace_id.as_deref(),
        workspace_name: columns.workspace_name.as_deref(),
        ip: columns.ip.as_deref(),
        seed: &event.seed,
        leaf_hash: &event.leaf_hash,
        body: &event.body,
    }
}

/// A whole in parts, of which none is larger than `largest`.
pub(crate) fn parts(whole: usize, largest: usize) -> impl Iterator<Item = usize> {
    (0..whole.div_ceil(largest)).map(move |index| largest.min(whole - index * largest))
}
