//! The second half of a sign-in: the password was right, the second factor is awaited.

use std::time::Duration;

use serde_json::json;

use super::{super::Method, Factor, store, take};
use crate::{
    access::{
        ClientContext,
        token::{Kind, Token},
    },
    app::App,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    own::OwnEvent,
    sessions::{self, Opened, Sessions},
    users,
};

/// How long a sign-in waits for its second factor.
pub(in crate::sessions) const LIFETIME: Duration = Duration::from_mins(5);
/// How many times one may be tried.
const ATTEMPTS_MAX: i32 = 5;

/// What became of an attempt.
enum Outcome {
    Opened(Box<Opened>),
    Wrong,
    Over,
}

/// Lets a sign-in wait for its second factor, and answers the token to go on with.
pub(in crate::sessions) fn begin(conn: &mut Conn, user: Id<id::User>, now: Time) -> Result<Token> {
    let token = Token::random(Kind::Mfa)?;
    store::insert_challenge(conn, user, &token, (now, LIFETIME))?;
    Ok(token)
}

/// Goes on with a sign-in that has waited.
///
/// # Errors
/// [`Error::WrongCode`] for a wrong one, [`Error::SessionEnded`] when there is nothing to go on with: begin again.
pub(in crate::sessions) async fn complete(
    app: &App,
    token: &str,
    factor: Factor,
    client: ClientContext,
) -> Result<Opened> {
    let token = Token::parse(Kind::Mfa, token).ok_or(Error::SessionEnded)?;
    let (clock, wanted) = (app.clock.clone(), token.clone());
    let find = move |conn: &mut Conn| {
        let user = store::find_challenge(conn, &wanted, clock.now())?;
        user.map(|user| users::store::find_enabled(conn, user)).transpose().map(Option::flatten)
    };
    let user = app.db.read("sessions.find_challenge", find).await?.ok_or(Error::SessionEnded)?;
    app.throttle.admit(&user.email, client.ip.as_deref())?;
    let (sessions, keyring, from) = (app.sessions.clone(), app.keyring.clone(), client.clone());
    let email = user.email.clone();
    let outcome = app
        .db
        .write("sessions.second_factor", move |conn| {
            let now = sessions.recorder.clock.now();
            if !store::attempt(conn, &token, ATTEMPTS_MAX, now)? {
                return Ok(Outcome::Over);
            }
            let Some(method) = take(conn, &keyring, user.id, &factor, now)? else {
                let party = users::party(user.id, &user.name, &user.email);
                sessions.refuse_factor(conn, &(user.id, party), user.is_operator, &from)?;
                return Ok(Outcome::Wrong);
            };
            store::delete_challenge(conn, &token)?;
            sessions.tell_of_recovery(conn, &user, method, &from)?;
            sessions.start_by(conn, &user, &from, method).map(|opened| Outcome::Opened(Box::new(opened)))
        })
        .await?;
    match outcome {
        Outcome::Opened(opened) => {
            app.throttle.succeed(&email);
            Ok(*opened)
        }
        Outcome::Wrong => {
            sessions::slow_down(app, &email, &client).await?;
            Err(Error::WrongCode)
        }
        Outcome::Over => Err(Error::SessionEnded),
    }
}

impl Sessions {
    /// Tells of a recovery code that was used, and how many are left.
    fn tell_of_recovery(
        &self,
        conn: &mut Conn,
        user: &users::UserRow,
        method: Method,
        client: &ClientContext,
    ) -> Result<()> {
        match method {
            Method::Password | Method::Totp => Ok(()),
            Method::RecoveryCode => {
                let left = store::count_codes(conn, user.id)?;
                let actor = users::party(user.id, &user.name, &user.email);
                self.telling().at_home(conn, (user.id, user.is_operator), || {
                    OwnEvent::new("annals.mfa.recovery_code_used", actor.clone())
                        .severity("medium")
                        .parameters(json!({"codes_left": left}))
                        .context(client)
                })
            }
        }
    }
}
