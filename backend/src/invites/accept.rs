//! The link of an invitation: what it offers, and accepting it.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;

use super::{Invite, store};
use crate::{
    access::{
        ClientContext, User,
        token::{Kind, Token},
    },
    app::App,
    db::Conn,
    error::{Error, Result},
    members::joining::{Joined, Joining, Link, Newcomer, Taken, missing},
    orgs::{self, OrgRef, Organization},
    own::Recorder,
    users,
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
pub(super) async fn accept(app: &App, token: &str, bearer: Bearer) -> Result<Joined> {
    let Offer { invite, organization, has_account } = preview(app, token).await?;
    let token = Token::parse(Kind::Invite, token).ok_or(Error::LinkGone)?;
    let joining = Joining { app, link: InviteLink(token), organization: Arc::new(organization) };
    let Bearer { name, password, user, client } = bearer;
    if !has_account {
        let Invite { email, name: called, .. } = invite;
        return joining.with_new_account(Newcomer { email, name: name.or(called), password, client }).await;
    }
    match (password, user) {
        (Some(password), _) => joining.with_password(&invite.email, password, client).await,
        (None, Some(user)) if user.email == invite.email => joining.of_signed_in(user, client).await,
        (None, Some(_)) => Err(Error::Forbidden(
            "the invitation is for somebody else; sign out, and open the link again".into(),
        )),
        (None, None) => {
            Err(missing("/password", "the password of the account, or an access token of its person"))
        }
    }
}

/// An invitation's link.
struct InviteLink(Token);

impl Link for InviteLink {
    fn take(&self, conn: &mut Conn, recorder: &Recorder) -> Result<Taken> {
        let invite = store::take_live(conn, &self.0, recorder.clock.now())?.ok_or(Error::LinkGone)?;
        let parameters = [("invite_id", json!(invite.id)), ("invited_by", json!(invite.invited_by))];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        Ok(Taken { role: invite.role, parameters })
    }
}
