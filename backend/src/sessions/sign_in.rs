//! Signing in with e-mail and password, and what becomes of those who fail.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Opened, Sessions, mfa, throttle::Failure};
use crate::{
    access::{ClientContext, token::Token},
    app::App,
    db::Conn,
    error::{Error, FieldError, Result},
    events::input::NAME_BYTES_MAX,
    log::sealed::fold,
    own::OwnEvent,
    users::{self, password::Hasher},
};

/// How somebody has signed in, beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// With nothing else.
    Password,
    /// With a code of an authenticator app.
    Totp,
    /// With a recovery code.
    RecoveryCode,
}

impl Method {
    /// The name in events.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "password+totp",
            Self::RecoveryCode => "password+recovery_code",
        }
    }

    pub(super) fn has_second_factor(self) -> bool {
        self != Self::Password
    }
}

/// What a right password leads to.
#[derive(Debug)]
pub(crate) enum SignIn {
    /// A session.
    Opened(Box<Opened>),
    /// The question for a second factor; the token goes on from here.
    NeedsSecondFactor(Token),
}

/// Signs in. Wrong e-mail, wrong password and disabled account are one answer and cost the same hash.
pub(crate) async fn sign_in(
    app: &App,
    email: &str,
    password: SecretString,
    client: ClientContext,
) -> Result<SignIn> {
    let email = fold(email);
    if email.len() > NAME_BYTES_MAX || email.chars().any(char::is_control) {
        let message = format!("at most {NAME_BYTES_MAX} bytes, without control characters");
        return Err(Error::Invalid(vec![FieldError::new("/email", "invalid_format", message)]));
    }
    app.throttle.admit(&email, client.ip.as_deref())?;
    let wanted = email.clone();
    let user = app.db.read("users.find", move |conn| users::store::find_by_email(conn, &wanted)).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let hasher = app.hasher.clone();
    let verified = app.compute_password(move || verify(&hasher, &password, hash)).await??;

    let sessions = app.sessions.clone();
    if let Some((user, hash)) = user.filter(|user| !user.is_disabled).zip(verified) {
        let start = move |conn: &mut Conn| {
            // Changed since it was verified: what was right a moment ago may not be any more.
            if !users::store::confirm_password(conn, user.id, &user.password_hash, &hash)? {
                return Err(Error::Busy(1));
            }
            if mfa::is_enrolled(conn, user.id)? {
                let now = sessions.recorder.clock.now();
                return mfa::begin(conn, user.id, now).map(SignIn::NeedsSecondFactor);
            }
            sessions.start(conn, &user, &client).map(|opened| SignIn::Opened(Box::new(opened)))
        };
        let begun = app.db.write("sessions.start", start).await?;
        // Half of a proof forgives nothing: or a thief of the password could guess codes for ever.
        if matches!(begun, SignIn::Opened(_)) {
            app.throttle.succeed(&email);
        }
        return Ok(begun);
    }
    refuse(app, &email, &client).await?;
    Err(Error::InvalidCredentials)
}

/// The hash to keep of a password that is right: the same one, or one by stricter rules than it was made by.
fn verify(
    hasher: &Hasher,
    password: &SecretString,
    hash: Option<SecretString>,
) -> Result<Option<SecretString>> {
    if !hasher.verify(password, hash.as_ref()) {
        return Ok(None);
    }
    hash.map(|hash| if hasher.is_outdated(&hash) { hasher.rehash(password) } else { Ok(hash) }).transpose()
}

/// Counts and records a failed proof of who somebody is.
pub(super) async fn refuse(app: &App, email: &str, client: &ClientContext) -> Result<()> {
    let Failure { turned_away, begins_to_wait } = app.throttle.fail(email, client.ip.as_deref());
    let (sessions, email, client) = (app.sessions.clone(), email.to_owned(), client.clone());
    app.db
        .write("sessions.refuse", move |conn| {
            sessions.refuse(conn, &email, turned_away, &client)?;
            if begins_to_wait { sessions.tell_of_waiting(conn, &email, &client) } else { Ok(()) }
        })
        .await
}

/// Counts a failed proof that was recorded by itself.
pub(super) async fn slow_down(app: &App, email: &str, client: &ClientContext) -> Result<()> {
    let Failure { begins_to_wait, .. } = app.throttle.fail(email, client.ip.as_deref());
    if !begins_to_wait {
        return Ok(());
    }
    let (sessions, email, client) = (app.sessions.clone(), email.to_owned(), client.clone());
    app.db.write("sessions.slow_down", move |conn| sessions.tell_of_waiting(conn, &email, &client)).await
}

impl Sessions {
    /// Records a failed sign-in where those who should know will look: in the person's organizations, or in
    /// the platform's log when there is no such person; with how many attempts were turned away before it.
    fn refuse(&self, conn: &mut Conn, email: &str, turned_away: u32, client: &ClientContext) -> Result<()> {
        self.tell_of_stranger(conn, email, |actor| {
            OwnEvent::new("annals.login.failed", actor)
                .failed("wrong e-mail or password, or the account is disabled")
                .severity("low")
                .parameters(json!({"method": "password", "attempts_turned_away": turned_away}))
                .context(client)
        })
    }

    /// Records that from now on attempts of this account have to wait.
    fn tell_of_waiting(&self, conn: &mut Conn, email: &str, client: &ClientContext) -> Result<()> {
        self.tell_of_stranger(conn, email, |actor| {
            OwnEvent::new("annals.account.locked_out", actor)
                .failed("too many failed attempts")
                .severity("medium")
                .context(client)
        })
    }

    /// Records an event about whoever says that this is their e-mail.
    fn tell_of_stranger(
        &self,
        conn: &mut Conn,
        email: &str,
        event: impl Fn(Value) -> OwnEvent,
    ) -> Result<()> {
        if let Some(user) = users::store::find_by_email(conn, email)? {
            let party = users::party(user.id, &user.name, &user.email);
            return self.telling().at_home(conn, (user.id, user.is_operator), || event(party.clone()));
        }
        let stranger = json!({"type": "user", "id": "unknown", "email": email});
        self.telling().in_all(conn, Vec::new(), || event(stranger.clone()))
    }
}
