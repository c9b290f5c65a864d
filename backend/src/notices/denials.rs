//! Who was refused what: one event for all refusals of the same within five minutes.

use std::{sync::Arc, time::Duration};

use actix_web::HttpRequest;
use serde_json::{Map, Value};

use super::Coalescer;
use crate::{
    access::{ClientContext, OrgScope, Principal, authenticate},
    app::App,
    error::{Error, Result},
    id::{self, Id},
    orgs::{OrgRef, Organization},
    own::{Actor, OwnEvent},
};

/// How long one event stands for all refusals of the same.
const WINDOW: Duration = Duration::from_mins(5);

/// In whose log it is told, who was refused, which permission, and the organization that was asked for.
type Key = (Id<id::Org>, String, &'static str, String);

/// Counts refusals.
pub(crate) type Denials = Coalescer<Key, Denial>;

/// The newest of several refusals.
#[derive(Debug, Clone)]
pub(crate) struct Denial {
    log: Arc<Organization>,
    actor: Actor,
    reason: String,
}

/// Counts that a request was refused a permission, if we know who sent it. Nothing here changes the answer.
pub(crate) async fn note(app: &App, request: &HttpRequest, permission: &'static str, refusal: &Error) {
    let is_denial = matches!(
        refusal,
        Error::Forbidden(_) | Error::NotFound | Error::BreakGlassRequired | Error::MfaRequired
    );
    if !is_denial {
        return;
    }
    let Ok(principal) = authenticate(app, request).await else { return };
    // What no organization can be called is told as none, however long it is.
    let asked =
        request.match_info().get("org").filter(|text| OrgRef::parse(text).is_some()).unwrap_or_default();
    let Ok(log) = log(app, &principal, asked, refusal).await else { return };
    let key = (log.id, principal.id(), permission, asked.to_owned());
    let actor = Actor { party: principal.party(), client: ClientContext::of(request) };
    let denial = Denial { log, actor, reason: refusal.to_string() };
    if app.notices.denials.count(key, denial, app.clock.now(), WINDOW).is_err() {
        tracing::warn!(permission, "too many different refusals at once: one was not counted");
    }
}

/// The log of those who should know: of a key its own organization, of a member the organization that refused them.
/// Of a foreign organization neither side may learn from the other: the platform's operators do.
async fn log(app: &App, principal: &Principal, asked: &str, refusal: &Error) -> Result<Arc<Organization>> {
    let wanted = match principal {
        Principal::Key(key) => Some(OrgRef::Id(key.org_id)),
        Principal::User(user) if !user.is_operator && !matches!(refusal, Error::NotFound) => {
            OrgRef::parse(asked)
        }
        Principal::User(_) | Principal::Platform(_) => None,
    };
    let found = match wanted {
        Some(wanted) => app.directory.organization(&wanted).await?,
        None => None,
    };
    Ok(found.unwrap_or_else(|| Arc::clone(&app.platform)))
}

/// Records what was refused.
pub(super) async fn tell(app: &App, denials: Vec<(Key, Denial, u32)>) -> Result<()> {
    let mut outcome = Ok(());
    for (key, value, times) in denials {
        let told = record(app, &key, value, times).await;
        // One damaged log keeps no other from being told.
        outcome = app.notices.denials.settle(&key, times, told).and(outcome);
    }
    outcome
}

async fn record(app: &App, (_, _, permission, asked): &Key, denial: Denial, times: u32) -> Result<()> {
    let Denial { log, actor, reason } = denial;
    let mut parameters = Map::new();
    parameters.insert("permission".into(), (*permission).into());
    parameters.insert("times".into(), times.into());
    if !asked.is_empty() {
        parameters.insert("organization".into(), asked.as_str().into());
    }
    let recorder = app.recorder.clone();
    app.db
        .write("notices.tell_denial", move |conn| {
            let event = OwnEvent::by("annals.access.denied", &actor)
                .denied(&reason)
                .severity("low")
                .parameters(Value::Object(parameters.clone()));
            recorder.record(conn, &OrgScope::of_service(&log), event).map(drop)
        })
        .await
}
