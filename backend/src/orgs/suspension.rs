//! Suspension: nothing is recorded for the organization any more, and its log stays readable.

use std::sync::Arc;

use serde_json::json;

use super::{OrgRef, Organization, Suspension, store};
use crate::{
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    own::{Actor, OwnEvent, Recorder},
};

/// Suspends the organization for `reason`, or resumes it without one, and records it in its log and the
/// platform's. Nothing is recorded when that is its state already.
pub(super) fn set(
    conn: &mut Conn,
    (recorder, platform): (&Recorder, &Arc<Organization>),
    org: Id<id::Org>,
    reason: Option<&str>,
    actor: &Actor,
) -> Result<Arc<Organization>> {
    let mut changed = store::find(conn, &OrgRef::Id(org))?.ok_or(Error::NotFound)?;
    let now = recorder.clock.now();
    let since = changed.suspension.as_ref().map_or(now, |suspension| suspension.at);
    let suspension = reason.map(|reason| Suspension { at: since, reason: reason.to_owned() });
    if changed.suspension == suspension {
        return Ok(Arc::new(changed));
    }
    store::set_suspension(conn, org, suspension.as_ref())?;
    changed.suspension = suspension;
    let changed = Arc::new(changed);
    let action =
        if reason.is_some() { "annals.organization.suspended" } else { "annals.organization.resumed" };
    let mut event = OwnEvent::by(action, actor).severity("high").target(changed.party());
    if let Some(reason) = reason {
        event = event.parameters(json!({"reason": reason}));
    }
    recorder.record_in_each(conn, [&changed, platform], &event)?;
    Ok(changed)
}
