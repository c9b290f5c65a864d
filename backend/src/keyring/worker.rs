//! Reads the keys again every few seconds: a rotated key is used by every node a minute after it was made.

use std::time::Duration;

use actix_web::web;

use crate::app::App;

/// How often the keys are read again: several times before a new one is used.
const EVERY: Duration = Duration::from_secs(15);

/// Learns of rotated keys while the service runs.
pub(crate) async fn run(app: web::Data<App>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !app.is_stopping() {
        ticks.tick().await;
        let refreshed = app.clone();
        let done = app.compute(move || refreshed.keyring.refresh(&refreshed.db, refreshed.clock.now()));
        if let Err(error) = done.await.and_then(|done| done) {
            tracing::warn!(%error, "the service's keys were not read again");
        }
    }
}
