//! The rules for events, one by one: which place each refusal names, and by which code.

use serde_json::{Value, json};

use crate::support::TestApp;

const EVENTS: &str = "/v1/orgs/acme/events";

/// A good event, with one member replaced.
fn event_with(name: &str, value: Value) -> Value {
    let mut event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    event[name] = value;
    event
}

/// The broken rules of a refusal, as (pointer, code).
fn broken(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
}

/// Each row: a member, a value it may not have, the one rule that breaks.
async fn refuses(rows: &[(&str, Value, &str, &str)]) {
    let app = TestApp::start().await;
    for (name, value, pointer, code) in rows {
        let answer = app.writer().post(EVENTS, &event_with(name, value.clone())).await;

        let problem = answer.problem(422, "invalid");
        assert_eq!(broken(&problem), [(*pointer, *code)], "{name}: {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_are_hyphenated_uuids_other_than_nil_and_max() {
    let rows = [
        json!(5),
        json!("order-17"),
        json!("0199f3c27a107c3e8b1d5d3f6a2b9c01"),
        json!("{0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01}"),
        json!("urn:uuid:0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
        json!("00000000-0000-0000-0000-000000000000"),
        json!("ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ];
    refuses(&rows.map(|value| ("id", value, "/id", "invalid_format"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_rfc_3339_with_an_offset() {
    refuses(&[
        ("occurred_at", json!(1_762_078_530), "/occurred_at", "wrong_type"),
        ("occurred_at", json!("2026-11-25"), "/occurred_at", "invalid_format"),
        ("occurred_at", json!("2026-11-25T11:00:00"), "/occurred_at", "invalid_format"),
        ("occurred_at", json!("2026-11-25 11:00:00Z"), "/occurred_at", "invalid_format"),
        ("occurred_at", json!("2016-12-31T23:59:60Z"), "/occurred_at", "invalid_format"),
        ("occurred_at", json!("0000-12-31T00:00:00Z"), "/occurred_at", "invalid_format"),
        ("occurred_at", json!("-15m"), "/occurred_at", "invalid_format"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_are_dotted_lower_case_words() {
    refuses(&[
        ("action", json!(5), "/action", "wrong_type"),
        ("action", json!(null), "/action", "required"),
        ("action", json!(""), "/action", "required"),
        ("action", json!("opened"), "/action", "invalid_format"),
        ("action", json!("Report.opened"), "/action", "invalid_format"),
        ("action", json!("report..opened"), "/action", "invalid_format"),
        ("action", json!("report.opened."), "/action", "invalid_format"),
        ("action", json!("report.opened\n"), "/action", "invalid_format"),
        ("action", json!("report.geöffnet"), "/action", "invalid_format"),
        ("action", json!("annals.log.read"), "/action", "reserved_name"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_actor_needs_a_type_and_an_id() {
    refuses(&[
        ("actor", json!(null), "/actor", "required"),
        ("actor", json!({}), "/actor", "required"),
        ("actor", json!({"type": "", "id": null}), "/actor", "required"),
        ("actor", json!("ada"), "/actor", "wrong_type"),
        ("actor", json!({"type": "user"}), "/actor/id", "required"),
        ("actor", json!({"id": "u_9", "type": ""}), "/actor/type", "required"),
        ("actor", json!({"type": "user", "id": 9}), "/actor/id", "wrong_type"),
        ("actor", json!({"type": "user", "id": "u_9", "href": "x"}), "/actor/href", "unknown_field"),
        ("actor", json!({"type": "user", "id": "u_9", "a/b~c": "x"}), "/actor/a~1b~0c", "unknown_field"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_objects_are_closed_too() {
    refuses(&[
        ("on_behalf_of", json!([1]), "/on_behalf_of", "wrong_type"),
        ("on_behalf_of", json!({"type": "user"}), "/on_behalf_of/id", "required"),
        ("on_behalf_of", json!({"id": "u_1"}), "/on_behalf_of/type", "required"),
        ("workspace", json!("ws"), "/workspace", "wrong_type"),
        ("workspace", json!({"id": "ws_1", "type": "x"}), "/workspace/type", "unknown_field"),
        ("workspace", json!({"id": {"a": 1}}), "/workspace/id", "wrong_type"),
        ("context", json!("web"), "/context", "wrong_type"),
        ("context", json!({"host": "x"}), "/context/host", "unknown_field"),
        ("context", json!({"ip": 5}), "/context/ip", "wrong_type"),
        ("context", json!({"ip": "203.0.113.256"}), "/context/ip", "invalid_format"),
        ("context", json!({"ip": "203.0.113.0/24"}), "/context/ip", "invalid_format"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn targets_need_a_type_and_something_to_call_them_by() {
    refuses(&[
        ("targets", json!({"type": "user", "id": "u"}), "/targets", "wrong_type"),
        ("targets", json!(["u_7"]), "/targets/0", "wrong_type"),
        ("targets", json!([null]), "/targets/0", "wrong_type"),
        ("targets", json!([{}]), "/targets/0", "required"),
        ("targets", json!([{"type": "user", "href": "https://x"}]), "/targets/0", "required"),
        ("targets", json!([{"id": "u_7"}]), "/targets/0/type", "required"),
        ("targets", json!([{"type": "user", "id": "u", "role": "x"}]), "/targets/0/role", "unknown_field"),
        (
            "targets",
            json!([{"type": "user", "id": "u"}, {"type": "user", "id": 7}]),
            "/targets/1/id",
            "wrong_type",
        ),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_and_changes_have_a_form() {
    refuses(&[
        ("parameters", json!([1]), "/parameters", "wrong_type"),
        ("parameters", json!("a=1"), "/parameters", "wrong_type"),
        ("changes", json!({"field": "role"}), "/changes", "wrong_type"),
        ("changes", json!(["role"]), "/changes/0", "wrong_type"),
        ("changes", json!([{"field": "role"}]), "/changes/0", "required"),
        ("changes", json!([{"old": 1}]), "/changes/0/field", "required"),
        ("changes", json!([{"field": "", "old": 1}]), "/changes/0/field", "required"),
        ("changes", json!([{"field": null, "old": 1}]), "/changes/0/field", "wrong_type"),
        ("changes", json!([{"field": "role", "new": 1, "by": "x"}]), "/changes/0/by", "unknown_field"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plain_members_have_their_types_and_values() {
    refuses(&[
        ("outcome", json!("ok"), "/outcome", "unknown_value"),
        ("outcome", json!("Success"), "/outcome", "unknown_value"),
        ("outcome", json!(1), "/outcome", "unknown_value"),
        ("severity", json!("info"), "/severity", "unknown_value"),
        ("severity", json!(3), "/severity", "unknown_value"),
        ("reason", json!(5), "/reason", "wrong_type"),
        ("details", json!({"text": "x"}), "/details", "wrong_type"),
        ("source_sequence", json!(-1), "/source_sequence", "out_of_range"),
        ("source_sequence", json!(1.5), "/source_sequence", "out_of_range"),
        ("source_sequence", json!("7"), "/source_sequence", "out_of_range"),
        ("source_sequence", json!(9_007_199_254_740_992_u64), "/source_sequence", "invalid_number"),
        ("colour", json!("red"), "/colour", "unknown_field"),
        ("a/b~c", json!("red"), "/a~1b~0c", "unknown_field"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_sets_is_refused_from_clients() {
    let app = TestApp::start().await;
    for name in [
        "v",
        "organization",
        "sequence",
        "received_at",
        "pack",
        "category",
        "activity_type",
        "label",
        "source",
        "leaf_hash",
        "redacted",
    ] {
        for value in [json!("acme"), json!(1)] {
            let answer = app.writer().post(EVENTS, &event_with(name, value)).await;

            let problem = answer.problem(422, "invalid");
            assert_eq!(broken(&problem), [(format!("/{name}").as_str(), "read_only")]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reserved_names_are_refused_at_every_depth() {
    refuses(&[
        ("_sd", json!(["x"]), "/_sd", "reserved_name"),
        ("_sd_alg", json!("sha-256"), "/_sd_alg", "reserved_name"),
        ("...", json!("x"), "/...", "reserved_name"),
        ("parameters", json!({"_sd": 1}), "/parameters/_sd", "reserved_name"),
        ("parameters", json!({"a": [{"...": 1}]}), "/parameters/a/0/...", "reserved_name"),
        ("actor", json!({"type": "user", "id": "u", "_sd_alg": "x"}), "/actor/_sd_alg", "reserved_name"),
        ("changes", json!([{"field": "f", "old": {"_sd": null}}]), "/changes/0/old/_sd", "reserved_name"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_be_an_object_only() {
    let app = TestApp::start().await;
    for text in ["5", "[]", "null", "\"event\"", "[{\"action\":\"a.b\"}]"] {
        let problem = app.writer().post_text(EVENTS, text).await.problem(422, "invalid");

        assert_eq!(broken(&problem), [("", "wrong_type")], "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_a_tree_cannot_hold_faithfully_is_refused_where_it_stands() {
    let app = TestApp::start().await;
    for (parameters, pointer, code) in [
        (r#"{"a":1,"a":1}"#, "/parameters/a", "repeated_key"),
        (r#"{"a":1,"\u0061":1}"#, "/parameters/a", "repeated_key"),
        (r#"{"a":{"b":[0,{"c":1,"c":2}]}}"#, "/parameters/a/b/1/c", "repeated_key"),
        (r#"{"a":"x\u0000y"}"#, "/parameters/a", "invalid_string"),
        (r#"{"a\u0000":1}"#, "/parameters/a\u{0}", "invalid_string"),
        (r#"{"a":"\ud800"}"#, "/parameters/a", "invalid_string"),
        (r#"{"a":"\udc00\ud800"}"#, "/parameters/a", "invalid_string"),
        (r#"{"\ud800":1}"#, "/parameters", "invalid_string"),
        (r#"{"a":9007199254740992}"#, "/parameters/a", "invalid_number"),
        (r#"{"a":-9007199254740992}"#, "/parameters/a", "invalid_number"),
        (r#"{"a":1e400}"#, "/parameters/a", "invalid_number"),
        (r#"{"a":1e-400}"#, "/parameters/a", "invalid_number"),
        (r#"{"a":0.1000000000000000055511151231257827}"#, "/parameters/a", "invalid_number"),
        (r#"{"a":[12345678901234567890]}"#, "/parameters/a/0", "invalid_number"),
    ] {
        let text = format!(
            r#"{{"action":"report.opened","actor":{{"type":"user","id":"u_9"}},"parameters":{parameters}}}"#
        );
        let problem = app.writer().post_text(EVENTS, text).await.problem(422, "invalid");

        assert_eq!(broken(&problem), [(pointer, code)], "{parameters}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_broken_rule_is_listed() {
    let app = TestApp::start().await;
    let event = json!({
        "action": "nonsense", "outcome": "?", "colour": 1, "sequence": 5, "targets": [{"type": "user", "id": "u"}, {}],
    });

    let problem = app.writer().post(EVENTS, &event).await.problem(422, "invalid");

    let mut found = broken(&problem);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("/action", "invalid_format"),
            ("/actor", "required"),
            ("/colour", "unknown_field"),
            ("/outcome", "unknown_value"),
            ("/sequence", "read_only"),
            ("/targets/1", "required"),
        ]
    );
    assert_eq!(problem["detail"], "6 errors in the body");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelled_member_is_told_what_was_probably_meant() {
    let app = TestApp::start().await;
    let event = json!({
        "action": "user.invited",
        "actor": {"type": "user", "id": "u_9", "nmae": "Ada"},
        "target": [],
        "occured_at": "2026-11-02T10:15:30Z",
        "colour": "red",
    });

    let problem = app.writer().post("/v1/orgs/acme/events", &event).await.problem(422, "invalid");

    let messages: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["message"].as_str().unwrap())
        .collect();
    let expected = [
        "there is no such member; did you mean name?",
        "there is no such member; put what is your own under parameters",
        "there is no such member; did you mean occurred_at?",
        "there is no such member; did you mean targets?",
    ];
    assert_eq!(messages, expected);
}
