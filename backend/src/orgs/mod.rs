//! Organizations: the tenants, and the reserved one for what belongs to none of them.

pub mod api;
mod plan;
mod settings;
pub(crate) mod store;
mod suspension;

use std::sync::Arc;

pub use plan::Plan;
pub(crate) use plan::{DEFAULT as DEFAULT_PLAN, Limited, Plans, usual as usual_plans};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    access::OrgScope,
    catalog::OWN_PACK,
    clock::Time,
    db::Conn,
    error::{Error, FieldError, Result},
    id::{self, Id},
    log,
    own::{OwnEvent, Recorder},
};

/// Slug of the reserved organization whose log holds what belongs to no other: operators' sign-ins, failed
/// sign-ins of unknown people, the making of organizations.
pub const PLATFORM_SLUG: &str = "platform";

/// What becomes of an event whose action no event type of the organization describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownActions {
    /// It is recorded as it is.
    Allow,
    /// It is recorded, and its receipt says so: `"flags": ["unknown_action"]`.
    Flag,
    /// It is refused.
    Reject,
}

impl UnknownActions {
    const ALL: [Self; 3] = [Self::Allow, Self::Flag, Self::Reject];

    /// The name in the database and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Flag => "flag",
            Self::Reject => "reject",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    pub id: Id<id::Org>,
    pub slug: String,
    pub name: String,
    /// Whether it is the reserved platform organization.
    pub is_platform: bool,
    /// Event-type packs in order of precedence; `annals` always follows them.
    pub packs: Vec<String>,
    /// What becomes of events with an action that is not in the packs.
    pub unknown_actions: UnknownActions,
    /// Whether admins act only with a second factor.
    pub admins_need_mfa: bool,
    /// Raised by every change of the settings.
    pub version: i32,
    /// What it may use: the name of a plan of the service's settings.
    pub plan: String,
    /// Since when nothing is recorded for it, and why.
    pub suspension: Option<Suspension>,
}

impl Organization {
    /// As the target of an event.
    pub(crate) fn party(&self) -> serde_json::Value {
        json!({"type": "organization", "id": self.id, "name": self.name})
    }
}

/// Why nothing is recorded for an organization. Its log stays readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suspension {
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Why, in the words of the operator.
    #[schema(example = "the contract has ended")]
    pub reason: String,
}

/// How a path names an organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum OrgRef {
    Slug(String),
    Id(Id<id::Org>),
}

impl OrgRef {
    /// Reads a slug or a UUID; anything else names no organization.
    pub fn parse(text: &str) -> Option<Self> {
        match Id::parse(text) {
            Some(id) => Some(Self::Id(id)),
            None => is_slug(text).then(|| Self::Slug(text.to_owned())),
        }
    }
}

/// `[a-z0-9-]{2,63}`
fn is_slug(text: &str) -> bool {
    let is_slug_char = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (2..=63).contains(&text.len()) && text.bytes().all(is_slug_char)
}

/// What an organization is made from.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    slug: String,
    name: String,
    is_platform: bool,
    packs: Vec<String>,
    plan: String,
}

impl NewOrganization {
    /// A customer's organization.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the slug is not `[a-z0-9-]{2,63}`, looks like a UUID or is reserved, or the name
    /// is empty or over 256 bytes, or a pack or the plan does not exist.
    pub(crate) fn new(
        slug: &str,
        name: &str,
        (packs, check_pack): (&[String], impl Fn(&str) -> Result<(), String>),
        (plan, plans): (&str, &Plans),
    ) -> Result<Self> {
        let mut errors = Vec::new();
        if !is_slug(slug) {
            errors.push(FieldError::new("/slug", "invalid_format", "2 to 63 of a-z, 0-9 and -"));
        } else if Id::<id::Org>::parse(slug).is_some() || [PLATFORM_SLUG, OWN_PACK].contains(&slug) {
            errors.push(FieldError::new(
                "/slug",
                "reserved_name",
                "must not look like a UUID, nor be reserved",
            ));
        }
        settings::check_name(name, &mut errors);
        settings::check_packs(packs, check_pack, &mut errors);
        settings::check_plan(plan, plans, &mut errors);
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        Ok(Self {
            slug: slug.to_owned(),
            name: name.trim().to_owned(),
            is_platform: false,
            packs: packs.to_vec(),
            plan: plan.to_owned(),
        })
    }

    /// The reserved organization.
    fn platform() -> Self {
        Self {
            slug: PLATFORM_SLUG.into(),
            name: "Platform".into(),
            is_platform: true,
            packs: Vec::new(),
            plan: DEFAULT_PLAN.into(),
        }
    }
}

/// Creates an organization with its log, whose first event says so. So does the platform's log: one that was
/// removed as a whole is remembered there.
pub(crate) fn create(
    conn: &mut Conn,
    recorder: &Recorder,
    new: &NewOrganization,
    actor: &serde_json::Value,
    now: Time,
) -> Result<Arc<Organization>> {
    let organization = Arc::new(Organization {
        id: Id::new(now),
        slug: new.slug.clone(),
        name: new.name.clone(),
        is_platform: new.is_platform,
        packs: new.packs.clone(),
        unknown_actions: UnknownActions::Flag,
        admins_need_mfa: false,
        version: 1,
        plan: new.plan.clone(),
        suspension: None,
    });
    store::insert(conn, &organization, now)?;
    let created = || OwnEvent::new("annals.organization.created", actor.clone()).target(organization.party());
    let (slug, plan) = (&organization.slug, &organization.plan);
    let event = created().parameters(json!({"slug": slug, "plan": plan}));
    recorder.create_log(conn, &OrgScope::of_service(&organization), event)?;
    if !organization.is_platform
        && let Some(platform) = store::find(conn, &OrgRef::Slug(PLATFORM_SLUG.into()))?
    {
        let log = log::head(conn, organization.id)?.log_id;
        let event = created().parameters(json!({"slug": slug, "plan": plan, "log_id": log}));
        recorder.record(conn, &OrgScope::of_service(&Arc::new(platform)), event)?;
    }
    Ok(organization)
}

/// Takes the organization's turn at changing who belongs to it: until the transaction ends everybody else waits.
/// Answers the organization as it is then. Otherwise two admins who demote each other would each see the other as the one that stays.
pub(crate) fn take_turn(conn: &mut Conn, org: Id<id::Org>) -> Result<Organization> {
    store::lock(conn, org)?;
    store::find(conn, &OrgRef::Id(org))?.ok_or(Error::NotFound)
}

/// The platform organization; the first start of an installation makes it.
pub(crate) fn ensure_platform(conn: &mut Conn, recorder: &Recorder, now: Time) -> Result<Arc<Organization>> {
    match store::find(conn, &OrgRef::Slug(PLATFORM_SLUG.into()))? {
        Some(organization) => Ok(Arc::new(organization)),
        None => create(conn, recorder, &NewOrganization::platform(), &OwnEvent::system_actor("annals"), now),
    }
}
