//! Second factors: an authenticator app, and recovery codes for whoever has lost it.

pub(super) mod api;
mod challenge;
mod enrolment;
mod recovery;
pub(super) mod store;
mod totp;

pub(super) use challenge::{LIFETIME, begin, complete};
pub(crate) use enrolment::remove;

use self::{recovery::RecoveryCode, store::Sealed, totp::Secret};
use super::{Method, Sessions};
use crate::{
    access::{ClientContext, User},
    app::App,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    keyring::{Keyring, Purpose},
    own::OwnEvent,
    users,
};

/// A second factor, as somebody gives it.
#[derive(Debug, Clone)]
pub(super) enum Factor {
    /// A code of the app.
    Code(String),
    /// One of the recovery codes.
    RecoveryCode(String),
}

/// Whether the person signs in with a second factor.
pub(super) fn is_enrolled(conn: &mut Conn, user: Id<id::User>) -> Result<bool> {
    Ok(store::find(conn, user)?.is_some_and(|row| row.confirmed_at.is_some()))
}

/// Uses the factor up, if it is right.
fn take(
    conn: &mut Conn,
    keyring: &Keyring,
    user: Id<id::User>,
    factor: &Factor,
    now: Time,
) -> Result<Option<Method>> {
    let Some(row) = store::find(conn, user)?.filter(|row| row.confirmed_at.is_some()) else {
        return Ok(None);
    };
    match factor {
        Factor::Code(code) => {
            let secret = open(keyring, user, &row.sealed)?;
            let Some(step) = secret.step_of(code, now, row.last_step) else { return Ok(None) };
            if !store::take_step(conn, user, step)? {
                return Ok(None);
            }
            if row.key_id != keyring.current(Purpose::Secrets)?.id {
                store::reseal(conn, user, &seal(keyring, user, &secret)?)?;
            }
            Ok(Some(Method::Totp))
        }
        Factor::RecoveryCode(text) => {
            let is_taken = store::take_code(conn, user, &RecoveryCode::typed(text), now)?;
            Ok(is_taken.then_some(Method::RecoveryCode))
        }
    }
}

fn seal(keyring: &Keyring, user: Id<id::User>, secret: &Secret) -> Result<Sealed> {
    let key = keyring.current(Purpose::Secrets)?;
    Ok(Sealed { bytes: key.seal_box(secret.bytes(), &context(user))?, key_id: key.id })
}

fn open(keyring: &Keyring, user: Id<id::User>, sealed: &[u8]) -> Result<Secret> {
    keyring
        .open_box(Purpose::Secrets, sealed, &context(user))
        .map(Secret::of)
        .ok_or_else(|| Error::Bug(format!("no key opens the second factor of {user}")))
}

/// Ties the sealed secret to its owner: in another row it opens for nobody.
fn context(user: Id<id::User>) -> Vec<u8> {
    format!("totp_secrets|sealed|{user}").into_bytes()
}

/// Checks a code of the app of somebody who is signed in, and makes their session fresh; answers when that was.
///
/// # Errors
/// [`Error::WrongCode`], counted like a failed sign-in.
pub(super) async fn reauthenticate(
    app: &App,
    user: &User,
    code: String,
    client: ClientContext,
) -> Result<Time> {
    app.throttle.admit(&user.email, client.ip.as_deref())?;
    let (keyring, sessions, person) = (app.keyring.clone(), app.sessions.clone(), user.clone());
    let (factor, from) = (Factor::Code(code), client.clone());
    let at = app
        .db
        .write("sessions.reauthenticate", move |conn| {
            let now = sessions.recorder.clock.now();
            if take(conn, &keyring, person.id, &factor, now)?.is_none() {
                sessions.refuse_factor(conn, &person_of(&person), person.is_operator, &from)?;
                return Ok(None);
            }
            let is_live = super::store::authenticate(conn, person.session_id, now)?
                && super::store::set_second_factor(conn, person.session_id, true)?;
            if is_live { Ok(Some(now)) } else { Err(Error::Unauthenticated) }
        })
        .await?;
    app.directory.forget_session(user.session_id);
    if at.is_some() {
        app.throttle.succeed(&user.email);
    } else {
        super::slow_down(app, &user.email, &client).await?;
    }
    at.ok_or(Error::WrongCode)
}

/// A person as events name them, and their id.
fn person_of(user: &User) -> (Id<id::User>, serde_json::Value) {
    (user.id, users::party(user.id, &user.name, &user.email))
}

impl Sessions {
    /// Records a second factor that was wrong.
    fn refuse_factor(
        &self,
        conn: &mut Conn,
        (user, actor): &(Id<id::User>, serde_json::Value),
        is_operator: bool,
        client: &ClientContext,
    ) -> Result<()> {
        self.telling().at_home(conn, (*user, is_operator), || {
            OwnEvent::new("annals.mfa.failed", actor.clone())
                .failed("the code is wrong, or was used before")
                .severity("medium")
                .context(client)
        })
    }
}
