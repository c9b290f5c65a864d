//! Who asks, what they may do, and the proof of it that every query of the log demands.
//!
//! A token says who; the database says what. Handlers receive a [`Permit`], which only exists when the
//! permission was granted, and with it an [`OrgScope`]: without one, no function reads or writes a log.

mod address;
mod authenticate;
mod directory;
mod extract;
pub mod permission;
pub(crate) mod proof;
mod scope;
pub mod token;

use std::{marker::PhantomData, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use address::ProxyHeader;
pub use authenticate::ClientContext;
pub(crate) use authenticate::authenticate;
pub use directory::{Directory, Grant, Refusal, Verdict};
pub(crate) use extract::{FreshOperator, FreshPerson, Granted, Operator, Permit, Person, Platform, SignedIn};
pub use permission::Permission;
pub use scope::Scope;
pub(crate) use scope::{CreateOrganizations, ListOrganizations, PlatformPermission, WriteEventTypes};

use crate::{
    clock::Time,
    error::{Error, Result},
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
    /// Whose it is; the platform's keys are the platform organization's.
    pub org_id: Id<id::Org>,
    pub name: String,
    /// The `source` of its events.
    pub source: String,
    pub scopes: Vec<Scope>,
    /// Most events that it may append.
    pub events_per_second: Option<u32>,
}

impl Key {
    /// As the actor or target of an event.
    pub(crate) fn party(&self) -> Value {
        json!({"type": "api_key", "id": self.id, "name": self.name})
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    User(Arc<User>),
    /// A key of one organization.
    Key(Arc<Key>),
    /// A key of the platform.
    Platform(Arc<Key>),
}

impl Principal {
    /// Whether it is somebody who runs the service.
    pub(crate) fn is_operator(&self) -> bool {
        matches!(self, Self::User(user) if user.is_operator)
    }

    /// Whether it is a person who has signed in with a password alone.
    pub(crate) fn lacks_second_factor(&self) -> bool {
        matches!(self, Self::User(user) if !user.has_second_factor)
    }

    /// The person, for what belongs to people.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for API keys.
    pub(crate) fn person(&self) -> Result<&Arc<User>> {
        match self {
            Self::User(user) => Ok(user),
            Self::Key(_) | Self::Platform(_) => {
                Err(Error::Forbidden("an API key belongs to no person".into()))
            }
        }
    }

    /// Their id, unique among all kinds.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::User(user) => user.id.to_string(),
            Self::Key(key) | Self::Platform(key) => key.id.to_string(),
        }
    }

    /// As the actor of an event.
    pub(crate) fn party(&self) -> Value {
        match self {
            Self::User(user) => users::party(user.id, &user.name, &user.email),
            Self::Key(key) | Self::Platform(key) => key.party(),
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
    pub fn organization(&self) -> &Arc<Organization> {
        &self.organization
    }

    /// What every query under this scope is narrowed to. It cannot be widened.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }
}
