//! What the service holds in memory while it is under load, looked at again and again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use crate::{process, report::Samples};

const EVERY: Duration = Duration::from_millis(50);

/// Looks until it is dropped.
pub(crate) struct Watch {
    seen: Arc<Mutex<Vec<f64>>>,
    task: JoinHandle<()>,
}

impl Watch {
    pub(crate) fn on(id: u32) -> Self {
        let seen = Arc::default();
        let task = tokio::spawn(look(id, Arc::clone(&seen)));
        Self { seen, task }
    }

    /// What has been seen since this was asked last, in MiB.
    pub(crate) fn take(&self) -> Samples {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *seen).into_iter().collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look(id: u32, seen: Arc<Mutex<Vec<f64>>>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // Without the process there is no figure, and everything else fails as well.
        let Ok(mib) = process::memory_mib(id) else { return };
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(mib);
    }
}
