//! What keys may do: an organization's in it, the platform's in all of them and outside.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Append events.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Read events.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Read checkpoints, and what else is needed to check the log.
    #[serde(rename = "events:verify")]
    EventsVerify,
    /// Read the organization's name and settings.
    #[serde(rename = "org:read")]
    OrgRead,
    /// Change the organization's name and settings.
    #[serde(rename = "org:write")]
    OrgWrite,
    /// Make organizations.
    #[serde(rename = "orgs:create")]
    OrgsCreate,
    /// Read every organization's name and settings.
    #[serde(rename = "orgs:read")]
    OrgsRead,
    /// Change every organization's name and settings.
    #[serde(rename = "orgs:write")]
    OrgsWrite,
    /// Define event types.
    #[serde(rename = "event_types:write")]
    EventTypesWrite,
}

impl Scope {
    /// The scopes of an organization's keys.
    pub const ORGANIZATION: [Self; 5] =
        [Self::EventsWrite, Self::EventsRead, Self::EventsVerify, Self::OrgRead, Self::OrgWrite];
    /// The scopes of the platform's keys, each of which is for every organization.
    pub const PLATFORM: [Self; 5] =
        [Self::EventsWrite, Self::OrgsCreate, Self::OrgsRead, Self::OrgsWrite, Self::EventTypesWrite];
    /// Every scope.
    pub const ALL: [Self; 9] = [
        Self::EventsWrite,
        Self::EventsRead,
        Self::EventsVerify,
        Self::OrgRead,
        Self::OrgWrite,
        Self::OrgsCreate,
        Self::OrgsRead,
        Self::OrgsWrite,
        Self::EventTypesWrite,
    ];

    /// The scope's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EventsWrite => "events:write",
            Self::EventsRead => "events:read",
            Self::EventsVerify => "events:verify",
            Self::OrgRead => "org:read",
            Self::OrgWrite => "org:write",
            Self::OrgsCreate => "orgs:create",
            Self::OrgsRead => "orgs:read",
            Self::OrgsWrite => "orgs:write",
            Self::EventTypesWrite => "event_types:write",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.name() == name)
            .ok_or_else(|| format!("unknown scope; known are {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// What can be permitted outside of organizations, to operators and to keys of the platform.
pub(crate) trait PlatformPermission: 'static {
    /// The scope that a key of the platform needs for it: `x-platform-scope` in openapi.yaml.
    const SCOPE: Scope;
}

/// Define event types.
#[derive(Debug)]
pub(crate) enum WriteEventTypes {}
impl PlatformPermission for WriteEventTypes {
    const SCOPE: Scope = Scope::EventTypesWrite;
}

/// Make organizations.
#[derive(Debug)]
pub(crate) enum CreateOrganizations {}
impl PlatformPermission for CreateOrganizations {
    const SCOPE: Scope = Scope::OrgsCreate;
}

/// See which organizations there are.
#[derive(Debug)]
pub(crate) enum ListOrganizations {}
impl PlatformPermission for ListOrganizations {
    const SCOPE: Scope = Scope::OrgsRead;
}
