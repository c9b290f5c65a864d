//! From the link of an invitation to a member: a new account, or one that is there and proves itself.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;

use super::{Invite, store};
use crate::{
    access::{
        ClientContext, OrgScope, User,
        token::{Kind, Token},
    },
    app::App,
    db::Conn,
    error::{Error, FieldError, Result},
    id::{self, Id},
    orgs::{self, OrgRef, Organization},
    own::{Actor, OwnEvent, Recorder},
    sessions::{self, Opened, SignIn},
    users::{self, NewUser, password::NewPassword},
};

/// What a link offers.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) invite: Invite,
    pub(super) organization: Organization,
    /// Whether there is an account with the e-mail already.
    pub(super) has_account: bool,
}

/// What somebody brings along to accept.
pub(super) struct Bearer {
    pub(super) name: Option<String>,
    pub(super) password: Option<SecretString>,
    /// Who is signed in, if anybody is.
    pub(super) user: Option<Arc<User>>,
    pub(super) client: ClientContext,
}

/// How somebody has accepted.
pub(super) enum Accepted {
    /// They are signed in by it.
    SignedIn(Box<Opened>),
    /// They were signed in already.
    Joined(Arc<User>),
    /// They have not: the password was right, and a second factor comes first.
    NeedsSecondFactor(Token),
}

/// What the link offers, as long as it works.
pub(super) async fn preview(app: &App, token: &str) -> Result<Offer> {
    let token = Token::parse(Kind::Invite, token).ok_or(Error::LinkGone)?;
    let now = app.clock.now();
    let find = move |conn: &mut _| {
        let invite = store::find_live(conn, &token, now)?.ok_or(Error::LinkGone)?;
        let organization = orgs::store::find(conn, &OrgRef::Id(invite.org_id))?.ok_or(Error::LinkGone)?;
        let has_account = users::store::find_by_email(conn, &invite.email)?.is_some();
        Ok(Offer { invite, organization, has_account })
    };
    app.db.read("invites.find", find).await
}

/// Accepts the invitation of the link. One of all who try becomes a member.
pub(super) async fn accept(app: &App, token: &str, bearer: Bearer) -> Result<Accepted> {
    let Offer { invite, organization, has_account } = preview(app, token).await?;
    let token = Token::parse(Kind::Invite, token).ok_or(Error::LinkGone)?;
    let joining = Joining { app, token, organization: Arc::new(organization) };
    let Bearer { name, password, user, client } = bearer;
    if !has_account {
        let opened = joining.with_new_account(&invite, name, password, client).await?;
        return Ok(Accepted::SignedIn(Box::new(opened)));
    }
    match (password, user) {
        (Some(password), _) => joining.with_password(&invite, password, client).await,
        (None, Some(user)) if user.email == invite.email => {
            joining.join_as((user.id, user.name.clone(), user.email.clone()), client).await?;
            Ok(Accepted::Joined(user))
        }
        (None, Some(_)) => Err(Error::Forbidden(
            "the invitation is for somebody else; sign out, and open the link again".into(),
        )),
        (None, None) => {
            Err(missing("/password", "the password of the account, or an access token of its person"))
        }
    }
}

fn missing(pointer: &str, message: &str) -> Error {
    Error::Invalid(vec![FieldError::new(pointer, "required", message)])
}

/// Somebody's way into an organization.
struct Joining<'a> {
    app: &'a App,
    token: Token,
    organization: Arc<Organization>,
}

/// Id, name and e-mail of a person.
type Person = (Id<id::User>, String, String);

impl Joining<'_> {
    /// Makes the account that the invitation was for, and signs it in, all of it or nothing.
    async fn with_new_account(
        self,
        invite: &Invite,
        name: Option<String>,
        password: Option<SecretString>,
        client: ClientContext,
    ) -> Result<Opened> {
        let name =
            name.or_else(|| invite.name.clone()).ok_or_else(|| missing("/name", "what you are called"))?;
        let password = password.ok_or_else(|| missing("/password", "a password for the new account"))?;
        let new = NewUser::new(&invite.email, &name, false)?;
        let names = [new.email.clone(), new.name.clone(), self.organization.name.clone()];
        let hasher = self.app.hasher.clone();
        let hash = move || {
            let names = names.each_ref().map(String::as_str);
            hasher.hash(&NewPassword::new(password, "/password", &names)?)
        };
        let hash = self.app.compute_password(hash).await??;
        let (recorder, sessions) = (self.app.recorder.clone(), self.app.sessions.clone());
        let Self { app, token, organization } = self;
        let create = move |conn: &mut Conn| {
            // Before the account: who comes second is told of the link, not of an account that was just made.
            let invite = take(conn, &recorder, &token)?;
            let id = users::store::insert(conn, &new, &hash, recorder.clock.now())?;
            let person = (id, new.name.clone(), new.email.clone());
            let joined = join(conn, &recorder, &invite, &person, &client)?;
            let party = users::party(id, &new.name, &new.email);
            let actor = Actor { party: party.clone(), client: client.clone() };
            let created = OwnEvent::by("annals.user.created", &actor)
                .target(party)
                .parameters(json!({"is_operator": false}));
            // Two logs in one transaction: in the order of their organizations' ids, as everywhere.
            let mut events = [(&sessions.platform, created), (&organization, joined)];
            events.sort_by_key(|(organization, _)| organization.id);
            for (organization, event) in events {
                recorder.record(conn, &OrgScope::of_service(organization), event)?;
            }
            let user = users::store::find_enabled(conn, id)?.ok_or(Error::NotFound)?;
            sessions.start(conn, &user, &client)
        };
        app.db.write("invites.accept_new", create).await
    }

    /// Signs in, with all that sign-in demands, and joins if that was all.
    async fn with_password(
        self,
        invite: &Invite,
        password: SecretString,
        client: ClientContext,
    ) -> Result<Accepted> {
        let app = self.app;
        let mut opened = match sessions::sign_in(app, &invite.email, password, client.clone()).await? {
            SignIn::Opened(opened) => opened,
            SignIn::NeedsSecondFactor(token) => return Ok(Accepted::NeedsSecondFactor(token)),
        };
        let user = &opened.user;
        match self.join_as((user.id, user.name.clone(), user.email.clone()), client.clone()).await {
            Ok(()) => {
                let id = user.id;
                let read = move |conn: &mut _| users::store::memberships_of(conn, id);
                opened.memberships = app.db.read("members.of_user", read).await?;
                Ok(Accepted::SignedIn(opened))
            }
            // Somebody was quicker. The session was for this, and nobody else has its token.
            Err(error) => {
                sessions::sign_out(app, opened.refresh_token, client).await?;
                Err(error)
            }
        }
    }

    /// Joins as somebody who has proved who they are.
    async fn join_as(self, person: Person, client: ClientContext) -> Result<()> {
        let Self { app, token, organization } = self;
        let (org, id, recorder) = (organization.id, person.0, app.recorder.clone());
        let work = move |conn: &mut Conn| {
            let invite = take(conn, &recorder, &token)?;
            let joined = join(conn, &recorder, &invite, &person, &client)?;
            recorder.record(conn, &OrgScope::of_service(&organization), joined).map(drop)
        };
        app.db.write("invites.accept", work).await?;
        app.directory.forget_role(org, id); // that there was none is remembered too
        Ok(())
    }
}

/// Uses the invitation up.
fn take(conn: &mut Conn, recorder: &Recorder, token: &Token) -> Result<Invite> {
    store::take_live(conn, token, recorder.clock.now())?.ok_or(Error::LinkGone)
}

/// Makes the person a member, as the invitation that was taken says; the event that tells of it.
fn join(
    conn: &mut Conn,
    recorder: &Recorder,
    invite: &Invite,
    (id, name, email): &Person,
    client: &ClientContext,
) -> Result<OwnEvent> {
    users::store::insert_membership(conn, invite.org_id, *id, invite.role.into(), recorder.clock.now())?;
    let party = users::party(*id, name, email);
    let actor = Actor { party: party.clone(), client: client.clone() };
    Ok(OwnEvent::by("user.joined", &actor)
        .target(party)
        .parameters(json!({"role": invite.role, "invite_id": invite.id, "invited_by": invite.invited_by})))
}
