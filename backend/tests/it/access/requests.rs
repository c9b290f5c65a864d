//! For every operation of openapi.yaml a request that is good but for who sends it, and where.

use std::collections::BTreeMap;

use annals::{access::Role, host::Host, users::NewUser};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::policy::Place;
use crate::support::{Answer, Client, PASSWORD, TestApp};

/// An operation of the document.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) permission: String,
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
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
            });
        }
    }
    // Who has asked for it has nothing more to ask.
    operations.sort_by_key(|operation| operation.id == "logout_everywhere");
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
            let email = format!("spare@{place}.example");
            let spare = NewUser::new(&email, "Spare", false).unwrap();
            let password = SecretString::from(PASSWORD);
            Host::of(&app.app, "test").create_user(&spare, &password, &[(place, Role::Member)]).unwrap();
            let me = app.person(&email).await.get("/v1/me").await.status(200).json();
            let user = me["user"]["id"].as_str().unwrap().to_owned();
            names.insert(("", "id"), user.clone());
            names.insert((place, "user_id"), user);
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
        let path = self.path.replace("{org}", org).replace("{id}", world.name(place, "id"));
        let path = path.replace("{user_id}", world.name(place, "user_id"));
        let path = path.replace("{pack}", "acme-app").replace("{action}", self.action());
        // The one source that every log has.
        let path = path.replace("{source}", "annals");
        let request = client.request(self.method.clone(), &path).header("x-annals-csrf", "1");
        let body = self.body();
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

    fn body(&self) -> Value {
        let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
        match self.id.as_str() {
            "append_event" => event,
            "append_events" => json!({"events": [event]}),
            "put_event_type" => event_type(),
            "update_organization" => json!({"version": 1}),
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
