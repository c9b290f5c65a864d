//! The extractors that grant permission: a handler that names one cannot run without it.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::{
    OrgScope, Permission, Principal, Role, User,
    authenticate::{ClientContext, authenticate},
    proof,
};
use crate::{
    app::App,
    error::{Error, Result},
    orgs::{OrgRef, Organization},
    sessions,
};

/// Anybody with valid credentials.
#[derive(Debug)]
pub(crate) struct SignedIn;

/// Somebody who has signed in: for what is a person's own.
#[derive(Debug)]
pub(crate) struct Person(pub(crate) Arc<User>);

/// A person who has proved a moment ago who they are: for what a thief of their session must not change.
#[derive(Debug)]
pub(crate) struct FreshPerson(pub(crate) Arc<User>);

/// Somebody who runs the service: for what belongs to no organization.
#[derive(Debug)]
pub(crate) struct Operator(pub(crate) Principal);

/// The granted permission `P` in the organization of the path.
#[derive(Debug)]
pub(crate) struct Permit<P: Permission> {
    pub(crate) scope: OrgScope<P>,
    pub(crate) principal: Principal,
    /// The person's role there; keys have none.
    pub(crate) role: Option<Role>,
}

/// A grant `G`, and the rest of the request `T`, which is not looked at before `G` is granted: a stranger
/// learns nothing about the query, and sends no body. (Separate extractors run side by side, and the first
/// error wins.)
#[derive(Debug)]
pub(crate) struct Granted<G, T>(pub(crate) G, pub(crate) T);

/// What can be granted to a request.
pub(crate) trait Grant: Sized + 'static {
    /// Grants it, or says why not.
    fn grant(app: &App, request: &HttpRequest) -> impl Future<Output = Result<Self>>;
}

impl Grant for SignedIn {
    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        authenticate(app, request).await.map(|_| Self)
    }
}

impl Grant for Person {
    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        match authenticate(app, request).await? {
            Principal::User(user) => Ok(Self(user)),
            Principal::Key(_) => Err(Error::Forbidden("an API key belongs to no person".into())),
        }
    }
}

impl Grant for FreshPerson {
    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        let Person(user) = Person::grant(app, request).await?;
        proof::check_fresh(&user, app.clock.now())?;
        Ok(Self(user))
    }
}

impl Grant for Operator {
    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        match authenticate(app, request).await? {
            Principal::User(user) if user.is_operator => {
                proof::check_operator(app, &user)?;
                Ok(Self(Principal::User(user)))
            }
            Principal::User(_) | Principal::Key(_) => Err(Error::Forbidden("needs an operator".into())),
        }
    }
}

impl<P: Permission> Grant for Permit<P> {
    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        authorize(app, request).await
    }
}

impl<G: Grant, T: FromRequest + 'static> FromRequest for Granted<G, T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let granted = G::grant(app(&request)?, &request).await?;
            let rest = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(granted, rest))
        })
    }
}

fn app(request: &HttpRequest) -> Result<&web::Data<App>> {
    request.app_data().ok_or_else(|| Error::Bug("the application state is missing".into()))
}

/// The one decision: may this principal do `P` in the organization of the path?
async fn authorize<P: Permission>(app: &App, request: &HttpRequest) -> Result<Permit<P>> {
    let principal = authenticate(app, request).await?;
    let text = request.match_info().get("org").ok_or_else(|| Error::Bug("a route without {org}".into()))?;
    let wanted = OrgRef::parse(text).ok_or(Error::NotFound)?;
    // Absent and foreign organizations must be the same to the caller: both end in `NotFound` below.
    let organization = app.directory.organization(&wanted).await?.ok_or(Error::NotFound)?;
    let role = match &principal {
        Principal::Key(key) => {
            if key.org_id != organization.id {
                return Err(Error::NotFound);
            }
            let Some(scope) = P::SCOPE else { return Err(Error::Forbidden(P::REFUSAL.into())) };
            if !key.scopes.contains(&scope) {
                return Err(Error::Forbidden(format!("this key lacks the scope {}", scope.name())));
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
    proof::check::<P>(app, &principal, role, &organization)?;
    Ok(Permit { scope: OrgScope::granted(organization), principal, role })
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
