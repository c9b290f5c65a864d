//! What people do with events: send them, read them, follow them.

pub(crate) mod accepted;
pub mod api;
pub mod filter;
pub(crate) mod idempotency;
pub mod input;
pub(crate) mod intake;
pub mod page;
pub mod schema;
pub(crate) mod store;
pub mod strict;

use serde_json::value::RawValue;

use crate::error::{Error, Result};

/// A stored event, as it is answered: the sealed body and the three members that are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Position in the organization's log.
    pub sequence: i64,
    /// When it happened, in microseconds since 1970: half of its place in a list.
    pub occurred_at: crate::clock::Time,
    /// Hash of its Merkle leaf.
    pub leaf_hash: Vec<u8>,
    /// The exact RFC 8785 text that was sealed.
    pub body: String,
    /// Whether the body is not what the leaf hash was made of: somebody has altered one of them.
    pub is_damaged: bool,
}

impl Event {
    /// The event as JSON for `organization`. The body's own text is copied, never parsed and printed again:
    /// what a reader hashes is what was sealed.
    pub fn to_json(&self, organization: &str) -> Result<Box<RawValue>> {
        use base64::{Engine, prelude::BASE64_STANDARD};

        let members = self.body.strip_prefix('{').ok_or_else(|| {
            Error::Integrity(format!("the body of event {} is not an object", self.sequence))
        })?;
        let text = format!(
            r#"{{"organization":"{organization}","sequence":{},"leaf_hash":"{}",{damaged}{members}"#,
            self.sequence,
            BASE64_STANDARD.encode(&self.leaf_hash),
            damaged = if self.is_damaged { r#""damaged":true,"# } else { "" },
        );
        RawValue::from_string(text).map_err(|error| {
            Error::Integrity(format!("the body of event {} is not JSON: {error}", self.sequence))
        })
    }
}
