//! The API's document: it is what the code says, and it leaves nothing unsaid.

use std::{collections::HashSet, path::Path};

use serde_json::Value;

/// Rewrites the committed document when `UPDATE=1` is set.
#[test]
fn the_committed_document_is_made_from_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi.yaml");
    let document = annals::http::document_yaml().unwrap();

    #[expect(clippy::disallowed_methods, reason = "how this test is run is not a setting of the service")]
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &document).unwrap();
    }

    let committed = std::fs::read_to_string(&path).unwrap();
    let differing = committed.lines().zip(document.lines()).position(|(old, new)| old != new);
    assert!(
        committed == document,
        "openapi.yaml is out of date from line {}: run `UPDATE=1 cargo test --test it openapi`",
        differing.map_or(0, |line| line + 1)
    );
}

fn document() -> Value {
    serde_json::to_value(annals::http::document()).unwrap()
}

/// Every operation, as (`METHOD path`, operation).
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
        })
        .map(|(path, method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
        .collect()
}

fn is_said(text: &Value) -> bool {
    text.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn every_operation_has_a_unique_id_a_summary_a_tag_and_a_permission() {
    let document = document();
    let mut ids = HashSet::new();
    for (name, operation) in operations(&document) {
        assert!(is_said(&operation["operationId"]), "{name} has no operationId");
        assert!(ids.insert(&operation["operationId"]), "{name} has the operationId of another");
        assert!(is_said(&operation["summary"]), "{name} has no summary");
        assert!(is_said(&operation["description"]), "{name} has no description");
        assert!(is_said(&operation["x-permission"]), "{name} has no x-permission");
        let tags = operation["tags"].as_array().unwrap();
        let known = document["tags"].as_array().unwrap();
        assert!(tags.iter().all(|tag| known.iter().any(|known| known["name"] == *tag)), "{name}: {tags:?}");
        assert_eq!(tags.len(), 1, "{name}");
    }
}

#[test]
fn every_operation_says_how_it_fails() {
    let document = document();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let failures: Vec<_> = responses.iter().filter(|(status, _)| status.as_str() >= "400").collect();
        assert!(failures.iter().any(|(status, _)| status.starts_with('4')), "{name} never fails");
        for (status, response) in failures {
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{status} of {name}");
        }
        assert!(responses.values().all(|response| is_said(&response["description"])), "{name}");
    }
}

#[test]
fn every_operation_with_a_bearer_says_401() {
    let document = document();
    for (name, operation) in operations(&document) {
        if operation.get("security").is_some() {
            assert!(operation["responses"].get("401").is_some(), "{name}");
        }
        let is_in_organization = name.contains("{org}");
        assert!(!is_in_organization || operation["responses"].get("404").is_some(), "{name}");
        assert_eq!(is_in_organization, operation["x-permission"].as_str().unwrap().contains(':'), "{name}");
    }
}

/// What a permission that is no scope says of who asks, and of what they may then be told.
#[test]
fn every_permission_outside_of_organizations_is_one_of_five() {
    let document = document();
    for (name, operation) in operations(&document).into_iter().filter(|(name, _)| !name.contains("{org}")) {
        let permission = operation["x-permission"].as_str().unwrap();
        let needs_bearer = match permission {
            "public" | "refresh_cookie" => false,
            "signed_in" | "person" | "operator" => true,
            other => panic!("{name}: {other}"),
        };

        assert_eq!(operation.get("security").is_some(), needs_bearer, "{name}");
        assert!(!needs_bearer || operation["responses"].get("403").is_some(), "{name}");
    }
}

#[test]
fn every_parameter_is_described() {
    let document = document();
    for (name, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in &parameters {
            assert!(is_said(&parameter["description"]), "{} of {name}", parameter["name"]);
        }
        for variable in name.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            let is_known = |parameter: &Value| parameter["name"] == variable && parameter["in"] == "path";
            assert!(parameters.iter().any(is_known), "{variable} of {name}");
        }
    }
}

#[test]
fn every_schema_and_every_property_is_described() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(is_said(&schema["description"]), "{name} has no description");
        for (property, value) in schema["properties"].as_object().into_iter().flatten() {
            // Beside a `$ref` the description may stand in an `allOf` or `oneOf`, or with the type itself.
            let is_described =
                is_said(&value["description"]) || value.to_string().contains("\"description\"");
            assert!(is_described || value.get("$ref").is_some(), "{name}.{property} has no description");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{target}");
                }
                members.values().for_each(|value| check(document, value));
            }
            Value::Array(items) => items.iter().for_each(|value| check(document, value)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
}
