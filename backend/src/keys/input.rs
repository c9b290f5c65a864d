//! What is sent to make a key, to change it and to rotate it, and the rules for it.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{
    KeyRow, LIFETIME_DAYS, LIFETIME_DAYS_MAX, OVERLAP_SECONDS, OVERLAP_SECONDS_MAX, RateLimit, days,
};
use crate::{
    access::Scope,
    catalog::OWN_PACK,
    clock::Time,
    db::types::Json,
    error::{Error, FieldError, Result},
    events::input::NAME_BYTES_MAX,
    network::Network,
};

/// Longest description, in characters.
const DESCRIPTION_CHARS_MAX: usize = 500;
/// Most networks of a key.
const NETWORKS_MAX: usize = 64;
/// Fastest that a limit can be, in events a second.
const EVENTS_PER_SECOND_MAX: u32 = 100_000;

/// What a key is made from.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) description: Option<String>,
    pub(super) scopes: Vec<Scope>,
    pub(super) networks: Vec<Network>,
    pub(super) events_per_second: Option<u32>,
    pub(super) expires_at: Option<Time>,
}

impl NewKey {
    /// Checks the name, which becomes the `source` of the key's events and stays in the log for ever.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the name is empty, over 256 bytes or `annals`, or there is no scope.
    pub fn new(name: &str, scopes: &[Scope], expires_at: Option<Time>) -> Result<Self> {
        let mut errors = Vec::new();
        check_name("/name", name, &mut errors);
        check_scopes(scopes, &Scope::ALL, &mut errors);
        done(errors)?;
        Ok(Self {
            name: name.trim().to_owned(),
            source: name.trim().to_owned(),
            description: None,
            scopes: scopes.to_vec(),
            networks: Vec::new(),
            events_per_second: None,
            expires_at,
        })
    }

    /// The same, recorded under another source.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the source is empty, over 256 bytes or `annals`.
    pub fn with_source(mut self, source: &str) -> Result<Self> {
        let mut errors = Vec::new();
        check_name("/source", source, &mut errors);
        done(errors)?;
        source.trim().clone_into(&mut self.source);
        Ok(self)
    }

    /// The same, from these networks only.
    #[must_use]
    pub fn with_networks(mut self, networks: Vec<Network>) -> Self {
        self.networks = networks;
        self
    }
}

/// A member where null says something: that is not the same as leaving it out.
#[derive(Debug, Clone, Default)]
enum Sent<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Sent<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// A common set of scopes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Preset {
    /// `events:write`: for services that post events.
    Ingest,
    /// `events:read`, `events:verify`: for scripts that read and check the log.
    Read,
    /// `org:read`, `org:write`: for scripts that manage the organization's settings.
    Manage,
}

impl Preset {
    const fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Ingest => &[Scope::EventsWrite],
            Self::Read => &[Scope::EventsRead, Scope::EventsVerify],
            Self::Manage => &[Scope::OrgRead, Scope::OrgWrite],
        }
    }
}

/// A key to be made. Exactly one of `scopes` and `preset` says what it may do.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyInput {
    /// What people call it. No other key that is not revoked has this name. It is recorded in the log for ever.
    #[schema(
        example = "billing-api",
        min_length = 1,
        max_length = 256,
        pattern = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
    )]
    name: String,
    /// What it may do, for ever: an organization's keys `events:write`, `events:read`, `events:verify`, `org:read`,
    /// `org:write`; the platform's keys `events:write` (into every organization), `orgs:create`, `orgs:read`,
    /// `orgs:write`, `event_types:write`.
    #[schema(value_type = Option<Vec<Scope>>, example = json!(["events:write"]))]
    scopes: Option<Vec<String>>,
    /// Common scopes of an organization's key, instead of `scopes`.
    preset: Option<Preset>,
    /// What it is for.
    #[schema(max_length = 500, pattern = r"^[^\u0000]*$", example = "The billing service in production")]
    description: Option<String>,
    /// Days until it expires; null: never. Default: 365.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 3650, example = 365)]
    expires_in_days: Sent<u32>,
    /// Where it works: networks like `10.0.0.0/8` or `2001:db8::/32`, or addresses. None: everywhere.
    #[schema(max_items = 64, example = json!(["10.0.0.0/8"]))]
    networks: Option<Vec<String>>,
    /// The `source` that all of its events carry, so that a key cannot speak for another service. Default: `name`.
    #[schema(
        min_length = 1,
        max_length = 256,
        pattern = r"^[^\u0000]*[^\u0000\s][^\u0000]*$",
        example = "billing-api"
    )]
    source: Option<String>,
    /// How fast it may append. Default: as fast as there is room for.
    rate_limit: Option<RateLimit>,
}

impl KeyInput {
    /// The key that it describes, made at `now`.
    pub(super) fn check(self, is_platform: bool, now: Time) -> Result<NewKey> {
        let mut errors = Vec::new();
        check_name("/name", &self.name, &mut errors);
        if let Some(source) = &self.source {
            check_name("/source", source, &mut errors);
        }
        let scopes = self.read_scopes(is_platform, &mut errors);
        let description = read_description(self.description, &mut errors);
        let networks = read_networks(self.networks.unwrap_or_default(), &mut errors);
        check_rate(self.rate_limit, &mut errors);
        let lifetime = match self.expires_in_days {
            Sent::Absent => Some(LIFETIME_DAYS),
            Sent::Null => None,
            Sent::Value(days) => Some(days),
        };
        if lifetime.is_some_and(|lifetime| !(1..=LIFETIME_DAYS_MAX).contains(&lifetime)) {
            let message = format!("1 to {LIFETIME_DAYS_MAX} days, or null: it never expires");
            errors.push(FieldError::new("/expires_in_days", "out_of_range", message));
        }
        done(errors)?;
        Ok(NewKey {
            source: self.source.as_ref().unwrap_or(&self.name).trim().to_owned(),
            name: self.name.trim().to_owned(),
            description,
            scopes,
            networks,
            events_per_second: self.rate_limit.map(|limit| limit.events_per_second),
            expires_at: lifetime.map(|lifetime| now.plus(days(lifetime))),
        })
    }

    fn read_scopes(&self, is_platform: bool, errors: &mut Vec<FieldError>) -> Vec<Scope> {
        let allowed = if is_platform { Scope::PLATFORM } else { Scope::ORGANIZATION };
        let names = match (&self.scopes, self.preset) {
            (None, Some(preset)) if !is_platform => return preset.scopes().to_vec(),
            (Some(names), None) => names,
            (Some(_), Some(_)) => {
                errors.push(FieldError::new("/preset", "unknown_value", "send scopes or a preset, not both"));
                return Vec::new();
            }
            (None, Some(_)) => {
                let message = "presets are of an organization's keys; send scopes";
                errors.push(FieldError::new("/preset", "unknown_value", message));
                return Vec::new();
            }
            (None, None) => &Vec::new(),
        };
        let mut scopes = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match name.parse() {
                Ok(scope) => scopes.push(scope),
                Err(message) => {
                    errors.push(FieldError::new(format!("/scopes/{index}"), "unknown_value", message));
                    return Vec::new();
                }
            }
        }
        check_scopes(&scopes, &allowed, errors);
        scopes
    }
}

/// What to change of a key; what is left out stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyChange {
    /// What it is for; null: nothing is said.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500, pattern = r"^[^\u0000]*$", example = "The billing service in production")]
    description: Sent<String>,
    /// Where it works; null: everywhere.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 64, example = json!(["10.0.0.0/8", "192.0.2.7"]))]
    networks: Sent<Vec<String>>,
    /// When it expires, which lies ahead; null: never. An expired key works again.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-11-02T10:15:30Z")]
    expires_at: Sent<String>,
    /// How fast it may append; null: as fast as there is room for.
    #[serde(default)]
    #[schema(value_type = Option<RateLimit>)]
    rate_limit: Sent<RateLimit>,
    /// The version that you have read.
    #[schema(example = 3)]
    pub(super) version: i32,
}

impl KeyChange {
    /// The key as it is to be.
    pub(super) fn applied_to(&self, current: &KeyRow, now: Time) -> Result<KeyRow> {
        let (mut new, mut errors) = (current.clone(), Vec::new());
        match &self.description {
            Sent::Absent => {}
            Sent::Null => new.description = None,
            Sent::Value(text) => new.description = read_description(Some(text.clone()), &mut errors),
        }
        match &self.networks {
            Sent::Absent => {}
            Sent::Null => new.networks = Json(Vec::new()),
            Sent::Value(texts) => new.networks = Json(read_networks(texts.clone(), &mut errors)),
        }
        match &self.expires_at {
            Sent::Absent => {}
            Sent::Null => new.expires_at = None,
            Sent::Value(text) => new.expires_at = read_end(text, now, &mut errors),
        }
        match self.rate_limit {
            Sent::Absent => {}
            Sent::Null => new.events_per_second = None,
            Sent::Value(limit) => {
                check_rate(Some(limit), &mut errors);
                new.events_per_second = i32::try_from(limit.events_per_second).ok();
            }
        }
        done(errors)?;
        Ok(new)
    }
}

/// How to replace a key's secret.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotationInput {
    /// Seconds for which the secrets before it go on working; 0: they end at once. Default: 86400, a day.
    #[serde(default = "overlap")]
    #[schema(minimum = 0, maximum = 604_800, default = 86_400, example = 86_400)]
    pub(super) overlap_seconds: u32,
    /// The version that you have read: of several who rotate at once one is told the new secret, the others 409.
    #[serde(default)]
    #[schema(example = 3)]
    pub(super) version: Option<i32>,
}

const fn overlap() -> u32 {
    OVERLAP_SECONDS
}

impl RotationInput {
    /// Checks the overlap.
    pub(super) fn check(self) -> Result<Self> {
        if self.overlap_seconds <= OVERLAP_SECONDS_MAX {
            return Ok(self);
        }
        let message = format!("0 to {OVERLAP_SECONDS_MAX} seconds, which is a week");
        Err(Error::Invalid(vec![FieldError::new("/overlap_seconds", "out_of_range", message)]))
    }
}

fn done(errors: Vec<FieldError>) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

fn check_name(pointer: &str, name: &str, errors: &mut Vec<FieldError>) {
    if name.trim().is_empty() || name.len() > NAME_BYTES_MAX {
        errors.push(FieldError::new(pointer, "invalid_format", format!("1 to {NAME_BYTES_MAX} bytes")));
    } else if name.trim().eq_ignore_ascii_case(OWN_PACK) {
        let message = "annals is the source of the service's own events";
        errors.push(FieldError::new(pointer, "reserved_name", message));
    }
}

fn check_scopes(scopes: &[Scope], allowed: &[Scope], errors: &mut Vec<FieldError>) {
    if scopes.is_empty() {
        errors.push(FieldError::new("/scopes", "required", "at least one scope"));
    }
    let mut seen = HashSet::new();
    for (index, scope) in scopes.iter().enumerate() {
        let (code, message) = if !allowed.contains(scope) {
            let known: Vec<&str> = allowed.iter().map(|scope| scope.name()).collect();
            ("unknown_value", format!("no scope of this kind of key; known are {}", known.join(", ")))
        } else if !seen.insert(scope) {
            ("repeated_value", "stands in the list twice".into())
        } else {
            continue;
        };
        errors.push(FieldError::new(format!("/scopes/{index}"), code, message));
    }
}

fn read_description(text: Option<String>, errors: &mut Vec<FieldError>) -> Option<String> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
    if text.chars().count() > DESCRIPTION_CHARS_MAX {
        let message = format!("at most {DESCRIPTION_CHARS_MAX} characters");
        errors.push(FieldError::new("/description", "too_long", message));
    }
    Some(text)
}

fn read_networks(texts: Vec<String>, errors: &mut Vec<FieldError>) -> Vec<Network> {
    if texts.len() > NETWORKS_MAX {
        let message = format!("at most {NETWORKS_MAX} networks");
        errors.push(FieldError::new("/networks", "too_many", message));
        return Vec::new();
    }
    let mut networks: Vec<Network> = Vec::new();
    for (index, text) in texts.into_iter().enumerate() {
        let at = || format!("/networks/{index}");
        match text.parse() {
            Ok(network) if networks.contains(&network) => {
                errors.push(FieldError::new(at(), "repeated_value", "stands in the list twice"));
            }
            Ok(network) => networks.push(network),
            Err(message) => errors.push(FieldError::new(at(), "invalid_format", message)),
        }
    }
    networks
}

fn check_rate(limit: Option<RateLimit>, errors: &mut Vec<FieldError>) {
    if limit.is_some_and(|limit| !(1..=EVENTS_PER_SECOND_MAX).contains(&limit.events_per_second)) {
        let message = format!("1 to {EVENTS_PER_SECOND_MAX}");
        errors.push(FieldError::new("/rate_limit/events_per_second", "out_of_range", message));
    }
}

fn read_end(text: &str, now: Time, errors: &mut Vec<FieldError>) -> Option<Time> {
    let (code, message) = match Time::parse_rfc3339(text) {
        Ok(end) if end <= now => ("out_of_range", "must lie ahead; to end a key, revoke it".to_owned()),
        Ok(end) if end > now.plus(days(LIFETIME_DAYS_MAX)) => {
            ("out_of_range", format!("at most {LIFETIME_DAYS_MAX} days ahead, or null: it never expires"))
        }
        Ok(end) => return Some(end),
        Err(message) => ("invalid_format", message.to_owned()),
    };
    errors.push(FieldError::new("/expires_at", code, message));
    None
}
