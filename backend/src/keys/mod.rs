//! API keys: how services post events and scripts read them.

pub(crate) mod store;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    access::{
        OrgScope, Scope,
        token::{Kind, Token},
    },
    catalog::OWN_PACK,
    clock::Time,
    db::Conn,
    error::{Error, FieldError, Result},
    events::input::NAME_BYTES_MAX,
    orgs::Organization,
    own::{OwnEvent, Recorder},
};

/// How long a key lives unless told otherwise, in days.
pub const LIFETIME_DAYS: u64 = 365;
/// The same as a span.
pub const LIFETIME: Duration = Duration::from_secs(LIFETIME_DAYS * 24 * 60 * 60);

/// What a key is made from.
#[derive(Debug, Clone)]
pub struct NewKey {
    name: String,
    scopes: Vec<Scope>,
    expires_at: Option<Time>,
}

impl NewKey {
    /// Checks the name, which becomes the `source` of the key's events and stays in the log for ever.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the name is empty, over 256 bytes or `annals`, or there is no scope.
    pub fn new(name: &str, scopes: &[Scope], expires_at: Option<Time>) -> Result<Self> {
        let mut errors = Vec::new();
        if name.trim().is_empty() || name.len() > NAME_BYTES_MAX {
            errors.push(FieldError::new("/name", "invalid_format", format!("1 to {NAME_BYTES_MAX} bytes")));
        } else if name.trim().eq_ignore_ascii_case(OWN_PACK) {
            errors.push(FieldError::new(
                "/name",
                "reserved_name",
                "annals is the source of the service's own events",
            ));
        }
        if scopes.is_empty() {
            errors.push(FieldError::new("/scopes", "required", "at least one scope"));
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        Ok(Self { name: name.trim().to_owned(), scopes: scopes.to_vec(), expires_at })
    }
}

/// Makes a key and records it. The token is the only copy of the secret there will ever be.
pub(crate) fn create(
    conn: &mut Conn,
    recorder: &Recorder,
    organization: &Arc<Organization>,
    new: &NewKey,
    actor: &Value,
) -> Result<Token> {
    let token = Token::random(Kind::ApiKey)?;
    let id = store::insert(conn, organization.id, new, &token, recorder.clock.now())?;
    let event = OwnEvent::new("api_key.created", actor.clone())
        .target(json!({"type": "api_key", "id": id, "name": new.name}))
        .parameters(json!({
            "name": new.name,
            "public_id": token.public_id(),
            "scopes": new.scopes,
            "expires_at": new.expires_at,
        }));
    recorder.record(conn, &OrgScope::of_service(organization), event)?;
    Ok(token)
}

/// Ends the organization's key of this name and records it.
pub(crate) fn revoke(
    conn: &mut Conn,
    recorder: &Recorder,
    organization: &Arc<Organization>,
    name: &str,
    actor: &Value,
) -> Result<()> {
    let id = store::revoke(conn, organization.id, name, recorder.clock.now())?
        .ok_or_else(|| Error::Config(format!("there is no live key {name} in {}", organization.slug)))?;
    let event = OwnEvent::new("api_key.deleted", actor.clone())
        .target(json!({"type": "api_key", "id": id, "name": name}));
    recorder.record(conn, &OrgScope::of_service(organization), event)?;
    Ok(())
}
