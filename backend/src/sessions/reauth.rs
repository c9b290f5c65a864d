//! Proving once more who one is, inside a session.

use secrecy::SecretString;

use super::{mfa, store};
use crate::{
    access::{ClientContext, User},
    app::App,
    clock::Time,
    error::{Error, FieldError, Result},
    users,
};

/// Checks the person's password and makes their session fresh; answers when that was.
///
/// # Errors
/// [`Error::Invalid`] for whoever has a second factor: the password alone would let a thief of it turn that off.
/// [`Error::WrongPassword`], counted and recorded like a failed sign-in.
pub(super) async fn reauthenticate(
    app: &App,
    user: &User,
    password: SecretString,
    client: ClientContext,
) -> Result<Time> {
    let id = user.id;
    if app.db.read("mfa.is_enrolled", move |conn| mfa::is_enrolled(conn, id)).await? {
        let message = "you have a second factor: send a code of your app";
        return Err(Error::Invalid(vec![FieldError::new("/code", "required", message)]));
    }
    check_password(app, user, password, &client).await?;
    let (clock, session) = (app.clock.clone(), user.session_id);
    let at = app
        .db
        .write("sessions.reauthenticate", move |conn| {
            let now = clock.now();
            Ok(store::authenticate(conn, session, now)?.then_some(now))
        })
        .await?;
    app.directory.forget_session(session);
    at.ok_or(Error::Unauthenticated)
}

/// Checks the password of somebody who is signed in, and answers its hash; wrong ones count like failed sign-ins.
pub(super) async fn check_password(
    app: &App,
    user: &User,
    password: SecretString,
    client: &ClientContext,
) -> Result<SecretString> {
    app.throttle.admit(&user.email, client.ip.as_deref())?;
    let id = user.id;
    let account = app.db.read("users.find", move |conn| users::store::find_enabled(conn, id)).await?;
    let hash = account.ok_or(Error::Unauthenticated)?.password_hash;
    let (hasher, stored) = (app.hasher.clone(), hash.clone());
    if app.compute_password(move || hasher.verify(&password, Some(&stored))).await? {
        app.throttle.succeed(&user.email);
        return Ok(hash);
    }
    super::sign_in::refuse(app, &user.email, client).await?;
    Err(Error::WrongPassword)
}
