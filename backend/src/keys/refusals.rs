//! Keys that were refused, told to those who can mend it: at most once a minute for each, with how often it was.

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    access::{ClientContext, Key, OrgScope, Refusal},
    app::App,
    error::Result,
    id::{self, Id},
    notices::Coalescer,
    orgs::OrgRef,
    own::{Actor, OwnEvent},
};

/// How long one event stands for all refusals of a key.
const WINDOW: Duration = Duration::from_mins(1);

/// Counts refusals by key.
pub(crate) type Refusals = Coalescer<Id<id::Key>, Refused>;

/// The newest of several refusals of a key.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    key: Arc<Key>,
    refusal: Refusal,
    client: ClientContext,
}

/// Records a refusal, unless one of the same key was recorded within a minute: then it is counted. That it cannot be
/// recorded changes nothing for whoever was refused.
pub(crate) async fn tell(app: &App, key: &Arc<Key>, refusal: Refusal, client: ClientContext) {
    let refused = Refused { key: Arc::clone(key), refusal, client };
    let id = key.id;
    match app.keys.refusals.count(id, refused.clone(), app.clock.now(), WINDOW) {
        Ok(false) => {}
        Ok(true) => match record(app, refused, 1).await {
            Ok(()) => app.keys.refusals.told(&id, 1),
            Err(error) => tracing::warn!(key = %id, %error, "the refusal of a key is told later"),
        },
        Err(_) => tracing::warn!(key = %id, "too many refused keys at once: one was not counted"),
    }
}

/// Records what was counted, for keys whose minute is over.
pub(crate) async fn flush(app: &App) -> Result<()> {
    let mut outcome = Ok(());
    for (id, refused, times) in app.keys.refusals.take_due(app.clock.now()) {
        let told = record(app, refused, times).await;
        // One damaged log keeps no other from being told.
        outcome = app.keys.refusals.settle(&id, times, told).and(outcome);
    }
    outcome
}

async fn record(app: &App, refused: Refused, times: u32) -> Result<()> {
    let Refused { key, refusal, client } = refused;
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
                .parameters(json!({"reason": name(refusal), "times": times}));
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
