//! Event types: what an action is called, where it belongs, and the sentence that tells it.

pub mod api;
pub mod sentence;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    nearest::nearest,
};
use sentence::Sentence;

/// The pack of the service's own event types: the last one of every organization.
pub const OWN_PACK: &str = "annals";

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
    /// What happened when it is recorded.
    #[schema(example = "A user was invited.")]
    pub description: String,
    /// Template of `details` for events that bring none.
    #[schema(example = "{actor} invited {target|a user}")]
    pub sentence: String,
    /// Its place in OCSF 1.8.0.
    pub ocsf: Ocsf,
    /// Its place in the Elastic Common Schema.
    pub ecs: Ecs,
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

/// An event type with its sentence parsed.
#[derive(Debug)]
struct Entry {
    event_type: EventType,
    sentence: Sentence,
}

/// Every event type, by (pack, action).
#[derive(Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
    by_key: HashMap<String, HashMap<String, usize>>,
}

impl Catalog {
    /// The packs that come with the service.
    pub fn embedded() -> Result<Self> {
        let mut catalog = Self { entries: Vec::new(), by_key: HashMap::new() };
        for text in EMBEDDED {
            let file: PackFile = serde_json::from_str(text)
                .map_err(|error| Error::Bug(format!("an embedded catalogue pack is broken: {error}")))?;
            let mut by_action = HashMap::new();
            for item in file.event_types {
                let sentence = Sentence::parse(&item.sentence)
                    .map_err(|reason| Error::Bug(format!("sentence of {}: {reason}", item.action)))?;
                let event_type = EventType {
                    pack: file.pack.clone(),
                    action: item.action.clone(),
                    category: item.category,
                    activity_type: item.activity_type,
                    label: item.label,
                    description: item.description,
                    sentence: item.sentence,
                    ocsf: item.ocsf,
                    ecs: item.ecs,
                };
                if by_action.insert(item.action, catalog.entries.len()).is_some() {
                    return Err(Error::Bug(format!("{} twice in pack {}", event_type.action, file.pack)));
                }
                catalog.entries.push(Entry { event_type, sentence });
            }
            catalog.by_key.insert(file.pack, by_action);
        }
        Ok(catalog)
    }

    /// Every event type, pack by pack.
    pub fn all(&self) -> impl Iterator<Item = &EventType> {
        self.entries.iter().map(|entry| &entry.event_type)
    }

    /// Whether there is a pack of this name.
    pub fn has_pack(&self, pack: &str) -> bool {
        self.by_key.contains_key(pack)
    }

    /// The event type of `action` for an organization with these packs: the first pack that has it wins,
    /// the service's own pack comes last.
    pub fn find(&self, packs: &[String], action: &str) -> Option<(&EventType, &Sentence)> {
        packs
            .iter()
            .map(String::as_str)
            .chain([OWN_PACK])
            .find_map(|pack| self.by_key.get(pack)?.get(action))
            .and_then(|index| self.entries.get(*index))
            .map(|entry| (&entry.event_type, &entry.sentence))
    }

    /// The action that was probably meant by one that is in none of these packs.
    pub fn nearest(&self, packs: &[String], action: &str) -> Option<&str> {
        let known = packs.iter().filter_map(|pack| self.by_key.get(pack)).flat_map(HashMap::keys);
        nearest(action, known.map(String::as_str))
    }
}
