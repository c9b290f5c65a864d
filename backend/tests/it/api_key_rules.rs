//! What may be sent about API keys: the limits, named where they are broken.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const KEYS: &str = "/v1/orgs/acme/api-keys";

/// The broken rules that the answer lists.
fn broken(answer: Answer) -> Vec<(String, String)> {
    let problem = answer.problem(422, "invalid");
    let errors = problem["errors"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    errors.map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_broken_rule_is_named_where_it_is_broken() {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    let networks = vec!["10.0.0.0/8"; 65];
    for (change, pointer, code) in [
        (json!({"name": " "}), "/name", "invalid_format"),
        (json!({"name": "x".repeat(257)}), "/name", "invalid_format"),
        (json!({"name": "Annals"}), "/name", "reserved_name"),
        (json!({"name": 7}), "/name", "wrong_type"),
        (json!({"source": ""}), "/source", "invalid_format"),
        (json!({"source": "annals"}), "/source", "reserved_name"),
        (json!({"scopes": []}), "/scopes", "required"),
        (json!({"scopes": null}), "/scopes", "required"),
        (json!({"scopes": ["events:write", "everything"]}), "/scopes/1", "unknown_value"),
        (json!({"scopes": ["orgs:create"]}), "/scopes/0", "unknown_value"),
        (json!({"scopes": ["keys:write"]}), "/scopes/0", "unknown_value"),
        (json!({"scopes": ["org:read", "org:read"]}), "/scopes/1", "repeated_value"),
        (json!({"preset": "read"}), "/preset", "unknown_value"),
        (json!({"description": "x".repeat(501)}), "/description", "too_long"),
        (json!({"expires_in_days": 0}), "/expires_in_days", "out_of_range"),
        (json!({"expires_in_days": 3651}), "/expires_in_days", "out_of_range"),
        (json!({"networks": ["10.0.0.1/8"]}), "/networks/0", "invalid_format"),
        (json!({"networks": ["10.0.0.0/8", "home"]}), "/networks/1", "invalid_format"),
        (json!({"networks": ["10.0.0.0/8", "10.0.0.0/8"]}), "/networks/1", "repeated_value"),
        (json!({"networks": networks}), "/networks", "too_many"),
        (json!({"rate_limit": {"events_per_second": 0}}), "/rate_limit/events_per_second", "out_of_range"),
        (
            json!({"rate_limit": {"events_per_second": 100_001}}),
            "/rate_limit/events_per_second",
            "out_of_range",
        ),
        (json!({"rate_limit": {}}), "/rate_limit/events_per_second", "required"),
        (json!({"secret": "mine"}), "/secret", "unknown_field"),
        (json!({"org_id": "harbor"}), "/org_id", "unknown_field"),
    ] {
        let mut input = json!({"name": "checkout", "scopes": ["events:write"]});
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());

        let answer = admin.post(KEYS, &input).await;

        assert_eq!(broken(answer), [(pointer.to_owned(), code.to_owned())], "{change}");
    }
    let list = admin.get(KEYS).await.status(200).json();
    assert!(!list.to_string().contains("checkout"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_themselves_are_allowed() {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    let networks: Vec<String> = (0..64).map(|number| format!("10.{number}.0.0/16")).collect();
    let input = json!({
        "name": "n".repeat(256), "source": "s".repeat(256), "description": "ä".repeat(500), "networks": networks,
        "scopes": ["events:write", "events:read", "events:verify", "org:read", "org:write"],
        "expires_in_days": 3650, "rate_limit": {"events_per_second": 100_000},
    });

    let view = admin.post(KEYS, &input).await.status(201).json();

    for member in ["name", "source", "description", "networks", "scopes", "rate_limit"] {
        assert_eq!(view[member], input[member], "{member}");
    }
    assert_eq!(view["expires_at"], "2036-11-22T12:00:00.000000Z");
    let forever = json!({"name": "forever", "preset": "manage", "expires_in_days": null});
    let forever = admin.post(KEYS, &forever).await.status(201).json();
    assert_eq!((forever.get("expires_at"), &forever["scopes"]), (None, &json!(["org:read", "org:write"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_checked_as_strictly() {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    let made = admin.post(KEYS, &json!({"name": "checkout", "preset": "ingest"})).await.status(201).json();
    let place = format!("{KEYS}/{}", made["id"].as_str().unwrap());
    for (input, pointer, code) in [
        (json!({}), "/version", "required"),
        (json!({"version": 1, "name": "other"}), "/name", "unknown_field"),
        (json!({"version": 1, "scopes": ["org:read"]}), "/scopes", "unknown_field"),
        (json!({"version": 1, "source": "other"}), "/source", "unknown_field"),
        (json!({"version": 1, "expires_at": "2026-11-25T12:00:00Z"}), "/expires_at", "out_of_range"),
        (json!({"version": 1, "expires_at": "2046-11-25T12:00:00Z"}), "/expires_at", "out_of_range"),
        (json!({"version": 1, "expires_at": "tomorrow"}), "/expires_at", "invalid_format"),
        (json!({"version": 1, "networks": ["::/129"]}), "/networks/0", "invalid_format"),
    ] {
        assert_eq!(
            broken(admin.patch(&place, &input).await),
            [(pointer.to_owned(), code.to_owned())],
            "{input}"
        );
    }
    for (input, pointer, code) in [
        (json!({"overlap_seconds": 604_801}), "/overlap_seconds", "out_of_range"),
        (json!({"overlap_seconds": -1}), "/overlap_seconds", "wrong_type"),
        (json!({"overlap": 1}), "/overlap", "unknown_field"),
    ] {
        let answer = admin.post(&format!("{place}/rotate"), &input).await;
        assert_eq!(broken(answer), [(pointer.to_owned(), code.to_owned())], "{input}");
    }

    admin.get(&format!("{place}?x=1")).await.problem(400, "invalid_query");
    let text = admin.request(Method::POST, KEYS).body("{}");
    Answer::of(text).await.problem(415, "unsupported_media_type");
    assert_eq!(admin.get(&place).await.status(200).json()["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_keeps_what_it_does_not_name_and_clears_what_is_null() {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    let input = json!({"name": "checkout", "preset": "ingest", "description": "d", "networks": ["10.0.0.0/8"],
        "rate_limit": {"events_per_second": 5}});
    let made = admin.post(KEYS, &input).await.status(201).json();
    let place = format!("{KEYS}/{}", made["id"].as_str().unwrap());

    let same = admin.patch(&place, &json!({"version": 1, "description": "d"})).await.status(200).json();
    assert_eq!((&same["version"], &same["networks"]), (&json!(1), &json!(["10.0.0.0/8"])));
    let end = "2027-01-01T00:00:00.000000Z";
    let moved = admin.patch(&place, &json!({"version": 1, "expires_at": end})).await.status(200).json();
    assert_eq!(
        (&moved["version"], &moved["expires_at"], &moved["description"]),
        (&json!(2), &json!(end), &json!("d"))
    );
    let nulls =
        json!({"version": 2, "description": null, "networks": null, "expires_at": null, "rate_limit": null});
    let cleared = admin.patch(&place, &nulls).await.status(200).json();
    for member in ["description", "expires_at", "rate_limit"] {
        assert_eq!(cleared.get(member), None, "{member}");
    }
    assert_eq!(cleared["networks"], json!([]));
    admin.patch(&place, &json!({"version": 2, "description": "late"})).await.problem(409, "version_conflict");

    let told =
        app.reader().get("/v1/orgs/acme/events?action=annals.api_key.changed").await.status(200).json();
    let [newest, first] = told["data"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!(first["changes"][0]["new"], end);
    let fields = newest["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap());
    assert_eq!(fields.collect::<Vec<_>>(), ["description", "networks", "expires_at", "events_per_second"]);
}
