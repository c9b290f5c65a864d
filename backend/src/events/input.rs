//! From a client's JSON to a `NewEvent`: an event that cannot be wrong, not yet sealed.

use std::{net::IpAddr, time::Duration};

use serde_json::{Map, Value, value::RawValue};

use super::strict::{self, INTEGER_MAX, pointer};
use crate::{
    clock::Time,
    error::FieldError,
    id::{self, Id},
    nearest::instead,
};

/// Largest event as sent, in bytes.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// Longest action, in bytes.
pub const ACTION_BYTES_MAX: usize = 128;
/// Longest id, name, e-mail or type, in bytes.
pub const NAME_BYTES_MAX: usize = 256;
/// Longest user agent, in bytes.
pub const USER_AGENT_BYTES_MAX: usize = 1024;
/// Most targets of one event.
pub const TARGETS_MAX: usize = 20;
/// Most changes of one event.
pub const CHANGES_MAX: usize = 50;
/// Most top-level keys of `parameters`.
pub const PARAMETERS_MAX: usize = 64;
/// How far `occurred_at` may lie ahead of the server's clock.
pub const AHEAD_MAX: Duration = Duration::from_hours(24);

/// Values of `outcome`.
pub const OUTCOMES: [&str; 4] = ["success", "failure", "denied", "unknown"];
/// Values of `severity`: OCSF's.
pub const SEVERITIES: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

const PARTY: [&str; 4] = ["type", "id", "name", "email"];
const TARGET: [&str; 5] = ["type", "id", "name", "email", "href"];
const WORKSPACE: [&str; 2] = ["id", "name"];
const CONTEXT: [&str; 7] =
    ["ip", "user_agent", "location", "request_id", "session_id", "correlation_id", "traceparent"];
const CHANGE: [&str; 3] = ["field", "old", "new"];
/// Members that a client may send.
const MEMBERS: [&str; 15] = [
    "id",
    "action",
    "occurred_at",
    "actor",
    "on_behalf_of",
    "targets",
    "workspace",
    "outcome",
    "severity",
    "reason",
    "details",
    "parameters",
    "changes",
    "source_sequence",
    "context",
];
const SERVER_SET: [&str; 11] = [
    "v",
    "organization",
    "sequence",
    "received_at",
    "pack",
    "category",
    "activity_type",
    "label",
    "source",
    "leaf_hash",
    "redacted",
];

/// Who wrote the event: clients may not use the service's own action names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    Client,
    Service,
}

/// A checked event: only known members, each well-formed, empty ones left out.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The client's id, if it brought one.
    pub id: Option<Id<id::Event>>,
    /// When it happened, if the client said so.
    pub occurred_at: Option<Time>,
    /// The members as they go into the body, `id` and `occurred_at` excepted.
    pub members: Map<String, Value>,
}

impl NewEvent {
    /// Parses one event as sent. Pointers in the errors begin with `at`; the broken rules are listed.
    pub(crate) fn parse(
        raw: &RawValue,
        at: &str,
        received_at: Time,
        author: Author,
    ) -> Result<Self, Vec<FieldError>> {
        if raw.get().len() > EVENT_BYTES_MAX {
            let message = format!("at most {EVENT_BYTES_MAX} bytes in an event");
            return Err(vec![FieldError::new(at, "too_large", message)]);
        }
        match strict::read(raw, at)? {
            Value::Object(members) => Self::check(members, at, received_at, author),
            _ => Err(vec![FieldError::new(at, "wrong_type", "must be an object")]),
        }
    }

    fn check(
        mut members: Map<String, Value>,
        at: &str,
        received_at: Time,
        author: Author,
    ) -> Result<Self, Vec<FieldError>> {
        let mut check = Check { at, errors: Vec::new() };
        // An unknown member stays, to be told of, whatever its value.
        members.retain(|name, value| !is_known(name) || !is_empty(value));
        let mut id = None;
        let mut occurred_at = None;
        for (name, value) in &mut members {
            match name.as_str() {
                "id" => id = check.event_id(value),
                "occurred_at" => occurred_at = check.occurred_at(value, received_at),
                "action" => check.action(value, author),
                "actor" | "on_behalf_of" => check.object(name, value, &PARTY, &["type", "id"]),
                "workspace" => check.object(name, value, &WORKSPACE, &[]),
                "context" => check.context(value),
                "targets" => check.targets(value),
                "outcome" => check.one_of("outcome", value, &OUTCOMES),
                "severity" => check.one_of("severity", value, &SEVERITIES),
                "reason" | "details" => check.text(name, value, strict::STRING_BYTES_MAX),
                "parameters" => check.parameters(value),
                "changes" => check.changes(value),
                "source_sequence" => check.source_sequence(value),
                name if SERVER_SET.contains(&name) => {
                    check.fail(name, "read_only", "is set by the server; leave it out");
                }
                name => check.unknown("", name, &MEMBERS, "put what is your own under parameters"),
            }
        }
        for required in ["action", "actor"] {
            if !members.contains_key(required) {
                check.fail(required, "required", "is required");
            }
        }
        if !check.errors.is_empty() {
            return Err(strict::listed(check.errors, at));
        }
        members.remove("id");
        members.remove("occurred_at");
        // An object that lost all its empty members is as good as absent.
        members.retain(|_, value| !is_empty(value));
        Ok(Self { id, occurred_at, members })
    }

    /// What happened.
    pub fn action(&self) -> &str {
        self.members.get("action").and_then(Value::as_str).unwrap_or_default() // always present
    }
}

fn is_known(name: &str) -> bool {
    MEMBERS.contains(&name) || SERVER_SET.contains(&name)
}

/// As a member of fixed meaning, an empty value says the same as none.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

struct Check<'a> {
    at: &'a str,
    errors: Vec<FieldError>,
}

impl Check<'_> {
    fn fail(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(format!("{}/{path}", self.at), code, message));
    }

    /// A member that there is not; most often one that is misspelled.
    fn unknown(&mut self, at: &str, name: &str, known: &[&str], otherwise: &str) {
        let message = format!("there is no such member; {}", instead(name, known.iter().copied(), otherwise));
        let pointer = pointer(&format!("{}{at}", self.at), name);
        self.errors.push(FieldError::new(pointer, "unknown_field", message));
    }

    fn text(&mut self, path: &str, value: &Value, bytes_max: usize) {
        match value {
            Value::String(text) if text.len() <= bytes_max => {}
            Value::String(_) => self.fail(path, "too_long", format!("at most {bytes_max} bytes")),
            _ => self.fail(path, "wrong_type", "must be a string"),
        }
    }

    fn event_id(&mut self, value: &Value) -> Option<Id<id::Event>> {
        let id = value.as_str().and_then(Id::<id::Event>::parse);
        let id = id.filter(|id| !id.uuid().is_nil() && !id.uuid().is_max());
        if id.is_none() {
            self.fail(
                "id",
                "invalid_format",
                "must be a hyphenated UUID, like 0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01",
            );
        }
        id
    }

    fn occurred_at(&mut self, value: &Value, received_at: Time) -> Option<Time> {
        let Some(text) = value.as_str() else {
            self.fail("occurred_at", "wrong_type", "must be a string");
            return None;
        };
        match Time::parse_rfc3339(text) {
            Ok(time) if time > received_at.plus(AHEAD_MAX) => {
                self.fail("occurred_at", "in_the_future", "at most 24 hours ahead of the server's clock");
                None
            }
            Ok(time) => Some(time),
            Err(reason) => {
                self.fail("occurred_at", "invalid_format", reason);
                None
            }
        }
    }

    fn action(&mut self, value: &Value, author: Author) {
        let Some(action) = value.as_str() else {
            return self.fail("action", "wrong_type", "must be a string");
        };
        if !is_action(action) {
            self.fail(
                "action",
                "invalid_format",
                "dotted lower-case words like user.invited, at most 128 bytes",
            );
        } else if author == Author::Client && action.starts_with("annals.") {
            self.fail("action", "reserved_name", "actions that begin with annals. are the service's own");
        }
    }

    fn one_of(&mut self, path: &str, value: &Value, allowed: &[&str]) {
        if !value.as_str().is_some_and(|text| allowed.contains(&text)) {
            self.fail(path, "unknown_value", format!("must be one of {}", allowed.join(", ")));
        }
    }

    /// A closed object of short strings.
    fn object(&mut self, path: &str, value: &mut Value, known: &[&str], required: &[&str]) {
        let Some(object) = value.as_object_mut() else {
            return self.fail(path, "wrong_type", "must be an object");
        };
        object.retain(|name, value| !known.contains(&name.as_str()) || !is_empty(value));
        for (name, value) in object.iter() {
            if !known.contains(&name.as_str()) {
                self.unknown(&format!("/{path}"), name, known, &format!("known are {}", known.join(", ")));
                continue;
            }
            let bytes_max = match name.as_str() {
                "href" => strict::STRING_BYTES_MAX,
                "user_agent" => USER_AGENT_BYTES_MAX,
                _ => NAME_BYTES_MAX,
            };
            self.text(&format!("{path}/{name}"), value, bytes_max);
        }
        for name in required {
            if !object.is_empty() && !object.contains_key(*name) {
                self.fail(&format!("{path}/{name}"), "required", "is required");
            }
        }
        if object.is_empty() && path == "actor" {
            self.fail("actor", "required", "needs a type and an id");
        }
    }

    fn context(&mut self, value: &mut Value) {
        self.object("context", value, &CONTEXT, &[]);
        if let Some(ip) = value.get("ip").and_then(Value::as_str)
            && ip.parse::<IpAddr>().is_err()
        {
            self.fail("context/ip", "invalid_format", "must be an IPv4 or IPv6 address");
        }
    }

    fn targets(&mut self, value: &mut Value) {
        let Some(targets) = value.as_array_mut() else {
            return self.fail("targets", "wrong_type", "must be an array");
        };
        if targets.len() > TARGETS_MAX {
            return self.fail("targets", "too_many", format!("at most {TARGETS_MAX} targets"));
        }
        for (index, target) in targets.iter_mut().enumerate() {
            let path = format!("targets/{index}");
            self.object(&path, target, &TARGET, &["type"]);
            let named = ["id", "name", "email"].iter().any(|name| target.get(name).is_some());
            if target.is_object() && !named {
                self.fail(&path, "required", "needs an id, a name or an email");
            }
        }
    }

    fn parameters(&mut self, value: &Value) {
        match value.as_object() {
            None => self.fail("parameters", "wrong_type", "must be an object"),
            Some(parameters) if parameters.len() > PARAMETERS_MAX => {
                self.fail("parameters", "too_many", format!("at most {PARAMETERS_MAX} keys"));
            }
            Some(_) => {}
        }
    }

    fn changes(&mut self, value: &Value) {
        let Some(changes) = value.as_array() else {
            return self.fail("changes", "wrong_type", "must be an array");
        };
        if changes.len() > CHANGES_MAX {
            return self.fail("changes", "too_many", format!("at most {CHANGES_MAX} changes"));
        }
        for (index, change) in changes.iter().enumerate() {
            self.change(&format!("changes/{index}"), change);
        }
    }

    fn change(&mut self, path: &str, change: &Value) {
        let Some(change) = change.as_object() else {
            return self.fail(path, "wrong_type", "must be an object");
        };
        match change.get("field") {
            None => self.fail(&format!("{path}/field"), "required", "is required"),
            Some(Value::String(field)) if field.is_empty() => {
                self.fail(&format!("{path}/field"), "required", "must not be empty");
            }
            Some(field) => self.text(&format!("{path}/field"), field, NAME_BYTES_MAX),
        }
        if !change.contains_key("old") && !change.contains_key("new") {
            self.fail(path, "required", "needs old, new or both");
        }
        for name in change.keys().filter(|name| !CHANGE.contains(&name.as_str())) {
            self.unknown(&format!("/{path}"), name, &CHANGE, "known are field, old, new");
        }
    }

    fn source_sequence(&mut self, value: &Value) {
        // Numbers have passed `strict`: an integer is at most 2^53 − 1 already.
        if value.as_u64().is_none() {
            self.fail(
                "source_sequence",
                "out_of_range",
                format!("must be an integer from 0 to {INTEGER_MAX}"),
            );
        }
    }
}

/// `^[a-z0-9_]+(\.[a-z0-9_]+)+$`, at most 128 bytes.
pub(crate) fn is_action(text: &str) -> bool {
    text.len() <= ACTION_BYTES_MAX && has_form_of_action(text)
}

/// `^[a-z0-9_]+(\.[a-z0-9_]+)+$`
pub(super) fn has_form_of_action(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    text.contains('.') && text.split('.').all(is_word)
}
