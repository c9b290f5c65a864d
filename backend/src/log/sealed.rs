//! A sealed event: the exact body, its leaf hash, and the filter columns projected from it.

use std::net::IpAddr;

use serde_json::{Map, Value};

use super::{
    frontier::Hash,
    leaf::{self, Seed},
};
use crate::{
    catalog::Catalog,
    clock::Time,
    error::{Error, Result},
    events::input::NewEvent,
    id::{self, Id},
    keyring,
};

/// Version of the body's and the leaf's format.
const FORMAT: u64 = 1;
/// Members that the server sets: they say nothing about whether two requests mean the same event.
const SERVER_SET: [&str; 7] = ["v", "pack", "category", "activity_type", "label", "source", "received_at"];
/// Members that the server fills in when the client leaves them out.
const DEFAULTED: [&str; 4] = ["occurred_at", "outcome", "severity", "details"];

/// What the server adds to an event.
#[derive(Debug)]
pub struct Context<'a> {
    /// Where actions are looked up.
    pub catalog: &'a Catalog,
    /// The organization's packs, in order of precedence.
    pub packs: &'a [String],
    /// Who sent it: the name of the API key, or `annals`.
    pub source: &'a str,
    /// When the whole request had been read.
    pub received_at: Time,
}

/// An event ready to be appended: nothing in it depends on its place in the log.
#[derive(Debug, Clone)]
pub struct SealedEvent {
    /// Unique in the organization while the event is retained.
    pub id: Id<id::Event>,
    /// When it happened.
    pub occurred_at: Time,
    /// When the server had read it.
    pub received_at: Time,
    /// RFC 8785 text.
    pub body: String,
    /// Secret of the salts in the leaf.
    pub seed: Seed,
    /// Hash of the leaf.
    pub leaf_hash: Hash,
    /// Filter columns.
    pub columns: Columns,
    /// Which of the members that have defaults the client did send.
    sent: [bool; DEFAULTED.len()],
}

/// The filter columns: case-folded copies of members of the body.
#[derive(Debug, Clone, PartialEq, Eq, diesel::Queryable)]
pub struct Columns {
    pub action: String,
    pub category: Option<String>,
    pub activity_type: Option<String>,
    pub outcome: String,
    pub severity: String,
    pub source: String,
    pub actor_type: String,
    pub actor_id: String,
    pub actor_name: Option<String>,
    pub actor_email: Option<String>,
    /// Every target's id, name and e-mail, each between [`SEPARATOR`]s: one text that can be searched for one
    /// whole value.
    pub targets: Option<String>,
    pub workspace_id: Option<String>,
    pub workspace_name: Option<String>,
    pub ip: Option<String>,
}

/// Stands before, between and after the values in [`Columns::targets`].
pub const SEPARATOR: char = '\u{1f}';

/// One value as it stands in [`Columns::targets`].
pub fn enclosed(folded: &str) -> String {
    format!("{SEPARATOR}{}{SEPARATOR}", folded.replace(SEPARATOR, " "))
}

fn targets(body: &Map<String, Value>) -> Option<String> {
    let targets = body.get("targets")?.as_array()?;
    let values = targets.iter().flat_map(|target| ["id", "name", "email"].map(|name| target.get(name)));
    let folded: Vec<String> =
        values.flatten().filter_map(Value::as_str).map(|text| fold(text).replace(SEPARATOR, " ")).collect();
    Some(format!("{SEPARATOR}{}{SEPARATOR}", folded.join(&SEPARATOR.to_string())))
}

/// One spelling for every address: `::FFFF:192.0.2.1` is `192.0.2.1`.
pub fn canonical_ip(text: &str) -> String {
    text.parse::<IpAddr>().map_or_else(|_| text.to_owned(), |ip| ip.to_canonical().to_string())
}

/// The form in which text is compared by filters.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

impl Columns {
    /// The columns of a body.
    pub fn of(body: &Map<String, Value>) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(fold);
        let top = |name: &str| text(body.get(name));
        let nested = |object: &str, name: &str| text(body.get(object).and_then(|object| object.get(name)));
        Self {
            action: top("action").unwrap_or_default(), // always present in a checked body
            category: top("category"),
            activity_type: top("activity_type"),
            outcome: top("outcome").unwrap_or_default(),
            severity: top("severity").unwrap_or_default(),
            source: top("source").unwrap_or_default(),
            actor_type: nested("actor", "type").unwrap_or_default(),
            actor_id: nested("actor", "id").unwrap_or_default(),
            actor_name: nested("actor", "name"),
            actor_email: nested("actor", "email"),
            targets: targets(body),
            workspace_id: nested("workspace", "id"),
            workspace_name: nested("workspace", "name"),
            ip: nested("context", "ip").map(|ip| canonical_ip(&ip)),
        }
    }
}

impl SealedEvent {
    /// Completes the event from the catalogue and the context, and seals it.
    pub fn seal(event: NewEvent, context: &Context<'_>) -> Result<Self> {
        let sent = DEFAULTED.map(|name| match name {
            "occurred_at" => event.occurred_at.is_some(),
            name => event.members.contains_key(name),
        });
        let id = event.id.unwrap_or_else(|| Id::new(context.received_at));
        let occurred_at = event.occurred_at.unwrap_or(context.received_at);
        let body = complete(event.members, id, occurred_at, context);

        let mut seed = Seed::default();
        keyring::random(&mut seed)?;
        Ok(Self {
            id,
            occurred_at,
            received_at: context.received_at,
            leaf_hash: leaf::hash(&body, &seed)?,
            columns: Columns::of(&body),
            body: leaf::canonical(&Value::Object(body))?,
            seed,
            sent,
        })
    }

    /// Whether this is the same event as a stored one, sent again: every member that was sent is the same,
    /// and what was not sent is what the server sets or may default.
    pub fn repeats(&self, stored_body: &str) -> Result<bool> {
        let ours = parse(&self.body)?;
        let stored = parse(stored_body)?;
        let defaulted =
            |name: &str| DEFAULTED.iter().zip(self.sent).any(|(known, sent)| *known == name && !sent);
        let matters = |name: &&String| !SERVER_SET.contains(&name.as_str()) && !defaulted(name);
        Ok(ours.keys().chain(stored.keys()).filter(matters).all(|name| ours.get(name) == stored.get(name)))
    }

    /// Roughly the memory and bandwidth that the event costs, in bytes.
    pub fn size_bytes(&self) -> usize {
        self.body.len() * 2
    }
}

fn parse(body: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(body)
        .map_err(|error| Error::Integrity(format!("a stored body is not JSON: {error}")))
}

fn complete(
    mut body: Map<String, Value>,
    id: Id<id::Event>,
    occurred_at: Time,
    context: &Context<'_>,
) -> Map<String, Value> {
    body.insert("v".into(), FORMAT.into());
    body.insert("id".into(), id.to_string().into());
    body.insert("occurred_at".into(), occurred_at.to_string().into());
    body.insert("received_at".into(), context.received_at.to_string().into());
    body.insert("source".into(), context.source.into());
    body.entry("outcome").or_insert_with(|| "unknown".into());
    body.entry("severity").or_insert_with(|| "informational".into());

    let action = body.get("action").and_then(Value::as_str).unwrap_or_default();
    if let Some(entry) = context.catalog.find(context.packs, action) {
        let event_type = &entry.event_type;
        if let Some(sentence) = &entry.sentence
            && !body.contains_key("details")
        {
            body.insert("details".into(), sentence.render(&body).into());
        }
        body.insert("pack".into(), event_type.pack.clone().into());
        body.insert("category".into(), event_type.category.clone().into());
        body.insert("activity_type".into(), event_type.activity_type.name().into());
        body.insert("label".into(), event_type.label.clone().into());
    }
    body
}
