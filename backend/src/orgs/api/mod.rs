//! Organizations over HTTP.

mod all;
mod one;
mod plans;
mod suspension;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Organization, Plan, Suspension, UnknownActions};
use crate::{
    access::Role,
    app::App,
    error::Result,
    id::{self, Id},
    users,
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(all::list_organizations)
        .service(all::create_organization)
        .service(one::get_organization)
        .service(one::update_organization)
        .service(suspension::suspend_organization)
        .service(suspension::resume_organization)
        .service(plans::list_plans);
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
    /// What it may use: the name of a plan.
    #[schema(example = "enterprise")]
    plan: String,
    /// What the plan limits.
    limits: Plan,
    /// Why nothing is recorded for it, while it is suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspension: Option<Suspension>,
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
            plan: organization.plan.clone(),
            limits: app.plans.of(organization),
            suspension: organization.suspension.clone(),
            role,
            admins: admins.into_iter().map(|(name, email)| Contact { name, email }).collect(),
        })
    }
}
