//! From a link to a member: a new account, or one that is there and proves itself.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::{
    access::{ClientContext, OrgScope, User, token::Token},
    app::App,
    db::Conn,
    error::{Error, FieldError, Result},
    id::{self, Id},
    orgs::{self, Limited, Organization, Plans},
    own::{Actor, OwnEvent, Recorder},
    sessions::{self, Opened, SignIn},
    users::{self, MemberRole, NewUser, password::NewPassword},
};

/// A link that makes somebody a member, once.
pub(crate) trait Link: Send + Sync + 'static {
    /// Uses the link up; of all who try at once, one gets what it gives.
    ///
    /// # Errors
    /// [`Error::LinkGone`] when it no longer works.
    fn take(&self, conn: &mut Conn, recorder: &Recorder) -> Result<Taken>;

    /// What is told of it beside that somebody has joined, and before that, each in its log.
    fn tell(&self, _by: &Actor) -> Vec<(Arc<Organization>, OwnEvent)> {
        Vec::new()
    }
}

/// What a link gives.
pub(crate) struct Taken {
    pub(crate) role: MemberRole,
    /// What `user.joined` says of the link, beside the role.
    pub(crate) parameters: Map<String, Value>,
}

/// Who comes with a link.
pub(crate) struct Newcomer {
    /// Whose account it is, or will be.
    pub(crate) email: String,
    /// What they are called, for a new account.
    pub(crate) name: Option<String>,
    pub(crate) password: Option<SecretString>,
    pub(crate) client: ClientContext,
}

/// How somebody has joined.
pub(crate) enum Joined {
    /// They are signed in by it.
    SignedIn(Box<Opened>),
    /// They were signed in already.
    AsSignedIn(Arc<User>),
    /// They have not: the password was right, and a second factor comes first.
    NeedsSecondFactor(Token),
}

/// What must be there and is not.
pub(crate) fn missing(pointer: &str, message: &str) -> Error {
    Error::Invalid(vec![FieldError::new(pointer, "required", message)])
}

/// Somebody's way into an organization.
pub(crate) struct Joining<'a, L> {
    pub(crate) app: &'a App,
    pub(crate) link: L,
    pub(crate) organization: Arc<Organization>,
}

/// Id, name and e-mail of a person.
type Person = (Id<id::User>, String, String);

impl<L: Link> Joining<'_, L> {
    /// Makes the newcomer's account and signs it in, all of it or nothing.
    pub(crate) async fn with_new_account(self, newcomer: Newcomer) -> Result<Joined> {
        let Newcomer { email, name, password, client } = newcomer;
        let name = name.ok_or_else(|| missing("/name", "what you are called"))?;
        let password = password.ok_or_else(|| missing("/password", "a password for the new account"))?;
        let new = NewUser::new(&email, &name, false)?;
        let names = [new.email.clone(), new.name.clone(), self.organization.name.clone()];
        let hasher = self.app.hasher.clone();
        let hash = move || {
            let names = names.each_ref().map(String::as_str);
            hasher.hash(&NewPassword::new(password, "/password", &names)?)
        };
        let hash = self.app.compute_password(hash).await??;
        let (app, entrance) = self.entrance();
        let sessions = app.sessions.clone();
        let create = move |conn: &mut Conn| {
            // Before the account: who comes second is told of the link, not of an account that was just made.
            let taken = entrance.take(conn)?;
            let id = users::store::insert(conn, &new, &hash, sessions.recorder.clock.now())?;
            let actor = actor((id, &new.name, &new.email), &client);
            let created = OwnEvent::by("annals.user.created", &actor)
                .target(actor.party.clone())
                .parameters(json!({"is_operator": false}));
            let created = (Arc::clone(&sessions.platform), created);
            entrance.enter(conn, (id, &actor), (taken, Some(created)))?;
            let user = users::store::find_enabled(conn, id)?.ok_or(Error::NotFound)?;
            sessions.start(conn, &user, &client)
        };
        let opened = app.db.write("members.join_new", create).await?;
        Ok(Joined::SignedIn(Box::new(opened)))
    }

    /// Signs in, with all that sign-in demands, and joins if that was all.
    pub(crate) async fn with_password(
        self,
        email: &str,
        password: SecretString,
        client: ClientContext,
    ) -> Result<Joined> {
        let app = self.app;
        let mut opened = match sessions::sign_in(app, email, password, client.clone()).await? {
            SignIn::Opened(opened) => opened,
            SignIn::NeedsSecondFactor(token) => return Ok(Joined::NeedsSecondFactor(token)),
        };
        let user = &opened.user;
        match self.join_as((user.id, user.name.clone(), user.email.clone()), client.clone()).await {
            Ok(()) => {
                let id = user.id;
                let read = move |conn: &mut _| users::store::memberships_of(conn, id);
                opened.memberships = app.db.read("members.of_user", read).await?;
                Ok(Joined::SignedIn(opened))
            }
            // Somebody was quicker. The session was for this, and nobody else has its token.
            Err(error) => {
                sessions::sign_out(app, opened.refresh_token, client).await?;
                Err(error)
            }
        }
    }

    /// Joins as somebody who is signed in.
    pub(crate) async fn of_signed_in(self, user: Arc<User>, client: ClientContext) -> Result<Joined> {
        self.join_as((user.id, user.name.clone(), user.email.clone()), client).await?;
        Ok(Joined::AsSignedIn(user))
    }

    async fn join_as(self, (id, name, email): Person, client: ClientContext) -> Result<()> {
        let org = self.organization.id;
        let (app, entrance) = self.entrance();
        let work = move |conn: &mut Conn| {
            let taken = entrance.take(conn)?;
            entrance.enter(conn, (id, &actor((id, &name, &email), &client)), (taken, None))
        };
        app.db.write("members.join", work).await?;
        app.directory.forget_role(org, id); // that there was none is remembered too
        Ok(())
    }
}

impl<'a, L> Joining<'a, L> {
    fn entrance(self) -> (&'a App, Entrance<L>) {
        let Self { app, link, organization } = self;
        let (recorder, plans) = (app.recorder.clone(), Arc::clone(&app.plans));
        (app, Entrance { recorder, plans, link, organization })
    }
}

fn actor((id, name, email): (Id<id::User>, &str, &str), client: &ClientContext) -> Actor {
    Actor { party: users::party(id, name, email), client: client.clone() }
}

/// What goes into the transaction that lets somebody in.
struct Entrance<L> {
    recorder: Recorder,
    plans: Arc<Plans>,
    link: L,
    organization: Arc<Organization>,
}

impl<L: Link> Entrance<L> {
    /// Uses the link up, when it is the organization's turn.
    fn take(&self, conn: &mut Conn) -> Result<Taken> {
        let organization = orgs::take_turn(conn, self.organization.id)?;
        // A link that is gone says so first.
        let taken = self.link.take(conn, &self.recorder)?;
        let members = users::store::count_members(conn, organization.id)?;
        self.plans.require_room(&organization, Limited::Members, members)?;
        Ok(taken)
    }

    /// Makes the person a member, as the link that was taken says, and tells of it.
    fn enter(
        &self,
        conn: &mut Conn,
        (person, actor): (Id<id::User>, &Actor),
        (taken, before): (Taken, Option<(Arc<Organization>, OwnEvent)>),
    ) -> Result<()> {
        let (Taken { role, mut parameters }, now) = (taken, self.recorder.clock.now());
        users::store::insert_membership(conn, self.organization.id, person, role.into(), now)?;
        sessions::password::withdraw_link(conn, person)?;
        parameters.insert("role".into(), json!(role));
        let joined = OwnEvent::by("user.joined", actor)
            .target(actor.party.clone())
            .parameters(Value::Object(parameters));
        let mut told: Vec<_> = before.into_iter().chain(self.link.tell(actor)).collect();
        told.push((Arc::clone(&self.organization), joined));
        // Several logs in one transaction: in the order of their organizations' ids, as everywhere.
        told.sort_by_key(|(organization, _)| organization.id);
        for (organization, event) in told {
            self.recorder.record(conn, &OrgScope::of_service(&organization), event)?;
        }
        Ok(())
    }
}
