//! The extractors that grant permission: a handler that names one cannot run without it.

use std::{future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};

use super::{
    Key, OrgScope, Permission, PlatformPermission, Principal, Role, Scope, User,
    authenticate::{ClientContext, UnderBreakGlass, authenticate},
    proof,
};
use crate::{
    app::App,
    error::{Error, Result},
    notices,
    orgs::{OrgRef, Organization},
    own::Actor,
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

/// The same, who has proved within the last ten minutes who they are: `x-step-up` in openapi.yaml.
#[derive(Debug)]
pub(crate) struct FreshOperator(pub(crate) Operator);

/// Somebody who runs the service, or a key of the platform with the scope of `P`.
#[derive(Debug)]
pub(crate) struct Platform<P> {
    pub(crate) principal: Principal,
    permission: PhantomData<fn() -> P>,
}

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
    /// Its name, as `x-permission` of openapi.yaml has it.
    const NAME: &'static str;

    /// Grants it, or says why not.
    fn grant(app: &App, request: &HttpRequest) -> impl Future<Output = Result<Self>>;

    /// Notes that it is used: the request is well-formed.
    fn note(&self, _app: &App, _request: &HttpRequest) {}
}

impl Grant for SignedIn {
    const NAME: &'static str = "signed_in";

    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        authenticate(app, request).await.map(|_| Self)
    }
}

impl Grant for Person {
    const NAME: &'static str = "person";

    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        authenticate(app, request).await?.person().map(|user| Self(Arc::clone(user)))
    }
}

impl Grant for FreshPerson {
    const NAME: &'static str = "person";

    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        let Person(user) = Person::grant(app, request).await?;
        proof::check_fresh(&user, app.clock.now())?;
        Ok(Self(user))
    }
}

impl Grant for Operator {
    const NAME: &'static str = "operator";

    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        match authenticate(app, request).await? {
            Principal::User(user) if user.is_operator => {
                proof::check_operator(app, &user)?;
                Ok(Self(Principal::User(user)))
            }
            Principal::User(_) | Principal::Key(_) | Principal::Platform(_) => {
                Err(Error::Forbidden("needs an operator".into()))
            }
        }
    }
}

impl Grant for FreshOperator {
    const NAME: &'static str = "operator";

    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        let operator = Operator::grant(app, request).await?;
        proof::check_fresh(operator.0.person()?, app.clock.now())?;
        Ok(Self(operator))
    }
}

impl<P> Platform<P> {
    /// Who acts, for the events that tell of it.
    pub(crate) fn actor(&self, request: &HttpRequest) -> Actor {
        Actor { party: self.principal.party(), client: ClientContext::of(request) }
    }
}

impl Operator {
    /// Who acts, for the events that tell of it.
    pub(crate) fn actor(&self, request: &HttpRequest) -> Actor {
        Actor { party: self.0.party(), client: ClientContext::of(request) }
    }
}

impl<P: PlatformPermission> Grant for Platform<P> {
    const NAME: &'static str = "operator";

    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        let principal = authenticate(app, request).await?;
        let is_granted = match &principal {
            Principal::User(user) if user.is_operator => {
                proof::check_operator(app, user)?;
                true
            }
            Principal::User(_) | Principal::Key(_) => false,
            Principal::Platform(key) => key.scopes.contains(&P::SCOPE),
        };
        if is_granted {
            return Ok(Self { principal, permission: PhantomData });
        }
        let scope = P::SCOPE.name();
        Err(Error::Forbidden(format!("needs an operator, or a key of the platform with the scope {scope}")))
    }
}

impl<P: Permission> Permit<P> {
    /// Whether it would still be granted; for requests that take long.
    pub(crate) async fn check_again(app: &App, request: &HttpRequest) -> Result<()> {
        authorize::<P>(app, request).await.map(drop)
    }

    /// The person who was granted it; it is for permissions that no key has.
    pub(crate) fn person(&self) -> Result<&Arc<User>> {
        self.principal.person()
    }

    /// Who acts here, for the events that tell of it.
    pub(crate) fn actor(&self, request: &HttpRequest) -> Actor {
        Actor { party: self.principal.party(), client: ClientContext::of(request) }
    }
}

impl<P: Permission> Grant for Permit<P> {
    const NAME: &'static str = P::NAME;

    async fn grant(app: &App, request: &HttpRequest) -> Result<Self> {
        authorize(app, request).await
    }

    fn note(&self, app: &App, request: &HttpRequest) {
        if P::READS_LOG {
            notices::reads::note(app, request, &self.principal, self.scope.organization());
        }
    }
}

impl<G: Grant, T: FromRequest + 'static> FromRequest for Granted<G, T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let app = app(&request)?;
            let granted = G::grant(app, &request).await;
            if let Err(refusal) = &granted {
                notices::denials::note(app, &request, G::NAME, refusal).await;
            }
            let granted = granted?;
            let rest = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            granted.note(app, &request);
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
            check_scope::<P>(key, P::SCOPE)?;
            None
        }
        Principal::Platform(key) => {
            // What is recorded of the platform is the service's to write, and its operators' to read.
            if organization.is_platform {
                return Err(Error::NotFound);
            }
            check_scope::<P>(key, P::PLATFORM_SCOPE)?;
            None
        }
        Principal::User(user) => Some(role_for::<P>(app, request, user, &organization).await?),
    };
    if let Some(suspension) = organization.suspension.as_ref().filter(|_| !P::WORKS_WHILE_SUSPENDED) {
        return Err(Error::OrganizationSuspended(suspension.reason.clone()));
    }
    proof::check::<P>(app, &principal, role, &organization)?;
    Ok(Permit { scope: OrgScope::granted(organization), principal, role })
}

fn check_scope<P: Permission>(key: &Key, scope: Option<Scope>) -> Result<()> {
    let scope = scope.ok_or_else(|| Error::Forbidden(P::REFUSAL.into()))?;
    if key.scopes.contains(&scope) {
        return Ok(());
    }
    Err(Error::Forbidden(format!("this key lacks the scope {}", scope.name())))
}

/// The role that gives the person `P` in the organization. Operators have theirs everywhere, and are admins where
/// they have broken the glass; everybody else is what their membership says.
async fn role_for<P: Permission>(
    app: &App,
    request: &HttpRequest,
    user: &User,
    organization: &Arc<Organization>,
) -> Result<Role> {
    let membership = app.directory.role(organization.id, user.id).await?;
    let grant = if user.is_operator {
        app.directory.break_glass(organization.id, user.session_id).await?
    } else if membership.is_some() {
        None
    } else {
        return Err(Error::NotFound);
    };
    if let Some(grant) = grant {
        request.extensions_mut().insert(UnderBreakGlass(grant.id));
    }
    let is_at_home = organization.is_platform || membership.is_some() || grant.is_some();
    if is_at_home {
        touch(app, request, user, organization).await?;
    }
    let held = [grant.map(|_| Role::Admin), membership, user.is_operator.then_some(Role::Operator)];
    let may_as_operator = organization.is_platform || !P::NEEDS_BREAK_GLASS;
    let gives_it = |role: &Role| P::includes(*role) && (*role != Role::Operator || may_as_operator);
    let would_help = user.is_operator && !may_as_operator && grant.is_none() && P::includes(Role::Admin);
    match held.into_iter().flatten().find(gives_it) {
        Some(role) => Ok(role),
        None if would_help => Err(Error::BreakGlassRequired),
        None => Err(Error::Forbidden(P::REFUSAL.into())),
    }
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
