//! Break-glass: how an operator gets into an organization that is not theirs, for a while and in plain sight.
//!
//! A grant is recorded in the organization's log and in the platform's before it works. It is good for one session,
//! for an hour at most, and whatever is recorded of its use carries its id.

pub mod api;
pub(crate) mod store;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    access::{
        OrgScope, User,
        permission::{CloseBreakGlass, OpenBreakGlass},
    },
    clock::Time,
    db::Conn,
    error::{Error, FieldError, Result},
    id::{self, Id},
    orgs::{self, Organization},
    own::{Actor, OwnEvent, Recorder},
};

/// Shortest reason, in characters, without the spaces around it.
const REASON_CHARS_MIN: usize = 10;
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 500;
/// Shortest and longest grant, in minutes.
const MINUTES: std::ops::RangeInclusive<u32> = 1..=60;

/// What somebody asks for.
#[derive(Debug, Clone)]
struct Request {
    reason: String,
    lifetime: Duration,
}

impl Request {
    fn new(reason: &str, minutes: u32) -> Result<Self> {
        let mut errors = Vec::new();
        let (all, reason) = (reason.chars().count(), reason.trim());
        if all > REASON_CHARS_MAX || reason.chars().count() < REASON_CHARS_MIN {
            let message = format!("{REASON_CHARS_MIN} to {REASON_CHARS_MAX} characters");
            errors.push(FieldError::new("/reason", "invalid_length", message));
        }
        if !MINUTES.contains(&minutes) {
            let message = format!("{} to {}", MINUTES.start(), MINUTES.end());
            errors.push(FieldError::new("/minutes", "out_of_range", message));
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        Ok(Self { reason: reason.to_owned(), lifetime: Duration::from_secs(u64::from(minutes) * 60) })
    }
}

/// A grant as stored.
#[derive(Debug, Clone)]
struct Opened {
    id: Id<id::BreakGlass>,
    user_id: Id<id::User>,
    session_id: Id<id::Session>,
    reason: String,
    granted_at: Time,
    expires_at: Time,
    ended_at: Option<Time>,
}

/// The logs that learn of a grant.
#[derive(Debug, Clone)]
struct Logs {
    recorder: Recorder,
    platform: Arc<Organization>,
}

impl Logs {
    /// Records the same in the organization's log and in the platform's.
    fn record(&self, conn: &mut Conn, organization: &Arc<Organization>, event: &OwnEvent) -> Result<()> {
        self.recorder.record_in_each(conn, [organization, &self.platform], event)
    }

    /// Opens the organization to the operator's session.
    fn open(
        &self,
        conn: &mut Conn,
        scope: &OrgScope<OpenBreakGlass>,
        request: &Request,
        (operator, actor): (&User, &Actor),
    ) -> Result<Opened> {
        let (org, now) = (scope.org_id(), self.recorder.clock.now());
        orgs::take_turn(conn, org)?;
        if let Some(open) = store::find_live(conn, org, operator.session_id, now)? {
            let message = format!("it is open to you until {}; close it first", open.expires_at);
            return Err(Error::Conflict(message));
        }
        let opened = Opened {
            id: Id::new(now),
            user_id: operator.id,
            session_id: operator.session_id,
            reason: request.reason.clone(),
            granted_at: now,
            expires_at: now.plus(request.lifetime),
            ended_at: None,
        };
        store::insert(conn, org, &opened)?;
        let event = event("annals.break_glass.opened", actor, scope.organization(), &opened);
        self.record(conn, scope.organization(), &event)?;
        Ok(opened)
    }

    /// Closes the organization to the operator's session again.
    fn close(
        &self,
        conn: &mut Conn,
        scope: &OrgScope<CloseBreakGlass>,
        operator: &User,
        actor: &Actor,
    ) -> Result<()> {
        let now = self.recorder.clock.now();
        let closed = store::close(conn, scope.org_id(), operator.session_id, now)?.ok_or(Error::NotFound)?;
        let event = event("annals.break_glass.closed", actor, scope.organization(), &closed);
        self.record(conn, scope.organization(), &event)
    }
}

fn event(action: &str, actor: &Actor, organization: &Organization, grant: &Opened) -> OwnEvent {
    let target: Value = json!({"type": "organization", "id": organization.id, "name": organization.name});
    OwnEvent::by(action, actor).severity("high").target(target).reason(&grant.reason).parameters(json!({
        "break_glass_id": grant.id,
        "session_id": grant.session_id,
        "expires_at": grant.expires_at,
    }))
}
