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
    actions: Vec<String>,
    first_at: Time,
    made: u64,
}

impl Rows {
    /// Events that end about now when so many have been made.
    pub(crate) fn new(events: u64) -> Result<Self> {
        let catalog = Catalog::embedded()?;
        let of_pack = catalog.all().filter(|one| one.pack == "blink").map(|one| one.action.clone());
        let actions = of_pack.collect();
        let first_at = Clock::system().now().minus(std::time::Duration::from_secs(events));
        Ok(Self { catalog, actions, first_at, made: 0 })
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
        let mut random = number;
        let mut below = |end: u64| {
            random = split_mix(random);
            random % end.max(1)
        };
        let is_rare = number % RARE_ONE_IN == RARE_ONE_IN / 2;
        let pick = |common: String, rare: &str| if is_rare { rare.to_owned() } else { common };
        let actions = u64::try_from(self.actions.len()).unwrap_or(1);
        let action = usize::try_from(below(actions)).ok().and_then(|index| self.actions.get(index));
        let actor = below(ACTORS);
        let target = below(TARGETS);
        json!({
            "action": pick(action.cloned().unwrap_or_default(), "custom.rare_act"),
            "occurred_at": self.first_at.plus(std::time::Duration::from_secs(number)),
            "actor": {
                "type": "user",
                "id": pick(format!("u_{actor}"), "u_rare"),
                "name": format!("Person {actor}"),
                "email": format!("person{actor}@example.com"),
            },
            "targets": [{"type": "user", "id": pick(format!("t_{target}"), "t_rare"), "name": format!("Target {target}")}],
            "workspace": {"id": pick(format!("ws_{}", below(WORKSPACES)), "ws_rare"), "name": "Production"},
            "outcome": if below(10) == 0 { "failure" } else { "success" },
            "severity": if below(20) == 0 { "high" } else { "informational" },
            "context": {"ip": format!("203.0.113.{}", below(250)), "user_agent": "annals-bench/1.0 (load generator)"},
            "parameters": {"ticket": format!("T-{number}"), "attempt": below(3)},
        })
    }
}

/// `SplitMix64`: the next number of a sequence that looks random.
pub(crate) const fn split_mix(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
