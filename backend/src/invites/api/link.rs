//! Invitations over HTTP, for whoever holds the link.

use actix_web::{HttpRequest, HttpResponse, post, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    access::ClientContext,
    app::App,
    clock::Time,
    error::{Problem, Result},
    http::{
        json::{JsonBody, present},
        problems,
        query::{NoQuery, Params},
    },
    invites::{
        Invite,
        accept::{self, Bearer, Offer},
    },
    members,
    orgs::Organization,
    sessions::api::{ChallengeView, MeView, SessionView},
    users::MemberRole,
};

/// The token of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteTokenInput {
    /// What stands behind the `#` of the link.
    #[schema(example = "ann_in_7Hq3Zk9B_…", max_length = 128)]
    token: String,
}

/// The token of a link, and who accepts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptInput {
    /// What stands behind the `#` of the link.
    #[schema(example = "ann_in_7Hq3Zk9B_…", max_length = 128)]
    token: String,
    /// What you are called, for a new account. Default: what the invitation says.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, example = "Bob Kahn", min_length = 1, max_length = 256, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$")]
    name: Option<String>,
    /// The password of the new account, 12 to 128 characters; or of the one that there is. Left out by who is signed
    /// in with that account.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, format = Password, example = "correct horse battery staple")]
    password: Option<SecretString>,
}

/// What an invitation offers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// To which organization.
    organization: OfferedOrganization,
    /// As what.
    role: MemberRole,
    /// For whom.
    #[schema(example = "bob@example.com")]
    email: String,
    /// What they are called, as far as the invitation says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Bob Kahn")]
    name: Option<String>,
    /// Whether there is an account with this e-mail, whose password is needed to accept.
    has_account: bool,
    /// Until when it can be accepted.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

/// The organization that a link leads into.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferedOrganization {
    /// Its name for people.
    #[schema(example = "Acme Corp")]
    name: String,
    /// Its name in paths.
    #[schema(example = "acme")]
    slug: String,
}

impl From<&Organization> for OfferedOrganization {
    fn from(organization: &Organization) -> Self {
        Self { name: organization.name.clone(), slug: organization.slug.clone() }
    }
}

impl From<Offer> for OfferView {
    fn from(Offer { invite, organization, has_account }: Offer) -> Self {
        let Invite { email, name, role, expires_at, .. } = invite;
        Self { organization: (&organization).into(), role, email, name, has_account, expires_at }
    }
}

/// Look at an invitation
///
/// What the link offers to whoever holds it. Changes nothing.
#[utoipa::path(
    tag = "members",
    request_body(content = InviteTokenInput, content_type = "application/json"),
    responses(
        (status = 200, description = "What it offers", body = OfferView),
        (status = 410, description = "The link was used, withdrawn or replaced, has expired, or never was", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/invites/preview")]
pub(crate) async fn preview_invite(
    _query: Params<NoQuery>,
    input: JsonBody<InviteTokenInput>,
    app: web::Data<App>,
) -> Result<web::Json<OfferView>> {
    let offer = accept::preview(&app, &input.0.token).await?;
    Ok(web::Json(offer.into()))
}

/// Accept an invitation
///
/// Makes the person a member. Without an account: send a name and a password, and the account is made and signed in.
/// With one: send its password, which signs in as `POST /v1/auth/login` does and is slowed down as that is; or send
/// `Authorization: Bearer` with an access token of that person, and nothing else is needed. Whoever has a second factor
/// is asked for it first. Of all who use a link at
/// once, one succeeds. Recorded as `user.joined` with the role.
#[utoipa::path(
    tag = "members",
    request_body(content = AcceptInput, content_type = "application/json"),
    responses(
        (status = 200, description = "Joined, in the session that the access token belongs to", body = MeView),
        (status = 201, description = "Joined and signed in; sets the refresh cookie", body = SessionView),
        (status = 202, description = "Not joined yet: give the second factor, and accept with the access token that it brings", body = ChallengeView),
        (status = 401, description = "Wrong password, or an access token that is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Signed in as somebody else than who is invited", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The person is a member already", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "The link was used, withdrawn or replaced, has expired, or never was", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts of this account or from this address; `Retry-After` says when", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/invites/accept")]
pub(crate) async fn accept_invite(
    request: HttpRequest,
    _query: Params<NoQuery>,
    input: JsonBody<AcceptInput>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let AcceptInput { token, name, password } = input.0;
    let user = members::api::signed_in(&app, &request).await?;
    let bearer = Bearer { name, password, user, client: ClientContext::of(&request) };
    let joined = accept::accept(&app, &token, bearer).await?;
    members::api::joined(&app, joined).await
}
