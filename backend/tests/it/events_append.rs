//! Appending one event: its receipt, what the catalogue adds to it, what is stored of it.

use std::time::Duration;

use annals::{access::Scope, host::Host};
use serde_json::{Value, json};

use crate::support::TestApp;

const EVENTS: &str = "/v1/orgs/acme/events";
const ID: &str = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";

/// The least that an event must have, and what `more` adds to it.
fn event(more: Value) -> Value {
    let mut event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    let (Value::Object(members), Value::Object(more)) = (&mut event, more) else { panic!("not objects") };
    members.extend(more);
    event
}

/// Sends the event to acme and reads it back.
async fn stored(app: &TestApp, event: &Value) -> Value {
    let receipt = app.writer().post(EVENTS, event).await.status(201).json();
    let path = format!("{EVENTS}/{}", receipt["id"].as_str().unwrap());
    app.reader().get(&path).await.status(200).json()
}

mod one {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_answered_with_its_receipt_and_its_location() {
        let app = TestApp::start().await;

        let answer = app.writer().post(EVENTS, &event(json!({"id": ID}))).await.status(201);

        let receipt = answer.json();
        assert_eq!(answer.header("location"), Some(format!("{EVENTS}/{ID}").as_str()));
        assert_eq!(receipt["id"], ID);
        assert_eq!(receipt["received_at"], "2026-11-25T12:00:00.000000Z");
        assert_eq!(receipt["duplicate"], false);
        assert_eq!(receipt["flags"], json!(["unknown_action"]));
        assert_eq!(receipt.as_object().unwrap().len(), 6);
        let stored = app.reader().get(&format!("{EVENTS}/{ID}")).await.status(200).json();
        assert_eq!(stored["sequence"], receipt["sequence"]);
        assert_eq!(stored["leaf_hash"], receipt["leaf_hash"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_located_under_the_slug_even_when_sent_under_the_id_of_the_organization() {
        let app = TestApp::start().await;
        let key = app.with(Some(&app.keys.acme_org));
        let org = key.get("/v1/orgs/acme").await.status(200).json();
        let path = format!("/v1/orgs/{}/events", org["id"].as_str().unwrap());

        let answer = app.writer().post(&path, &event(json!({"id": ID}))).await.status(201);

        assert_eq!(answer.header("location"), Some(format!("{EVENTS}/{ID}").as_str()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn without_an_id_gets_one_that_carries_the_time() {
        let app = TestApp::start().await;

        let receipt = app.writer().post(EVENTS, &event(json!({}))).await.status(201).json();

        let id = annals::id::Id::<annals::id::Event>::parse(receipt["id"].as_str().unwrap()).unwrap();
        let (seconds, _) = id.uuid().get_timestamp().unwrap().to_unix();
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(i64::try_from(seconds).unwrap(), app.clock.now().unix_seconds());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_an_upper_case_id_is_stored_under_the_lower_case_one() {
        let app = TestApp::start().await;

        let stored = stored(&app, &event(json!({"id": ID.to_uppercase()}))).await;

        assert_eq!(stored["id"], ID);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn gets_the_defaults_of_what_it_leaves_out() {
        let app = TestApp::start().await;

        let stored = stored(&app, &event(json!({}))).await;

        assert_eq!(stored["outcome"], "unknown");
        assert_eq!(stored["severity"], "informational");
        assert_eq!(stored["occurred_at"], "2026-11-25T12:00:00.000000Z");
        assert_eq!(stored["v"], 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn carries_the_name_of_the_key_that_brought_it() {
        let app = TestApp::start().await;
        let harbor = app.with(Some(&app.keys.harbor_write));

        let ours = stored(&app, &event(json!({}))).await;
        harbor.post("/v1/orgs/harbor/events", &event(json!({}))).await.status(201);

        let reader = app.with(Some(&app.keys.harbor_read));
        let theirs = reader.get("/v1/orgs/harbor/events?limit=1").await.status(200).json();
        assert_eq!(ours["source"], "billing-api");
        assert_eq!(theirs["data"][0]["source"], "portal");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_every_member_it_was_sent_with() {
        let app = TestApp::start().await;
        let sent = event(json!({
            "id": ID,
            "occurred_at": "2026-11-02T11:15:30.1234567+01:00",
            "actor": {"type": "user", "id": "u_9", "name": "Ada Byron", "email": "Ada@Example.com"},
            "on_behalf_of": {"type": "user", "id": "u_1", "name": "Sam"},
            "targets": [{"type": "user", "id": "u_7", "name": "Bob", "href": "https://app.example.com/u_7"}],
            "workspace": {"id": "ws_1", "name": "Production"},
            "outcome": "denied",
            "severity": "high",
            "reason": "not on the list",
            "details": "Ada opened a report",
            "parameters": {"nested": {"list": [1, 2.5, "three", null, true]}},
            "changes": [{"field": "role", "old": "viewer", "new": {"name": "admin"}}],
            "source_sequence": 4112,
            "context": {"ip": "203.0.113.7", "user_agent": "curl/8", "location": "Lisbon, PT",
                "request_id": "r", "session_id": "s", "correlation_id": "c", "traceparent": "00-0-0-00"},
        }));

        let mut stored = stored(&app, &sent).await;

        let members = stored.as_object_mut().unwrap();
        for added in ["v", "organization", "sequence", "leaf_hash", "received_at", "source"] {
            assert!(members.remove(added).is_some(), "{added}");
        }
        let mut expected = sent;
        expected["occurred_at"] = json!("2026-11-02T10:15:30.123456Z");
        assert_eq!(stored, expected);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_what_is_empty_inside_parameters_and_changes() {
        let app = TestApp::start().await;
        let parameters = json!({"null": null, "text": "", "list": [], "object": {}, "deep": {"null": null}});
        let changes = json!([{"field": "role", "old": null}, {"field": "tags", "old": [], "new": ""}]);

        let stored = stored(&app, &event(json!({"parameters": parameters, "changes": changes}))).await;

        assert_eq!(stored["parameters"], parameters);
        assert_eq!(stored["changes"], changes);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn takes_empty_members_as_absent() {
        let app = TestApp::start().await;
        let empty = json!({
            "id": null, "occurred_at": "", "on_behalf_of": {}, "targets": [], "workspace": {"id": "", "name": null},
            "outcome": "", "severity": null, "reason": "", "details": "", "parameters": {}, "changes": [],
            "source_sequence": null, "context": {"ip": "", "user_agent": null}, "label": null,
            "actor": {"type": "user", "id": "u_9", "name": "", "email": null},
        });

        let stored = stored(&app, &event(empty)).await;

        for absent in
            ["on_behalf_of", "targets", "workspace", "reason", "details", "parameters", "changes", "context"]
        {
            assert_eq!(stored.get(absent), None, "{absent}");
        }
        assert_eq!(stored["actor"], json!({"type": "user", "id": "u_9"}));
        assert_eq!(stored["outcome"], "unknown");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_its_numbers_stored_as_rfc_8785_prints_them() {
        let app = TestApp::start().await;
        let text = r#"{"action":"report.opened","actor":{"type":"user","id":"u_9"},"parameters":
            {"a":1.50,"b":-0,"c":1e3,"d":9007199254740991,"e":-9007199254740991,"f":5e-324,"g":100e-2}}"#;

        let receipt = app.writer().post_text(EVENTS, text).await.status(201).json();

        let path = format!("{EVENTS}/{}", receipt["id"].as_str().unwrap());
        let stored = app.reader().get(&path).await.status(200).text;
        let printed = r#""parameters":{"a":1.5,"b":0,"c":1000,"d":9007199254740991,"e":-9007199254740991,"f":5e-324,"g":1}"#;
        assert!(stored.contains(printed), "{stored}");
    }
}

mod catalogue {
    use super::*;

    fn invited() -> Value {
        event(json!({
            "action": "user.invited",
            "actor": {"type": "user", "id": "u_9", "name": "Ada Byron"},
            "targets": [{"type": "user", "email": "bob@example.com"}],
            "parameters": {"role": "analyst"},
        }))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn fills_in_what_the_first_pack_of_the_organization_says() {
        let app = TestApp::start().await;

        let stored = stored(&app, &invited()).await;

        assert_eq!(stored["pack"], "blink");
        assert_eq!(stored["category"], "Tenant User Management");
        assert_eq!(stored["activity_type"], "system_configuration");
        assert_eq!(stored["label"], "User invited");
        assert_eq!(stored["details"], "Ada Byron invited bob@example.com as analyst");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn differs_between_organizations_with_different_packs() {
        let app = TestApp::start().await;
        let harbor = app.with(Some(&app.keys.harbor_write));
        let bare = event(json!({"action": "user.invited"}));

        harbor.post("/v1/orgs/harbor/events", &bare).await.status(201);

        let reader = app.with(Some(&app.keys.harbor_read));
        let page = reader.get("/v1/orgs/harbor/events?limit=1").await.status(200).json();
        assert_eq!(page["data"][0]["pack"], "pocketsoc");
        assert_eq!(page["data"][0]["category"], "Team");
        assert_eq!(page["data"][0]["details"], "u_9 invited a user as a team member");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn falls_back_to_the_services_own_pack() {
        let app = TestApp::start().await;
        let harbor = app.with(Some(&app.keys.harbor_write));

        harbor.post("/v1/orgs/harbor/events", &event(json!({"action": "user.logged_out"}))).await.status(201);

        let reader = app.with(Some(&app.keys.harbor_read));
        let page = reader.get("/v1/orgs/harbor/events?limit=1").await.status(200).json();
        assert_eq!(page["data"][0]["pack"], "annals");
        assert_eq!(page["data"][0]["source"], "portal");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn leaves_the_details_that_were_sent() {
        let app = TestApp::start().await;

        let stored =
            stored(&app, &event(json!({"action": "user.invited", "details": "in my own words"}))).await;

        assert_eq!(stored["details"], "in my own words");
        assert_eq!(stored["label"], "User invited");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn says_nothing_of_an_action_it_does_not_know() {
        let app = TestApp::start().await;

        let stored = stored(&app, &event(json!({"action": "spaceship.launched"}))).await;

        for absent in ["pack", "category", "activity_type", "label", "details"] {
            assert_eq!(stored.get(absent), None, "{absent}");
        }
    }
}

mod log {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn begins_with_the_making_of_the_organization() {
        let app = TestApp::start().await;

        let tail = app.reader().get("/v1/orgs/acme/events/tail?limit=1").await.status(200).json();

        let first = &tail["data"][0];
        assert_eq!(first["sequence"], 0);
        assert_eq!(first["action"], "annals.organization.created");
        assert_eq!(first["source"], "annals");
        assert_eq!(first["pack"], "annals");
        assert_eq!(first["organization"], "acme");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_gapless_over_own_events_single_events_and_batches() {
        let app = TestApp::start().await;
        let writer = app.writer();
        writer.post(EVENTS, &event(json!({}))).await.status(201);
        writer.post(EVENTS, &event(json!({"id": "nope"}))).await.status(422);
        let batch = json!({"events": [event(json!({})), event(json!({"outcome": "?"})), event(json!({}))]});
        writer.post("/v1/orgs/acme/events/batch", &batch).await.status(200);
        Host::of(&app.app, "test").create_key("acme", "late", &[Scope::OrgRead], None).unwrap();
        app.advance(Duration::from_secs(1));
        writer.post(EVENTS, &event(json!({}))).await.status(201);

        let tail = app.reader().get("/v1/orgs/acme/events/tail?limit=1000").await.status(200).json();

        let events = tail["data"].as_array().unwrap();
        let sequences: Vec<u64> = events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
        let expected: Vec<u64> = (0..u64::try_from(events.len()).unwrap()).collect();
        assert_eq!(sequences, expected);
        assert_eq!(events.iter().filter(|event| event["action"] == "report.opened").count(), 4);
        assert_eq!(tail["next_from"], expected.len());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_one_organization_does_not_move_with_another() {
        let app = TestApp::start().await;
        let harbor = app.with(Some(&app.keys.harbor_write));
        let first = app.writer().post(EVENTS, &event(json!({}))).await.status(201).json();

        harbor.post("/v1/orgs/harbor/events", &event(json!({}))).await.status(201);
        let second = app.writer().post(EVENTS, &event(json!({}))).await.status(201).json();

        assert_eq!(second["sequence"].as_u64().unwrap(), first["sequence"].as_u64().unwrap() + 1);
    }
}
