//! Plans: named sets of what an organization may use, out of the settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Organization;
use crate::{
    error::{Error, Result},
    nearest,
};

/// The plan of organizations that are made without naming one, unless the settings say otherwise.
pub(crate) const DEFAULT: &str = "enterprise";

/// What an organization may use. What is left out has no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Most members, open invitations included.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, required = false, minimum = 1, example = 10)]
    pub members: Option<u32>,
    /// Most live API keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, required = false, minimum = 1, example = 5)]
    pub api_keys: Option<u32>,
}

/// What a plan can limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limited {
    Members,
    ApiKeys,
}

impl Limited {
    const fn name(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::ApiKeys => "API keys",
        }
    }

    const fn most(self, plan: &Plan) -> Option<u32> {
        match self {
            Self::Members => plan.members,
            Self::ApiKeys => plan.api_keys,
        }
    }
}

/// The plans that there are unless the settings say otherwise.
pub(crate) fn usual() -> BTreeMap<String, Plan> {
    let standard = Plan { members: Some(10), api_keys: Some(5) };
    BTreeMap::from([(DEFAULT.into(), Plan::default()), ("standard".into(), standard)])
}

/// The plans of this service, by name, and which one is had without being asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plans {
    by_name: BTreeMap<String, Plan>,
    default: String,
}

impl Plans {
    /// The plans that the settings say.
    ///
    /// # Errors
    /// [`Error::Config`] when a name is not `[a-z0-9_-]{1,64}`, a limit is 0, or there is no plan `default`.
    pub(crate) fn new(by_name: BTreeMap<String, Plan>, default: &str) -> Result<Self> {
        for (name, plan) in &by_name {
            let is_name_char = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
            if !(1..=64).contains(&name.len()) || !name.bytes().all(is_name_char) {
                return Err(Error::Config(format!("plans: {name} must be 1 to 64 of a-z, 0-9, - and _")));
            }
            if plan.members == Some(0) || plan.api_keys == Some(0) {
                return Err(Error::Config(format!("plans.{name}: a limit of 0 would allow nothing")));
            }
        }
        let plans = Self { by_name, default: default.to_owned() };
        match plans.find(default) {
            Ok(_) => Ok(plans),
            Err(message) => Err(Error::Config(format!("default_plan: {message}"))),
        }
    }

    /// The name of the plan that organizations have unless told otherwise.
    pub(crate) fn default_name(&self) -> &str {
        &self.default
    }

    /// The plans in the order of their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Plan)> {
        self.by_name.iter().map(|(name, plan)| (name.as_str(), *plan))
    }

    /// The plan of this name, or what to say when there is none.
    pub(crate) fn find(&self, name: &str) -> Result<Plan, String> {
        let names = || self.by_name.keys().map(String::as_str);
        self.by_name.get(name).copied().ok_or_else(|| match nearest::nearest(name, names()) {
            Some(near) => format!("there is no such plan; did you mean {near}?"),
            None => format!("there is no such plan; there are {}", names().collect::<Vec<_>>().join(", ")),
        })
    }

    /// What the organization may use. A plan that was taken out of the settings gives what it never refused:
    /// everything; the start of the service warns of it.
    pub(crate) fn of(&self, organization: &Organization) -> Plan {
        self.by_name.get(&organization.plan).copied().unwrap_or_default()
    }

    /// Checks that the organization's plan has room for one more beside `used`. Exact when the organization's turn
    /// is taken.
    ///
    /// # Errors
    /// [`Error::PlanRequired`] when it has not.
    pub(crate) fn require_room(
        &self,
        organization: &Organization,
        limited: Limited,
        used: i64,
    ) -> Result<()> {
        match limited.most(&self.of(organization)) {
            Some(most) if used >= i64::from(most) => Err(Error::PlanRequired(format!(
                "the plan {} has room for {most} {}; remove some that nobody needs, or ask an operator of this \
                 service for another plan",
                organization.plan,
                limited.name()
            ))),
            _ => Ok(()),
        }
    }
}
