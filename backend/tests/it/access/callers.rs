//! One caller of every kind that there is.

use super::policy::{Caller, Place, Role};
use crate::support::{Client, TestApp};

/// A caller, and how to speak as them.
pub(super) struct Voice<'a> {
    pub(super) caller: Caller,
    pub(super) name: &'static str,
    pub(super) client: Client<'a>,
}

const PEOPLE: [(&str, Caller); 5] = [
    ("admin@acme.example", Caller::Person(Place::Acme, Role::Admin)),
    ("auditor@acme.example", Caller::Person(Place::Acme, Role::Auditor)),
    ("member@acme.example", Caller::Person(Place::Acme, Role::Member)),
    ("admin@harbor.example", Caller::Person(Place::Harbor, Role::Admin)),
    ("operator@annals.example", Caller::Operator),
];

/// Everybody.
pub(super) async fn everybody(app: &TestApp) -> Vec<Voice<'_>> {
    let keys = &app.keys;
    let keys: [(&str, &String, Caller); 7] = [
        ("acme's events:write", &keys.acme_write, Caller::Key(Place::Acme, "events:write")),
        ("acme's events:read", &keys.acme_read, Caller::Key(Place::Acme, "events:read")),
        ("acme's events:verify", &keys.acme_verify, Caller::Key(Place::Acme, "events:verify")),
        ("acme's org:read", &keys.acme_org, Caller::Key(Place::Acme, "org:read")),
        ("acme's org:write", &keys.acme_settings, Caller::Key(Place::Acme, "org:write")),
        ("harbor's events:write", &keys.harbor_write, Caller::Key(Place::Harbor, "events:write")),
        ("harbor's events:read", &keys.harbor_read, Caller::Key(Place::Harbor, "events:read")),
    ];
    let mut voices = vec![
        Voice { caller: Caller::Nobody, name: "nobody", client: app.nobody() },
        Voice { caller: Caller::Garbage, name: "garbage", client: app.with(Some("garbage")) },
    ];
    for (name, caller) in PEOPLE {
        voices.push(Voice { caller, name, client: app.person(name).await });
    }
    let keys = keys.map(|(name, key, caller)| Voice { caller, name, client: app.with(Some(key)) });
    voices.extend(keys);
    voices
}
