//! The settings of an organization that can be changed, and how they change.

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{OrgRef, Organization, Plans, UnknownActions, store};
use crate::{
    access::OrgScope,
    catalog::OWN_PACK,
    db::Conn,
    error::{Error, FieldError, Result},
    events::input::NAME_BYTES_MAX,
    http::json::present,
    own::{Actor, OwnEvent, Recorder},
};

/// Most packs of one organization.
const PACKS_MAX: usize = 32;

/// What to change of an organization; what is left out stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrganizationInput {
    /// Its name for people.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, example = "Acme Corp", min_length = 1, max_length = 256, pattern = r"^[^\u0000]*[^\u0000\s][^\u0000]*$")]
    name: Option<String>,
    /// Event-type packs in order of precedence: the first one that has an action describes it. `annals` always
    /// follows them and is not listed.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["acme-app", "blink"]), max_items = 32)]
    packs: Option<Vec<String>>,
    /// What becomes of events with an action that is not in the packs.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = UnknownActions, required = false)]
    unknown_actions: Option<UnknownActions>,
    /// What it may use; changed by operators.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, example = "standard")]
    plan: Option<String>,
    /// Whether the organization's admins act only when they have signed in with a second factor. Who turns it on
    /// needs one.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = bool, required = false)]
    admins_need_mfa: Option<bool>,
    /// The version that you have read.
    #[schema(example = 3)]
    version: i32,
}

pub(super) fn check_name(name: &str, errors: &mut Vec<FieldError>) {
    if name.trim().is_empty() || name.len() > NAME_BYTES_MAX {
        errors.push(FieldError::new("/name", "invalid_format", format!("1 to {NAME_BYTES_MAX} bytes")));
    }
}

pub(super) fn check_packs(
    packs: &[String],
    check_pack: impl Fn(&str) -> Result<(), String>,
    errors: &mut Vec<FieldError>,
) {
    if packs.len() > PACKS_MAX {
        errors.push(FieldError::new("/packs", "too_many", format!("at most {PACKS_MAX} packs")));
        return;
    }
    let mut seen = HashSet::new();
    for (index, pack) in packs.iter().enumerate() {
        let (code, message) = if pack == OWN_PACK {
            ("reserved_name", "always comes last; leave it out".to_owned())
        } else if let Err(message) = check_pack(pack) {
            ("unknown_value", message)
        } else if !seen.insert(pack) {
            ("repeated_value", "stands in the list twice".to_owned())
        } else {
            continue;
        };
        errors.push(FieldError::new(format!("/packs/{index}"), code, message));
    }
}

pub(super) fn check_plan(plan: &str, plans: &Plans, errors: &mut Vec<FieldError>) {
    if let Err(message) = plans.find(plan) {
        errors.push(FieldError::new("/plan", "unknown_value", message));
    }
}

impl OrganizationInput {
    /// Whether it says which plan the organization should have.
    pub(super) const fn names_plan(&self) -> bool {
        self.plan.is_some()
    }

    /// Checks the settings by themselves.
    pub(super) fn check(&self, check_pack: impl Fn(&str) -> Result<(), String>, plans: &Plans) -> Result<()> {
        let mut errors = Vec::new();
        if let Some(name) = &self.name {
            check_name(name, &mut errors);
        }
        if let Some(packs) = &self.packs {
            check_packs(packs, check_pack, &mut errors);
        }
        if let Some(plan) = &self.plan {
            check_plan(plan, plans, &mut errors);
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
    }

    fn applied_to(&self, current: &Organization) -> Organization {
        let mut changed = current.clone();
        if let Some(name) = &self.name {
            name.trim().clone_into(&mut changed.name);
        }
        if let Some(packs) = &self.packs {
            changed.packs.clone_from(packs);
        }
        if let Some(plan) = &self.plan {
            changed.plan.clone_from(plan);
        }
        changed.unknown_actions = self.unknown_actions.unwrap_or(changed.unknown_actions);
        changed.admins_need_mfa = self.admins_need_mfa.unwrap_or(changed.admins_need_mfa);
        changed
    }

    /// Whether it says if admins need a second factor.
    pub(super) const fn names_mfa_policy(&self) -> bool {
        self.admins_need_mfa.is_some()
    }

    /// Whether it asks admins for a second factor.
    pub(super) fn demands_mfa(&self) -> bool {
        self.admins_need_mfa == Some(true)
    }
}

/// Changes the settings and records what changed. Nothing is recorded when nothing did.
pub(super) fn change(
    conn: &mut Conn,
    recorder: &Recorder,
    organization: &Organization,
    input: &OrganizationInput,
    actor: &Actor,
) -> Result<Arc<Organization>> {
    let current = store::find(conn, &OrgRef::Id(organization.id))?.ok_or(Error::NotFound)?;
    if current.version != input.version {
        return Err(Error::VersionConflict(Some(current.version)));
    }
    let mut new = input.applied_to(&current);
    let changes = differences(&current, &new);
    if changes.is_empty() && current.plan == new.plan {
        return Ok(Arc::new(new));
    }
    new.version += 1;
    if !store::update(conn, &new, input.version)? {
        return Err(Error::VersionConflict(Some(new.version)));
    }
    let new = Arc::new(new);
    let target = new.party();
    let scope = OrgScope::of_service(&new);
    if !changes.is_empty() {
        let event = OwnEvent::by("annals.organization.changed", actor);
        recorder.record(conn, &scope, event.target(target.clone()).changes(&changes))?;
    }
    if current.plan != new.plan {
        let change = ("plan", json!(current.plan), json!(new.plan));
        let event = OwnEvent::by("billing_plan.changed", actor);
        recorder.record(conn, &scope, event.target(target).changes(&[change]))?;
    }
    Ok(new)
}

fn differences(old: &Organization, new: &Organization) -> Vec<(&'static str, Value, Value)> {
    let members = |org: &Organization| {
        [
            ("name", json!(org.name)),
            ("packs", json!(org.packs)),
            ("unknown_actions", json!(org.unknown_actions)),
            ("admins_need_mfa", json!(org.admins_need_mfa)),
        ]
    };
    let pairs = members(old).into_iter().zip(members(new));
    pairs
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| (field, old, new))
        .collect()
}
