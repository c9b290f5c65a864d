//! Writes down, once a minute, what is only gathered while requests are answered.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::{denials, reads};
use crate::{app::App, error::Result, keys};

/// How often.
const EVERY: Duration = Duration::from_mins(1);

/// Begins to write, until the task is aborted.
pub(crate) fn spawn(app: Arc<App>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = flush(&app).await {
                tracing::warn!(%error, "reads, refusals or last uses of keys not written; tried again in a minute");
            }
        }
    })
}

/// Writes the last uses of keys, and tells of what was counted for long enough.
pub async fn flush(app: &App) -> Result<()> {
    let now = app.clock.now();
    let (due_reads, due_denials) = (app.notices.reads.take_due(now), app.notices.denials.take_due(now));
    let uses = app.keys.uses.flush(&app.db).await;
    let refusals = keys::refusals::flush(app).await;
    let denials = denials::tell(app, due_denials).await;
    reads::tell(app, due_reads).await.and(denials).and(refusals).and(uses)
}

/// The same of all that was counted, however lately: the node stops.
pub(crate) async fn flush_all(app: &App) -> Result<()> {
    let now = app.clock.now();
    let denials = denials::tell(app, app.notices.denials.take_all(now)).await;
    let reads = reads::tell(app, app.notices.reads.take_all(now)).await;
    flush(app).await.and(reads).and(denials)
}
