//! Sign-ins: a session is a family of rotating refresh tokens, and every one leaves its trace in the log.

pub mod api;
mod ending;
pub mod jwt;
pub(crate) mod mfa;
pub(crate) mod password;
mod reauth;
mod rotation;
mod sign_in;
pub(crate) mod store;
pub(crate) mod telling;
mod throttle;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    access::{
        ClientContext, User,
        token::{Kind, Token},
    },
    app::App,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    orgs::Organization,
    own::{OwnEvent, Recorder},
    users::{self, Membership, UserRow},
};

pub(crate) use rotation::Successors;
use rotation::Verdict;
use sign_in::slow_down;
pub(crate) use sign_in::{Method, SignIn, sign_in};
use telling::Telling;
pub(crate) use throttle::Throttle;

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// Without a refresh.
    pub idle: Duration,
    /// From sign-in, whatever happens.
    pub absolute: Duration,
}

/// What starting, refreshing and ending a session needs.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    pub(crate) recorder: Recorder,
    pub(crate) platform: Arc<Organization>,
    pub(crate) successors: Successors,
    pub(crate) lifetimes: Lifetimes,
}

/// A session that was just started or refreshed.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) session_id: Id<id::Session>,
    pub(crate) user: UserRow,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) refresh_token: Token,
    pub(crate) authenticated_at: Time,
    pub(crate) has_second_factor: bool,
}

/// Tells an organization that this session has come to it, once.
pub(crate) async fn touch(
    app: &App,
    user: &User,
    organization: &Arc<Organization>,
    client: &ClientContext,
) -> Result<()> {
    let (org, session) = (organization.id, user.session_id);
    if app.db.lookup("sessions.has_touched", move |conn| store::has_touched(conn, org, session)).await? {
        return Ok(());
    }
    let sessions = app.sessions.clone();
    let (user, organization, client) = (user.clone(), Arc::clone(organization), client.clone());
    app.db
        .write("sessions.touch", move |conn| {
            let now = sessions.recorder.clock.now();
            if store::insert_touch(conn, organization.id, user.session_id, now)? {
                let actor = users::party(user.id, &user.name, &user.email);
                let method = if user.has_second_factor { "password+second_factor" } else { "password" };
                sessions.record(conn, &organization, signed_in(actor, user.session_id, method, &client))?;
            }
            Ok(())
        })
        .await
}

/// Exchanges a refresh token for its successor.
///
/// # Errors
/// [`Error::SessionEnded`] when it is unknown, expired, revoked, or was used before: then somebody holds a
/// copy, and the whole session ends.
pub(crate) async fn refresh(app: &App, token: Token, client: ClientContext) -> Result<Opened> {
    let sessions = app.sessions.clone();
    let opened =
        app.db.write("sessions.refresh", move |conn| sessions.refresh(conn, &token, &client)).await?;
    opened.map(|opened| *opened).map_err(|ended| {
        if let Some(id) = ended {
            app.directory.forget_session(id);
        }
        Error::SessionEnded
    })
}

/// Signs out. A session that has ended already stays so.
pub(crate) async fn sign_out(app: &App, token: Token, client: ClientContext) -> Result<()> {
    let sessions = app.sessions.clone();
    let ended = app.db.write("sessions.end", move |conn| sessions.sign_out(conn, &token, &client)).await?;
    if let Some(id) = ended {
        app.directory.forget_session(id);
    }
    Ok(())
}

fn signed_in(actor: Value, session: Id<id::Session>, method: &str, client: &ClientContext) -> OwnEvent {
    OwnEvent::new("user.logged_in", actor)
        .parameters(json!({"method": method, "session_id": session}))
        .context(client)
}

impl Sessions {
    /// Begins a session of somebody who has just given their password, and has no second factor.
    pub(crate) fn start(&self, conn: &mut Conn, user: &UserRow, client: &ClientContext) -> Result<Opened> {
        self.start_by(conn, user, client, Method::Password)
    }

    /// Begins a session of somebody who has just proved who they are, and records it.
    fn start_by(
        &self,
        conn: &mut Conn,
        user: &UserRow,
        client: &ClientContext,
        method: Method,
    ) -> Result<Opened> {
        let now = self.recorder.clock.now();
        let token = Token::random(Kind::Refresh)?;
        let new = store::NewSession {
            id: Id::new(now),
            user_id: user.id,
            token: &token,
            client,
            now,
            lifetimes: self.lifetimes,
            has_second_factor: method.has_second_factor(),
            lookup_key_id: self.successors.key_id()?,
        };
        store::insert(conn, &new)?;
        let (session_id, memberships) = (new.id, users::store::memberships_of(conn, user.id)?);
        // Somebody with one organization is on the way there. Who has none, or several to choose from, is
        // the platform's to record; each of several learns of it when the session first touches it.
        let organization = match memberships.as_slice() {
            [only] if !user.is_operator => Arc::new(only.organization.clone()),
            _ => Arc::clone(&self.platform),
        };
        store::insert_touch(conn, organization.id, session_id, now)?;
        let event =
            signed_in(users::party(user.id, &user.name, &user.email), session_id, method.name(), client);
        self.record(conn, &organization, event)?;
        Ok(Opened {
            session_id,
            user: user.clone(),
            memberships,
            refresh_token: token,
            authenticated_at: now,
            has_second_factor: method.has_second_factor(),
        })
    }

    /// `Err` holds the session that was ended because its token came a second time, if that is why.
    fn refresh(
        &self,
        conn: &mut Conn,
        token: &Token,
        client: &ClientContext,
    ) -> Result<Result<Box<Opened>, Option<Id<id::Session>>>> {
        let now = self.recorder.clock.now();
        let Some(session) = store::take_live(conn, token.public_id(), now)? else { return Ok(Err(None)) };
        match self.successors.judge(&session, token, now)? {
            Verdict::Successor(next) => self.reopen(conn, &session, token, next),
            Verdict::Reused => {
                self.end(conn, &session, |actor| {
                    OwnEvent::new("annals.session.reuse_detected", actor)
                        .severity("high")
                        .parameters(json!({"session_id": session.id}))
                        .context(client)
                })?;
                Ok(Err(Some(session.id)))
            }
            Verdict::Unknown => Ok(Err(None)),
        }
    }

    fn reopen(
        &self,
        conn: &mut Conn,
        session: &store::SessionRow,
        presented: &Token,
        next: Token,
    ) -> Result<Result<Box<Opened>, Option<Id<id::Session>>>> {
        if !next.matches(&session.token_hash) {
            let now = self.recorder.clock.now();
            let idle_expires_at = now.plus(self.lifetimes.idle).min(session.expires_at);
            store::rotate(conn, session, &store::Rotation { presented, next: &next, now, idle_expires_at })?;
        }
        let Some(user) = users::store::find_enabled(conn, session.user_id)? else { return Ok(Err(None)) };
        let memberships = users::store::memberships_of(conn, user.id)?;
        Ok(Ok(Box::new(Opened {
            session_id: session.id,
            user,
            memberships,
            refresh_token: next,
            authenticated_at: session.authenticated_at.unwrap_or(session.created_at),
            has_second_factor: session.has_second_factor,
        })))
    }

    /// The session that was ended, if the token was one of its own.
    fn sign_out(
        &self,
        conn: &mut Conn,
        token: &Token,
        client: &ClientContext,
    ) -> Result<Option<Id<id::Session>>> {
        let now = self.recorder.clock.now();
        let Some(session) = store::take_live(conn, token.public_id(), now)? else { return Ok(None) };
        if matches!(self.successors.judge(&session, token, now)?, Verdict::Unknown) {
            return Ok(None);
        }
        self.end(conn, &session, |actor| {
            OwnEvent::new("user.logged_out", actor)
                .parameters(json!({"session_id": session.id}))
                .context(client)
        })?;
        Ok(Some(session.id))
    }

    /// Revokes the session and tells every organization that had been told of the sign-in.
    fn end(
        &self,
        conn: &mut Conn,
        session: &store::SessionRow,
        event: impl Fn(Value) -> OwnEvent,
    ) -> Result<()> {
        store::revoke(conn, session.id, self.recorder.clock.now())?;
        let Some(user) = users::store::find_enabled(conn, session.user_id)? else { return Ok(()) };
        let organizations = store::touched(conn, session.id)?;
        self.record_in_all(conn, organizations, || event(users::party(user.id, &user.name, &user.email)))
    }

    /// Whom to tell, and how.
    fn telling(&self) -> Telling<'_> {
        Telling { recorder: &self.recorder, platform: &self.platform }
    }

    /// Records an event in each of the logs, or in the platform's when there is none.
    fn record_in_all(
        &self,
        conn: &mut Conn,
        organizations: Vec<Arc<Organization>>,
        event: impl Fn() -> OwnEvent,
    ) -> Result<()> {
        self.telling().in_all(conn, organizations, event)
    }

    /// Records an event in the organization's log.
    fn record(&self, conn: &mut Conn, organization: &Arc<Organization>, event: OwnEvent) -> Result<()> {
        self.telling().one(conn, organization, event)
    }
}
