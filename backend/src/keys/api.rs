//! An organization's API keys over HTTP.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    desk::{Desk, KeysQuery},
    input::{KeyChange, KeyInput, RotationInput},
    view::{KeyList, KeyView, NewKeyView},
};
use crate::{
    access::{
        Granted, Permit,
        permission::{ReadKeys, WriteKeys},
    },
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
        .service(list_api_keys)
        .service(create_api_key)
        .service(get_api_key)
        .service(update_api_key)
        .service(rotate_api_key)
        .service(delete_api_key);
}

/// The key's place out of the path.
type Place = web::Path<(String, String)>;
/// Where, and what is sent, once it may be.
type Change = (Place, Params<NoQuery>, Document<KeyChange, { 16 * 1024 }>);
/// The same of a rotation.
type Rotation = (Place, Params<NoQuery>, Document<RotationInput, { 16 * 1024 }>);

/// List API keys
///
/// The organization's keys, newest first, with their states and last uses, those that are revoked or expired too.
/// No secret is ever shown.
#[utoipa::path(
    tag = "keys",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), KeysQuery),
    responses(
        (status = 200, description = "A page", body = KeyList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("keys:read"))),
)]
#[get("/v1/orgs/{org}/api-keys")]
pub(crate) async fn list_api_keys(
    request: HttpRequest,
    granted: Granted<Permit<ReadKeys>, Params<KeysQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, query) = granted;
    Desk::new(app, permit.scope.organization()).list(&request, &query).await
}

/// Create an API key
///
/// The answer holds the key itself, this once: nobody can read it again, so a lost key is rotated. Keys cannot make
/// keys. At most 1,000 keys that are not revoked.
#[utoipa::path(
    tag = "keys",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    request_body = KeyInput,
    responses(
        (status = 201, description = "Created; the only answer with the key", body = NewKeyView,
            headers(("Location" = String, description = "Where to read about the key"))),
        (status = 409, description = "The name is taken, or there are too many keys", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("keys:write")), ("x-step-up" = json!(true))),
)]
#[post("/v1/orgs/{org}/api-keys")]
pub(crate) async fn create_api_key(
    request: HttpRequest,
    granted: Granted<Permit<WriteKeys>, (Params<NoQuery>, Document<KeyInput, { 16 * 1024 }>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (_, Document(input))) = granted;
    Desk::new(app, permit.scope.organization()).create(permit.actor(&request), input).await
}

/// Get an API key
///
/// Everything about it but its secrets.
#[utoipa::path(
    tag = "keys",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    responses(
        (status = 200, description = "The key", body = KeyView),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("keys:read"))),
)]
#[get("/v1/orgs/{org}/api-keys/{id}")]
pub(crate) async fn get_api_key(
    granted: Granted<Permit<ReadKeys>, (Place, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<web::Json<KeyView>> {
    let Granted(permit, (path, _)) = granted;
    let (_, id) = path.into_inner();
    Desk::new(app, permit.scope.organization()).get(&id).await
}

/// Change an API key
///
/// Changes what is sent and leaves the rest; null clears. Name, source and scopes never change: make another key.
/// `version` is the one that you have read; when somebody else was quicker the answer is 409 `version_conflict`.
/// Works at once on the node that answers and within two seconds on every other.
#[utoipa::path(
    tag = "keys",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    request_body = KeyChange,
    responses(
        (status = 200, description = "The key as it is now", body = KeyView),
        (status = 409, description = "It has changed since that version, or is revoked", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("keys:write")), ("x-step-up" = json!(true))),
)]
#[patch("/v1/orgs/{org}/api-keys/{id}")]
pub(crate) async fn update_api_key(
    request: HttpRequest,
    granted: Granted<Permit<WriteKeys>, Change>,
    app: web::Data<App>,
) -> Result<web::Json<KeyView>> {
    let Granted(permit, (path, _, Document(input))) = granted;
    let (_, id) = path.into_inner();
    Desk::new(app, permit.scope.organization()).change(permit.actor(&request), &id, input).await
}

/// Rotate an API key
///
/// Makes a new secret for the same key and shows it this once. Those before it go on working for `overlap_seconds`,
/// time to bring the new one to where it is used; `secrets` shows which are still in use. At most 5 secrets work at a
/// time. Without `version`, whoever comes last has the newest secret.
#[utoipa::path(
    tag = "keys",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    request_body = RotationInput,
    responses(
        (status = 201, description = "Rotated; the only answer with the new key", body = NewKeyView),
        (status = 409, description = "It has changed since that version, is revoked or expired, or has too many secrets", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("keys:write")), ("x-step-up" = json!(true))),
)]
#[post("/v1/orgs/{org}/api-keys/{id}/rotate")]
pub(crate) async fn rotate_api_key(
    request: HttpRequest,
    granted: Granted<Permit<WriteKeys>, Rotation>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (path, _, Document(input))) = granted;
    let (_, id) = path.into_inner();
    Desk::new(app, permit.scope.organization()).rotate(permit.actor(&request), &id, input).await
}

/// Revoke an API key
///
/// It never works again: at once on the node that answers, within two seconds on every other. Its name is free for
/// another key. Revoking it again changes nothing.
#[utoipa::path(
    tag = "keys",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("id" = String, Path, description = "Id of the key", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    responses(
        (status = 204, description = "Revoked"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("keys:write")), ("x-step-up" = json!(true))),
)]
#[delete("/v1/orgs/{org}/api-keys/{id}")]
pub(crate) async fn delete_api_key(
    request: HttpRequest,
    granted: Granted<Permit<WriteKeys>, (Place, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (path, _)) = granted;
    let (_, id) = path.into_inner();
    Desk::new(app, permit.scope.organization()).revoke(permit.actor(&request), &id).await
}
