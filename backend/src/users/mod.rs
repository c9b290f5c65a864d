//! People who can sign in, and what they are in which organization.

pub mod password;
pub(crate) mod store;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    access::Role,
    error::{Error, FieldError, Result},
    events::input::NAME_BYTES_MAX,
    id::{self, Id},
    log::sealed::fold,
};

/// A person, as stored.
#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: Id<id::User>,
    /// Case-folded.
    pub email: String,
    pub name: String,
    pub is_operator: bool,
    pub security_version: i32,
    pub password_hash: SecretString,
    pub is_disabled: bool,
}

/// What a person's account is made from.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Case-folded.
    pub email: String,
    pub name: String,
    pub is_operator: bool,
}

impl NewUser {
    /// Checks the e-mail and the name.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the e-mail has no `@` in the middle or the name is empty, or either is over
    /// 256 bytes or holds control characters.
    pub fn new(email: &str, name: &str, is_operator: bool) -> Result<Self> {
        let mut errors = Vec::new();
        let email = checked_email(email, &mut errors);
        let name = checked_name(name, &mut errors);
        if errors.is_empty() { Ok(Self { email, name, is_operator }) } else { Err(Error::Invalid(errors)) }
    }
}

/// The e-mail address, case-folded. What is wrong with it is added to `errors`.
pub(crate) fn checked_email(email: &str, errors: &mut Vec<FieldError>) -> String {
    let email = fold(email); // which may make it longer
    let is_part = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace() || c.is_control())
    };
    let has_parts = email.split_once('@').is_some_and(|(local, domain)| is_part(local) && is_part(domain));
    if !has_parts || email.len() > NAME_BYTES_MAX {
        let message = format!("must be an e-mail address of at most {NAME_BYTES_MAX} bytes");
        errors.push(FieldError::new("/email", "invalid_format", message));
    }
    email
}

/// A person's name, without the spaces around it. What is wrong with it is added to `errors`.
pub(crate) fn checked_name(name: &str, errors: &mut Vec<FieldError>) -> String {
    let name = name.trim();
    if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        let message = format!("1 to {NAME_BYTES_MAX} bytes, without control characters");
        errors.push(FieldError::new("/name", "invalid_format", message));
    }
    name.to_owned()
}

/// What a person can be as a member of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MemberRole {
    /// Everything in the organization.
    Admin,
    /// Reads, exports and verifies the log.
    Auditor,
    /// Sees no log.
    Member,
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Admin => Self::Admin,
            MemberRole::Auditor => Self::Auditor,
            MemberRole::Member => Self::Member,
        }
    }
}

impl MemberRole {
    /// The role's name in the database and on the wire.
    pub(crate) fn name(self) -> &'static str {
        Role::from(self).name()
    }

    /// A stored role by its name.
    pub(crate) fn of_name(name: &str) -> Result<Self> {
        [Self::Admin, Self::Auditor, Self::Member]
            .into_iter()
            .find(|role| role.name() == name)
            .ok_or_else(|| Error::Bug(format!("a membership with the role {name}")))
    }
}

/// A person as the actor or target of an event.
pub fn party(id: Id<id::User>, name: &str, email: &str) -> Value {
    json!({"type": "user", "id": id, "name": name, "email": email})
}

/// A person's place in one organization.
#[derive(Debug, Clone)]
pub struct Membership {
    pub organization: crate::orgs::Organization,
    pub role: Role,
}
