//! The events: made up, always the same, generated and sealed outside of every measured time.

use annals::{
    catalog::Catalog,
    clock::{Clock, Time},
    events::input::NewEvent,
    log::{SealedEvent, sealed::Context},
};
use serde_json::{Value, json};

use crate::Result;

/// One event in so many has the rare action, actor, target and workspace.
const RARE_ONE_IN: u64 = 10_000;
/// Actors, and so on: as many as a middle-sized company has.
const ACTORS: u64 = 1_000;
const WORKSPACES: u64 = 50;
const TARGETS: u64 = 5_000;

/// An endless supply of events, a second apart.
pub(crate) struct Rows {
    catalog: Catalog,
    kinds: Vec<Kind>,
    first_at: Time,
    made: u64,
}

/// What the catalog says of an action.
pub(crate) struct Kind {
    pub(crate) action: String,
    pub(crate) category: String,
    pub(crate) activity_type: &'static str,
}

/// What distinguishes one event from the next. Where there is none, it is the rare one.
pub(crate) struct Facts<'a> {
    number: u64,
    pub(crate) kind: Option<&'a Kind>,
    pub(crate) actor: Option<u64>,
    pub(crate) target: Option<u64>,
    pub(crate) workspace: Option<u64>,
    pub(crate) is_failure: bool,
    pub(crate) is_high: bool,
    pub(crate) address: u64,
    attempt: u64,
}

impl Rows {
    /// Events that end a day ago when so many have been made: those that the service records of itself are newer.
    pub(crate) fn new(events: u64) -> Result<Self> {
        let catalog = Catalog::embedded()?;
        let of_pack = catalog.all().filter(|one| one.pack == "blink");
        let kinds = of_pack.map(|one| Kind {
            action: one.action.clone(),
            category: one.category.clone(),
            activity_type: one.activity_type.name(),
        });
        let kinds = kinds.collect();
        let day = 24 * 60 * 60;
        let first_at = Clock::system().now().minus(std::time::Duration::from_secs(events + day));
        Ok(Self { catalog, kinds, first_at, made: 0 })
    }

    /// How many have been made.
    pub(crate) const fn made(&self) -> u64 {
        self.made
    }

    /// When an event occurred.
    pub(crate) fn time(&self, number: u64) -> Time {
        self.first_at.plus(std::time::Duration::from_secs(number))
    }

    /// The numbers of the newest events that fit, newest first, at most so many.
    pub(crate) fn newest(&self, most: usize, fits: impl Fn(&Facts<'_>) -> bool) -> Vec<u64> {
        (0..self.made).rev().filter(|number| fits(&self.facts(*number))).take(most).collect()
    }

    /// Bodies of requests with one event each.
    pub(crate) fn singles(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.next().to_string()).collect()
    }

    /// Bodies of requests with `size` events each.
    pub(crate) fn batches(&mut self, count: usize, size: usize) -> Vec<String> {
        let batch = |rows: &mut Self| rows.singles(size).join(",");
        (0..count).map(|_| format!(r#"{{"events":[{}]}}"#, batch(self))).collect()
    }

    /// The same kind of events, sealed by the product.
    pub(crate) fn sealed(&mut self, count: usize) -> Result<Vec<SealedEvent>> {
        let packs = ["blink".to_owned()];
        (0..count)
            .map(|_| {
                let Value::Object(mut members) = self.next() else { return Err("no object".into()) };
                let occurred_at = members.remove("occurred_at");
                let occurred_at = occurred_at.as_ref().and_then(Value::as_str).unwrap_or_default();
                let occurred_at = Time::parse_rfc3339(occurred_at)?;
                let context = Context {
                    catalog: &self.catalog,
                    packs: &packs,
                    source: "bench-writer",
                    received_at: Clock::system().now(),
                };
                let event = NewEvent { id: None, occurred_at: Some(occurred_at), members };
                Ok(SealedEvent::seal(event, &context)?)
            })
            .collect()
    }

    fn next(&mut self) -> Value {
        let number = self.made;
        self.made += 1;
        let facts = self.facts(number);
        facts.body(self.time(number))
    }

    fn facts(&self, number: u64) -> Facts<'_> {
        let mut random = number;
        let mut below = |end: u64| {
            random = split_mix(random);
            random % end.max(1)
        };
        let is_common = number % RARE_ONE_IN != RARE_ONE_IN / 2;
        let kinds = u64::try_from(self.kinds.len()).unwrap_or(1);
        let kind = usize::try_from(below(kinds)).ok().and_then(|index| self.kinds.get(index));
        Facts {
            number,
            kind: kind.filter(|_| is_common),
            actor: Some(below(ACTORS)).filter(|_| is_common),
            target: Some(below(TARGETS)).filter(|_| is_common),
            workspace: Some(below(WORKSPACES)).filter(|_| is_common),
            is_failure: below(10) == 0,
            is_high: below(20) == 0,
            address: below(250),
            attempt: below(3),
        }
    }
}

impl Facts<'_> {
    fn body(&self, occurred_at: Time) -> Value {
        let named = |letter: &str, number: Option<u64>| match number {
            Some(number) => format!("{letter}_{number}"),
            None => format!("{letter}_rare"),
        };
        let (actor, target) = (named("u", self.actor), named("t", self.target));
        json!({
            "action": self.kind.map_or("custom.rare_act", |kind| &kind.action),
            "occurred_at": occurred_at,
            "actor": {
                "type": "user",
                "id": actor,
                "name": format!("Person {actor}"),
                "email": format!("{actor}@example.com"),
            },
            "targets": [{"type": "user", "id": target, "name": format!("Target {target}")}],
            "workspace": {"id": named("ws", self.workspace), "name": "Production"},
            "outcome": if self.is_failure { "failure" } else { "success" },
            "severity": if self.is_high { "high" } else { "informational" },
            "context": {"ip": format!("203.0.113.{}", self.address), "user_agent": "annals-bench/1.0 (load generator)"},
            "parameters": {"ticket": ticket(self.number), "attempt": self.attempt},
        })
    }
}

/// By which an event is recognized when it is read.
pub(crate) fn ticket(number: u64) -> String {
    format!("T-{number}")
}

/// `SplitMix64`: the next number of a sequence that looks random.
pub(crate) const fn split_mix(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
