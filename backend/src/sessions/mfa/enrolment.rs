//! Setting a second factor up, and turning it off.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{open, recovery::RecoveryCode, seal, store, totp::Secret};
use crate::{
    access::{ClientContext, User},
    app::App,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    own::OwnEvent,
    sessions::{self, Sessions, telling::Telling},
    users::{self, UserRow},
};

/// What a person has set up.
#[derive(Debug)]
pub(super) struct Factors {
    pub(super) is_enrolled: bool,
    pub(super) recovery_codes_left: i64,
}

/// What the person has set up.
pub(super) async fn look(app: &App, user: Id<id::User>) -> Result<Factors> {
    app.db
        .read("mfa.find", move |conn| {
            Ok(Factors {
                is_enrolled: super::is_enrolled(conn, user)?,
                recovery_codes_left: store::count_codes(conn, user)?,
            })
        })
        .await
}

/// Makes a secret for the person's app. It is not in force before a code of it was given.
pub(super) async fn begin(app: &App, user: Id<id::User>) -> Result<Secret> {
    let (keyring, clock) = (app.keyring.clone(), app.clock.clone());
    app.db
        .write("mfa.begin", move |conn| {
            let secret = Secret::random()?;
            store::insert(conn, user, &seal(&keyring, user, &secret)?, clock.now())?;
            Ok(secret)
        })
        .await
}

/// Puts the secret into force by a code of it, and ends the person's other sessions, which know only the password.
pub(super) async fn confirm(
    app: &App,
    user: Arc<User>,
    code: String,
    client: ClientContext,
) -> Result<Vec<RecoveryCode>> {
    let (keyring, sessions, session) = (app.keyring.clone(), app.sessions.clone(), user.session_id);
    let (codes, ended) = app
        .db
        .write("mfa.confirm", move |conn| {
            let now = sessions.recorder.clock.now();
            let nothing = || Error::Conflict("there is no second factor to confirm; begin anew".into());
            let pending = store::find(conn, user.id)?.filter(|row| row.confirmed_at.is_none());
            let secret = open(&keyring, user.id, &pending.ok_or_else(nothing)?.sealed)?;
            let step = secret.step_of(&code, now, 0).ok_or(Error::WrongCode)?;
            if !store::confirm(conn, user.id, step, now)? {
                return Err(nothing());
            }
            let codes = RecoveryCode::random_set()?;
            store::replace_codes(conn, user.id, &codes, now)?;
            sessions::store::authenticate(conn, session, now)?;
            sessions::store::set_second_factor(conn, session, true)?;
            let ended = sessions.end_quietly(conn, user.id, Some(session))?;
            sessions.tell(conn, &user, "two_factor_authentication.enabled", &client)?;
            Ok((codes, ended))
        })
        .await?;
    app.directory.forget_sessions(&ended);
    app.directory.forget_session(session);
    Ok(codes)
}

/// Turns the person's second factor off, and ends their other sessions.
pub(super) async fn turn_off(app: &App, user: Arc<User>, client: ClientContext) -> Result<()> {
    let (sessions, session) = (app.sessions.clone(), user.session_id);
    let ended = app
        .db
        .write("mfa.turn_off", move |conn| {
            if !store::delete(conn, user.id)? {
                return Err(Error::NotFound);
            }
            sessions::store::set_second_factor(conn, session, false)?;
            let ended = sessions.end_quietly(conn, user.id, Some(session))?;
            sessions.tell(conn, &user, "two_factor_authentication.disabled", &client)?;
            Ok(ended)
        })
        .await?;
    app.directory.forget_sessions(&ended);
    app.directory.forget_session(session);
    Ok(())
}

/// Makes new recovery codes; the old ones work no more.
pub(super) async fn renew_codes(
    app: &App,
    user: Arc<User>,
    client: ClientContext,
) -> Result<Vec<RecoveryCode>> {
    let sessions = app.sessions.clone();
    app.db
        .write("mfa.renew_codes", move |conn| {
            if !super::is_enrolled(conn, user.id)? {
                return Err(Error::NotFound);
            }
            let codes = RecoveryCode::random_set()?;
            store::replace_codes(conn, user.id, &codes, sessions.recorder.clock.now())?;
            sessions.tell(conn, &user, "annals.mfa.recovery_codes_renewed", &client)?;
            Ok(codes)
        })
        .await
}

/// Turns off the second factor of somebody who has lost it, and ends all their sessions.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub(crate) fn remove(
    conn: &mut Conn,
    telling: Telling<'_>,
    person: &UserRow,
    actor: &Value,
    client: Option<&ClientContext>,
) -> Result<Vec<Id<id::Session>>> {
    if !store::delete(conn, person.id)? {
        return Err(Error::NotFound);
    }
    let now = telling.recorder.clock.now();
    store::delete_challenges(conn, person.id)?;
    let ended = sessions::store::revoke_all(conn, person.id, None, now)?;
    let target = users::party(person.id, &person.name, &person.email);
    telling.at_home(conn, (person.id, person.is_operator), || {
        let event = OwnEvent::new("two_factor_authentication.disabled", actor.clone())
            .target(target.clone())
            .severity("high")
            .parameters(json!({"sessions_ended": ended.len()}));
        match client {
            Some(client) => event.context(client),
            None => event,
        }
    })?;
    Ok(ended)
}

/// [`remove`] at the request of an operator.
pub(super) async fn remove_of(
    app: &App,
    user: Id<id::User>,
    (operator, client): (Value, ClientContext),
) -> Result<()> {
    let sessions = app.sessions.clone();
    let ended = app
        .db
        .write("mfa.remove", move |conn| {
            let person = users::store::find_enabled(conn, user)?.ok_or(Error::NotFound)?;
            if person.is_operator {
                return Err(Error::Forbidden(
                    "an operator's second factor is removed on the host: annals admin remove-mfa".into(),
                ));
            }
            remove(conn, sessions.telling(), &person, &operator, Some(&client))
        })
        .await?;
    app.directory.forget_sessions(&ended);
    Ok(())
}

impl Sessions {
    fn tell(&self, conn: &mut Conn, user: &User, action: &str, client: &ClientContext) -> Result<()> {
        let person = users::party(user.id, &user.name, &user.email);
        self.telling().at_home(conn, (user.id, user.is_operator), || {
            OwnEvent::new(action, person.clone()).target(person.clone()).context(client)
        })
    }
}
