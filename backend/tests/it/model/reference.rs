//! The model: what is posted, what becomes of it, and which questions it answers.

use annals::{
    clock::Time,
    events::filter::{Filter, FilterText},
};
use chrono::{DateTime, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{sequence, text};

/// Actions and the category that the blink pack gives them.
const ACTIONS: [(&str, Option<&str>); 8] = [
    ("user.invited", Some("Tenant User Management")),
    ("user.role_changed", Some("Tenant User Management")),
    ("workspace.user_role_changed", Some("Workspace Management")),
    ("user.x.y", None),
    ("user.zzz", None),
    ("users.listed", None),
    ("user_x.y", None),
    ("nobody.knows_this", None),
];

const ACTION_FILTERS: [&str; 9] = [
    "user.*",
    "USER.*",
    "user.x.*",
    "users.*",
    "annals.*",
    "user.invited",
    "User.Role_Changed",
    "nobody.knows_this",
    "no.such",
];

const CATEGORY_FILTERS: [&str; 4] =
    ["Tenant User Management", "tenant user management", "WORKSPACE MANAGEMENT", "No such"];

/// Actors as (id, name, e-mail): the same letters in other cases, beyond ASCII, and in other places.
const ACTORS: [(&str, Option<&str>, Option<&str>); 8] = [
    ("u_1", Some("Ada Byron"), Some("ada@example.com")),
    ("U_1", Some("ADA BYRON"), None),
    ("u_2", Some("Zoë"), Some("ADA@example.com")),
    ("u_3", Some("ZOË"), None),
    ("ZOË", None, None),
    ("ΣΊΣΥΦΟΣ", Some("İstanbul"), Some("straße@example.com")),
    ("u_4", Some("100%_of*"), Some("u_1")),
    ("😀", Some("Zoe\u{308}"), None),
];

const ACTOR_FILTERS: [&str; 12] = [
    "u_1",
    "U_1",
    "zoë",
    "Zoe\u{308}",
    "ada@EXAMPLE.com",
    "ada byron",
    "σίσυφος",
    "İSTANBUL",
    "100%_OF*",
    "%",
    "😀",
    "annals",
];

/// Where it happened: targets as (id, name), workspace as (id, name), outcome, address.
type Place = (
    &'static [(&'static str, Option<&'static str>)],
    Option<(&'static str, &'static str)>,
    Option<&'static str>,
    Option<&'static str>,
);
const PLACES: [Place; 5] = [
    (&[], None, None, None),
    (&[("t_1", Some("Bob"))], Some(("ws_1", "Production")), Some("success"), Some("203.0.113.7")),
    (
        &[("t_2", Some("BOB\u{1f}%")), ("T_1", None)],
        Some(("WS_1", "Ä_1")),
        Some("failure"),
        Some("::ffff:203.0.113.7"),
    ),
    (&[("t_%", Some("a\\b"))], Some(("production", "x")), Some("denied"), Some("2001:DB8::1")),
    (&[("t_12", Some("t_1 t_2"))], None, Some("success"), None),
];

const TARGET_FILTERS: [&str; 8] = ["t_1", "BOB", "bob %", "t_%", "t%", "A\\B", "b", "t_1 T_2"];
const WORKSPACE_FILTERS: [&str; 5] = ["ws_1", "PRODUCTION", "ä_1", "x", "%"];
const OUTCOME_FILTERS: [&str; 4] = ["success", "FAILURE", "denied", "unknown"];
const IP_FILTERS: [&str; 4] = ["203.0.113.7", "::ffff:cb00:7107", "2001:db8:0::1", "10.0.0.1"];

/// Instants: close together, equal in other words, before 1970, at the edges, at the service's own now.
const TIMES: [&str; 8] = [
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "2026-11-24T12:00:00Z",
    "2026-11-24T13:00:00.000000999+01:00",
    "2026-11-24T12:00:00.000001Z",
    "2026-11-25T11:59:59.999999Z",
    "2026-11-25T12:00:00Z",
    "2026-11-26T12:00:00Z",
];
const NOW: &str = "2026-11-25T12:00:00Z";

const IDS: [&str; 4] = [
    "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01",
    "0199F3C2-7A10-7C3E-8B1D-5D3F6A2B9C01",
    "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c02",
    "00000000-0000-4000-8000-000000000000",
];

/// An event to post.
#[derive(Debug, Clone)]
pub(super) struct Post {
    id: Option<&'static str>,
    action: usize,
    actor: usize,
    place: usize,
    occurred_at: Option<&'static str>,
}

/// A question to the list and to the tail.
#[derive(Debug, Clone)]
pub(super) struct Question {
    actions: Vec<&'static str>,
    categories: Vec<&'static str>,
    actors: Vec<&'static str>,
    targets: Vec<&'static str>,
    workspaces: Vec<&'static str>,
    outcomes: Vec<&'static str>,
    ips: Vec<&'static str>,
    since: Option<&'static str>,
    until: Option<&'static str>,
    pub(super) is_ascending: bool,
    pub(super) limit: usize,
}

/// An event of the model.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: String,
    action: String,
    category: Option<String>,
    actor_names: Vec<String>,
    target_names: Vec<String>,
    workspace_names: Vec<String>,
    outcome: String,
    ip: Option<String>,
    pub(super) occurred_at: DateTime<Utc>,
}

pub(super) fn a_post() -> impl Strategy<Value = Post> {
    let id = option::weighted(0.3, select(&IDS[..]));
    (id, 0..ACTIONS.len(), 0..ACTORS.len(), 0..PLACES.len(), option::weighted(0.8, select(&TIMES[..])))
        .prop_map(|(id, action, actor, place, occurred_at)| Post { id, action, actor, place, occurred_at })
}

pub(super) fn a_question() -> impl Strategy<Value = Question> {
    let list = |of: &'static [&'static str]| option::weighted(0.4, vec(select(of), 1..4));
    let time = || option::weighted(0.25, select(&TIMES[..]));
    let rare = |of: &'static [&'static str]| option::weighted(0.2, vec(select(of), 1..3));
    (
        (list(&ACTION_FILTERS), list(&CATEGORY_FILTERS), list(&ACTOR_FILTERS)),
        (rare(&TARGET_FILTERS), rare(&WORKSPACE_FILTERS), rare(&OUTCOME_FILTERS), rare(&IP_FILTERS)),
        time(),
        time(),
        any::<bool>(),
        1..8_usize,
    )
        .prop_map(|(what, place, since, until, is_ascending, limit)| Question {
            actions: what.0.unwrap_or_default(),
            categories: what.1.unwrap_or_default(),
            actors: what.2.unwrap_or_default(),
            targets: place.0.unwrap_or_default(),
            workspaces: place.1.unwrap_or_default(),
            outcomes: place.2.unwrap_or_default(),
            ips: place.3.unwrap_or_default(),
            since,
            until,
            is_ascending,
            limit,
        })
}

/// What the model says will become of a post.
pub(super) enum Foreseen {
    New(usize),
    Duplicate(usize),
    Conflict,
}

impl Foreseen {
    pub(super) fn status(&self) -> &'static str {
        match self {
            Self::New(_) => "accepted",
            Self::Duplicate(_) => "duplicate",
            Self::Conflict => "rejected",
        }
    }

    /// Checks a receipt, and learns the id that the server made.
    pub(super) fn settle(&self, receipt: &Value, model: &mut [Record]) {
        match self {
            Self::New(at) => {
                assert_eq!(sequence(receipt), *at);
                assert_eq!(receipt["duplicate"], false);
                model[*at].id = text(&receipt["id"]);
            }
            Self::Duplicate(at) => {
                assert_eq!((sequence(receipt), text(&receipt["id"])), (*at, model[*at].id.clone()));
                assert_eq!(receipt["duplicate"], true);
            }
            Self::Conflict => assert_eq!(receipt["problem"]["code"], "id_conflict"),
        }
    }
}

/// Appends to the model unless the id is taken: by the same event, or by another.
pub(super) fn foresee(post: &Post, model: &mut Vec<Record>) -> Foreseen {
    let new = post.to_record();
    let taken = model.iter().position(|record| !new.id.is_empty() && record.id == new.id);
    let Some(at) = taken else {
        model.push(new);
        return Foreseen::New(model.len() - 1);
    };
    let old = &model[at];
    // A time that was not sent says nothing; all else must be the same, letter for letter.
    let is_same_time = post.occurred_at.is_none() || old.occurred_at == new.occurred_at;
    let is_same_place = old.target_names == new.target_names
        && old.workspace_names == new.workspace_names
        && old.ip == new.ip
        && (PLACES[post.place].2.is_none() || old.outcome == new.outcome);
    let is_same =
        old.action == new.action && old.actor_names == new.actor_names && is_same_place && is_same_time;
    if is_same { Foreseen::Duplicate(at) } else { Foreseen::Conflict }
}

impl Post {
    /// One that arrives while a list is being read, somewhere in its middle.
    pub(super) fn late() -> Self {
        Self { id: None, action: 0, actor: 0, place: 0, occurred_at: Some(TIMES[2]) }
    }

    pub(super) fn to_json(&self) -> Value {
        let (id, name, email) = ACTORS[self.actor];
        let (targets, workspace, outcome, ip) = PLACES[self.place];
        let target = |(id, name): &(&str, Option<&str>)| json!({"type": "thing", "id": id, "name": name});
        // A null says the same as nothing.
        json!({
            "id": self.id,
            "action": ACTIONS[self.action].0,
            "actor": {"type": "user", "id": id, "name": name, "email": email},
            "targets": targets.iter().map(target).collect::<Vec<_>>(),
            "workspace": workspace.map(|(id, name)| json!({"id": id, "name": name})),
            "outcome": outcome,
            "context": {"ip": ip},
            "occurred_at": self.occurred_at,
        })
    }

    fn to_record(&self) -> Record {
        let (action, category) = ACTIONS[self.action];
        let (id, name, email) = ACTORS[self.actor];
        let (targets, workspace, outcome, ip) = PLACES[self.place];
        Record {
            id: self.id.unwrap_or_default().to_ascii_lowercase(),
            action: action.to_owned(),
            category: category.map(ToOwned::to_owned),
            actor_names: [Some(id), name, email].into_iter().flatten().map(ToOwned::to_owned).collect(),
            target_names: targets
                .iter()
                .flat_map(|(id, name)| [Some(*id), *name])
                .flatten()
                .map(ToOwned::to_owned)
                .collect(),
            workspace_names: workspace
                .into_iter()
                .flat_map(|(id, name)| [id.to_owned(), name.to_owned()])
                .collect(),
            outcome: outcome.unwrap_or("unknown").to_owned(),
            ip: ip.map(ToOwned::to_owned),
            occurred_at: micros(self.occurred_at.unwrap_or(NOW)),
        }
    }
}

impl Record {
    pub(super) fn of_stored(event: &Value) -> Self {
        let actor = &event["actor"];
        let names = ["id", "name", "email"].map(|name| actor[name].as_str().map(ToOwned::to_owned));
        Self {
            id: text(&event["id"]),
            action: text(&event["action"]),
            category: event["category"].as_str().map(ToOwned::to_owned),
            actor_names: names.into_iter().flatten().collect(),
            target_names: names_of(event["targets"].as_array().unwrap_or(&Vec::new())),
            workspace_names: names_of(&[event["workspace"].clone()]),
            outcome: text(&event["outcome"]),
            ip: event["context"]["ip"].as_str().map(ToOwned::to_owned),
            occurred_at: micros(&text(&event["occurred_at"])),
        }
    }
}

/// Every id, name and e-mail in some objects.
fn names_of(objects: &[Value]) -> Vec<String> {
    let names = objects.iter().flat_map(|object| ["id", "name", "email"].map(|name| object[name].as_str()));
    names.flatten().map(ToOwned::to_owned).collect()
}

impl Question {
    /// The API's words: several conditions must all hold, a comma means any of, in any case.
    pub(super) fn wants(&self, record: &Record, with_times: bool) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let is_action = |wanted: &&str| match wanted.strip_suffix('*') {
            Some(prefix) => record.action.starts_with(&prefix.to_lowercase()),
            None => same(wanted, &record.action),
        };
        let is_category = |wanted: &&str| record.category.iter().any(|category| same(wanted, category));
        let is_actor = |wanted: &&str| record.actor_names.iter().any(|name| same(wanted, name));
        // U+001F is the one character that counts as a space.
        let is_target =
            |wanted: &&str| record.target_names.iter().any(|name| same(wanted, &name.replace('\u{1f}', " ")));
        let is_workspace = |wanted: &&str| record.workspace_names.iter().any(|name| same(wanted, name));
        let address = |text: &str| text.parse::<std::net::IpAddr>().expect("an address").to_canonical();
        let is_ip = |wanted: &&str| record.ip.iter().any(|ip| address(ip) == address(wanted));
        (self.targets.is_empty() || self.targets.iter().any(is_target))
            && (self.workspaces.is_empty() || self.workspaces.iter().any(is_workspace))
            && (self.outcomes.is_empty() || self.outcomes.iter().any(|wanted| same(wanted, &record.outcome)))
            && (self.ips.is_empty() || self.ips.iter().any(is_ip))
            && (self.actions.is_empty() || self.actions.iter().any(is_action))
            && (self.categories.is_empty() || self.categories.iter().any(is_category))
            && (self.actors.is_empty() || self.actors.iter().any(is_actor))
            && (!with_times || self.since.is_none_or(|since| record.occurred_at >= micros(since)))
            && (!with_times || self.until.is_none_or(|until| record.occurred_at < micros(until)))
    }

    fn lists(&self) -> Vec<(&'static str, String)> {
        let lists = [
            ("action", &self.actions),
            ("category", &self.categories),
            ("actor", &self.actors),
            ("target", &self.targets),
            ("workspace", &self.workspaces),
            ("outcome", &self.outcomes),
            ("ip", &self.ips),
        ];
        lists
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| (name, values.join(",")))
            .collect()
    }

    pub(super) fn list_query(&self, cursor: Option<&str>) -> String {
        let mut query = self.lists();
        let times = [("since", self.since), ("until", self.until), ("cursor", cursor)];
        query.extend(times.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned()))));
        query.push(("order", if self.is_ascending { "asc" } else { "desc" }.to_owned()));
        query.push(("limit", self.limit.to_string()));
        serde_urlencoded::to_string(query).expect("a query")
    }

    pub(super) fn tail_query(&self) -> String {
        let mut query = self.lists();
        query.push(("limit", self.limit.to_string()));
        serde_urlencoded::to_string(query).expect("a query")
    }

    pub(super) fn filter(&self) -> Filter {
        let lists = self.lists();
        let list = |wanted| lists.iter().find(|(name, _)| *name == wanted).map(|(_, text)| text.as_str());
        let text = FilterText {
            action: list("action"),
            category: list("category"),
            actor: list("actor"),
            target: list("target"),
            workspace: list("workspace"),
            outcome: list("outcome"),
            ip: list("ip"),
            since: self.since,
            until: self.until,
            ..FilterText::default()
        };
        text.parse(Time::parse_rfc3339(NOW).expect("a time")).expect("a filter")
    }
}

/// The instant, cut off after the microsecond as the service does.
fn micros(text: &str) -> DateTime<Utc> {
    let exact: DateTime<Utc> = text.parse().expect("a time");
    DateTime::from_timestamp_micros(exact.timestamp_micros()).expect("a time")
}
