//! One caller of every kind that there is.

use annals::{host::Host, users::NewUser};
use secrecy::SecretString;
use serde_json::json;

use super::policy::{Caller, Place, Role};
use crate::support::{Client, PASSWORD, TestApp};

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

/// The scopes that keys of the platform may have.
const PLATFORM_SCOPES: [&str; 5] =
    ["events:write", "orgs:create", "orgs:read", "orgs:write", "event_types:write"];

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
    voices.push(inside_acme(app).await);
    voices.extend(keys_of_the_platform(app).await);
    voices
}

/// Another operator, who has broken the glass of `acme`.
async fn inside_acme(app: &TestApp) -> Voice<'_> {
    let email = "night-shift@annals.example";
    let new = NewUser::new(email, "Frances Allen", true).unwrap();
    Host::of(&app.app, "test").create_user(&new, &SecretString::from(PASSWORD), &[]).unwrap();
    let client = app.person(email).await;
    let grant = json!({"reason": "somebody has to look inside"});
    client.post("/v1/orgs/acme/break-glass", &grant).await.status(201);
    Voice { caller: Caller::BreakGlass(Place::Acme), name: "operator inside acme", client }
}

async fn keys_of_the_platform(app: &TestApp) -> Vec<Voice<'_>> {
    let operator = app.person("operator@annals.example").await;
    let mut voices = Vec::new();
    for scope in PLATFORM_SCOPES {
        let key = json!({"name": format!("with {scope}"), "scopes": [scope]});
        let key = operator.post("/v1/platform/api-keys", &key).await.status(201).json();
        let client = app.with(key["key"].as_str());
        voices.push(Voice { caller: Caller::PlatformKey(scope), name: scope, client });
    }
    voices
}
