//! Suspending an organization, and resuming it.

use std::sync::Arc;

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::OrganizationView;
use crate::{
    access::{Granted, Permit, permission::RunOrganization},
    app::App,
    error::{Error, FieldError, Result},
    http::{
        json::JsonBody,
        problems,
        query::{NoQuery, Params},
    },
    orgs::suspension,
};

/// Longest reason, in bytes.
const REASON_BYTES_MAX: usize = 500;

/// Why an organization is suspended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuspensionInput {
    /// Shown to the organization's people, and to whoever sends events for it.
    #[schema(
        example = "the contract has ended",
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
    )]
    reason: String,
}

/// Suspend an organization
///
/// From now on nothing is recorded for it: events that are sent are answered 403 `organization_suspended`, at once
/// on the node that answers and within two seconds on every other. Its log stays readable and provable. The
/// suspension stands in the organization's log and in the platform's. Suspending it again changes the reason.
#[utoipa::path(
    tag = "organizations",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    request_body = SuspensionInput,
    responses(
        (status = 200, description = "The organization, suspended", body = OrganizationView),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("org:run"))),
)]
#[post("/v1/orgs/{org}/suspend")]
pub(crate) async fn suspend_organization(
    request: HttpRequest,
    granted: Granted<Permit<RunOrganization>, (Params<NoQuery>, JsonBody<SuspensionInput>)>,
    app: web::Data<App>,
) -> Result<web::Json<OrganizationView>> {
    let Granted(permit, (_, JsonBody(input))) = granted;
    let reason = input.reason.trim().to_owned();
    if reason.is_empty() || reason.len() > REASON_BYTES_MAX || reason.contains('\0') {
        let message = format!("1 to {REASON_BYTES_MAX} bytes of text");
        return Err(Error::Invalid(vec![FieldError::new("/reason", "invalid_format", message)]));
    }
    change((&app, &request), permit, Some(reason)).await
}

/// Resume an organization
///
/// Ends its suspension: events are recorded again, within two seconds on every node. An organization that is not
/// suspended stays as it is.
#[utoipa::path(
    tag = "organizations",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 200, description = "The organization", body = OrganizationView),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("org:run"))),
)]
#[post("/v1/orgs/{org}/resume")]
pub(crate) async fn resume_organization(
    request: HttpRequest,
    granted: Granted<Permit<RunOrganization>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<OrganizationView>> {
    let Granted(permit, _) = granted;
    change((&app, &request), permit, None).await
}

async fn change(
    (app, request): (&App, &HttpRequest),
    permit: Permit<RunOrganization>,
    reason: Option<String>,
) -> Result<web::Json<OrganizationView>> {
    let organization = Arc::clone(permit.scope.organization());
    if organization.is_platform {
        return Err(Error::Forbidden("the service's own organization cannot be suspended".into()));
    }
    let (recorder, platform) = (app.recorder.clone(), Arc::clone(&app.platform));
    let actor = permit.actor(request);
    let changed = app
        .db
        .write("orgs.suspend", move |conn| {
            suspension::set(conn, (&recorder, &platform), organization.id, reason.as_deref(), &actor)
        })
        .await?;
    app.directory.forget_organization(&changed);
    OrganizationView::of(app, &changed, permit.role).await.map(web::Json)
}
