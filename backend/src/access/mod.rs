//! Who asks, what they may do, and the proof of it that every query of the log demands.
//!
//! A token says who; the database says what. Handlers receive a [`Permit`], which only exists when the
//! permission was granted, and with it an [`OrgScope`]: without one, no function reads or writes a log.

mod authenticate;
mod directory;
mod extract;
mod proof;
pub mod token;

use std::{marker::PhantomData, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use authenticate::ClientContext;
pub use directory::Directory;
pub(crate) use extract::{FreshPerson, Granted, Operator, Permit, Person, SignedIn};

use crate::{
    clock::Time,
    events::filter::Filter,
    id::{self, Id},
    orgs::Organization,
    users,
};

/// What a person is in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything in the organization.
    Admin,
    /// Reads, exports and verifies the log.
    Auditor,
    /// Sees no log.
    Member,
    /// Runs the service: organizations and settings, but no organization's log.
    Operator,
}

impl Role {
    /// The role's name in the database and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Member => "member",
            Self::Operator => "operator",
        }
    }

    /// A membership's role by its name; operators are not members.
    pub fn of_membership(name: &str) -> Option<Self> {
        [Self::Admin, Self::Auditor, Self::Member].into_iter().find(|role| role.name() == name)
    }
}

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
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] =
        [Self::EventsWrite, Self::EventsRead, Self::EventsVerify, Self::OrgRead, Self::OrgWrite];

    /// The scope's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EventsWrite => "events:write",
            Self::EventsRead => "events:read",
            Self::EventsVerify => "events:verify",
            Self::OrgRead => "org:read",
            Self::OrgWrite => "org:write",
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

/// A person with a live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: Id<id::User>,
    pub email: String,
    pub name: String,
    pub is_operator: bool,
    /// Must equal the one in the access token.
    pub security_version: i32,
    pub session_id: Id<id::Session>,
    /// When they last proved who they are.
    pub authenticated_at: Time,
    /// Whether a second factor was part of it.
    pub has_second_factor: bool,
}

/// A live API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: Id<id::Key>,
    pub org_id: Id<id::Org>,
    /// The key's name, which is the `source` of its events.
    pub name: String,
    pub scopes: Vec<Scope>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    User(Arc<User>),
    Key(Arc<Key>),
}

impl Principal {
    /// Whether it is a person who has signed in with a password alone.
    pub(crate) fn lacks_second_factor(&self) -> bool {
        match self {
            Self::User(user) => !user.has_second_factor,
            Self::Key(_) => false,
        }
    }

    /// As the actor of an event.
    pub(crate) fn party(&self) -> Value {
        match self {
            Self::User(user) => users::party(user.id, &user.name, &user.email),
            Self::Key(key) => json!({"type": "api_key", "id": key.id, "name": key.name}),
        }
    }
}

/// What can be permitted inside an organization. `NAME` stands in `x-permission` of openapi.yaml.
pub trait Permission: 'static {
    /// The permission's name.
    const NAME: &'static str;
    /// The scope that a key needs for it; without one no key has it.
    const SCOPE: Option<Scope>;
    /// Whether people in this role have it.
    fn includes(role: Role) -> bool;
    /// Whether an operator needs a recorded break-glass for it, outside the platform's own organization.
    const NEEDS_BREAK_GLASS: bool = true;
    /// Whether a person needs to have proved within the last ten minutes who they are: `x-step-up` in
    /// openapi.yaml.
    const NEEDS_FRESH_SIGN_IN: bool = false;
    /// Why those who lack it lack it, and who has it.
    const REFUSAL: &'static str;
}

/// The permissions.
pub mod permission {
    use super::{Permission, Role, Scope};

    /// Append events: keys only, because an event's source is the key's name.
    #[derive(Debug)]
    pub enum AppendEvents {}
    impl Permission for AppendEvents {
        const NAME: &'static str = "events:write";
        const SCOPE: Option<Scope> = Some(Scope::EventsWrite);
        const REFUSAL: &'static str = "events are posted with an API key that has the scope events:write";
        fn includes(role: Role) -> bool {
            match role {
                Role::Admin | Role::Auditor | Role::Member | Role::Operator => false,
            }
        }
    }

    /// Read the log.
    #[derive(Debug)]
    pub enum ReadEvents {}
    impl Permission for ReadEvents {
        const NAME: &'static str = "events:read";
        const SCOPE: Option<Scope> = Some(Scope::EventsRead);
        const REFUSAL: &'static str = "the log may be read by the organization's admins and auditors, and by API keys with the scope events:read";
        fn includes(role: Role) -> bool {
            match role {
                // Operators: in the platform's own log; elsewhere `NEEDS_BREAK_GLASS` stops them.
                Role::Admin | Role::Auditor | Role::Operator => true,
                Role::Member => false,
            }
        }
    }

    /// Check the log: checkpoints, keys. They tell how much was recorded, and nothing of what.
    #[derive(Debug)]
    pub enum VerifyLog {}
    impl Permission for VerifyLog {
        const NAME: &'static str = "events:verify";
        const SCOPE: Option<Scope> = Some(Scope::EventsVerify);
        const NEEDS_BREAK_GLASS: bool = false;
        const REFUSAL: &'static str = "the log may be checked by the organization's admins and auditors, by operators, and by API keys with the scope events:verify";
        fn includes(role: Role) -> bool {
            match role {
                Role::Admin | Role::Auditor | Role::Operator => true,
                Role::Member => false,
            }
        }
    }

    /// See what the organization is called, its packs and its admins.
    #[derive(Debug)]
    pub enum ReadOrganization {}
    impl Permission for ReadOrganization {
        const NAME: &'static str = "org:read";
        const SCOPE: Option<Scope> = Some(Scope::OrgRead);
        const NEEDS_BREAK_GLASS: bool = false;
        const REFUSAL: &'static str =
            "needs membership in the organization, or an API key with the scope org:read";
        fn includes(role: Role) -> bool {
            match role {
                Role::Admin | Role::Auditor | Role::Member | Role::Operator => true,
            }
        }
    }

    /// Change what the organization is called, its packs and its other settings.
    #[derive(Debug)]
    pub enum WriteOrganization {}
    impl Permission for WriteOrganization {
        const NAME: &'static str = "org:write";
        const SCOPE: Option<Scope> = Some(Scope::OrgWrite);
        // Settings are what operators are for; they reveal nothing of the log.
        const NEEDS_BREAK_GLASS: bool = false;
        const REFUSAL: &'static str =
            "settings are changed by the organization's admins, and by API keys with the scope org:write";
        fn includes(role: Role) -> bool {
            match role {
                Role::Admin | Role::Operator => true,
                Role::Auditor | Role::Member => false,
            }
        }
    }

    /// Invite people, change their roles, remove them.
    #[derive(Debug)]
    pub enum WriteMembers {}
    impl Permission for WriteMembers {
        const NAME: &'static str = "members:write";
        const SCOPE: Option<Scope> = None;
        const REFUSAL: &'static str = "people are invited, changed and removed by the organization's admins";
        fn includes(role: Role) -> bool {
            match role {
                Role::Admin => true,
                // The platform's own organization has no members: being an operator is what counts there.
                Role::Auditor | Role::Member | Role::Operator => false,
            }
        }
    }
}

/// The granted permission `P` on one organization's log, and on how much of it: every function that reads or
/// writes a log demands one. Only a granted [`Permit`] makes them, or the service for its own acts.
#[derive(Debug)]
pub struct OrgScope<P> {
    organization: Arc<Organization>,
    filter: Arc<Filter>,
    permission: PhantomData<fn() -> P>,
}

impl<P> Clone for OrgScope<P> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.organization), Arc::clone(&self.filter))
    }
}

impl<P> OrgScope<P> {
    fn new(organization: Arc<Organization>, filter: Arc<Filter>) -> Self {
        Self { organization, filter, permission: PhantomData }
    }

    /// The scope of the service's own acts: own events, creating a log, verifying it. Handlers have no use
    /// for it; `tests/it/tidy.rs` holds the list of files that do.
    pub(crate) fn of_service(organization: &Arc<Organization>) -> Self {
        Self::new(Arc::clone(organization), Arc::new(Filter::default()))
    }

    fn granted(organization: Arc<Organization>) -> Self {
        Self::new(organization, Arc::new(Filter::default()))
    }

    /// The organization's id.
    pub fn org_id(&self) -> Id<id::Org> {
        self.organization.id
    }

    /// The organization's slug.
    pub fn slug(&self) -> &str {
        &self.organization.slug
    }

    /// The organization.
    pub fn organization(&self) -> &Organization {
        &self.organization
    }

    /// What every query under this scope is narrowed to. It cannot be widened.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }
}
