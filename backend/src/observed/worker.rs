//! Counts logs that have grown every few seconds, so that nobody who asks has to wait for it.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::{Progress, count_batch, store};
use crate::{
    access::OrgScope,
    app::App,
    error::Result,
    id::{Id, Org},
    orgs::Organization,
};

/// How often logs are looked at.
const EVERY: Duration = Duration::from_secs(10);
/// Organizations looked up at a time.
const ORGANIZATIONS: i64 = 500;

/// Begins to count, now and then every few seconds, until the service stops. Aborting the task in between leaves
/// nothing half done: a batch is one transaction.
pub(crate) fn spawn(app: Arc<App>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !app.is_stopping() {
            ticks.tick().await;
            if let Err(error) = sweep(&app).await {
                tracing::warn!(%error, "logs not counted");
            }
        }
    })
}

/// Counts every log that has grown. One that cannot be counted keeps no other from it.
pub async fn sweep(app: &App) -> Result<()> {
    let mut after: Option<Id<Org>> = None;
    loop {
        let organizations =
            app.db.read("observed.behind", move |conn| store::behind(conn, after, ORGANIZATIONS)).await?;
        let Some(last) = organizations.last() else { return Ok(()) };
        after = Some(last.id);
        for organization in organizations {
            let slug = organization.slug.clone();
            if let Err(error) = count_all(app, organization).await {
                tracing::warn!(org = slug, %error, "log not counted");
            }
        }
    }
}

async fn count_all(app: &App, organization: Organization) -> Result<()> {
    let scope = OrgScope::of_service(&Arc::new(organization));
    while !app.is_stopping() && count_batch(&app.db, &scope).await? == Progress::Behind {}
    Ok(())
}
