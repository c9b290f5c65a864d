//! The platform's own API keys over HTTP.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    desk::{Desk, KeysQuery},
    input::{KeyChange, KeyInput, RotationInput},
    view::{KeyList, KeyView, NewKeyView},
};
use crate::{
    access::{FreshOperator, Granted, Operator},
    app::App,
    error::{Problem, Result},
    http::{
        json::Document,
        problems,
        query::{NoQuery, Params},
    },
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_platform_api_keys)
        .service(create_platform_api_key)
        .service(get_platform_api_key)
        .service(update_platform_api_key)
        .service(rotate_platform_api_key)
        .service(delete_platform_api_key);
}

/// The key's place out of the path.
type Place = web::Path<String>;
/// Where, and what is sent, once it may be.
type Change = (Place, Params<NoQuery>, Document<KeyChange, { 16 * 1024 }>);
/// The same of a rotation.
type Rotation = (Place, Params<NoQuery>, Document<RotationInput, { 16 * 1024 }>);

/// List platform API keys
///
/// The keys of the platform itself, newest first, with their states and last uses, those that are revoked or expired
/// too. No secret is ever shown.
#[utoipa::path(
    tag = "keys",
    params(KeysQuery),
    responses(
        (status = 200, description = "A page", body = KeyList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator"))),
)]
#[get("/v1/platform/api-keys")]
pub(crate) async fn list_platform_api_keys(
    request: HttpRequest,
    granted: Granted<Operator, Params<KeysQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(_, query) = granted;
    Desk::of_platform(app).list(&request, &query).await
}

/// Create a platform API key
///
/// For what a product does with every organization: make them (`orgs:create`), manage their settings (`orgs:read`,
/// `orgs:write`), define event types (`event_types:write`), and, only where it is asked for, append to every log
/// (`events:write`). It reads no log. The answer holds the key itself, this once. Keys cannot make keys.
#[utoipa::path(
    tag = "keys",
    request_body = KeyInput,
    responses(
        (status = 201, description = "Created; the only answer with the key", body = NewKeyView,
            headers(("Location" = String, description = "Where to read about the key"))),
        (status = 409, description = "The name is taken, or there are too many keys", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-step-up" = json!(true))),
)]
#[post("/v1/platform/api-keys")]
pub(crate) async fn create_platform_api_key(
    request: HttpRequest,
    granted: Granted<FreshOperator, (Params<NoQuery>, Document<KeyInput, { 16 * 1024 }>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(FreshOperator(operator), (_, Document(input))) = granted;
    Desk::of_platform(app).create(operator.actor(&request), input).await
}

/// Get a platform API key
///
/// Everything about it but its secrets.
#[utoipa::path(
    tag = "keys",
    params(
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    responses(
        (status = 200, description = "The key", body = KeyView),
        (status = 404, description = "There is no such key", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator"))),
)]
#[get("/v1/platform/api-keys/{id}")]
pub(crate) async fn get_platform_api_key(
    granted: Granted<Operator, (Place, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<web::Json<KeyView>> {
    let Granted(_, (path, _)) = granted;
    let id = path.into_inner();
    Desk::of_platform(app).get(&id).await
}

/// Change a platform API key
///
/// Changes what is sent and leaves the rest; null clears. Name, source and scopes never change: make another key.
/// `version` is the one that you have read; when somebody else was quicker the answer is 409 `version_conflict`.
/// Works at once on the node that answers and within two seconds on every other.
#[utoipa::path(
    tag = "keys",
    params(
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    request_body = KeyChange,
    responses(
        (status = 200, description = "The key as it is now", body = KeyView),
        (status = 404, description = "There is no such key", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has changed since that version, or is revoked", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-step-up" = json!(true))),
)]
#[patch("/v1/platform/api-keys/{id}")]
pub(crate) async fn update_platform_api_key(
    request: HttpRequest,
    granted: Granted<FreshOperator, Change>,
    app: web::Data<App>,
) -> Result<web::Json<KeyView>> {
    let Granted(FreshOperator(operator), (path, _, Document(input))) = granted;
    let id = path.into_inner();
    Desk::of_platform(app).change(operator.actor(&request), &id, input).await
}

/// Rotate a platform API key
///
/// Makes a new secret for the same key and shows it this once. Those before it go on working for `overlap_seconds`,
/// time to bring the new one to where it is used; `secrets` shows which are still in use. At most 5 secrets work at a
/// time. Without `version`, whoever comes last has the newest secret.
#[utoipa::path(
    tag = "keys",
    params(
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    request_body = RotationInput,
    responses(
        (status = 201, description = "Rotated; the only answer with the new key", body = NewKeyView),
        (status = 404, description = "There is no such key", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It has changed since that version, is revoked or expired, or has too many secrets", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-step-up" = json!(true))),
)]
#[post("/v1/platform/api-keys/{id}/rotate")]
pub(crate) async fn rotate_platform_api_key(
    request: HttpRequest,
    granted: Granted<FreshOperator, Rotation>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(FreshOperator(operator), (path, _, Document(input))) = granted;
    let id = path.into_inner();
    Desk::of_platform(app).rotate(operator.actor(&request), &id, input).await
}

/// Revoke a platform API key
///
/// It never works again: at once on the node that answers, within two seconds on every other. Its name is free for
/// another key. Revoking it again changes nothing.
#[utoipa::path(
    tag = "keys",
    params(
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    responses(
        (status = 204, description = "Revoked"),
        (status = 404, description = "There is no such key", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-step-up" = json!(true))),
)]
#[delete("/v1/platform/api-keys/{id}")]
pub(crate) async fn delete_platform_api_key(
    request: HttpRequest,
    granted: Granted<FreshOperator, (Place, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(FreshOperator(operator), (path, _)) = granted;
    let id = path.into_inner();
    Desk::of_platform(app).revoke(operator.actor(&request), &id).await
}
