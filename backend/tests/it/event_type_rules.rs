//! What the definition of an event type must not be, each with its place and its limit.

use serde_json::{Value, json};

use crate::{
    event_types::{TYPE, definition, operator},
    support::TestApp,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_rule_and_says_where() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;
    let ocsf = json!({"class_uid": 3004, "activity_id": 3, "type_uid": 300_404});
    for (more, pointer, code) in [
        (json!({"label": ""}), "/label", "required"),
        (json!({"category": " "}), "/category", "required"),
        (json!({"label": 5}), "/label", "wrong_type"),
        (json!({"activity_type": "other"}), "/activity_type", "unknown_value"),
        (json!({"colour": "red"}), "/colour", "unknown_field"),
        (json!({"ocsf": {"class_uid": 3004}}), "/ocsf/activity_id", "required"),
        (json!({"ecs": {"category": [5], "type": ["change"]}}), "/ecs/category/0", "wrong_type"),
        (json!({"label": "a\u{0}b"}), "/label", "invalid_string"),
        (json!({"ocsf": ocsf}), "/ocsf/type_uid", "invalid_format"),
        (json!({"ecs": {"category": [], "type": ["change"]}}), "/ecs/category", "out_of_range"),
        (json!({"ecs": {"category": ["iam"], "type": [""]}}), "/ecs/type", "out_of_range"),
        (json!({"sentence": "{actor closed it"}), "/sentence", "invalid_format"),
        (json!({"sentence": "{actor} closed {target}"}), "/sentence", "invalid_format"),
        (json!({"sentence": "{who} closed it"}), "/sentence", "invalid_format"),
        (json!({"sentence": "{actor|somebody} closed it"}), "/sentence", "invalid_format"),
    ] {
        let problem = operator.put(TYPE, &definition(more.clone())).await.problem(422, "invalid");

        let error = &problem["errors"][0];
        assert!(error["pointer"].as_str().unwrap().starts_with(pointer), "{more}: {problem}");
        assert_eq!(error["code"], code, "{more}: {problem}");
    }
    let both = definition(json!({"label": "", "sentence": "{", "parameters_schema": []}));
    let problem = operator.put(TYPE, &both).await.problem(422, "invalid");
    let pointers: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/label", "/sentence", "/parameters_schema"]);
}

/// The pointers and messages of a problem's errors.
fn told(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["message"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_the_wrong_type_are_told_of_together() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;
    let wrong = json!({"lable": "x", "category": 5, "activity_type": "other", "deprecated": "no", "ocsf": [], "version": "1"});

    let problem = operator.put(TYPE, &wrong).await.problem(422, "invalid");
    let nothing = operator.put(TYPE, &json!({})).await.problem(422, "invalid");

    let mut told_of = told(&problem);
    told_of.sort_unstable();
    assert_eq!(
        told_of,
        [
            ("/activity_type", "must be one of setting_update, system_configuration, user_action"),
            ("/category", "must be a string"),
            ("/deprecated", "must be true or false"),
            ("/label", "is required"),
            ("/lable", "there is no such member; did you mean label?"),
            ("/ocsf", "must be an object"),
            ("/version", "must be a whole number within its limits"),
        ]
    );
    let required = ["/label", "/category", "/activity_type"].map(|pointer| (pointer, "is required"));
    assert_eq!(told(&nothing), required);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_no_pack_or_action_has() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;
    for (pack, action, pointer, code) in [
        ("Acme", "ticket.closed", "pack", "invalid_format"),
        ("a", "ticket.closed", "pack", "invalid_format"),
        ("acme-app", "closed", "action", "invalid_format"),
        ("acme-app", "Ticket.closed", "action", "invalid_format"),
        ("acme-app", "annals.closed", "action", "reserved_name"),
    ] {
        let path = format!("/v1/event-types/{pack}/{action}");
        let problem = operator.put(&path, &definition(json!({}))).await.problem(422, "invalid");

        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
    }
}

/// Puts the definition at the limit and the one past it.
async fn limits(name: &str, at: Value, past: Value, pointer: &str, limit: &str) {
    let app = TestApp::start().await;
    let operator = operator(&app).await;

    operator.put(TYPE, &definition(json!({name: at}))).await.status(201);
    let refused = operator.put(TYPE, &definition(json!({name: past, "version": 1}))).await;

    let problem = refused.problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains(limit), "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_one_byte_too_long() {
    let text = |bytes: usize| json!("x".repeat(bytes));
    for name in ["label", "category"] {
        limits(name, text(128), text(129), &format!("/{name}"), "128").await;
    }
    for name in ["description", "sentence"] {
        limits(name, text(1024), text(1025), &format!("/{name}"), "1024").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_placeholder_or_one_mapping_too_many() {
    let sentence = |count: usize| json!("{actor}".repeat(count));
    let ecs = |count: usize| json!({"category": vec!["iam"; count], "type": ["change"]});
    limits("sentence", sentence(8), sentence(9), "/sentence", "8").await;
    limits("ecs", ecs(8), ecs(9), "/ecs/category", "8").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_or_an_action_that_is_one_byte_too_long() {
    let app = TestApp::start().await;
    let operator = operator(&app).await;
    let path = |pack: usize, action: usize| {
        format!("/v1/event-types/{}/a.{}", "p".repeat(pack), "b".repeat(action - 2))
    };

    operator.put(&path(63, 128), &definition(json!({}))).await.status(201);

    for (path, pointer, limit) in [(path(64, 128), "pack", "63"), (path(63, 129), "action", "128")] {
        let problem = operator.put(&path, &definition(json!({}))).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        assert!(problem["errors"][0]["message"].as_str().unwrap().contains(limit), "{problem}");
    }
}
