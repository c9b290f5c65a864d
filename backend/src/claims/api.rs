//! Claims over HTTP: making a link, looking at it, and claiming with it.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, post, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Telling,
    accept::{self, Bearer, Offer},
};
use crate::{
    access::{ClientContext, Granted, Permit, permission::MakeClaimLink},
    app::App,
    clock::Time,
    error::{Error, Problem, Result},
    http::{
        json::{JsonBody, present},
        problems,
        query::{NoQuery, Params},
    },
    invites::api::OfferedOrganization,
    members,
    sessions::api::{ChallengeView, MeView, SessionView},
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(create_claim_link).service(preview_claim).service(accept_claim);
}

/// A link that claims an organization, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClaimLinkView {
    /// The link to hand over: whoever opens it can become the organization's first admin, once, within 30 days. Begins
    /// with the setting `public_url`; where that is not set, with the path.
    #[schema(example = "https://audit.example.com/claim#ann_cl_7Hq3Zk9B_…")]
    claim_link: String,
}

/// The token of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimTokenInput {
    /// What stands behind the `#` of the link.
    #[schema(example = "ann_cl_7Hq3Zk9B_…", max_length = 128)]
    token: String,
}

/// The token of a link, and who claims.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimInput {
    /// What stands behind the `#` of the link.
    #[schema(example = "ann_cl_7Hq3Zk9B_…", max_length = 128)]
    token: String,
    /// What you are called, for a new account.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, example = "Ada Byron", min_length = 1, max_length = 256, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$")]
    name: Option<String>,
    /// The e-mail address of your account, in any case, be it new or not. Left out by who is signed in.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, example = "ada@example.com", max_length = 256, pattern = r"^[^\s@\u0000-\u001f\u007f-\u009f]+@[^\s@\u0000-\u001f\u007f-\u009f]+$")]
    email: Option<String>,
    /// The password of the new account, 12 to 128 characters; or of the one that there is. Left out by who is signed
    /// in.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, format = Password, example = "correct horse battery staple")]
    password: Option<SecretString>,
}

/// What a claim offers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClaimView {
    /// Which organization.
    organization: OfferedOrganization,
    /// Until when it can be claimed with this link.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

/// Make a claim link
///
/// Answers a link that makes whoever opens it the organization's first admin, once, within 30 days; hand it over on a
/// channel that you trust. It is shown this once; asking again makes another, and the one before dies. Only as long as
/// the organization has no admin. Recorded as `annals.claim_link.created`, in the organization's log and the platform's.
#[utoipa::path(
    tag = "organizations",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 201, description = "Made; the only answer with the link", body = ClaimLinkView),
        (status = 409, description = "The organization has an admin", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(
        ("x-permission" = json!("org:claim_link")),
        ("x-step-up" = json!(true)),
    ),
)]
#[post("/v1/orgs/{org}/claim-link")]
pub(crate) async fn create_claim_link(
    request: HttpRequest,
    granted: Granted<Permit<MakeClaimLink>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, _) = granted;
    let (organization, actor) = (Arc::clone(permit.scope.organization()), permit.actor(&request));
    if organization.is_platform {
        return Err(Error::Forbidden("the service's own organization has no members".into()));
    }
    let telling = Telling::of(&app);
    let renew = move |conn: &mut _| super::renew(conn, &telling, &organization, &actor);
    let token = app.db.write("claims.renew", renew).await?;
    Ok(HttpResponse::Created().json(ClaimLinkView { claim_link: app.config.link("claim", &token) }))
}

/// Look at a claim
///
/// Which organization the link offers to whoever holds it. Changes nothing.
#[utoipa::path(
    tag = "organizations",
    request_body(content = ClaimTokenInput, content_type = "application/json"),
    responses(
        (status = 200, description = "What it offers", body = ClaimView),
        (status = 410, description = "The link was used or replaced, has expired, or never was, or the organization has an admin", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/claims/preview")]
pub(crate) async fn preview_claim(
    _query: Params<NoQuery>,
    input: JsonBody<ClaimTokenInput>,
    app: web::Data<App>,
) -> Result<web::Json<ClaimView>> {
    let Offer { claim, organization } = accept::preview(&app, &input.0.token).await?;
    Ok(web::Json(ClaimView { organization: (&organization).into(), expires_at: claim.expires_at }))
}

/// Claim an organization
///
/// Makes the person its admin. Without an account: send a name, an e-mail address and a password, and the account is
/// made and signed in. With one: send its e-mail address and password, which signs in as `POST /v1/auth/login` does and
/// is slowed down as that is; or send `Authorization: Bearer` with an access token, and nothing else is needed. Whoever
/// has a second factor is asked for it first. Of all who use a link at once, one succeeds. Recorded as
/// `organization.claimed`, in the organization's log and the platform's, and as `user.joined` with the role.
#[utoipa::path(
    tag = "organizations",
    request_body(content = ClaimInput, content_type = "application/json"),
    responses(
        (status = 200, description = "Claimed, in the session that the access token belongs to", body = MeView),
        (status = 201, description = "Claimed and signed in; sets the refresh cookie", body = SessionView),
        (status = 202, description = "Not claimed yet: give the second factor, and claim with the access token that it brings", body = ChallengeView),
        (status = 401, description = "Wrong password, or an access token that is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The access token is an API key", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The person is a member already, but no admin", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "The link was used or replaced, has expired, or never was, or the organization has an admin", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts of this account or from this address; `Retry-After` says when", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/claims/accept")]
pub(crate) async fn accept_claim(
    request: HttpRequest,
    _query: Params<NoQuery>,
    input: JsonBody<ClaimInput>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let ClaimInput { token, name, email, password } = input.0;
    let user = members::api::signed_in(&app, &request).await?;
    let bearer = Bearer { name, email, password, user, client: ClientContext::of(&request) };
    let joined = accept::accept(&app, &token, bearer).await?;
    members::api::joined(&app, joined).await
}
