//! Event types of one's own: created, replaced by version, deleted, and what they do to events.

use annals::app::App;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, eventually};

pub(crate) const TYPE: &str = "/v1/event-types/acme-app/ticket.closed";
const EVENTS: &str = "/v1/orgs/acme/events";
const ID: &str = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";

pub(crate) fn definition(more: Value) -> Value {
    let mut definition =
        json!({"label": "Ticket closed", "category": "Support", "activity_type": "user_action"});
    let (Value::Object(members), Value::Object(more)) = (&mut definition, more) else {
        panic!("not objects")
    };
    members.extend(more);
    definition
}

pub(crate) async fn operator(app: &TestApp) -> Client<'_> {
    app.person("operator@annals.example").await
}

/// Makes these acme's packs.
pub(crate) async fn set_packs(app: &TestApp, packs: &[&str]) {
    let admin = app.person("admin@acme.example").await;
    let version = admin.get("/v1/orgs/acme").await.status(200).json()["version"].clone();
    admin.patch("/v1/orgs/acme", &json!({"packs": packs, "version": version})).await.status(200);
}

async fn closed(app: &TestApp, more: Value) -> Value {
    let mut event = json!({"action": "ticket.closed", "actor": {"type": "user", "id": "u_9", "name": "Ada"}});
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let receipt = app.writer().post(EVENTS, &event).await.status(201).json();
    stored(app, receipt["id"].as_str().unwrap()).await
}

async fn stored(app: &TestApp, id: &str) -> Value {
    app.reader().get(&format!("{EVENTS}/{id}")).await.status(200).json()
}

mod put {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn creates_an_event_type_that_everybody_can_read() {
        let app = TestApp::start().await;
        let full = definition(json!({
            "description": "A ticket was closed.",
            "sentence": "{actor} closed {target|a ticket}",
            "ocsf": {"class_uid": 3004, "activity_id": 3, "type_uid": 300_403},
            "ecs": {"category": ["configuration"], "type": ["change"]},
            "deprecated": true,
            "parameters_schema": {"type": "object", "required": ["resolution"]},
        }));

        let answer = operator(&app).await.put(TYPE, &full).await.status(201);

        let mut expected = full.clone();
        let more = json!({"pack": "acme-app", "action": "ticket.closed", "built_in": false, "version": 1});
        expected.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(answer.json(), expected);
        assert_eq!(answer.header("location"), Some(TYPE));
        assert_eq!(app.reader().get(TYPE).await.status(200).json(), expected);
        let listed = app.reader().get("/v1/event-types?pack=acme-app").await.status(200).json();
        assert_eq!(listed, json!({"data": [expected]}));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn replaces_the_version_that_it_names() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;
        operator.put(TYPE, &definition(json!({}))).await.status(201);

        let changed = definition(json!({"label": "Closed", "version": 1}));
        let second = operator.put(TYPE, &changed).await.status(200).json();

        assert_eq!((&second["version"], &second["label"]), (&json!(2), &json!("Closed")));
        for (seen, current) in [(json!(1), "version 2"), (json!(3), "version 2"), (Value::Null, "version 2")]
        {
            let refused = operator.put(TYPE, &definition(json!({"version": seen}))).await;
            let problem = refused.problem(409, "version_conflict");
            assert!(problem["detail"].as_str().unwrap().contains(current), "{problem}");
        }
        assert_eq!(operator.get(TYPE).await.json(), second);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_a_version_creates_nothing() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;

        operator.put(TYPE, &definition(json!({"version": 1}))).await.problem(409, "version_conflict");

        operator.get(TYPE).await.problem(404, "not_found");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn sent_several_times_at_once_creates_one() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;
        let definition = definition(json!({}));

        let answers = join_all((0..6).map(|_| operator.put(TYPE, &definition))).await;

        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn leaves_the_built_in_packs_alone() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;
        for pack in ["pocketsoc", "blink", "annals"] {
            for action in ["user.invited", "ticket.closed"] {
                let path = format!("/v1/event-types/{pack}/{action}");
                let problem = operator.put(&path, &definition(json!({}))).await.problem(403, "forbidden");
                assert!(problem["detail"].as_str().unwrap().contains("built in and read-only"), "{problem}");
                operator.delete(&path).await.problem(403, "forbidden");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_recorded_in_the_platforms_log() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;
        operator.put(TYPE, &definition(json!({}))).await.status(201);
        let changed = json!({"label": "Closed", "parameters_schema": {"type": "object"}, "version": 1});
        operator.put(TYPE, &definition(changed)).await.status(200);
        operator.delete(TYPE).await.status(204);

        let page = operator.get("/v1/orgs/platform/events?action=annals.event_type.*&order=asc").await.json();

        let events = page["data"].as_array().unwrap();
        let told: Vec<_> = events.iter().map(|event| event["details"].as_str().unwrap()).collect();
        assert_eq!(
            told,
            [
                "Radia Perlman added the event type Ticket closed",
                "Radia Perlman changed the event type Closed",
                "Radia Perlman deleted the event type Closed",
            ]
        );
        let parameters = |version| json!({"pack": "acme-app", "action": "ticket.closed", "version": version});
        let versions = [1, 2, 2].map(parameters);
        assert_eq!(events.iter().map(|event| event["parameters"].clone()).collect::<Vec<_>>(), versions);
        assert_eq!(
            events[1]["changes"],
            json!([
                {"field": "label", "old": "Ticket closed", "new": "Closed"},
                {"field": "parameters_schema", "old": {"of_version": 1}, "new": {"of_version": 2}},
            ])
        );
        let acme = app.reader().get(&format!("{EVENTS}?action=annals.event_type.*")).await.json();
        assert_eq!(acme["data"], json!([]));
    }
}

mod events {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn are_described_at_once_by_what_was_defined() {
        let app = TestApp::start().await;
        let sentence = "{actor} closed {target|a ticket} as {parameters.resolution|done}";
        let before = closed(&app, json!({})).await;

        operator(&app).await.put(TYPE, &definition(json!({"sentence": sentence}))).await.status(201);
        set_packs(&app, &["acme-app", "blink"]).await;
        let event = closed(&app, json!({"parameters": {"resolution": "fixed"}})).await;

        assert_eq!(before.get("label"), None);
        let told = ["pack", "category", "activity_type", "label", "details"].map(|name| &event[name]);
        let expected =
            ["acme-app", "Support", "user_action", "Ticket closed", "Ada closed a ticket as fixed"];
        assert_eq!(told, expected.map(|text| json!(text)).each_ref());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_a_type_without_a_sentence_have_no_details() {
        let app = TestApp::start().await;
        operator(&app).await.put(TYPE, &definition(json!({}))).await.status(201);
        set_packs(&app, &["acme-app"]).await;

        let event = closed(&app, json!({"outcome": "failure"})).await;

        assert_eq!((event.get("details"), &event["label"]), (None, &json!("Ticket closed")));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn stay_as_they_are_when_their_type_changes_or_goes() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;
        operator.put(TYPE, &definition(json!({}))).await.status(201);
        set_packs(&app, &["acme-app"]).await;
        let event = closed(&app, json!({"id": ID})).await;

        operator.put(TYPE, &definition(json!({"label": "Closed", "version": 1}))).await.status(200);
        let after_change = stored(&app, ID).await;
        operator.delete(TYPE).await.status(204);
        let after_deletion = stored(&app, ID).await;

        assert_eq!(after_change, event);
        assert_eq!(after_deletion, event);
        // Sent again it is still the same event: what the type says is not what the client said.
        let again = json!({"id": ID, "action": "ticket.closed", "actor": event["actor"]});
        let receipt = app.writer().post(EVENTS, &again).await.status(200).json();
        assert_eq!((&receipt["duplicate"], &receipt["sequence"]), (&json!(true), &event["sequence"]));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn are_described_by_the_first_pack_that_has_their_action() {
        let app = TestApp::start().await;
        let invited = "/v1/event-types/acme-app/user.invited";
        operator(&app).await.put(invited, &definition(json!({"label": "Guest invited"}))).await.status(201);
        let mut labels = Vec::new();
        for packs in [&["blink", "acme-app"][..], &["acme-app", "blink"]] {
            set_packs(&app, packs).await;
            labels.push(closed(&app, json!({"action": "user.invited"})).await["label"].clone());
        }

        assert_eq!(labels, ["User invited", "Guest invited"]);
    }

    /// Four bytes a character, cut at 200: the longest that there can be.
    #[tokio::test(flavor = "multi_thread")]
    async fn have_details_that_fit_whatever_the_sentence_renders() {
        let app = TestApp::start().await;
        let slots = "{parameters.x|y}".repeat(8);
        let sentence = format!("{slots}{}", "z".repeat(1024 - slots.len()));
        operator(&app).await.put(TYPE, &definition(json!({"sentence": sentence}))).await.status(201);
        set_packs(&app, &["acme-app"]).await;

        let event = closed(&app, json!({"parameters": {"x": "😀".repeat(300)}, "outcome": "failure"})).await;

        let details = event["details"].as_str().unwrap();
        assert!(details.len() > 7_000 && details.len() <= 8_192, "{}", details.len());
    }
}

mod delete {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn removes_the_type_and_versions_go_on_counting() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;
        operator.put(TYPE, &definition(json!({}))).await.status(201);
        operator.delete(TYPE).await.status(204);

        operator.get(TYPE).await.problem(404, "not_found");
        operator.delete(TYPE).await.problem(404, "not_found");
        operator.get("/v1/event-types?pack=acme-app").await.problem(400, "invalid_query");
        let again = operator.put(TYPE, &definition(json!({"label": "Closed"}))).await.status(201).json();

        assert_eq!(again["version"], 2);
        let versions = operator.get(&format!("{TYPE}/versions")).await.status(200).json();
        let labels: Vec<_> =
            versions["data"].as_array().unwrap().iter().map(|row| &row["definition"]["label"]).collect();
        assert_eq!(labels, ["Closed", "Ticket closed"]);
        assert_eq!(versions["data"][0]["version"], 2);
        assert_eq!(versions["data"][0]["actor"]["email"], "operator@annals.example");
        assert_eq!(versions["data"][0]["created_at"], "2026-11-25T12:00:00.000000Z");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn and_change_leave_versions_to_page_through() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;
        operator.put(TYPE, &definition(json!({}))).await.status(201);
        for version in 1..5 {
            operator.put(TYPE, &definition(json!({"version": version}))).await.status(200);
        }
        let other = "/v1/event-types/acme-app/ticket.opened";
        operator.put(other, &definition(json!({}))).await.status(201);

        let first = operator.get(&format!("{TYPE}/versions?limit=2")).await.status(200);
        let cursor = first.json()["page"]["next_cursor"].as_str().unwrap().to_owned();
        let second =
            operator.get(&format!("{TYPE}/versions?limit=2&cursor={cursor}")).await.status(200).json();
        let all = operator.get(&format!("{TYPE}/versions")).await.status(200);
        let elsewhere = operator.get(&format!("{other}/versions?cursor={cursor}")).await;
        let too_many = operator.get(&format!("{TYPE}/versions?limit=101")).await;

        let numbers = |page: &Value| -> Vec<Value> {
            page["data"].as_array().unwrap().iter().map(|row| row["version"].clone()).collect()
        };
        assert_eq!(numbers(&first.json()), [5, 4]);
        assert!(first.header("link").unwrap().contains("/versions?limit=2&cursor="));
        assert_eq!(numbers(&second), [3, 2]);
        assert_eq!(numbers(&all.json()), [5, 4, 3, 2, 1]);
        assert_eq!((all.header("link"), &all.json()["page"]), (None, &json!({"has_more": false})));
        elsewhere.problem(400, "cursor_mismatch");
        too_many.problem(400, "invalid_query");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_what_never_was_is_not_found_and_there_are_no_versions_of_it() {
        let app = TestApp::start().await;
        let operator = operator(&app).await;

        operator.delete(TYPE).await.problem(404, "not_found");
        operator.get(&format!("{TYPE}/versions")).await.problem(404, "not_found");
        app.reader().get("/v1/event-types/blink/ticket.closed").await.problem(404, "not_found");
    }
}

/// Two nodes on one database: the other one remembers what it knew for a while, but not for long.
#[tokio::test(flavor = "multi_thread")]
async fn another_node_learns_of_a_change() {
    let app = TestApp::start().await;
    let other = App::start(app.app.config.clone(), app.clock.clone()).unwrap();
    assert!(!other.catalog.current(&other.db).await.unwrap().has_pack("acme-app"));

    operator(&app).await.put(TYPE, &definition(json!({}))).await.status(201);

    eventually("the other node to learn of the pack", async || {
        other.catalog.current(&other.db).await.unwrap().has_pack("acme-app").then_some(())
    })
    .await;
    other.writer.stop();
}
