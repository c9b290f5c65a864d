//! Sign-in, refresh and sign-out over HTTP.

mod jwks;
mod own;
mod password;
mod reauth;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    get,
    http::{StatusCode, header},
    post, web,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Opened, SignIn, jwt,
    mfa::{self as second_factor, api as mfa},
};
use crate::{
    access::{
        ClientContext, Granted, Person, Role, User,
        token::{Kind, Token},
    },
    app::App,
    error::{Error, Problem, Result},
    http::{
        json::JsonBody,
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    users::{self, Membership},
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(login).service(refresh_session).service(logout).service(get_me).service(jwks::get_jwks);
    config.service(mfa::give_second_factor).service(mfa::get_second_factor).service(mfa::begin_totp);
    config.service(mfa::confirm_totp).service(mfa::turn_totp_off).service(mfa::renew_recovery_codes);
    config.service(mfa::remove_second_factor).service(reauth::reauthenticate);
    config.service(password::change_password).service(password::reset_password);
    config.service(password::create_reset_link).service(password::create_reset_link_for_anybody);
    config.service(own::list_sessions).service(own::end_session).service(own::logout_everywhere);
    config.service(own::end_member_sessions);
}

/// Credentials.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginInput {
    /// The account's e-mail address, in any case.
    #[schema(example = "ada@example.com", max_length = 256, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: SecretString,
}

/// A session: a short access token in the body, a refresh token in an HttpOnly cookie.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Send as `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 600)]
    expires_in: u64,
    /// Who is signed in.
    user: UserView,
    /// Where they belong.
    organizations: Vec<MembershipView>,
}

/// What a right password leads to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "a session is answered with its cookie, by `respond`")]
pub(crate) enum LoginView {
    /// A session.
    Opened(SessionView),
    /// The question for a second factor.
    NeedsSecondFactor(ChallengeView),
}

/// A sign-in that waits for its second factor.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChallengeView {
    /// Always true.
    #[schema(example = true)]
    mfa_required: bool,
    /// Send it with the code to `/v1/auth/mfa`.
    #[schema(example = "ann_mf_…")]
    mfa_token: String,
    /// Seconds until the sign-in has to begin again.
    #[schema(example = 300)]
    expires_in: u64,
}

impl ChallengeView {
    pub(crate) fn of(token: &Token) -> Self {
        Self {
            mfa_required: true,
            mfa_token: token.expose().to_owned(),
            expires_in: second_factor::LIFETIME.as_secs(),
        }
    }
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserView {
    /// Their id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::User>,
    /// Their e-mail address.
    #[schema(example = "ada@example.com")]
    email: String,
    /// Their name.
    #[schema(example = "Ada Byron")]
    name: String,
    /// Whether they run this service.
    is_operator: bool,
}

/// A person's place in an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MembershipView {
    /// The organization's id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::Org>,
    /// Its name in paths.
    #[schema(example = "acme")]
    slug: String,
    /// Its name for people.
    #[schema(example = "Acme Corp")]
    name: String,
    /// The person's role there.
    role: Role,
}

/// Who the access token belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeView {
    /// The person.
    user: UserView,
    /// Where they belong.
    organizations: Vec<MembershipView>,
}

/// Sign in
///
/// Answers an access token and sets the refresh cookie. A wrong e-mail and a wrong password are the same
/// answer. Of somebody who has set up a second factor the answer asks for it: go on with `POST /v1/auth/mfa`. Every attempt is recorded in the log of the person's organizations. After five failures of an account
/// each costs more time, up to half an hour.
#[utoipa::path(
    tag = "sessions",
    request_body(content = LoginInput, content_type = "application/json"),
    responses(
        (status = 200, description = "Signed in, or asked for a second factor", body = LoginView),
        (status = 429, description = "Too many failed attempts of this account or from this address; `Retry-After` says when", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Wrong e-mail or password", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/auth/login")]
pub(crate) async fn login(
    request: HttpRequest,
    _query: Params<NoQuery>,
    input: JsonBody<LoginInput>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let input = input.0;
    let sign_in = super::sign_in(&app, &input.email, input.password, ClientContext::of(&request)).await?;
    match sign_in {
        SignIn::Opened(opened) => respond(&app, *opened, StatusCode::OK),
        SignIn::NeedsSecondFactor(token) => {
            Ok(HttpResponse::Ok().json(LoginView::NeedsSecondFactor(ChallengeView::of(&token))))
        }
    }
}

/// Refresh the session
///
/// Exchanges the refresh cookie for a new one and a new access token. For the service's own page: needs the
/// header `X-Annals-CSRF: 1`. A refresh token that was used before ends the session.
#[utoipa::path(
    tag = "sessions",
    params(("X-Annals-CSRF" = String, Header, description = "Always 1", example = "1")),
    responses(
        (status = 200, description = "Refreshed", body = SessionView),
        (status = 401, description = "The session has ended", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not from the service's own page", body = Problem, content_type = "application/problem+json"),
        problems::Public,
    ),
    extensions(("x-permission" = json!("refresh_cookie"))),
)]
#[post("/v1/auth/refresh")]
pub(crate) async fn refresh_session(
    request: HttpRequest,
    _query: Params<NoQuery>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    check_same_origin(&app, &request)?;
    let token = cookie_token(&app, &request).ok_or(Error::SessionEnded)?;
    let opened = super::refresh(&app, token, ClientContext::of(&request)).await?;
    respond(&app, opened, StatusCode::OK)
}

/// Sign out
///
/// Ends the session of the refresh cookie on every node within seconds. Needs the header `X-Annals-CSRF: 1`.
/// Without a live session it answers the same.
#[utoipa::path(
    tag = "sessions",
    params(("X-Annals-CSRF" = String, Header, description = "Always 1", example = "1")),
    responses(
        (status = 204, description = "Signed out"),
        (status = 403, description = "Not from the service's own page", body = Problem, content_type = "application/problem+json"),
        problems::Public,
    ),
    extensions(("x-permission" = json!("refresh_cookie"))),
)]
#[post("/v1/auth/logout")]
pub(crate) async fn logout(
    request: HttpRequest,
    _query: Params<NoQuery>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    check_same_origin(&app, &request)?;
    if let Some(token) = cookie_token(&app, &request) {
        super::sign_out(&app, token, ClientContext::of(&request)).await?;
    }
    Ok(HttpResponse::NoContent().cookie(removed_cookie(&app)).finish())
}

/// Who am I
///
/// The person behind the access token, and their organizations. API keys have no person: 403.
#[utoipa::path(
    tag = "sessions",
    responses(
        (status = 200, description = "The person", body = MeView),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person"))),
)]
#[get("/v1/me")]
pub(crate) async fn get_me(
    granted: Granted<Person, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<MeView>> {
    let Granted(Person(user), _) = granted;
    MeView::of(&app, &user).await.map(web::Json)
}

impl MeView {
    /// What the person is told of themselves.
    pub(crate) async fn of(app: &App, user: &User) -> Result<Self> {
        let id = user.id;
        let memberships =
            app.db.read("members.of_user", move |conn| users::store::memberships_of(conn, id)).await?;
        let (email, name) = (user.email.clone(), user.name.clone());
        Ok(Self {
            user: UserView { id, email, name, is_operator: user.is_operator },
            organizations: membership_views(app, memberships, user.is_operator),
        })
    }
}

/// A session that was just opened, with its cookie.
pub(crate) fn respond(app: &App, opened: Opened, status: StatusCode) -> Result<HttpResponse> {
    let user = opened.user;
    let subject = jwt::Subject {
        user: user.id,
        session: opened.session_id,
        security_version: user.security_version,
        authenticated_at: opened.authenticated_at,
        has_second_factor: opened.has_second_factor,
    };
    let access_token = app.access_tokens.sign(&subject, app.clock.now())?;
    let cookie = refresh_cookie(app, opened.refresh_token.expose());
    Ok(HttpResponse::build(status).cookie(cookie).json(SessionView {
        access_token,
        token_type: "Bearer",
        expires_in: jwt::LIFETIME.as_secs(),
        organizations: membership_views(app, opened.memberships, user.is_operator),
        user: UserView { id: user.id, email: user.email, name: user.name, is_operator: user.is_operator },
    }))
}

/// Operators also see the platform's own organization.
fn membership_views(app: &App, memberships: Vec<Membership>, is_operator: bool) -> Vec<MembershipView> {
    let platform = is_operator.then(|| MembershipView {
        id: app.platform.id,
        slug: app.platform.slug.clone(),
        name: app.platform.name.clone(),
        role: Role::Operator,
    });
    let own = memberships.into_iter().map(|Membership { organization, role }| MembershipView {
        id: organization.id,
        slug: organization.slug,
        name: organization.name,
        role,
    });
    own.chain(platform).collect()
}

/// Behind https the cookie's `__Host-` prefix ties it to this host; on plain http browsers refuse the prefix.
fn refresh_cookie<'a>(app: &App, value: &'a str) -> Cookie<'a> {
    let is_https = app.config.is_https();
    let name = if is_https { "__Host-annals_rt" } else { "annals_rt" };
    let max_age = i64::try_from(app.sessions.lifetimes.absolute.as_secs()).unwrap_or(i64::MAX);
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_https)
        .max_age(Duration::seconds(max_age))
        .finish()
}

/// Takes the cookie out of the browser.
fn removed_cookie(app: &App) -> Cookie<'_> {
    let mut gone = refresh_cookie(app, "");
    gone.make_removal();
    gone
}

fn cookie_token(app: &App, request: &HttpRequest) -> Option<Token> {
    let cookie = request.cookie(refresh_cookie(app, "").name())?;
    Token::parse(Kind::Refresh, cookie.value())
}

/// The cookie is the one credential that a browser sends by itself, so what uses it must come from our page:
/// a header that no form can send, an `Origin` that is ours, and the browser's own word for it.
fn check_same_origin(app: &App, request: &HttpRequest) -> Result<()> {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let has_header = header("x-annals-csrf") == Some("1");
    let is_same_site = header("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_own_origin = header("origin").is_none_or(|origin| app.config.is_own_origin(origin, host));
    if has_header && is_same_site && is_own_origin { Ok(()) } else { Err(Error::CsrfRejected) }
}
