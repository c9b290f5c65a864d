//! For every operation of openapi.yaml a request that is good but for who sends it, and where.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
};

use annals::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::policy::Place;
use crate::{
    claims, invites, members,
    support::{Answer, Client, PASSWORD, TestApp},
};

/// Names of keys and organizations that are made: each is another.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// An operation of the document.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) permission: String,
    /// The scope with which keys of the platform may do it.
    pub(super) platform_scope: Option<String>,
    method: Method,
    path: String,
}

/// Every operation of the document.
pub(super) fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(annals::http::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                permission: operation["x-permission"].as_str().unwrap_or_default().to_owned(),
                platform_scope: operation["x-platform-scope"].as_str().map(ToOwned::to_owned),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
            });
        }
    }
    // What changes who its caller is from then on comes last, and in this order.
    let last = ["open_break_glass", "close_break_glass", "leave_organization", "logout_everywhere"];
    operations.sort_by_key(|operation| last.iter().position(|id| *id == operation.id));
    operations
}

/// What there is to ask for: the names in a path, by place.
pub(super) struct World(BTreeMap<(&'static str, &'static str), String>);

impl World {
    /// Two organizations with something signed in their logs, and an event type.
    pub(super) async fn of(app: &TestApp) -> Self {
        app.sign();
        let operator = app.person("operator@annals.example").await;
        for action in ["ticket.closed", "ticket.withdrawn"] {
            let path = format!("/v1/event-types/acme-app/{action}");
            operator.put(&path, &event_type()).await.status(201);
        }
        let mut names = BTreeMap::new();
        for (place, key) in [("acme", &app.keys.acme_read), ("harbor", &app.keys.harbor_read)] {
            let path = format!("/v1/orgs/{place}/events?limit=1");
            let page = app.with(Some(key)).get(&path).await.status(200).json();
            names.insert((place, "id"), page["data"][0]["id"].as_str().unwrap().to_owned());
        }
        for (place, admin) in [("acme", "admin@acme.example"), ("harbor", "admin@harbor.example")] {
            let admin = app.person(admin).await;
            let members = format!("/v1/orgs/{place}/members");
            for name in ["changed", "removed"] {
                let email = format!("{name}@{place}.example");
                members::create(app, &email, &[(place, Role::Member)]);
                let members = admin.get(&members).await.status(200).json();
                let mut people = members["data"].as_array().unwrap().iter().map(|member| &member["user"]);
                let person = people.find(|person| person["email"] == email).unwrap();
                names.insert((place, name), person["id"].as_str().unwrap().to_owned());
                names.insert(("", "id"), person["id"].as_str().unwrap().to_owned());
            }
            for name in ["renewed", "withdrawn"] {
                let invite = json!({"email": format!("{name}@{place}.example"), "role": "member"});
                let path = format!("/v1/orgs/{place}/invites");
                let invited = admin.post(&path, &invite).await.status(201).json();
                names.insert((place, name), invited["id"].as_str().unwrap().to_owned());
            }
        }
        let admin = app.person(members::ADMIN).await;
        for name in ["accepted", "looked at"] {
            let email = format!("{}@acme.example", name.replace(' ', "-"));
            let (_, token) = invites::invite(&admin, &email, "member").await;
            names.insert(("", name), token);
        }
        for name in ["claimed", "to claim"] {
            let new = json!({"slug": name.replace(' ', "-"), "name": name});
            let made = operator.post("/v1/orgs", &new).await.status(201).json();
            names.insert(("", name), claims::token(&made));
        }
        let admins = [("acme", "admin@acme.example"), ("harbor", "admin@harbor.example")];
        let admins = admins.map(|(place, email)| (place, email, format!("/v1/orgs/{place}/api-keys")));
        let platform = ("", "operator@annals.example", "/v1/platform/api-keys".to_owned());
        for (place, email, path) in admins.into_iter().chain([platform]) {
            let person = app.person(email).await;
            for name in ["kept", "rotated", "revoked"] {
                let key = json!({"name": name, "scopes": ["events:write"]});
                let key = person.post(&path, &key).await.status(201).json();
                names.insert((place, name), key["id"].as_str().unwrap().to_owned());
            }
        }
        Self(names)
    }

    fn name(&self, place: Place, parameter: &'static str) -> &str {
        let place = if place == Place::Nowhere { "acme" } else { place.slug() };
        self.0.get(&(place, parameter)).map_or("", String::as_str)
    }
}

fn event_type() -> Value {
    json!({"label": "Ticket closed", "category": "Support", "activity_type": "user_action"})
}

impl Operation {
    /// Whether it is inside an organization.
    pub(super) fn is_inside(&self) -> bool {
        self.path.starts_with("/v1/orgs/{org}")
    }

    /// Where it is tried.
    pub(super) fn places(&self) -> &'static [Place] {
        if self.is_inside() { &Place::INSIDE } else { &[Place::Outside] }
    }

    /// Sends a good request.
    pub(super) async fn ask(&self, client: &Client<'_>, place: Place, world: &World) -> Answer {
        self.ask_at(client, place.slug(), place, world).await
    }

    /// Sends a good request about what is in `place`, to the organization of this name.
    pub(super) async fn ask_at(&self, client: &Client<'_>, org: &str, place: Place, world: &World) -> Answer {
        let path = self.path.replace("{org}", org).replace("{id}", world.name(place, self.named()));
        let path = path.replace("{user_id}", world.name(place, self.named()));
        let path = path.replace("{pack}", "acme-app").replace("{action}", self.action());
        // The one source that every log has.
        let path = path.replace("{source}", "annals");
        let request = client.request(self.method.clone(), &path).header("x-annals-csrf", "1");
        let body = self.body(world);
        Answer::of(if body.is_null() { request } else { request.json(&body) }).await
    }

    /// An event type that is not there yet, one that may go, or one that stays.
    fn action(&self) -> &'static str {
        match self.id.as_str() {
            "put_event_type" => "ticket.opened",
            "delete_event_type" => "ticket.withdrawn",
            _ => "ticket.closed",
        }
    }

    /// What the id in its path is of: an event, or what stays as it is, may be changed, or may go.
    fn named(&self) -> &'static str {
        match self.id.as_str() {
            "update_member" | "create_reset_link" | "end_member_sessions" => "changed",
            "remove_member" => "removed",
            "renew_invite" => "renewed",
            "revoke_invite" => "withdrawn",
            "get_api_key" | "get_platform_api_key" | "update_api_key" | "update_platform_api_key" => "kept",
            "rotate_api_key" | "rotate_platform_api_key" => "rotated",
            "delete_api_key" | "delete_platform_api_key" => "revoked",
            _ => "id",
        }
    }

    fn body(&self, world: &World) -> Value {
        let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
        match self.id.as_str() {
            "append_event" => event,
            "append_events" => json!({"events": [event]}),
            "put_event_type" => event_type(),
            "update_organization" | "update_api_key" | "update_platform_api_key" => json!({"version": 1}),
            "create_api_key" | "create_platform_api_key" => {
                json!({"name": NEXT.fetch_add(1, Ordering::Relaxed).to_string(), "scopes": ["events:write"]})
            }
            "rotate_api_key" | "rotate_platform_api_key" => json!({"overlap_seconds": 0}),
            // Ends as it began: whatever is asked after a suspension must work again.
            "suspend_organization" => json!({"reason": "not paid"}),
            "create_organization" => {
                let slug = format!("brook-{}", NEXT.fetch_add(1, Ordering::Relaxed));
                json!({"slug": slug, "name": "Brook"})
            }
            "complete_setup" => json!({
                "token": "", "name": "Ada", "email": "ada@acme.example", "password": PASSWORD,
                "organization": {"slug": "brook", "name": "Brook"},
            }),
            "update_member" => json!({"role": "auditor"}),
            "create_invite" => json!({"email": "bob@example.com", "role": "member"}),
            "preview_invite" => json!({"token": world.name(Place::Outside, "looked at")}),
            "accept_invite" => json!({
                "token": world.name(Place::Outside, "accepted"), "name": "Bob", "password": PASSWORD,
            }),
            "preview_claim" => json!({"token": world.name(Place::Outside, "to claim")}),
            "accept_claim" => json!({
                "token": world.name(Place::Outside, "claimed"),
                "name": "Bob", "email": "bob@claimed.example", "password": PASSWORD,
            }),
            "open_break_glass" => json!({"reason": "the matrix says so"}),
            "change_password" => json!({"current_password": PASSWORD, "new_password": PASSWORD}),
            "reset_password" => json!({"token": "ann_rs_unknown", "new_password": PASSWORD}),
            "give_second_factor" => json!({"mfa_token": "ann_mf_unknown", "code": "000000"}),
            "confirm_totp" => json!({"code": "wrong"}),
            "reauthenticate" => json!({"password": PASSWORD}),
            "login" => json!({"email": "admin@acme.example", "password": PASSWORD}),
            _ => Value::Null,
        }
    }
}
