//! Sending again: what is the same event, and what is another one under a taken id.

use std::time::Duration;

use annals::{access::Scope, host::Host};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const EVENTS: &str = "/v1/orgs/acme/events";
const ID: &str = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";

/// An event with [`ID`] and a known action, and what `more` adds to it.
fn event(more: Value) -> Value {
    let mut event = json!({"id": ID, "action": "user.invited", "actor": {"type": "user", "id": "u_9"}});
    let (Value::Object(members), Value::Object(more)) = (&mut event, more) else { panic!("not objects") };
    members.extend(more);
    event
}

/// Sends `first`, then `again` a minute later; returns the second answer.
async fn resend(first: &Value, again: &Value) -> Answer {
    let app = TestApp::start().await;
    app.writer().post(EVENTS, first).await.status(201);
    app.advance(Duration::from_mins(1));
    app.writer().post(EVENTS, again).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_again_is_answered_with_the_first_receipt() {
    let app = TestApp::start().await;
    let first = app.writer().post(EVENTS, &event(json!({}))).await.status(201).json();
    app.advance(Duration::from_hours(1));

    let again = app.writer().post(EVENTS, &event(json!({}))).await.status(200);

    let mut expected = first;
    expected["duplicate"] = json!(true);
    assert_eq!(again.json(), expected);
    assert_eq!(again.header("location"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_takes_no_place_in_the_log() {
    let app = TestApp::start().await;
    let first = app.writer().post(EVENTS, &event(json!({}))).await.status(201).json();
    app.writer().post(EVENTS, &event(json!({}))).await.status(200);

    let mut other = event(json!({}));
    other.as_object_mut().unwrap().remove("id");
    let next = app.writer().post(EVENTS, &other).await.status(201).json();

    assert_eq!(next["sequence"].as_u64().unwrap(), first["sequence"].as_u64().unwrap() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_event_under_a_taken_id_is_a_conflict() {
    let answer = resend(&event(json!({})), &event(json!({"action": "user.removed"}))).await;

    answer.problem(409, "id_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_leaves_the_stored_event_as_it_was() {
    let app = TestApp::start().await;
    app.writer().post(EVENTS, &event(json!({}))).await.status(201);
    let path = format!("{EVENTS}/{ID}");
    let before = app.reader().get(&path).await.status(200).text;

    app.writer().post(EVENTS, &event(json!({"reason": "changed my mind"}))).await.status(409);

    assert_eq!(app.reader().get(&path).await.status(200).text, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_in_another_organization_is_another_event() {
    let app = TestApp::start().await;
    app.writer().post(EVENTS, &event(json!({}))).await.status(201);
    let harbor = app.with(Some(&app.keys.harbor_write));

    let answer = harbor.post("/v1/orgs/harbor/events", &event(json!({"reason": "other"}))).await;

    answer.status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_may_send_the_event_again() {
    let app = TestApp::start().await;
    app.writer().post(EVENTS, &event(json!({}))).await.status(201);
    let host = Host::of(&app.app, "test");
    let key = host.create_key("acme", "second-billing", &[Scope::EventsWrite], None).unwrap();

    let answer = app.with(Some(key.expose())).post(EVENTS, &event(json!({}))).await;

    assert_eq!(answer.status(200).json()["duplicate"], true);
}

mod is_the_same_event {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn when_members_that_have_defaults_are_left_out_the_second_time() {
        let full = event(json!({
            "occurred_at": "2026-11-01T00:00:00Z", "outcome": "denied", "severity": "high", "details": "my words",
        }));

        resend(&full, &event(json!({}))).await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_the_defaults_are_spelled_out_the_second_time() {
        let spelled = event(json!({
            "occurred_at": "2026-11-25T12:00:00Z", "outcome": "unknown", "severity": "informational",
            "details": "u_9 invited a user as a member",
        }));

        resend(&event(json!({})), &spelled).await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_the_id_is_in_upper_case() {
        let shouted = event(json!({"id": ID.to_uppercase()}));

        let receipt = resend(&event(json!({})), &shouted).await.status(200).json();

        assert_eq!(receipt["id"], ID);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_empty_members_are_added() {
        let padded = event(json!({"reason": "", "targets": [], "workspace": {}, "context": {"ip": null}}));

        resend(&event(json!({})), &padded).await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_a_time_is_written_with_another_offset() {
        let here = event(json!({"occurred_at": "2026-11-02T10:15:30Z"}));
        let there = event(json!({"occurred_at": "2026-11-02T12:15:30.000000999+02:00"}));

        resend(&here, &there).await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_numbers_are_written_another_way() {
        let app = TestApp::start().await;
        let text = |number: &str| {
            format!(
                r#"{{"id":"{ID}","action":"user.invited","actor":{{"id":"u","type":"user"}},"parameters":{{"n":{number}}}}}"#
            )
        };
        app.writer().post_text(EVENTS, text("1000")).await.status(201);

        for number in ["1e3", "1000.0", "10.00E+2"] {
            app.writer().post_text(EVENTS, text(number)).await.status(200);
        }
    }
}

mod is_another_event {
    use super::*;

    /// A value for every member that has no default.
    fn members() -> Value {
        json!({
            "on_behalf_of": {"type": "user", "id": "u_1"},
            "targets": [{"type": "user", "id": "u_7"}],
            "workspace": {"id": "ws_1"},
            "reason": "because",
            "parameters": {"key": null},
            "changes": [{"field": "role", "old": null}],
            "source_sequence": 0,
            "context": {"ip": "203.0.113.7"},
        })
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_a_stored_member_without_default_is_not_sent() {
        let app = TestApp::start().await;
        let full = event(members());
        app.writer().post(EVENTS, &full).await.status(201);

        for name in members().as_object().unwrap().keys() {
            let mut less = full.clone();
            less.as_object_mut().unwrap().remove(name);
            app.writer().post(EVENTS, &less).await.problem(409, "id_conflict");
        }
        app.writer().post(EVENTS, &full).await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_a_member_is_sent_that_is_not_stored() {
        let app = TestApp::start().await;
        app.writer().post(EVENTS, &event(json!({}))).await.status(201);

        for (name, value) in members().as_object().unwrap() {
            app.writer().post(EVENTS, &event(json!({name: value}))).await.problem(409, "id_conflict");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_a_member_that_has_a_default_is_sent_with_another_value() {
        let app = TestApp::start().await;
        app.writer().post(EVENTS, &event(json!({}))).await.status(201);

        for other in [
            json!({"occurred_at": "2026-11-25T12:00:00.000001Z"}),
            json!({"outcome": "success"}),
            json!({"severity": "low"}),
            json!({"details": "u_9 invited somebody"}),
        ] {
            app.writer().post(EVENTS, &event(other)).await.problem(409, "id_conflict");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn when_a_member_deep_inside_is_missing_added_or_null() {
        let app = TestApp::start().await;
        let stored = json!({
            "actor": {"type": "user", "id": "u_9", "name": "Ada"}, "parameters": {"a": {"b": 1, "c": null}},
        });
        app.writer().post(EVENTS, &event(stored.clone())).await.status(201);

        for (pointer, other) in [
            ("/actor", json!({"type": "user", "id": "u_9"})),
            ("/actor", json!({"type": "user", "id": "u_9", "name": "Ada", "email": "a@example.com"})),
            ("/parameters/a", json!({"b": 1})),
            ("/parameters/a", json!({"b": 1, "c": null, "d": null})),
            ("/parameters/a/b", json!("1")),
        ] {
            let mut changed = stored.clone();
            *changed.pointer_mut(pointer).unwrap() = other;
            app.writer().post(EVENTS, &event(changed)).await.problem(409, "id_conflict");
        }
    }
}

/// Whoever retries an event has not heard that it was taken, and knows nothing of the catalog.
mod after_the_catalog_has_changed {
    use reqwest::Method;

    use super::*;

    const BATCH: &str = "/v1/orgs/acme/events/batch";

    async fn refuse_unknown_actions(app: &TestApp) {
        let admin = app.person("admin@acme.example").await;
        admin.patch("/v1/orgs/acme", &json!({"unknown_actions": "reject", "version": 1})).await.status(200);
    }

    /// From now on `user.invited` needs a parameter that [`event`] has not.
    async fn demand_parameters(app: &TestApp) {
        let operator = app.person("operator@annals.example").await;
        let definition = json!({
            "label": "User invited", "category": "Users", "activity_type": "user_action",
            "parameters_schema": {"required": ["role"]},
        });
        operator.put("/v1/event-types/acme-app/user.invited", &definition).await.status(201);
        crate::event_types::set_packs(app, &["acme-app"]).await;
    }

    fn unknown(more: Value) -> Value {
        let mut unknown = event(more);
        unknown["action"] = json!("report.opened");
        unknown
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_taken_before_is_answered_with_its_first_receipt() {
        let app = TestApp::start().await;
        let mut first = app.writer().post(EVENTS, &unknown(json!({}))).await.status(201).json();
        refuse_unknown_actions(&app).await;

        let again = app.writer().post(EVENTS, &unknown(json!({}))).await.status(200).json();

        first["duplicate"] = json!(true);
        first.as_object_mut().unwrap().remove("flags");
        assert_eq!(again, first);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_taken_before_its_schema_is_answered_with_its_first_receipt() {
        let app = TestApp::start().await;
        let mut first = app.writer().post(EVENTS, &event(json!({}))).await.status(201).json();
        demand_parameters(&app).await;

        let again = app.writer().post(EVENTS, &event(json!({}))).await.status(200).json();

        first["duplicate"] = json!(true);
        assert_eq!(again, first);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_id_made_by_the_idempotency_key_is_recognised_too() {
        let app = TestApp::start().await;
        let mut anonymous = unknown(json!({}));
        anonymous.as_object_mut().unwrap().remove("id");
        let post = async || {
            let writer = app.writer();
            let request = writer.request(Method::POST, EVENTS).header("idempotency-key", "report-1");
            Answer::of(request.json(&anonymous)).await
        };
        let first = post().await.status(201).json();
        refuse_unknown_actions(&app).await;

        let again = post().await.status(200).json();
        let other = app.writer().post(EVENTS, &anonymous).await;

        assert_eq!((&again["sequence"], &again["duplicate"]), (&first["sequence"], &json!(true)));
        assert_eq!(other.problem(422, "invalid")["errors"][0]["code"], "unknown_action");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_not_taken_is_refused_for_its_type() {
        let app = TestApp::start().await;
        app.writer().post(EVENTS, &unknown(json!({}))).await.status(201);
        refuse_unknown_actions(&app).await;

        let other_content = app.writer().post(EVENTS, &unknown(json!({"reason": "audit"}))).await;
        let other_id = unknown(json!({"id": "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c02"}));
        let dry = app.writer().post(&format!("{EVENTS}?dry_run=true"), &unknown(json!({}))).await;

        for answer in [other_content, app.writer().post(EVENTS, &other_id).await, dry] {
            assert_eq!(answer.problem(422, "invalid")["errors"][0]["code"], "unknown_action");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn each_event_of_a_batch_has_its_own_outcome() {
        let app = TestApp::start().await;
        let known =
            |id: &str| json!({"id": id, "action": "user.invited", "actor": {"type": "user", "id": "u_9"}});
        let new = |id: &str| unknown(json!({"id": id}));
        let (a, b) = ("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c0a", "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c0b");
        let before = app.writer().post(EVENTS, &unknown(json!({}))).await.status(201).json();
        refuse_unknown_actions(&app).await;

        let batch = json!({"events": [new(a), unknown(json!({})), known(b)]});
        let report = app.writer().post(BATCH, &batch).await.status(200).json();
        let whole = json!({"events": [unknown(json!({})), known(b)]});
        let whole = app.writer().post(&format!("{BATCH}?atomic=true"), &whole).await.status(200).json();
        let taken = json!({"events": [unknown(json!({})), {"id": b, "action": "user.deleted", "actor": {"type": "user", "id": "u_9"}}]});
        let taken =
            app.writer().post(&format!("{BATCH}?atomic=true"), &taken).await.problem(409, "id_conflict");

        let statuses: Vec<&Value> =
            report["results"].as_array().unwrap().iter().map(|result| &result["status"]).collect();
        assert_eq!(statuses, ["rejected", "duplicate", "accepted"]);
        assert_eq!(report["results"][1]["leaf_hash"], before["leaf_hash"]);
        assert_eq!(
            (&report["accepted"], &report["duplicates"], &report["rejected"]),
            (&json!(1), &json!(1), &json!(1))
        );
        assert_eq!(whole["duplicates"], 2);
        assert_eq!(taken["errors"][0]["pointer"], "/events/1/id");
    }
}
