//! What was observed in a log: its actions and sources, how often and when, and the numbers that are missing.
//!
//! One more reader of the log with a cursor: nothing is counted inside an append. Counts are exact below the
//! cursor; whoever asks for them lets the cursor catch up first.

pub mod api;
mod event_types;
mod listing;
mod numbering;
mod sources;
pub(crate) mod store;
mod tally;
pub mod worker;

use std::sync::Arc;

use crate::{
    access::{OrgScope, permission::ReadEvents},
    db::Db,
    error::Result,
};

/// Batches that a request counts before it answers with what it has: some fifty thousand events.
const BATCHES_PER_REQUEST: usize = 50;

/// Whether the cursor has reached the end of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    CaughtUp,
    Behind,
}

/// Counts the next batch of events. Reading comes before the write transaction, which is left with a few rows:
/// on SQLite it keeps everybody else from appending. Two nodes cannot count the same events, because the
/// transaction begins by moving the cursor from where the reading began.
pub(crate) async fn count_batch(db: &Db, scope: &OrgScope<ReadEvents>) -> Result<Progress> {
    let reader = scope.clone();
    let Some(batch) = db.read("observed.read", move |conn| store::read_batch(conn, &reader)).await? else {
        return Ok(Progress::CaughtUp);
    };
    let (org, batch) = (scope.org_id(), Arc::new(batch));
    let written = Arc::clone(&batch);
    let is_counted = db.write("observed.count", move |conn| store::apply(conn, org, &written)).await?;
    if is_counted && !batch.damaged.is_empty() {
        let (org, sequences) = (&scope.organization().slug, &batch.damaged);
        tracing::error!(org, ?sequences, "events counted without their bodies: somebody has altered them");
    }
    Ok(Progress::Behind)
}

/// Counts what is not counted yet, within what a request may take.
async fn catch_up(db: &Db, scope: &OrgScope<ReadEvents>) -> Result<()> {
    for _ in 0..BATCHES_PER_REQUEST {
        if count_batch(db, scope).await? == Progress::CaughtUp {
            break;
        }
    }
    Ok(())
}
