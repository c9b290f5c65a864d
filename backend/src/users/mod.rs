//! People who can sign in, and what they are in which organization.

pub mod password;
pub(crate) mod store;

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    access::Role,
    error::{Error, FieldError, Result},
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
    /// 256 bytes.
    pub fn new(email: &str, name: &str, is_operator: bool) -> Result<Self> {
        let mut errors = Vec::new();
        let has_at =
            email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if !has_at || email.len() > 256 || email.chars().any(char::is_whitespace) {
            errors.push(FieldError::new(
                "/email",
                "invalid_format",
                "must be an e-mail address of at most 256 bytes",
            ));
        }
        if name.trim().is_empty() || name.len() > 256 {
            errors.push(FieldError::new("/name", "invalid_format", "1 to 256 bytes"));
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        Ok(Self { email: fold(email), name: name.trim().to_owned(), is_operator })
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
