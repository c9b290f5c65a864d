//! Changing and resetting passwords over HTTP.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, post, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reauth::AccessTokenView;
use crate::{
    access::{ClientContext, FreshOperator, Granted, Operator, Permit, Person, permission::WriteMembers},
    app::App,
    clock::Time,
    error::{Error, Problem, Result},
    http::{
        json::JsonBody,
        problems,
        query::{NoQuery, Params},
    },
    id::Id,
    sessions::password::{self, ResetLink},
};

/// A change of one's password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordInput {
    /// The password until now.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    current_password: SecretString,
    /// The one from now on: 12 to 128 characters of any kind, hard to guess, without your names.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "seven lanterns over quiet water")]
    new_password: SecretString,
}

/// A new password, by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPasswordInput {
    /// What follows the `#` of the link.
    #[schema(example = "ann_rs_…")]
    token: String,
    /// The password from now on: 12 to 128 characters of any kind, hard to guess, without your names.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "seven lanterns over quiet water")]
    new_password: SecretString,
}

/// A link with which a person sets a new password, once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResetLinkView {
    /// To be handed to the person, and to nobody else. It cannot be shown again. Begins with the setting
    /// `public_url`; where that is not set it is a path.
    #[schema(example = "https://audit.example.com/reset#ann_rs_…")]
    link: String,
    /// When it stops working.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
}

impl ResetLinkView {
    fn of(app: &App, link: &ResetLink) -> HttpResponse {
        let ResetLink { token, expires_at } = link;
        let view = Self { link: app.config.link("reset", token), expires_at: *expires_at };
        HttpResponse::Created().json(view)
    }
}

/// Change your password
///
/// Ends your other sessions. Wrong current passwords are counted and recorded like failed sign-ins. The new one is
/// refused when it is short, easy to guess, or contains your e-mail, your name or your organization's.
#[utoipa::path(
    tag = "sessions",
    request_body(content = ChangePasswordInput, content_type = "application/json"),
    responses(
        (status = 200, description = "Changed; this session goes on, and counts as fresh", body = AccessTokenView),
        (status = 429, description = "Too many failed attempts of this account or from this address; `Retry-After` says when", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person"))),
)]
#[post("/v1/auth/password")]
pub(crate) async fn change_password(
    request: HttpRequest,
    granted: Granted<Person, (Params<NoQuery>, JsonBody<ChangePasswordInput>)>,
    app: web::Data<App>,
) -> Result<web::Json<AccessTokenView>> {
    let Granted(Person(user), (_, JsonBody(input))) = granted;
    let passwords = (input.current_password, input.new_password);
    let at = password::change(&app, Arc::clone(&user), passwords, ClientContext::of(&request)).await?;
    AccessTokenView::of(&app, &user, at).map(web::Json)
}

/// Set a new password by a link
///
/// The link works once, for an hour, and ends every session of the person. A second factor stays: the next sign-in
/// asks for it. A password that breaks the rules does not use the link up.
#[utoipa::path(
    tag = "sessions",
    request_body(content = ResetPasswordInput, content_type = "application/json"),
    responses(
        (status = 204, description = "Set: sign in with it"),
        (status = 410, description = "The link was used or replaced, has expired, or never was", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/auth/reset")]
pub(crate) async fn reset_password(
    request: HttpRequest,
    _query: Params<NoQuery>,
    input: JsonBody<ResetPasswordInput>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let JsonBody(ResetPasswordInput { token, new_password }) = input;
    password::reset(&app, &token, new_password, ClientContext::of(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Make a reset link for a member
///
/// For a member who has lost their password: hand the link over by a channel that you trust. Works once, for an
/// hour; a new one replaces the one before. Nobody learns the old password or chooses the new one. A person who
/// belongs to several organizations, or runs the service, gets theirs from an operator: 403.
#[utoipa::path(
    tag = "sessions",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("user_id" = String, Path, description = "Id of the member", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    responses(
        (status = 201, description = "The link", body = ResetLinkView),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:write")), ("x-step-up" = json!(true))),
)]
#[post("/v1/orgs/{org}/members/{user_id}/reset-link")]
pub(crate) async fn create_reset_link(
    request: HttpRequest,
    granted: Granted<Permit<WriteMembers>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(Permit { scope, principal, .. }, _) = granted;
    let member = request.match_info().get("user_id").and_then(Id::parse).ok_or(Error::NotFound)?;
    let by = (principal.party(), ClientContext::of(&request));
    let link = password::link_for_member(&app, scope, member, by).await?;
    Ok(ResetLinkView::of(&app, &link))
}

/// Make a reset link for anybody
///
/// For operators. The person's organizations are told of it in their logs.
#[utoipa::path(
    tag = "sessions",
    params(("id" = String, Path, description = "Id of the person", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")),
    responses(
        (status = 201, description = "The link", body = ResetLinkView),
        (status = 404, description = "There is no such person", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-step-up" = json!(true))),
)]
#[post("/v1/platform/users/{id}/reset-link")]
pub(crate) async fn create_reset_link_for_anybody(
    request: HttpRequest,
    granted: Granted<FreshOperator, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(FreshOperator(Operator(principal)), _) = granted;
    let user = request.match_info().get("id").and_then(Id::parse).ok_or(Error::NotFound)?;
    let by = (principal.party(), ClientContext::of(&request));
    let link = password::link_for_anybody(&app, user, by).await?;
    Ok(ResetLinkView::of(&app, &link))
}
