//! The rounds: signing every few seconds, thinning out every hour.

use std::time::Duration;

use actix_web::web;

use crate::app::App;

/// How often old checkpoints are thinned out.
const THIN_OUT_EVERY: Duration = Duration::from_hours(1);

/// Signs while the service runs.
pub(crate) async fn run(app: web::Data<App>) {
    let mut ticks = tokio::time::interval(app.config.checkpoint_interval());
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut thinned_at = app.clock.now();
    while !app.is_stopping() {
        ticks.tick().await;
        let now = app.clock.now();
        let is_thinning = thinned_at.plus(THIN_OUT_EVERY) <= now;
        if is_thinning {
            thinned_at = now;
        }
        let signing = app.clone();
        let done = app.compute(move || {
            let checkpoints = &signing.checkpoints;
            if let Err(error) = checkpoints.sign_grown() {
                tracing::error!(%error, "checkpoints were not signed");
            }
            if is_thinning && let Err(error) = checkpoints.thin_out() {
                tracing::warn!(%error, "old checkpoints were not thinned out");
            }
        });
        if let Err(error) = done.await {
            tracing::error!(%error, "checkpoints were not signed");
        }
    }
}
