//! One organization: what it is, and changing its settings.

use std::sync::Arc;

use actix_web::{HttpRequest, get, patch, web};

use super::OrganizationView;
use crate::{
    access::{Granted, Permit, permission, proof},
    app::App,
    error::{Error, Problem, Result},
    http::{
        json::Document,
        problems,
        query::{NoQuery, Params},
    },
    orgs::settings::{self, OrganizationInput},
};

/// Get an organization
///
/// Its name, its settings, your role in it, and the admins to ask for access. Every member may see this much.
#[utoipa::path(
    tag = "organizations",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 200, description = "The organization", body = OrganizationView),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("org:read")), ("x-platform-scope" = json!("orgs:read"))),
)]
#[get("/v1/orgs/{org}")]
pub(crate) async fn get_organization(
    granted: Granted<Permit<permission::ReadOrganization>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<OrganizationView>> {
    let Granted(permit, _) = granted;
    OrganizationView::of(&app, permit.scope.organization(), permit.role).await.map(web::Json)
}

/// Change an organization
///
/// Changes the settings that are sent and leaves the others; the plan is changed by operators. `version` is the one that you have read: when
/// somebody else was quicker nothing changes, and the answer is 409 `version_conflict`. Takes effect at once on
/// the node that answers and within two seconds on every other; events that are recorded never change.
#[utoipa::path(
    tag = "organizations",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    request_body = OrganizationInput,
    responses(
        (status = 200, description = "The organization as it is now", body = OrganizationView),
        (status = 409, description = "It has changed since that version", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("org:write")), ("x-platform-scope" = json!("orgs:write"))),
)]
#[patch("/v1/orgs/{org}")]
pub(crate) async fn update_organization(
    request: HttpRequest,
    granted: Granted<
        Permit<permission::WriteOrganization>,
        (Params<NoQuery>, Document<OrganizationInput, { 16 * 1024 }>),
    >,
    app: web::Data<App>,
) -> Result<web::Json<OrganizationView>> {
    let Granted(permit, (_, Document(input))) = granted;
    let organization = Arc::clone(permit.scope.organization());
    if organization.is_platform {
        return Err(Error::Forbidden("the service's own organization has no settings".into()));
    }
    // No key, and no session left open, turns off what protects the admins.
    if input.names_mfa_policy() {
        proof::check_fresh(permit.person()?, app.clock.now())?;
    }
    // Whoever asks it of the others must not lock themselves out.
    if input.demands_mfa() && permit.principal.lacks_second_factor() {
        return Err(Error::MfaRequired);
    }
    if input.names_plan() && !permit.principal.is_operator() {
        return Err(Error::Forbidden("the plan is changed by an operator of this service".into()));
    }
    // A pack may have lost its last event type; that is no reason to refuse another change.
    let catalog = app.catalog.current(&app.db).await?;
    let is_own = |pack: &str| organization.packs.iter().any(|own| own == pack);
    input.check(|pack| if is_own(pack) { Ok(()) } else { catalog.check_pack(pack) }, &app.plans)?;
    let (recorder, actor) = (app.recorder.clone(), permit.actor(&request));
    let changed = app
        .db
        .write("orgs.change", move |conn| settings::change(conn, &recorder, &organization, &input, &actor))
        .await?;
    app.directory.forget_organization(&changed);
    OrganizationView::of(&app, &changed, permit.role).await.map(web::Json)
}
