//! Invents events that look like a month in two companies: everything here is made up.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    catalog::Catalog,
    clock::Time,
    error::{Error, Result},
};

const MICROS_PER_HOUR: i64 = 3_600_000_000;
const HOURS: i64 = 30 * 24;

/// The words that events are made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    people: BTreeMap<String, Vec<Person>>,
    workspaces: Vec<Workspace>,
    nouns: BTreeMap<String, Noun>,
    actions: BTreeMap<String, Act>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    id: String,
    name: String,
    email: String,
    #[serde(rename = "title")]
    _title: String,
    location: String,
    ip: String,
    user_agent: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Workspace {
    id: String,
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noun {
    #[serde(rename = "type")]
    kind: String,
    names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    weight: u32,
    target: String,
    #[serde(default)]
    parameters: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    changes: Vec<Changed>,
    #[serde(default)]
    failure_rate: f64,
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    field: String,
    pairs: Vec<(Value, Value)>,
}

/// Tells the events of one organization, the same ones for the same seed.
#[derive(Debug)]
pub(super) struct Story {
    vocabulary: Vocabulary,
    company: &'static str,
    /// The actions of the organization's pack, each as often as it is likely.
    likely: Vec<String>,
    actions: Vec<String>,
    dice: Dice,
}

impl Story {
    /// A story of `company` ("acme" or "harbor") with the event types of `pack`.
    pub(super) fn new(catalog: &Catalog, company: &'static str, pack: &str, seed: u64) -> Result<Self> {
        let vocabulary: Vocabulary = serde_json::from_str(include_str!("vocabulary.json"))
            .map_err(|error| Error::Bug(format!("the demo's vocabulary is broken: {error}")))?;
        let actions: Vec<String> = catalog
            .all()
            .filter(|event_type| event_type.pack == pack)
            .map(|event_type| event_type.action.clone())
            .collect();
        let mut likely = Vec::new();
        for action in &actions {
            let act = vocabulary
                .actions
                .get(action)
                .ok_or_else(|| Error::Bug(format!("the demo's vocabulary lacks {action}")))?;
            likely.extend((0..act.weight).map(|_| action.clone()));
        }
        Ok(Self { vocabulary, company, likely, actions, dice: Dice(seed) })
    }

    /// `count` events of the 30 days before `now`, oldest first. Every event type occurs.
    pub(super) fn past(&mut self, count: usize, now: Time) -> Vec<Map<String, Value>> {
        let mut times: Vec<Time> = (0..count).map(|_| self.moment_before(now)).collect();
        times.sort_unstable();
        // One of each event type somewhere, the rest as likely as they are.
        let mut script: Vec<String> = self.actions.clone();
        while script.len() < count {
            let action = self.dice.pick(&self.likely).cloned().unwrap_or_default();
            script.push(action);
        }
        self.dice.shuffle(&mut script);
        script.into_iter().zip(times).map(|(action, time)| self.event(&action, time)).collect()
    }

    /// One more event, at `now`.
    pub(super) fn next(&mut self, now: Time) -> Map<String, Value> {
        let action = self.dice.pick(&self.likely).cloned().unwrap_or_default();
        self.event(&action, now)
    }

    /// A moment in the last 30 days, at work more often than not.
    fn moment_before(&mut self, now: Time) -> Time {
        loop {
            let micros = now.micros() - self.dice.below(HOURS * MICROS_PER_HOUR);
            let hour = micros.div_euclid(MICROS_PER_HOUR);
            let (hour_of_day, day) = (hour.rem_euclid(24), hour.div_euclid(24));
            let is_weekend = matches!((day + 4).rem_euclid(7), 0 | 6); // 1970-01-01 was a Thursday
            let likelihood = match hour_of_day {
                8..=17 => 100,
                6..=7 | 18..=20 => 35,
                _ => 8,
            };
            if self.dice.below(100) < if is_weekend { likelihood / 5 } else { likelihood } {
                return Time::from_micros(micros);
            }
        }
    }

    fn event(&mut self, action: &str, occurred_at: Time) -> Map<String, Value> {
        let Self { vocabulary, dice, .. } = self;
        let people = vocabulary.people.get(self.company).map(Vec::as_slice).unwrap_or_default();
        let mut event = Map::new();
        event.insert("action".into(), action.into());
        event.insert("occurred_at".into(), occurred_at.to_rfc3339().into());
        let (Some(actor), Some(act)) = (dice.pick_early(people), vocabulary.actions.get(action)) else {
            return event;
        };
        event.insert("actor".into(), actor.to_json());
        event.insert("context".into(), context(actor, dice));
        if self.company == "acme"
            && let Some(workspace) = dice.pick(&vocabulary.workspaces)
        {
            event.insert("workspace".into(), json!({"id": workspace.id, "name": workspace.name}));
        }
        if let Some(target) = target(act, vocabulary, people, dice) {
            event.insert("targets".into(), json!([target]));
        }
        event.insert("parameters".into(), parameters(act, dice));
        event.insert("changes".into(), changes(act, dice));
        let has_failed = dice.chance(act.failure_rate);
        event.insert("outcome".into(), if has_failed { dice.failure() } else { "success" }.into());
        if has_failed {
            event.insert("reason".into(), act.reason.clone().into());
            event.insert("severity".into(), "low".into());
        }
        event
    }
}

impl Person {
    fn to_json(&self) -> Value {
        let kind = if self.id.starts_with("sa_") { "service_account" } else { "user" };
        json!({"type": kind, "id": self.id, "name": self.name, "email": self.email})
    }
}

fn context(actor: &Person, dice: &mut Dice) -> Value {
    json!({
        "ip": actor.ip,
        "user_agent": actor.user_agent,
        "location": actor.location,
        "request_id": format!("req_{:012x}", dice.below(1 << 48)),
    })
}

fn target(act: &Act, vocabulary: &Vocabulary, people: &[Person], dice: &mut Dice) -> Option<Value> {
    match act.target.as_str() {
        "none" => None,
        "user" => dice.pick(people).map(Person::to_json),
        noun => {
            let noun = vocabulary.nouns.get(noun)?;
            let index = dice.index(noun.names.len())?;
            let name = noun.names.get(index)?;
            Some(json!({"type": noun.kind, "id": format!("{}_{}", noun.kind, 1_000 + index), "name": name}))
        }
    }
}

fn parameters(act: &Act, dice: &mut Dice) -> Value {
    act.parameters
        .iter()
        .filter_map(|(name, values)| Some((name.clone(), dice.pick(values)?.clone())))
        .collect::<Map<_, _>>()
        .into()
}

fn changes(act: &Act, dice: &mut Dice) -> Value {
    act.changes
        .iter()
        .filter_map(|changed| {
            let (old, new) = dice.pick(&changed.pairs)?;
            Some(json!({"field": changed.field, "old": old, "new": new}))
        })
        .collect::<Vec<_>>()
        .into()
}

/// SplitMix64: enough chance for a story, and the same story twice.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: i64) -> i64 {
        let end = u64::try_from(end).unwrap_or(1).max(1);
        i64::try_from(self.roll() % end).unwrap_or(0)
    }

    fn index(&mut self, length: usize) -> Option<usize> {
        let length = i64::try_from(length).ok().filter(|length| *length > 0)?;
        usize::try_from(self.below(length)).ok()
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.index(items.len())?;
        items.get(index)
    }

    /// Picks, the earlier the likelier: some people do more than others.
    fn pick_early<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.index(items.len())?.min(self.index(items.len())?);
        items.get(index)
    }

    fn chance(&mut self, probability: f64) -> bool {
        f64::from(i32::try_from(self.below(1_000_000)).unwrap_or(0)) < probability * 1_000_000.0
    }

    fn failure(&mut self) -> &'static str {
        if self.below(3) == 0 { "denied" } else { "failure" }
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            if let Some(other) = self.index(end + 1) {
                items.swap(end, other);
            }
        }
    }
}
