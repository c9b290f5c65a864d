//! Changing one's password, and one-time links for whoever has lost it.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Sessions, ending, mfa, reauth, store, telling::Telling};
use crate::{
    access::{
        ClientContext, OrgScope, User,
        permission::WriteMembers,
        token::{Kind, Token},
    },
    app::App,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    own::OwnEvent,
    users::{self, Membership, UserRow, password::NewPassword},
};

/// How long a link works.
const LINK_LIFETIME: Duration = Duration::from_hours(1);

/// A link to a new password, to be handed over.
#[derive(Debug)]
pub(crate) struct ResetLink {
    pub(crate) token: Token,
    pub(crate) expires_at: Time,
}

/// Replaces the person's password and ends their other sessions; answers when that was.
pub(super) async fn change(
    app: &App,
    user: Arc<User>,
    (current, new): (SecretString, SecretString),
    client: ClientContext,
) -> Result<Time> {
    let seen = reauth::check_password(app, &user, current, &client).await?;
    let hash = hash(app, user.id, new).await?;
    let (sessions, session) = (app.sessions.clone(), user.session_id);
    let (at, ended) = app
        .db
        .write("users.change_password", move |conn| {
            let now = sessions.recorder.clock.now();
            if !users::store::confirm_password(conn, user.id, &seen, &hash)? {
                return Err(Error::WrongPassword);
            }
            let ended = sessions.end_quietly(conn, user.id, Some(session))?;
            // With a second factor the password alone is no fresh proof.
            if !mfa::is_enrolled(conn, user.id)? {
                store::authenticate(conn, session, now)?;
            }
            let person = users::party(user.id, &user.name, &user.email);
            sessions.telling().at_home(conn, (user.id, user.is_operator), || {
                OwnEvent::new("annals.password.changed", person.clone())
                    .parameters(json!({"sessions_ended": ended.len()}))
                    .context(&client)
            })?;
            Ok((now, ended))
        })
        .await?;
    app.directory.forget_sessions(&ended);
    app.directory.forget_session(session);
    Ok(at)
}

/// Makes a link for a member whose only organization this is.
///
/// # Errors
/// [`Error::Forbidden`] when the person is also somebody elsewhere: who resets their password is them there.
pub(super) async fn link_for_member(
    app: &App,
    scope: OrgScope<WriteMembers>,
    member: Id<id::User>,
    (admin, client): (Value, ClientContext),
) -> Result<ResetLink> {
    let sessions = app.sessions.clone();
    app.db
        .write("users.reset_link", move |conn| {
            let person = ending::member_of(conn, &scope, member)?;
            if person.is_operator || users::store::memberships_of(conn, member)?.len() > 1 {
                return Err(Error::Forbidden(
                    "the person also belongs elsewhere; an operator of the service can make the link".into(),
                ));
            }
            ResetLink::make(conn, sessions.telling(), &person, || {
                OwnEvent::new("annals.password.reset_link_created", admin.clone()).context(&client)
            })
        })
        .await
}

/// Ends the person's link, if there is one: whoever made it may not be the one to make it any more.
pub(crate) fn withdraw_link(conn: &mut Conn, user: Id<id::User>) -> Result<()> {
    store::delete_reset(conn, user)
}

/// Makes a link for anybody.
pub(super) async fn link_for_anybody(
    app: &App,
    user: Id<id::User>,
    (operator, client): (Value, ClientContext),
) -> Result<ResetLink> {
    let sessions = app.sessions.clone();
    app.db
        .write("users.reset_link", move |conn| {
            let person = users::store::find_enabled(conn, user)?.ok_or(Error::NotFound)?;
            if person.is_operator {
                return Err(Error::Forbidden(
                    "an operator's password is reset on the host: annals admin reset-link".into(),
                ));
            }
            ResetLink::make(conn, sessions.telling(), &person, || {
                OwnEvent::new("annals.password.reset_link_created", operator.clone()).context(&client)
            })
        })
        .await
}

/// Sets a new password by a link, once, and ends every session of the person. Their second factor stays.
///
/// # Errors
/// [`Error::LinkGone`] when it is no link of ours, or was used or replaced, or has expired.
pub(super) async fn reset(app: &App, text: &str, new: SecretString, client: ClientContext) -> Result<()> {
    let token = Token::parse(Kind::Reset, text).ok_or(Error::LinkGone)?;
    let (clock, wanted) = (app.clock.clone(), token.clone());
    let found = app.db.read("users.find_reset", move |conn| store::find_reset(conn, &wanted, clock.now()));
    let user = found.await?.ok_or(Error::LinkGone)?;
    let hash = hash(app, user, new).await?;
    let sessions = app.sessions.clone();
    let (email, ended) = app
        .db
        .write("users.reset_password", move |conn| sessions.reset(conn, &token, &hash, &client))
        .await?;
    app.directory.forget_sessions(&ended);
    app.throttle.succeed(&email);
    Ok(())
}

/// The hash of a password that this person may choose.
async fn hash(app: &App, user: Id<id::User>, new: SecretString) -> Result<SecretString> {
    let names = app.db.read("users.names", move |conn| names(conn, user)).await?;
    let hasher = app.hasher.clone();
    app.compute_password(move || {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        hasher.hash(&NewPassword::new(new, "/new_password", &names)?)
    })
    .await?
}

/// What others know the person by.
fn names(conn: &mut Conn, user: Id<id::User>) -> Result<Vec<String>> {
    let person = users::store::find_enabled(conn, user)?.ok_or(Error::Unauthenticated)?;
    let memberships = users::store::memberships_of(conn, user)?;
    let organizations = memberships.into_iter().map(|Membership { organization, .. }| organization);
    let organizations = organizations.flat_map(|organization| [organization.slug, organization.name]);
    Ok([person.email, person.name].into_iter().chain(organizations).collect())
}

impl ResetLink {
    /// Makes a link, which replaces the one before, and tells the person's organizations.
    pub(crate) fn make(
        conn: &mut Conn,
        telling: Telling<'_>,
        person: &UserRow,
        event: impl Fn() -> OwnEvent,
    ) -> Result<Self> {
        let now = telling.recorder.clock.now();
        let link = Self { token: Token::random(Kind::Reset)?, expires_at: now.plus(LINK_LIFETIME) };
        store::insert_reset(conn, person.id, &link, now)?;
        let target = users::party(person.id, &person.name, &person.email);
        telling.at_home(conn, (person.id, person.is_operator), || event().target(target.clone()))?;
        Ok(link)
    }
}

impl Sessions {
    fn reset(
        &self,
        conn: &mut Conn,
        token: &Token,
        hash: &SecretString,
        client: &ClientContext,
    ) -> Result<(String, Vec<Id<id::Session>>)> {
        let now = self.recorder.clock.now();
        let user = store::take_reset(conn, token, now)?.ok_or(Error::LinkGone)?;
        if !users::store::set_password(conn, user, hash)? {
            return Err(Error::LinkGone);
        }
        let person = users::store::find_enabled(conn, user)?.ok_or(Error::LinkGone)?;
        let ended = self.end_quietly(conn, user, None)?;
        let actor = users::party(person.id, &person.name, &person.email);
        self.telling().at_home(conn, (user, person.is_operator), || {
            OwnEvent::new("annals.password.reset", actor.clone())
                .severity("medium")
                .parameters(json!({"sessions_ended": ended.len()}))
                .context(client)
        })?;
        Ok((person.email, ended))
    }

    /// Ends sessions, and sign-ins that are under way, as part of something that is recorded itself.
    pub(super) fn end_quietly(
        &self,
        conn: &mut Conn,
        user: Id<id::User>,
        kept: Option<Id<id::Session>>,
    ) -> Result<Vec<Id<id::Session>>> {
        mfa::store::delete_challenges(conn, user)?;
        store::revoke_all(conn, user, kept, self.recorder.clock.now())
    }
}
