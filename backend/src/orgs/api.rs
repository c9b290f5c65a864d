//! Organizations over HTTP.

use actix_web::{get, patch, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Organization, UnknownActions,
    settings::{self, OrganizationInput},
};
use crate::{
    access::{Granted, Permit, Role, permission},
    app::App,
    error::{Error, Problem, Result},
    http::{
        json::Document,
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    users,
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_organization).service(update_organization);
}

/// An organization, as the person who asks sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrganizationView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::Org>,
    /// Its name in paths.
    #[schema(example = "acme")]
    slug: String,
    /// Its name for people.
    #[schema(example = "Acme Corp")]
    name: String,
    /// Event-type packs in order of precedence; `annals` always follows them.
    #[schema(example = json!(["blink"]))]
    packs: Vec<String>,
    /// What becomes of events with an action that is not in the packs.
    unknown_actions: UnknownActions,
    /// Whether admins act only with a second factor.
    admins_need_mfa: bool,
    /// Raised by every change of the settings.
    #[schema(example = 3)]
    version: i32,
    /// The asking person's role; absent for API keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// Who to ask for access.
    admins: Vec<Contact>,
}

/// A person to turn to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Contact {
    /// Their name.
    #[schema(example = "Ada Byron")]
    name: String,
    /// Their e-mail address.
    #[schema(example = "ada@example.com")]
    email: String,
}

impl OrganizationView {
    async fn of(app: &App, organization: &Organization, role: Option<Role>) -> Result<Self> {
        let org = organization.id;
        let admins = app.db.read("members.admins", move |conn| users::store::admins(conn, org)).await?;
        Ok(Self {
            id: organization.id,
            slug: organization.slug.clone(),
            name: organization.name.clone(),
            packs: organization.packs.clone(),
            unknown_actions: organization.unknown_actions,
            admins_need_mfa: organization.admins_need_mfa,
            version: organization.version,
            role,
            admins: admins.into_iter().map(|(name, email)| Contact { name, email }).collect(),
        })
    }
}

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
    extensions(("x-permission" = json!("org:read"))),
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
/// Changes the settings that are sent and leaves the others. `version` is the one that you have read: when
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
    extensions(("x-permission" = json!("org:write"))),
)]
#[patch("/v1/orgs/{org}")]
pub(crate) async fn update_organization(
    granted: Granted<
        Permit<permission::WriteOrganization>,
        (Params<NoQuery>, Document<OrganizationInput, { 16 * 1024 }>),
    >,
    app: web::Data<App>,
) -> Result<web::Json<OrganizationView>> {
    let Granted(permit, (_, Document(input))) = granted;
    let organization = permit.scope.organization().clone();
    if organization.is_platform {
        return Err(Error::Forbidden("the service's own organization has no settings".into()));
    }
    // Whoever asks it of the others must not lock themselves out.
    if input.demands_mfa() && permit.principal.lacks_second_factor() {
        return Err(Error::MfaRequired);
    }
    // A pack may have lost its last event type; that is no reason to refuse another change.
    let catalog = app.catalog.current(&app.db).await?;
    let has_pack = |pack: &str| catalog.has_pack(pack) || organization.packs.iter().any(|own| own == pack);
    input.check(has_pack)?;
    let (recorder, actor) = (app.recorder.clone(), permit.principal.party());
    let changed = app
        .db
        .write("orgs.change", move |conn| settings::change(conn, &recorder, &organization, &input, &actor))
        .await?;
    app.directory.forget_organization(&changed);
    OrganizationView::of(&app, &changed, permit.role).await.map(web::Json)
}
