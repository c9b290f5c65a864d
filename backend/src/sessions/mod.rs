//! Sign-ins: a session is a family of rotating refresh tokens, and every one leaves its trace in the log.

pub mod api;
pub mod jwt;
pub(crate) mod store;

use std::{sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    access::{
        ClientContext, OrgScope, User,
        token::{Kind, Token},
    },
    app::App,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    keyring::{Keyring, Purpose, PurposeKey},
    log::sealed::fold,
    orgs::Organization,
    own::{OwnEvent, Recorder},
    users::{self, Membership, UserRow},
};

/// How long the token before the current one is still answered, with the current one: two tabs, or a retry.
const GRACE: Duration = Duration::from_secs(10);

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// Without a refresh.
    pub idle: Duration,
    /// From sign-in, whatever happens.
    pub absolute: Duration,
}

/// A session that was just started or refreshed.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) session_id: Id<id::Session>,
    pub(crate) user: UserRow,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) refresh_token: Token,
    pub(crate) signed_in_at: Time,
}

/// Derives the token that follows another one: the same for both of two parallel refreshes, and for anybody
/// who replays an old token, which is how the replay is recognised. Nothing secret is stored for it.
#[derive(Debug, Clone)]
pub(crate) struct Successors(PurposeKey);

impl Successors {
    pub(crate) fn new(keyring: &Keyring) -> Result<Self> {
        Ok(Self(keyring.current(Purpose::Lookup)?.clone()))
    }

    fn of(&self, public_id: &str, hash: &[u8]) -> Result<Token> {
        let mut counter = 0_u32;
        Token::derived(Kind::Refresh, public_id, |bytes| {
            for chunk in bytes.chunks_mut(32) {
                let mut mac = Hmac::<Sha256>::new_from_slice(self.0.bytes())
                    .map_err(|error| Error::Bug(error.to_string()))?;
                mac.update(b"annals-refresh-successor-v1\0");
                mac.update(hash);
                mac.update(&counter.to_be_bytes());
                let block = mac.finalize().into_bytes();
                chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
                counter += 1;
            }
            Ok(())
        })
    }

    /// Whether `current` follows from `hash` in at most `steps` rotations.
    fn lead_from(&self, public_id: &str, hash: &[u8], current: &[u8], steps: i32) -> Result<bool> {
        let mut hash = hash.to_vec();
        for _ in 0..steps {
            hash = self.of(public_id, &hash)?.hash().to_vec();
            if hash == current {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Signs in. Wrong e-mail, wrong password and disabled account are one answer and take the same time.
pub(crate) async fn sign_in(
    app: &App,
    email: &str,
    password: SecretString,
    client: ClientContext,
) -> Result<Opened> {
    let email = fold(email);
    let wanted = email.clone();
    let user = app.db.read("users.find", move |conn| users::store::find_by_email(conn, &wanted)).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let hasher = app.hasher.clone();
    let is_right = app.compute_password(move || hasher.verify(&password, hash.as_ref())).await?;

    let (recorder, platform, lifetimes) = (app.recorder.clone(), Arc::clone(&app.platform), app.lifetimes);
    match user.filter(|user| is_right && !user.is_disabled) {
        Some(user) => {
            app.db
                .write("sessions.start", move |conn| {
                    start(conn, &recorder, &platform, &user, &client, lifetimes)
                })
                .await
        }
        None => {
            app.db
                .write("sessions.refuse", move |conn| refuse(conn, &recorder, &platform, &email, &client))
                .await?;
            Err(Error::InvalidCredentials)
        }
    }
}

fn start(
    conn: &mut Conn,
    recorder: &Recorder,
    platform: &Arc<Organization>,
    user: &UserRow,
    client: &ClientContext,
    lifetimes: Lifetimes,
) -> Result<Opened> {
    let now = recorder.clock.now();
    let token = Token::random(Kind::Refresh)?;
    let session_id = Id::new(now);
    store::insert(
        conn,
        &store::NewSession { id: session_id, user_id: user.id, token: &token, client, now, lifetimes },
    )?;
    let memberships = users::store::memberships_of(conn, user.id)?;
    // Somebody with one organization is on the way there. Who has none, or several to choose from, is the
    // platform's to record; each of several learns of it when the session first touches it.
    let organization = match memberships.as_slice() {
        [only] if !user.is_operator => Arc::new(only.organization.clone()),
        _ => Arc::clone(platform),
    };
    store::insert_touch(conn, organization.id, session_id, now)?;
    let actor = users::party(user.id, &user.name, &user.email);
    recorder.record(conn, &OrgScope::of_service(&organization), signed_in(actor, session_id, client))?;
    Ok(Opened { session_id, user: user.clone(), memberships, refresh_token: token, signed_in_at: now })
}

fn signed_in(actor: Value, session: Id<id::Session>, client: &ClientContext) -> OwnEvent {
    OwnEvent::new("user.logged_in", actor)
        .parameters(json!({"method": "password", "session_id": session}))
        .context(client)
}

/// Records a failed sign-in where those who should know will look: in the person's organizations, or in the
/// platform's log when there is no such person.
fn refuse(
    conn: &mut Conn,
    recorder: &Recorder,
    platform: &Arc<Organization>,
    email: &str,
    client: &ClientContext,
) -> Result<()> {
    let user = users::store::find_by_email(conn, email)?;
    let mut organizations: Vec<Arc<Organization>> = match &user {
        Some(user) => users::store::memberships_of(conn, user.id)?
            .into_iter()
            .map(|membership| Arc::new(membership.organization))
            .collect(),
        None => Vec::new(),
    };
    if organizations.is_empty() {
        organizations.push(Arc::clone(platform));
    }
    organizations.sort_by_key(|organization| organization.id); // one lock order for all
    let actor = match &user {
        Some(user) => users::party(user.id, &user.name, &user.email),
        None => json!({"type": "user", "id": "unknown", "email": email.chars().take(64).collect::<String>()}),
    };
    for organization in organizations {
        let event = OwnEvent::new("annals.login.failed", actor.clone())
            .failed("wrong e-mail or password")
            .severity("low")
            .parameters(json!({"method": "password"}))
            .context(client);
        recorder.record(conn, &OrgScope::of_service(&organization), event)?;
    }
    Ok(())
}

/// Tells an organization that this session has come to it, once.
pub(crate) async fn touch(
    app: &App,
    user: &User,
    organization: &Arc<Organization>,
    client: &ClientContext,
) -> Result<()> {
    let recorder = app.recorder.clone();
    let (user, organization, client) = (user.clone(), Arc::clone(organization), client.clone());
    let is_known = {
        let (org, session) = (organization.id, user.session_id);
        app.db.read("sessions.has_touched", move |conn| store::has_touched(conn, org, session)).await?
    };
    if is_known {
        return Ok(());
    }
    app.db
        .write("sessions.touch", move |conn| {
            if store::insert_touch(conn, organization.id, user.session_id, recorder.clock.now())? {
                let actor = users::party(user.id, &user.name, &user.email);
                let event = signed_in(actor, user.session_id, &client);
                recorder.record(conn, &OrgScope::of_service(&organization), event)?;
            }
            Ok(())
        })
        .await
}

/// What came of presenting a refresh token.
enum Refreshed {
    Opened(Box<Opened>),
    Refused,
}

/// Exchanges a refresh token for its successor.
///
/// # Errors
/// [`Error::SessionEnded`] when it is unknown, expired, revoked, or was used before: then somebody holds a
/// copy, and the whole session ends.
pub(crate) async fn refresh(app: &App, token: Token, client: ClientContext) -> Result<Opened> {
    let (recorder, successors, lifetimes) = (app.recorder.clone(), app.successors.clone(), app.lifetimes);
    let platform = Arc::clone(&app.platform);
    let refreshed = app
        .db
        .write("sessions.refresh", move |conn| {
            let Some(session) = store::take_live(conn, token.public_id(), recorder.clock.now())? else {
                return Ok(Refreshed::Refused);
            };
            match successor(&session, &token, &successors, recorder.clock.now())? {
                Verdict::Successor(next) => {
                    reopen(conn, &session, next, &token, recorder.clock.now(), lifetimes)
                }
                Verdict::Reused => {
                    end(conn, &recorder, &platform, &session, |actor| reused(actor, &session, &client))?;
                    Ok(Refreshed::Refused)
                }
                Verdict::Unknown => Ok(Refreshed::Refused),
            }
        })
        .await?;
    match refreshed {
        Refreshed::Opened(opened) => Ok(*opened),
        Refreshed::Refused => Err(Error::SessionEnded),
    }
}

enum Verdict {
    Successor(Token),
    Reused,
    Unknown,
}

fn successor(
    session: &store::SessionRow,
    token: &Token,
    successors: &Successors,
    now: Time,
) -> Result<Verdict> {
    let hash = token.hash();
    let is_previous = session.previous_token_hash.as_deref().is_some_and(|previous| token.matches(previous));
    if token.matches(&session.token_hash) || (is_previous && now <= session.rotated_at.plus(GRACE)) {
        return successors.of(&session.public_id, &hash).map(Verdict::Successor);
    }
    let was_ours =
        successors.lead_from(&session.public_id, &hash, &session.token_hash, session.generation)?;
    Ok(if was_ours { Verdict::Reused } else { Verdict::Unknown })
}

fn reopen(
    conn: &mut Conn,
    session: &store::SessionRow,
    next: Token,
    presented: &Token,
    now: Time,
    lifetimes: Lifetimes,
) -> Result<Refreshed> {
    if !next.matches(&session.token_hash) {
        let idle_expires_at = now.plus(lifetimes.idle).min(session.expires_at);
        store::rotate(conn, session, presented, &next, now, idle_expires_at)?;
    }
    let Some(user) = users::store::find_enabled(conn, session.user_id)? else {
        return Ok(Refreshed::Refused);
    };
    let memberships = users::store::memberships_of(conn, user.id)?;
    Ok(Refreshed::Opened(Box::new(Opened {
        session_id: session.id,
        user,
        memberships,
        refresh_token: next,
        signed_in_at: session.created_at,
    })))
}

fn reused(actor: Value, session: &store::SessionRow, client: &ClientContext) -> OwnEvent {
    OwnEvent::new("annals.session.reuse_detected", actor)
        .severity("high")
        .parameters(json!({"session_id": session.id}))
        .context(client)
}

/// Signs out. A session that has ended already stays so.
pub(crate) async fn sign_out(app: &App, token: Token, client: ClientContext) -> Result<()> {
    let (recorder, successors, platform) =
        (app.recorder.clone(), app.successors.clone(), Arc::clone(&app.platform));
    let ended = app
        .db
        .write("sessions.end", move |conn| {
            let now = recorder.clock.now();
            let Some(session) = store::take_live(conn, token.public_id(), now)? else { return Ok(None) };
            if matches!(successor(&session, &token, &successors, now)?, Verdict::Unknown) {
                return Ok(None);
            }
            end(conn, &recorder, &platform, &session, |actor| {
                OwnEvent::new("user.logged_out", actor)
                    .parameters(json!({"session_id": session.id}))
                    .context(&client)
            })?;
            Ok(Some(session.id))
        })
        .await?;
    if let Some(id) = ended {
        app.directory.forget_session(id);
    }
    Ok(())
}

/// Revokes the session and tells every organization that had been told of the sign-in.
fn end(
    conn: &mut Conn,
    recorder: &Recorder,
    platform: &Arc<Organization>,
    session: &store::SessionRow,
    event: impl Fn(Value) -> OwnEvent,
) -> Result<()> {
    store::revoke(conn, session.id, recorder.clock.now())?;
    let Some(user) = users::store::find_enabled(conn, session.user_id)? else { return Ok(()) };
    let actor = users::party(user.id, &user.name, &user.email);
    let mut organizations = store::touched(conn, session.id)?;
    if organizations.is_empty() {
        organizations.push(Arc::clone(platform));
    }
    organizations.sort_by_key(|organization| organization.id); // one lock order for all
    for organization in &organizations {
        recorder.record(conn, &OrgScope::of_service(organization), event(actor.clone()))?;
    }
    Ok(())
}
