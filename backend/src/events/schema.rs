//! The wire forms of events, for openapi.yaml. Answers are not built from these but copied from what was
//! sealed; a test holds the two together.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::catalog::ActivityType;

/// Who did it, or on whose behalf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// What kind of actor: user, service, `api_key`, system, ….
    #[serde(rename = "type")]
    #[schema(example = "user", min_length = 1, max_length = 256)]
    pub kind: String,
    /// Its id in your system.
    #[schema(example = "u_9", min_length = 1, max_length = 256)]
    pub id: String,
    /// Its name when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ada Byron", max_length = 256)]
    pub name: Option<String>,
    /// Its e-mail address when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ada@example.com", max_length = 256)]
    pub email: Option<String>,
}

/// What was acted on. Needs an id, a name or an email.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What kind of thing.
    #[serde(rename = "type")]
    #[schema(example = "user", min_length = 1, max_length = 256)]
    pub kind: String,
    /// Its id in your system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "u_7", max_length = 256)]
    pub id: Option<String>,
    /// Its name when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Bob", max_length = 256)]
    pub name: Option<String>,
    /// Its e-mail address when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "bob@example.com", max_length = 256)]
    pub email: Option<String>,
    /// Where to find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://app.example.com/users/u_7", max_length = 8192)]
    pub href: Option<String>,
}

/// The workspace inside the organization. Needs an id or a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// Its id in your system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ws_1", max_length = 256)]
    pub id: Option<String>,
    /// Its name when it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Production", max_length = 256)]
    pub name: Option<String>,
}

/// One changed field. Needs old, new or both; null is a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which field.
    #[schema(example = "role", min_length = 1, max_length = 256)]
    pub field: String,
    /// Its value before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "viewer")]
    pub old: Option<Value>,
    /// Its value after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "admin")]
    pub new: Option<Value>,
}

/// Where the act came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// IPv4 or IPv6 address of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.7")]
    pub ip: Option<String>,
    /// Its `User-Agent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1024)]
    pub user_agent: Option<String>,
    /// Where it is, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Lisbon, PT", max_length = 256)]
    pub location: Option<String>,
    /// Your id of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub request_id: Option<String>,
    /// Your id of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub session_id: Option<String>,
    /// Your id of what belongs together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub correlation_id: Option<String>,
    /// W3C trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub traceparent: Option<String>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It happened.
    Success,
    /// It was tried and did not work.
    Failure,
    /// It was not allowed.
    Denied,
    /// Not said.
    Unknown,
}

/// How serious it is, in OCSF's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to do.
    Informational,
    /// Worth knowing.
    Low,
    /// Worth a look.
    Medium,
    /// Act soon.
    High,
    /// Act now.
    Critical,
}

/// An event to be recorded. `action` and `actor` are required. An empty string, array, object or null says
/// the same as leaving the member out, except inside `parameters` and `changes`. At most 64 KiB, 16 levels
/// deep, 2,000 values, 8 KiB per string; numbers must survive as 64-bit floats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventInput {
    /// A UUID of your own makes retries safe: the same id with the same content is answered with the first
    /// receipt. Unique per organization while the event is retained. Default: a `UUIDv7`.
    #[schema(format = Uuid, example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")]
    pub id: Option<String>,
    /// Dotted lower-case words. Those beginning with `annals.` are the service's own.
    #[schema(
        example = "user.role_changed",
        pattern = r"^(?!annals\.)[a-z0-9_]+(\.[a-z0-9_]+)+$",
        max_length = 128
    )]
    pub action: String,
    /// When it happened: RFC 3339 with an offset, at most 24 hours ahead, any time back. Default: now.
    #[schema(format = DateTime, example = "2026-11-02T10:15:30.123456Z")]
    pub occurred_at: Option<String>,
    /// Who did it.
    pub actor: Party,
    /// For whom, when the actor acts for somebody else.
    pub on_behalf_of: Option<Party>,
    /// What was acted on.
    #[schema(max_items = 20)]
    pub targets: Option<Vec<Target>>,
    /// Where inside the organization.
    pub workspace: Option<Workspace>,
    /// Default: unknown.
    pub outcome: Option<Outcome>,
    /// Default: informational.
    pub severity: Option<Severity>,
    /// Why it was done, or why it failed.
    #[schema(max_length = 8192)]
    pub reason: Option<String>,
    /// The event in a sentence. Default: the event type's sentence.
    #[schema(max_length = 8192)]
    pub details: Option<String>,
    /// What else there is to say; at most 64 keys.
    #[schema(value_type = Option<Object>, example = json!({"username": "bob"}))]
    pub parameters: Option<serde_json::Map<String, Value>>,
    /// What changed.
    #[schema(max_items = 50)]
    pub changes: Option<Vec<Change>>,
    /// Your own running number, to find gaps before the log.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    pub source_sequence: Option<u64>,
    /// Where the act came from.
    pub context: Option<Context>,
}

/// A recorded event. Absent members are left out. Without `organization`, `sequence` and `leaf_hash` it is
/// the exact body that was sealed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Slug of the organization.
    #[schema(example = "acme")]
    pub organization: String,
    /// Position in the organization's log: 0-based, gapless, in commit order.
    #[schema(minimum = 0, example = 812)]
    pub sequence: i64,
    /// Hash of the event's Merkle leaf, base64.
    #[schema(example = "2ASuUK9zVadmBVrLFiJNc5nziUgtmPY94BGkfCj+wMc=")]
    pub leaf_hash: String,
    /// Present, and true, when the event is not what its leaf hash was made of: somebody altered the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<bool>,
    /// Version of the body's format.
    #[schema(example = 1)]
    pub v: u32,
    /// Unique in the organization.
    #[schema(format = Uuid)]
    pub id: String,
    /// What happened.
    #[schema(example = "user.role_changed")]
    pub action: String,
    /// The pack whose event type described it; absent for an action that none describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// The area it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its general kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<ActivityType>,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Name of the API key that brought it, or `annals`.
    #[schema(example = "billing-api")]
    pub source: String,
    /// When it happened, UTC.
    #[schema(format = DateTime)]
    pub occurred_at: String,
    /// When the server had read it, UTC.
    #[schema(format = DateTime)]
    pub received_at: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How serious it is.
    pub severity: Severity,
    /// The source's own running number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_sequence: Option<u64>,
    /// Where inside the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Workspace>,
    /// Who did it.
    pub actor: Party,
    /// For whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Party>,
    /// What was acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<Target>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The event in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub parameters: Option<serde_json::Map<String, Value>>,
    /// What changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    /// Where the act came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
}
