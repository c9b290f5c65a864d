//! Writes down, once a minute, what is only gathered while requests are answered.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::refusals;
use crate::{app::App, error::Result};

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
                tracing::warn!(%error, "last uses and refusals of keys not written");
            }
        }
    })
}

/// Writes the last uses of keys, and tells of refusals that were only counted.
pub async fn flush(app: &App) -> Result<()> {
    let uses = app.keys.uses.flush(&app.db).await;
    refusals::flush(app).await.and(uses)
}
