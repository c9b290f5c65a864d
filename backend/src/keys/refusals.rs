//! Keys that were refused, told to those who can mend it: at most once a minute for each, with how often it was.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::json;

use crate::{
    access::{ClientContext, Key, OrgScope, Refusal},
    app::App,
    clock::Time,
    error::Result,
    id::{self, Id},
    orgs::OrgRef,
    own::{Actor, OwnEvent},
};

/// How long one event stands for all refusals of a key.
const WINDOW: Duration = Duration::from_mins(1);
/// Keys whose refusals are counted; those of further ones wait for room.
const KEYS_MAX: usize = 10_000;

/// What was refused of a key since it was last told.
#[derive(Debug, Clone)]
struct Count {
    key: Arc<Key>,
    refusal: Refusal,
    client: ClientContext,
    refused: u32,
    told_at: Time,
}

/// Counts refusals by key, on this node.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<Id<id::Key>, Count>>);

impl Refusals {
    /// Counts a refusal. Whoever is answered `true` is the one to tell of it.
    fn count(&self, key: &Arc<Key>, refusal: Refusal, client: &ClientContext, now: Time) -> bool {
        let mut counts = self.lock();
        if let Some(count) = counts.get_mut(&key.id) {
            count.refused += 1;
            (count.refusal, count.client) = (refusal, client.clone());
            return false;
        }
        if counts.len() >= KEYS_MAX {
            return false;
        }
        let count = Count { key: Arc::clone(key), refusal, client: client.clone(), refused: 0, told_at: now };
        counts.insert(key.id, count);
        true
    }

    /// What was refused since it was last told, of keys whose minute is over; quiet ones are forgotten.
    fn take_due(&self, now: Time) -> Vec<Count> {
        let mut counts = self.lock();
        let is_over = |count: &Count| count.told_at.plus(WINDOW) <= now;
        counts.retain(|_, count| count.refused > 0 || !is_over(count));
        let due = counts.values_mut().filter(|count| is_over(count));
        due.map(|count| {
            let taken = count.clone();
            (count.refused, count.told_at) = (0, now);
            taken
        })
        .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id<id::Key>, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records a refusal, unless one of the same key was recorded within a minute: then it is counted. That it cannot be
/// recorded changes nothing for whoever was refused.
pub(crate) async fn tell(app: &App, key: &Arc<Key>, refusal: Refusal, client: ClientContext) {
    let now = app.clock.now();
    if app.keys.refusals.count(key, refusal, &client, now) {
        let count = Count { key: Arc::clone(key), refusal, client, refused: 1, told_at: now };
        if let Err(error) = record(app, count).await {
            tracing::warn!(key = %key.id, %error, "the refusal of a key was not recorded");
        }
    }
}

/// Records what was counted, for keys whose minute is over.
pub(super) async fn flush(app: &App) -> Result<()> {
    let mut outcome = Ok(());
    for count in app.keys.refusals.take_due(app.clock.now()) {
        // One damaged log keeps no other from being told.
        outcome = record(app, count).await.and(outcome);
    }
    outcome
}

async fn record(app: &App, count: Count) -> Result<()> {
    let Count { key, refusal, client, refused, .. } = count;
    let Some(organization) = app.directory.organization(&OrgRef::Id(key.org_id)).await? else {
        return Ok(());
    };
    let recorder = app.recorder.clone();
    app.db
        .write("keys.refuse", move |conn| {
            let actor = Actor { party: key.party(), client: client.clone() };
            let event = OwnEvent::by("annals.api_key.refused", &actor)
                .failed(reason(refusal))
                .severity("low")
                .target(key.party())
                .parameters(json!({"reason": name(refusal), "times": refused}));
            recorder.record(conn, &OrgScope::of_service(&organization), event).map(drop)
        })
        .await
}

const fn name(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Revoked => "revoked",
        Refusal::Expired => "expired",
        Refusal::Replaced => "replaced",
        Refusal::Network => "network",
    }
}

const fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Revoked => "the key is revoked",
        Refusal::Expired => "the key has expired",
        Refusal::Replaced => "the key was rotated, and this secret of it has ended",
        Refusal::Network => "the request came from outside of the key's networks",
    }
}
