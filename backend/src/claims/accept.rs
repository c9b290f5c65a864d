//! The link of a claim: to which organization, and becoming its first admin.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Map;

use super::{Claim, has_admin, store};
use crate::{
    access::{
        ClientContext, User,
        token::{Kind, Token},
    },
    app::App,
    db::Conn,
    error::{Error, Result},
    log::sealed::fold,
    members::joining::{Joined, Joining, Link, Newcomer, Taken, missing},
    orgs::{self, OrgRef, Organization},
    own::{Actor, OwnEvent, Recorder},
    users::{self, MemberRole},
};

/// What a link offers.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) claim: Claim,
    pub(super) organization: Organization,
}

/// What somebody brings along to claim.
pub(super) struct Bearer {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) password: Option<SecretString>,
    /// Who is signed in, if anybody is.
    pub(super) user: Option<Arc<User>>,
    pub(super) client: ClientContext,
}

/// What the link offers, as long as it works.
pub(super) async fn preview(app: &App, token: &str) -> Result<Offer> {
    let token = Token::parse(Kind::Claim, token).ok_or(Error::LinkGone)?;
    let now = app.clock.now();
    let find = move |conn: &mut _| {
        let claim = store::find_live(conn, &token, now)?.ok_or(Error::LinkGone)?;
        let organization = orgs::store::find(conn, &OrgRef::Id(claim.org_id))?.ok_or(Error::LinkGone)?;
        if has_admin(conn, claim.org_id)? { Err(Error::LinkGone) } else { Ok(Offer { claim, organization }) }
    };
    app.db.read("claims.find", find).await
}

/// Claims the organization of the link. One of all who try becomes its admin.
pub(super) async fn accept(app: &App, token: &str, bearer: Bearer) -> Result<Joined> {
    let organization = Arc::new(preview(app, token).await?.organization);
    let token = Token::parse(Kind::Claim, token).ok_or(Error::LinkGone)?;
    let logs = [Arc::clone(&organization), Arc::clone(&app.platform)];
    let joining = Joining { app, link: ClaimLink { token, logs }, organization };
    let Bearer { name, email, password, user, client } = bearer;
    let password = match (password, user) {
        (None, Some(user)) if user.is_operator => return Err(not_for_operators()),
        (None, Some(user)) => return joining.of_signed_in(user, client).await,
        (password, _) => password,
    };
    let email = email.ok_or_else(|| missing("/email", "the e-mail address of your account"))?;
    let password = password.ok_or_else(|| missing("/password", "a password, or an access token"))?;
    let wanted = fold(&email);
    let account = app.db.read("users.find", move |conn| users::store::find_by_email(conn, &wanted)).await?;
    if let Some(account) = account {
        if account.is_operator {
            return Err(not_for_operators());
        }
        return joining.with_password(&email, password, client).await;
    }
    joining.with_new_account(Newcomer { email, name, password: Some(password), client }).await
}

/// Whoever runs the service makes the links: to use them, too, would open every log that nobody has taken yet.
fn not_for_operators() -> Error {
    Error::Forbidden("operators claim no organizations; use another account".into())
}

/// A claim's link.
struct ClaimLink {
    token: Token,
    /// The organization's log, and the platform's.
    logs: [Arc<Organization>; 2],
}

impl Link for ClaimLink {
    fn take(&self, conn: &mut Conn, recorder: &Recorder) -> Result<Taken> {
        let claim = store::take_live(conn, &self.token, recorder.clock.now())?.ok_or(Error::LinkGone)?;
        // Somebody became an admin in another way: it is theirs now.
        if has_admin(conn, claim.org_id)? {
            return Err(Error::LinkGone);
        }
        Ok(Taken { role: MemberRole::Admin, parameters: Map::new() })
    }

    fn tell(&self, by: &Actor) -> Vec<(Arc<Organization>, OwnEvent)> {
        let [organization, _] = &self.logs;
        let claimed = || OwnEvent::by("organization.claimed", by).target(organization.party());
        self.logs.iter().map(|log| (Arc::clone(log), claimed())).collect()
    }
}
