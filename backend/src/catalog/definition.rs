//! Event types of one's own: how they are written down, checked, replaced and removed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    ActivityType, BUILT_IN_PACKS, Ecs, Entry, EventType, Ocsf, ParametersSchema, sentence::Sentence, store,
};
use crate::{
    access::OrgScope,
    db::Conn,
    error::{Error, FieldError, Result},
    events::input::is_action,
    orgs::Organization,
    own::{OwnEvent, Recorder},
};

/// Longest label and category, in bytes.
const LABEL_BYTES_MAX: usize = 128;
/// Longest description and sentence, in bytes.
const TEXT_BYTES_MAX: usize = 1_024;
/// Most placeholders of one sentence: what it renders must fit into an event's `details`.
const PLACEHOLDERS_MAX: usize = 8;
/// Most entries of each ECS list.
const ECS_MAX: usize = 8;

/// What an event type says of its action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EventTypeInput)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definition {
    /// Its name for people.
    #[schema(
        example = "Ticket closed",
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
    )]
    pub(crate) label: String,
    /// The area it belongs to.
    #[schema(
        example = "Support",
        min_length = 1,
        max_length = 128,
        pattern = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
    )]
    pub(crate) category: String,
    /// Its general kind.
    pub(crate) activity_type: ActivityType,
    /// What happened when it is recorded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(example = "A ticket was closed.", max_length = 1024, pattern = r"^[^\u0000]*$")]
    pub(crate) description: String,
    /// Template of `details` for events that bring none. Placeholders are `{actor}` and, with what stands in
    /// for an absent value, `{target|…}`, `{workspace|…}`, `{parameters.KEY|…}`, `{changes.FIELD.old|…}`,
    /// `{changes.FIELD.new|…}`; at most 8. Default: none, and then such events have no `details`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(
        example = "{actor} closed {target|a ticket} as {parameters.resolution|done}",
        max_length = 1024,
        pattern = r"^([^\u0000{}]|\{actor\}|\{(target|workspace|parameters\.[^.{}|\u0000]+|changes\.[^.{}|\u0000]+\.(old|new))\|[^{}\u0000]*\})*$"
    )]
    pub(crate) sentence: String,
    /// Its place in OCSF 1.8.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ocsf: Option<Ocsf>,
    /// Its place in the Elastic Common Schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ecs: Option<Ecs>,
    /// Whether it should no longer be sent. It still works. Default: false.
    #[serde(default)]
    #[schema(default = false)]
    pub(crate) deprecated: bool,
    /// JSON Schema (2020-12) that `parameters` of its events must satisfy; absent parameters count as `{}`. At
    /// most 32 KiB; references lead inside the schema, and where it refers to itself each member and each item is
    /// held against it once; patterns have no look-around and no back-references.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) parameters_schema: Option<Value>,
    /// The version that is to be replaced. Leave it out to create the event type.
    #[serde(default, skip_serializing)]
    #[schema(example = 1)]
    pub(crate) version: Option<i32>,
}

/// A pack of one's own: `[a-z0-9-]{2,63}`, and not built in.
pub(crate) fn is_pack(text: &str) -> bool {
    let is_of_slug = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (2..=63).contains(&text.len()) && text.bytes().all(is_of_slug)
}

/// Refuses the packs that come with the service.
pub(super) fn check_is_own(pack: &str) -> Result<()> {
    if BUILT_IN_PACKS.contains(&pack) {
        return Err(Error::Forbidden(format!(
            "the pack {pack} is built in and read-only; use one of your own"
        )));
    }
    Ok(())
}

/// Checks how a new event type is called.
fn check_key(pack: &str, action: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if !is_pack(pack) {
        errors.push(FieldError::new("pack", "invalid_format", "2 to 63 of a-z, 0-9 and -"));
    }
    if !is_action(action) {
        let message = "dotted lower-case words like ticket.closed, at most 128 bytes";
        errors.push(FieldError::new("action", "invalid_format", message));
    } else if action.starts_with("annals.") {
        let message = "actions that begin with annals. are the service's own";
        errors.push(FieldError::new("action", "reserved_name", message));
    }
    errors
}

impl Definition {
    /// The event type of this definition, or every rule that it breaks.
    pub(super) fn compile(&self, pack: &str, action: &str, version: i32) -> Result<Entry, Vec<FieldError>> {
        let mut errors = check_key(pack, action);
        self.check_texts(&mut errors);
        self.check_mappings(&mut errors);
        let sentence = self.sentence(&mut errors);
        let schema = self.parameters_schema.as_ref();
        let parameters = schema.and_then(|schema| {
            ParametersSchema::compile(schema, "/parameters_schema").map_err(|found| errors.extend(found)).ok()
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        let event_type = EventType {
            pack: pack.to_owned(),
            action: action.to_owned(),
            category: self.category.clone(),
            activity_type: self.activity_type,
            label: self.label.clone(),
            description: self.description.clone(),
            sentence: self.sentence.clone(),
            ocsf: self.ocsf.clone(),
            ecs: self.ecs.clone(),
            deprecated: self.deprecated,
            built_in: false,
            version,
            parameters_schema: self.parameters_schema.clone(),
        };
        Ok(Entry { event_type, sentence, parameters })
    }

    fn check_texts(&self, errors: &mut Vec<FieldError>) {
        for (pointer, text, bytes_max) in [
            ("/label", &self.label, LABEL_BYTES_MAX),
            ("/category", &self.category, LABEL_BYTES_MAX),
            ("/description", &self.description, TEXT_BYTES_MAX),
            ("/sentence", &self.sentence, TEXT_BYTES_MAX),
        ] {
            if text.len() > bytes_max {
                errors.push(FieldError::new(pointer, "too_long", format!("at most {bytes_max} bytes")));
            } else if bytes_max == LABEL_BYTES_MAX && text.trim().is_empty() {
                errors.push(FieldError::new(pointer, "required", "must not be empty"));
            }
        }
    }

    fn check_mappings(&self, errors: &mut Vec<FieldError>) {
        if let Some(Ocsf { class_uid, activity_id, type_uid }) = self.ocsf
            && u64::from(type_uid) != u64::from(class_uid) * 100 + u64::from(activity_id)
        {
            let message = "must be class_uid × 100 + activity_id";
            errors.push(FieldError::new("/ocsf/type_uid", "invalid_format", message));
        }
        let Some(Ecs { category, kind }) = &self.ecs else { return };
        for (pointer, names) in [("/ecs/category", category), ("/ecs/type", kind)] {
            let is_name = |name: &String| (1..=LABEL_BYTES_MAX).contains(&name.len());
            if !(1..=ECS_MAX).contains(&names.len()) || !names.iter().all(is_name) {
                let message = format!("1 to {ECS_MAX} names of 1 to {LABEL_BYTES_MAX} bytes");
                errors.push(FieldError::new(pointer, "out_of_range", message));
            }
        }
    }

    fn sentence(&self, errors: &mut Vec<FieldError>) -> Option<Sentence> {
        if self.sentence.is_empty() {
            return None;
        }
        match Sentence::parse(&self.sentence) {
            Ok(sentence) if sentence.placeholders() <= PLACEHOLDERS_MAX => return Some(sentence),
            Ok(_) => {
                let message = format!("at most {PLACEHOLDERS_MAX} placeholders");
                errors.push(FieldError::new("/sentence", "too_many", message));
            }
            Err(reason) => errors.push(FieldError::new("/sentence", "invalid_format", reason)),
        }
        None
    }
}

/// What is needed to change the catalogue, besides the transaction.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) recorder: Recorder,
    /// The organization in whose log changes of the catalogue are recorded.
    pub(super) platform: Arc<Organization>,
    pub(super) actor: Value,
    pub(super) pack: String,
    pub(super) action: String,
}

impl Change {
    /// Creates the event type, or replaces the version that the definition names; whether it is new.
    pub(super) fn put(&self, conn: &mut Conn, definition: &Definition) -> Result<(EventType, bool)> {
        let now = self.recorder.clock.now();
        store::take_turn(conn)?;
        let current = store::find(conn, &self.pack, &self.action)?;
        let seen = definition.version;
        if current.as_ref().map(|row| row.version) != seen {
            return Err(Error::VersionConflict(current.map(|row| row.version)));
        }
        let version = store::last_version(conn, &self.pack, &self.action)?.unwrap_or(0) + 1;
        let entry = definition.compile(&self.pack, &self.action, version).map_err(Error::Invalid)?;
        store::put(conn, &entry.event_type, definition, now)?;
        store::insert_version(conn, &entry.event_type, definition, &self.actor, now)?;
        let event = match &current {
            None => self.event("annals.event_type.created", &definition.label, version),
            Some(row) => self
                .event("annals.event_type.changed", &definition.label, version)
                .changes(&differences(row, definition, version)),
        };
        self.record(conn, event)?;
        Ok((entry.event_type, current.is_none()))
    }

    /// Removes the event type.
    pub(super) fn delete(&self, conn: &mut Conn) -> Result<()> {
        store::take_turn(conn)?;
        let row = store::find(conn, &self.pack, &self.action)?.ok_or(Error::NotFound)?;
        store::delete(conn, &self.pack, &self.action)?;
        self.record(conn, self.event("annals.event_type.deleted", &row.document.0.label, row.version))
    }

    fn event(&self, own_action: &str, label: &str, version: i32) -> OwnEvent {
        let Self { pack, action, .. } = self;
        OwnEvent::new(own_action, self.actor.clone())
            .target(json!({"type": "event_type", "id": format!("{pack}/{action}"), "name": label}))
            .parameters(json!({"pack": pack, "action": action, "version": version}))
    }

    fn record(&self, conn: &mut Conn, event: OwnEvent) -> Result<()> {
        self.recorder.record(conn, &OrgScope::of_service(&self.platform), event).map(drop)
    }
}

/// What differs between two versions. Schemas can be larger than events may be: of them, only the version that
/// has the text.
fn differences(old: &store::Row, new: &Definition, version: i32) -> Vec<(&'static str, Value, Value)> {
    let members = |definition: &Definition| {
        [
            ("label", json!(definition.label)),
            ("category", json!(definition.category)),
            ("activity_type", json!(definition.activity_type)),
            ("description", json!(definition.description)),
            ("sentence", json!(definition.sentence)),
            ("ocsf", json!(definition.ocsf)),
            ("ecs", json!(definition.ecs)),
            ("deprecated", json!(definition.deprecated)),
        ]
    };
    let pairs = members(&old.document.0).into_iter().zip(members(new));
    let mut changes: Vec<_> = pairs
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| (field, old, new))
        .collect();
    if old.document.0.parameters_schema != new.parameters_schema {
        let of = |version: i32| json!({"of_version": version});
        changes.push(("parameters_schema", of(old.version), of(version)));
    }
    changes
}
