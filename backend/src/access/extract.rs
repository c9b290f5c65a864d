//! The extractors that grant permission: a handler that names one cannot run without it.

use std::{future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::{
    OrgScope, Permission, Principal, Role, User,
    authenticate::{ClientContext, authenticate},
};
use crate::{
    app::App,
    error::{Error, Result},
    orgs::Organization,
    sessions,
};

/// Anybody with valid credentials.
#[derive(Debug)]
pub(crate) struct SignedIn(pub(crate) Principal);

/// The granted permission `P` in the organization of the path.
#[derive(Debug)]
pub(crate) struct Permit<P: Permission> {
    pub(crate) scope: OrgScope,
    pub(crate) principal: Principal,
    /// The person's role there; keys have none.
    pub(crate) role: Option<Role>,
    permission: PhantomData<fn() -> P>,
}

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(app(&request)?, &request).await.map(Self) })
    }
}

impl<P: Permission> FromRequest for Permit<P> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authorize(app(&request)?, &request).await })
    }
}

fn app(request: &HttpRequest) -> Result<&web::Data<App>> {
    request.app_data().ok_or_else(|| Error::Bug("the application state is missing".into()))
}

/// The one decision: may this principal do `P` in the organization of the path?
async fn authorize<P: Permission>(app: &App, request: &HttpRequest) -> Result<Permit<P>> {
    let principal = authenticate(app, request).await?;
    let slug_or_id =
        request.match_info().get("org").ok_or_else(|| Error::Bug("a route without {org}".into()))?;
    // Absent and foreign organizations must be the same to the caller: both end in `NotFound` below.
    let organization = app.directory.organization(slug_or_id).await?.ok_or(Error::NotFound)?;
    let role = match &principal {
        Principal::Key(key) => {
            if key.org_id != organization.id {
                return Err(Error::NotFound);
            }
            if !key.scopes.contains(&P::SCOPE) {
                return Err(Error::Forbidden(format!("this key lacks the scope {}", P::SCOPE.name())));
            }
            None
        }
        Principal::User(user) => {
            let role = role_in(app, user, &organization).await?;
            let is_stranger = role == Role::Operator && !organization.is_platform;
            if is_stranger && P::NEEDS_BREAK_GLASS {
                return Err(Error::BreakGlassRequired);
            }
            if !is_stranger {
                touch(app, request, user, &organization).await?;
            }
            if !P::includes(role) {
                return Err(Error::Forbidden(P::REFUSAL.into()));
            }
            Some(role)
        }
    };
    Ok(Permit { scope: OrgScope::granted(organization), principal, role, permission: PhantomData })
}

/// The person's role in the organization; operators have theirs everywhere, everybody else only as members.
async fn role_in(app: &App, user: &User, organization: &Organization) -> Result<Role> {
    let role = app.directory.role(organization.id, user.id).await?;
    let operator = user.is_operator.then_some(Role::Operator);
    role.or(operator).ok_or(Error::NotFound)
}

/// An organization learns of a sign-in when the session first touches it, before it answers anything.
async fn touch(
    app: &App,
    request: &HttpRequest,
    user: &User,
    organization: &Arc<Organization>,
) -> Result<()> {
    if app.directory.has_touched(organization.id, user.session_id) {
        return Ok(());
    }
    sessions::touch(app, user, organization, &ClientContext::of(request)).await?;
    app.directory.set_touched(organization.id, user.session_id);
    Ok(())
}
