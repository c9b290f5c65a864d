//! Event types: what an action is called, where it belongs, and the sentence that tells it.

pub mod api;
pub(crate) mod definition;
mod live;
mod parameters;
pub mod sentence;
pub(crate) mod store;

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    nearest::{instead, nearest},
};
pub use live::LiveCatalog;
pub use parameters::ParametersSchema;
use sentence::Sentence;

/// The pack of the service's own event types: the last one of every organization.
pub const OWN_PACK: &str = "annals";
/// The packs that come with the service and cannot be changed.
pub const BUILT_IN_PACKS: [&str; 3] = ["pocketsoc", "blink", OWN_PACK];

const EMBEDDED: [&str; 3] = [
    include_str!("../../catalog/pocketsoc.json"),
    include_str!("../../catalog/blink.json"),
    include_str!("../../catalog/annals.json"),
];

/// The general kind of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityType {
    /// A setting was changed ("Setting updates").
    SettingUpdate,
    /// Something was made, changed or removed ("System configuration").
    SystemConfiguration,
    /// Somebody did something ("User actions").
    UserAction,
}

impl ActivityType {
    /// Every activity type.
    pub const ALL: [Self; 3] = [Self::SettingUpdate, Self::SystemConfiguration, Self::UserAction];

    /// The name in events and filters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SettingUpdate => "setting_update",
            Self::SystemConfiguration => "system_configuration",
            Self::UserAction => "user_action",
        }
    }
}

/// Where an event type stands in OCSF 1.8.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ocsf {
    /// OCSF class.
    #[schema(example = 3001)]
    pub class_uid: u32,
    /// Activity within the class.
    #[schema(example = 1)]
    pub activity_id: u32,
    /// `class_uid` × 100 + `activity_id`.
    #[schema(example = 300_101)]
    pub type_uid: u32,
}

/// Where an event type stands in the Elastic Common Schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ecs {
    /// `event.category`.
    #[schema(example = json!(["iam"]))]
    pub category: Vec<String>,
    /// `event.type`.
    #[serde(rename = "type")]
    #[schema(example = json!(["user", "creation"]))]
    pub kind: Vec<String>,
}

/// What the catalogue says of an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventType {
    /// The pack that defines it.
    #[schema(example = "blink")]
    pub pack: String,
    /// Dotted action, as sent in events.
    #[schema(example = "user.invited")]
    pub action: String,
    /// The area it belongs to.
    #[schema(example = "Tenant User Management")]
    pub category: String,
    /// Its general kind.
    pub activity_type: ActivityType,
    /// Its name for people.
    #[schema(example = "User invited")]
    pub label: String,
    /// What happened when it is recorded; may be empty.
    #[schema(example = "A user was invited.")]
    pub description: String,
    /// Template of `details` for events that bring none; empty where there is none.
    #[schema(example = "{actor} invited {target|a user}")]
    pub sentence: String,
    /// Its place in OCSF 1.8.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocsf: Option<Ocsf>,
    /// Its place in the Elastic Common Schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ecs: Option<Ecs>,
    /// Whether it should no longer be sent. It still works.
    pub deprecated: bool,
    /// Whether it came with the service and cannot be changed.
    pub built_in: bool,
    /// Raised by every change; built-in ones are always at 1.
    #[schema(example = 1)]
    pub version: i32,
    /// JSON Schema (2020-12) that `parameters` of its events must satisfy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub parameters_schema: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    pack: String,
    #[serde(rename = "ocsf_version")]
    _ocsf_version: String,
    event_types: Vec<EventTypeFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventTypeFile {
    action: String,
    category: String,
    activity_type: ActivityType,
    label: String,
    description: String,
    sentence: String,
    ocsf: Ocsf,
    ecs: Ecs,
}

/// An event type, ready to describe events.
#[derive(Debug)]
pub struct Entry {
    /// As it is listed.
    pub event_type: EventType,
    /// Tells events that bring no `details`.
    pub sentence: Option<Sentence>,
    /// Checks their `parameters`.
    pub parameters: Option<ParametersSchema>,
}

impl Entry {
    fn built_in(pack: &str, file: EventTypeFile) -> Result<Self> {
        let sentence = Sentence::parse(&file.sentence)
            .map_err(|reason| Error::Bug(format!("sentence of {}: {reason}", file.action)))?;
        let event_type = EventType {
            pack: pack.to_owned(),
            action: file.action,
            category: file.category,
            activity_type: file.activity_type,
            label: file.label,
            description: file.description,
            sentence: file.sentence,
            ocsf: Some(file.ocsf),
            ecs: Some(file.ecs),
            deprecated: false,
            built_in: true,
            version: 1,
            parameters_schema: None,
        };
        Ok(Self { event_type, sentence: Some(sentence), parameters: None })
    }
}

/// Every event type as of one moment, by (pack, action). It never changes; [`LiveCatalog`] has the current one.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    entries: Vec<Arc<Entry>>,
    by_key: HashMap<String, HashMap<String, Arc<Entry>>>,
}

impl Catalog {
    /// The packs that come with the service.
    pub fn embedded() -> Result<Self> {
        let mut catalog = Self::default();
        for text in EMBEDDED {
            let file: PackFile = serde_json::from_str(text)
                .map_err(|error| Error::Bug(format!("an embedded catalogue pack is broken: {error}")))?;
            for item in file.event_types {
                let action = item.action.clone();
                if !catalog.add(Arc::new(Entry::built_in(&file.pack, item)?)) {
                    return Err(Error::Bug(format!("{action} twice in pack {}", file.pack)));
                }
            }
        }
        Ok(catalog)
    }

    /// Adds an event type; `false` when there is one of its pack and action.
    fn add(&mut self, entry: Arc<Entry>) -> bool {
        let EventType { pack, action, .. } = &entry.event_type;
        let actions = self.by_key.entry(pack.clone()).or_default();
        if actions.insert(action.clone(), Arc::clone(&entry)).is_some() {
            return false;
        }
        self.entries.push(entry);
        true
    }

    /// Every event type, pack by pack.
    pub fn all(&self) -> impl Iterator<Item = &EventType> {
        self.entries.iter().map(|entry| &entry.event_type)
    }

    /// Whether there is a pack of this name; if not, what to tell whoever named it.
    ///
    /// # Errors
    /// The pack that was probably meant, or where to look.
    pub fn check_pack(&self, pack: &str) -> Result<(), String> {
        if self.has_pack(pack) {
            return Ok(());
        }
        let known = self.by_key.keys().map(String::as_str);
        let advice = instead(pack, known, "GET /v1/event-types lists what there is");
        Err(format!("there is no such pack; {advice}"))
    }

    /// Whether there is a pack of this name.
    pub fn has_pack(&self, pack: &str) -> bool {
        self.by_key.contains_key(pack)
    }

    /// The event type of this pack and action.
    pub fn get(&self, pack: &str, action: &str) -> Option<&Arc<Entry>> {
        self.by_key.get(pack)?.get(action)
    }

    /// The event type of `action` for an organization with these packs: the first pack that has it wins,
    /// the service's own pack comes last.
    pub fn find(&self, packs: &[String], action: &str) -> Option<&Arc<Entry>> {
        in_order(packs).find_map(|pack| self.get(pack, action))
    }

    /// The event types that an organization with these packs has: one per action, in the order of its packs
    /// and then of their actions.
    pub fn effective<'a>(&'a self, packs: &'a [String]) -> Vec<&'a EventType> {
        let mut listed = Vec::new();
        for pack in in_order(packs) {
            let mut actions: Vec<&String> =
                self.by_key.get(pack).into_iter().flat_map(HashMap::keys).collect();
            actions.sort_unstable();
            listed.extend(actions.into_iter().filter_map(|action| {
                let entry = self.find(packs, action)?;
                (entry.event_type.pack == pack).then_some(&entry.event_type)
            }));
        }
        listed
    }

    /// The action that was probably meant by one that is in none of these packs.
    pub fn nearest(&self, packs: &[String], action: &str) -> Option<&str> {
        let known = packs.iter().filter_map(|pack| self.by_key.get(pack)).flat_map(HashMap::keys);
        nearest(action, known.map(String::as_str))
    }
}

fn in_order(packs: &[String]) -> impl Iterator<Item = &str> {
    packs.iter().map(String::as_str).chain([OWN_PACK])
}
