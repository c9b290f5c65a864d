//! Organizations over HTTP.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    access::{Granted, Permit, Role, permission},
    app::App,
    error::Result,
    http::{
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    users,
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_organization);
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

/// Get an organization
///
/// Its name, its packs, your role in it, and the admins to ask for access. Every member may see this much.
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
    let org = permit.scope.org_id();
    let admins = app.db.read("members.admins", move |conn| users::store::admins(conn, org)).await?;
    let organization = permit.scope.organization();
    Ok(web::Json(OrganizationView {
        id: organization.id,
        slug: organization.slug.clone(),
        name: organization.name.clone(),
        packs: organization.packs.clone(),
        role: permit.role,
        admins: admins.into_iter().map(|(name, email)| Contact { name, email }).collect(),
    }))
}
