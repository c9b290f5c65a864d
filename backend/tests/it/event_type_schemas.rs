//! The JSON Schema of `parameters`: what it refuses, where, and which schemas are themselves refused.

use serde_json::{Value, json};

use crate::{
    event_types::set_packs,
    support::{Answer, TestApp},
};

const TYPE: &str = "/v1/event-types/acme-app/ticket.closed";
pub(crate) const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";

pub(crate) fn definition(schema: &Value) -> Value {
    json!({
        "label": "Ticket closed", "category": "Support", "activity_type": "user_action", "parameters_schema": schema,
    })
}

pub(crate) async fn define(app: &TestApp, schema: &Value) -> Answer {
    app.person("operator@annals.example").await.put(TYPE, &definition(schema)).await
}

/// A service where acme's `ticket.closed` has this schema.
async fn app_with(schema: Value) -> TestApp {
    let app = TestApp::start().await;
    define(&app, &schema).await.status(201);
    set_packs(&app, &["acme-app"]).await;
    app
}

pub(crate) fn closed(parameters: Value) -> Value {
    let mut event = json!({"action": "ticket.closed", "actor": {"type": "user", "id": "u_9"}});
    event["parameters"] = parameters;
    event
}

/// The pointers and messages of a problem's errors; every code is `schema`.
fn broken(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap();
    assert!(errors.iter().all(|error| error["code"] == "schema"), "{problem}");
    errors
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["message"].as_str().unwrap()))
        .collect()
}

fn ticket() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "ticket": {"$ref": "#/$defs/ticket"},
            "resolution": {"enum": ["fixed", "duplicate"]},
            "a/b": {"type": "integer"},
        },
        "required": ["resolution"],
        "additionalProperties": false,
        "$defs": {"ticket": {"type": "object", "properties": {"number": {"type": "integer", "minimum": 1}}}},
    })
}

mod parameters {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn that_fit_are_recorded() {
        let app = app_with(ticket()).await;

        let parameters = json!({"ticket": {"number": 5}, "resolution": "fixed", "a/b": 1});
        app.writer().post(EVENTS, &closed(parameters)).await.status(201);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_do_not_fit_are_refused_with_every_place() {
        let app = app_with(ticket()).await;

        let parameters =
            json!({"ticket": {"number": 0}, "resolution": "secret-value", "a/b": "x", "extra": 1});
        let problem = app.writer().post(EVENTS, &closed(parameters)).await.problem(422, "invalid");

        let mut broken = broken(&problem);
        broken.sort_unstable();
        let pointers: Vec<&str> = broken.iter().map(|(pointer, _)| *pointer).collect();
        assert_eq!(
            pointers,
            ["/parameters/a~1b", "/parameters/extra", "/parameters/resolution", "/parameters/ticket/number"]
        );
        assert_eq!(broken[1].1, "there is no such parameter");
        // What the client sent is not repeated: it may be what nobody else should see.
        assert!(!problem.to_string().contains("secret-value"), "{problem}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_are_absent_count_as_an_empty_object() {
        let app = app_with(ticket()).await;
        let mut event = closed(json!({}));

        let empty = app.writer().post(EVENTS, &event).await.problem(422, "invalid");
        event.as_object_mut().unwrap().remove("parameters");
        let absent = app.writer().post(EVENTS, &event).await.problem(422, "invalid");

        for problem in [&empty, &absent] {
            assert_eq!(broken(problem), [("/parameters/resolution", "is required")]);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn in_a_batch_are_refused_item_by_item() {
        let app = app_with(ticket()).await;
        let batch =
            json!({"events": [closed(json!({"resolution": "fixed"})), closed(json!({"resolution": 5}))]});

        let report = app.writer().post(BATCH, &batch).await.status(200).json();
        let atomic = app.writer().post(&format!("{BATCH}?atomic=true"), &batch).await.problem(422, "invalid");
        let dry = app.writer().post(&format!("{BATCH}?dry_run=true"), &batch).await.status(200).json();

        assert_eq!((&report["accepted"], &report["rejected"]), (&json!(1), &json!(1)));
        assert_eq!(broken(&report["results"][1]["problem"])[0].0, "/events/1/parameters/resolution");
        assert_eq!(broken(&atomic)[0].0, "/events/1/parameters/resolution");
        assert_eq!((&dry["valid"], &dry["rejected"]), (&json!(1), &json!(1)));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_break_many_rules_are_told_of_twenty_and_that_there_are_more() {
        let app = app_with(json!({"properties": {"a": {}}, "additionalProperties": false})).await;
        let many =
            |count: usize| (0..count).map(|number| (format!("p{number}"), json!(0))).collect::<Value>();

        let twenty = app.writer().post(EVENTS, &closed(many(20))).await.problem(422, "invalid");
        let more = app.writer().post(EVENTS, &closed(many(21))).await.problem(422, "invalid");

        assert_eq!(broken(&twenty).len(), 20, "{twenty}");
        assert_eq!(more["errors"].as_array().unwrap().len(), 21);
        assert_eq!(more["errors"][20]["code"], "more_errors");
    }

    /// An engine that backtracks would not be done with this before the end of the world.
    #[tokio::test(flavor = "multi_thread")]
    async fn are_matched_in_linear_time() {
        let app = app_with(json!({"properties": {"x": {"pattern": "^(([a-z])+.)+[A-Z]([a-z])+$"}}})).await;

        let problem = app.writer().post(EVENTS, &closed(json!({"x": "a".repeat(8_000)}))).await;

        assert_eq!(broken(&problem.problem(422, "invalid"))[0].0, "/parameters/x");
    }

    /// What the service says of itself must be recorded, whatever others expect of the same action.
    #[tokio::test(flavor = "multi_thread")]
    async fn of_the_services_own_events_are_not_held_against_a_schema() {
        let app = TestApp::start().await;
        let operator = app.person("operator@annals.example").await;
        let path = "/v1/event-types/acme-app/user.logged_in";
        operator.put(path, &definition(&json!({"required": ["impossible"]}))).await.status(201);
        set_packs(&app, &["acme-app"]).await;

        let auditor = app.person("auditor@acme.example").await;
        let page = auditor.get(&format!("{EVENTS}?action=user.logged_in&limit=1")).await.status(200).json();

        assert_eq!(page["data"][0]["actor"]["email"], "auditor@acme.example");
        assert_eq!(page["data"][0]["source"], "annals");
    }
}

mod a_schema {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn that_breaks_a_rule_is_refused_with_its_place() {
        let app = TestApp::start().await;
        let at = |pointer: &str| format!("/parameters_schema{pointer}");
        for (schema, pointer, code) in [
            (json!(true), at(""), "wrong_type"),
            (json!({"type": "objekt"}), at("/type"), "schema"),
            (json!({"properties": {"a": {"minimum": "1"}}}), at("/properties/a/minimum"), "schema"),
            (json!({"required": "a"}), at("/required"), "schema"),
            (json!({"$schema": "http://json-schema.org/draft-07/schema#"}), at("/$schema"), "unknown_value"),
            (json!({"$ref": "https://example.com/schema"}), at("/$ref"), "remote_reference"),
            (
                json!({"properties": {"a": {"$ref": "other.json#/a"}}}),
                at("/properties/a/$ref"),
                "remote_reference",
            ),
            (json!({"allOf": [{"$ref": "file:///etc/passwd"}]}), at("/allOf/0/$ref"), "remote_reference"),
            (json!({"$ref": "#/$defs/nothing"}), at(""), "schema"),
            (json!({"properties": {"a": {"pattern": "("}}}), at("/properties/a/pattern"), "schema"),
            (json!({"properties": {"a": {"pattern": "(?=x)y"}}}), at("/properties/a/pattern"), "schema"),
            (json!({"properties": {"a": {"pattern": r"(a)\1"}}}), at("/properties/a/pattern"), "schema"),
            (
                json!({"properties": {"a": {"pattern": "(((x{100}){100}){100}){100}"}}}),
                at("/properties/a/pattern"),
                "schema",
            ),
            (json!({"patternProperties": {"(?!a)": {}}}), at("/patternProperties"), "schema"),
            (json!({"properties": {"_sd": {}}}), at("/properties/_sd"), "reserved_name"),
            (json!({"maximum": 1e300}), at("/maximum"), "invalid_number"),
        ] {
            let problem = define(&app, &schema).await.problem(422, "invalid");

            let error = &problem["errors"][0];
            assert!(error["pointer"].as_str().unwrap().starts_with(&pointer), "{schema}: {problem}");
            assert_eq!(error["code"], code, "{schema}: {problem}");
        }
    }

    /// A schema that becomes as large as this by a description of no meaning.
    fn schema_of(bytes: usize) -> Value {
        let mut schema = json!({"a": "", "b": "", "c": "", "d": "", "e": ""});
        let mut missing = bytes - schema.to_string().len();
        for name in ["a", "b", "c", "d", "e"] {
            let share = missing.min(8_000);
            schema[name] = json!("x".repeat(share));
            missing -= share;
        }
        assert_eq!(schema.to_string().len(), bytes);
        schema
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_32_kib() {
        let app = TestApp::start().await;

        let refused = define(&app, &schema_of(32 * 1024 + 1)).await.problem(422, "invalid");
        define(&app, &schema_of(32 * 1024)).await.status(201);

        assert_eq!(refused["errors"][0]["pointer"], "/parameters_schema");
        assert_eq!(refused["errors"][0]["message"], "at most 32768 bytes");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_32_references() {
        let app = TestApp::start().await;
        let schema = |references: usize| {
            let member = |number: usize| (number.to_string(), json!({"$ref": "#/$defs/text"}));
            let members: serde_json::Map<String, Value> = (0..references).map(member).collect();
            json!({"properties": members, "$defs": {"text": {"type": "string"}}})
        };

        let refused = define(&app, &schema(33)).await.problem(422, "invalid");
        define(&app, &schema(32)).await.status(201);

        assert_eq!(refused["errors"][0]["pointer"], "/parameters_schema");
        assert_eq!(refused["errors"][0]["message"], "at most 32 references");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_patterns_without_what_an_engine_would_have_to_backtrack_for() {
        let app = TestApp::start().await;
        for (pattern, message) in [
            ("^(?!draft)", "has the look-ahead (?!…)"),
            ("a(?=b)", "has the look-ahead (?=…)"),
            ("(?<=a)b", "has the look-behind (?<=…)"),
            (r"(a)\1", r"has the back-reference \1"),
        ] {
            let schema =
                json!({"properties": {"a": {"pattern": pattern}}, "patternProperties": {pattern: {}}});
            let problem = define(&app, &schema).await.problem(422, "invalid");

            let errors = broken(&problem);
            let pointers: Vec<&str> = errors.iter().map(|(pointer, _)| *pointer).collect();
            let key = pattern.replace('/', "~1");
            assert!(pointers.contains(&"/parameters_schema/properties/a/pattern"), "{problem}");
            assert!(
                pointers.contains(&format!("/parameters_schema/patternProperties/{key}").as_str()),
                "{problem}"
            );
            assert!(errors.iter().all(|(_, text)| text.starts_with(message)), "{problem}");
            assert!(errors[0].1.contains("write the rule as two patterns"), "{problem}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_patterns_that_only_look_like_that() {
        let app = TestApp::start().await;
        let patterns = ["[(?=]", r"\(?=a", r"[\]\x31(?<!-]", "(?<name>a)", "(?i)a"];

        let members: serde_json::Map<String, Value> =
            patterns.map(|pattern| (pattern.to_owned(), json!({"pattern": pattern}))).into_iter().collect();

        define(&app, &json!({"properties": members})).await.status(201);
    }

    /// What an event may say literally is no schema, whatever it looks like; a member of such a name has one.
    #[tokio::test(flavor = "multi_thread")]
    async fn may_hold_values_that_look_like_schemas() {
        let app = TestApp::start().await;
        let remote =
            json!({"$ref": "https://example.com/schema", "pattern": "(?=x)", "$id": "x", "$anchor": "a"});
        let values = json!({
            "const": remote, "enum": [remote, {"$ref": 5}], "default": remote, "examples": [remote],
        });
        for keyword in ["const", "default"] {
            let named = define(&app, &json!({"properties": {keyword: remote}})).await.problem(422, "invalid");
            assert_eq!(named["errors"].as_array().unwrap().len(), 3, "{named}");
        }
        for (reference, at) in [("#/const", "/$ref"), ("#a", "/$ref"), ("#/examples/0", "/$ref")] {
            let schema = json!({"$ref": reference, "const": {"$anchor": "a"}, "examples": [{}]});
            let problem = define(&app, &schema).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], format!("/parameters_schema{at}"), "{problem}");
        }

        define(&app, &values).await.status(201);
    }

    /// The definition is level 1, the schema level 2.
    #[tokio::test(flavor = "multi_thread")]
    async fn has_15_levels() {
        let app = TestApp::start().await;
        let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({"not": inner}));

        let refused = define(&app, &nested(16)).await.problem(422, "invalid");
        define(&app, &nested(15)).await.status(201);

        assert_eq!(refused["errors"][0]["code"], "too_deep");
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains("16"), "{refused}");
    }
}
