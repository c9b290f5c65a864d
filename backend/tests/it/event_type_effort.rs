//! How much work a schema of `parameters` may make: what refers to itself is fine, what multiplies is refused.

use serde_json::{Value, json};

use crate::{
    event_type_schemas::{EVENTS, closed, define, definition},
    event_types::set_packs,
    support::TestApp,
};

/// Two references to what has two references to what has two …: each level doubles the work.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_looks_a_thousand_times_at_a_value_and_no_more() {
    let app = TestApp::start().await;
    let schema = |levels: usize| {
        let level = |level: usize| {
            let target = format!("#/$defs/{}", level + 1);
            (level.to_string(), json!({"allOf": [{"$ref": target}, {"$ref": target}]}))
        };
        let mut defs: serde_json::Map<String, Value> = (0..levels).map(level).collect();
        defs.insert(levels.to_string(), json!({"required": ["x"]}));
        json!({"$defs": defs, "$ref": "#/$defs/0"})
    };

    let refused = define(&app, &schema(9)).await.problem(422, "invalid");
    define(&app, &schema(7)).await.status(201);
    set_packs(&app, &["acme-app"]).await;

    assert_eq!(refused["errors"][0]["code"], "too_complex");
    assert_eq!(refused["errors"][0]["pointer"], "/parameters_schema");
    app.writer().post(EVENTS, &closed(json!({"x": 1}))).await.status(201);
}

/// Seven levels of choices between two, and at the end what `last` says: it is looked at 128 times, and as often again
/// for each level when nothing fits.
fn chosen_128_times(last: Value) -> Value {
    let level = |level: usize| {
        let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
        (level.to_string(), json!({"anyOf": [next, next]}))
    };
    let mut defs: serde_json::Map<String, Value> = (0..7).map(level).collect();
    defs.insert("7".to_owned(), last);
    json!({"properties": {"all": {"items": {"$ref": "#/$defs/0"}}}, "$defs": defs})
}

/// A look costs what the value is compared with: the first of these took an optimized build five seconds for
/// an event of 490 items, the second minutes for one of seven long texts.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_looks_less_often_but_at_more_is_refused() {
    let app = TestApp::start().await;
    let numbers: Vec<Value> = (0..900).map(|number| json!([number])).collect();
    let names: Vec<String> = (0..1_000).map(|number| format!("p{number}")).collect();
    let thirty = |schema: Value| {
        let one = json!({"$ref": "#/$defs/it"});
        json!({"properties": {"all": {"anyOf": vec![one; 30]}}, "$defs": {"it": schema}})
    };
    for schema in [
        chosen_128_times(json!({"enum": numbers})),
        thirty(json!({"pattern": "[ab]*a[ab]{2000}c"})),
        thirty(json!({"patternProperties": {"[ab]*a[ab]{2000}c": {}}})),
        thirty(json!({"const": numbers})),
        thirty(json!({"enum": ["x".repeat(8_000), "y".repeat(8_000), "z".repeat(8_000)]})),
        chosen_128_times(json!({"uniqueItems": true})),
        json!({"required": names}),
        json!({"dependentRequired": {"a": names}}),
    ] {
        let problem = define(&app, &schema).await.problem(422, "invalid");

        let mut text = schema.to_string();
        text.truncate(200);
        assert_eq!(problem["errors"][0]["code"], "too_complex", "{text}: {problem}");
    }
}

/// Long lists and patterns are fine where a value is held against them once.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_may_have_long_lists_and_patterns() {
    let app = TestApp::start().await;
    let operator = app.person("operator@annals.example").await;
    let codes: Vec<String> = (0..1_900).map(|number| format!("{number:04}")).collect();
    let member = |number: usize| (format!("p{number}"), json!({"pattern": "^[a-z]+([-.][a-z]{1,60}){0,3}$"}));
    let members: serde_json::Map<String, Value> = (0..200).map(member).collect();
    for (number, schema) in [
        json!({"properties": {"code": {"enum": codes}}}),
        json!({"properties": {"code": {"anyOf": [{"enum": codes}, {"type": "null"}]}}}),
        json!({"properties": members, "required": members.keys().collect::<Vec<_>>()}),
        json!({"properties": {"all": {"items": {"uniqueItems": true}, "uniqueItems": true}}}),
        {
            let mut whole = union("$ref");
            let (kinds, nothing) = (whole["$defs"].take(), json!({"type": "null"}));
            whole.as_object_mut().unwrap().remove("$defs");
            json!({"properties": {"all": {"items": whole}, "one": {"anyOf": [whole, nothing]}}, "$defs": kinds})
        },
    ]
    .iter()
    .enumerate()
    {
        let path = format!("/v1/event-types/acme-app/ticket.closed_{number}");
        operator.put(&path, &definition(schema)).await.status(201);
    }
}

/// Sixteen kinds of things, told apart by a member, each with an id, and nothing else.
fn union(reference: &str) -> Value {
    let kind = |number: usize| {
        let schema = json!({
            "$anchor": format!("kind{number}"),
            "properties": {
                "kind": {"const": format!("kind{number}")},
                "id": {"pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
                "name": {"pattern": "^[A-Za-z .'-]{1,200}$"},
            },
            "required": ["kind", "id"],
        });
        (format!("kind{number}"), schema)
    };
    let kinds: serde_json::Map<String, Value> = (0..16).map(kind).collect();
    let any: Vec<Value> = kinds.keys().map(|kind| json!({reference: format!("#{kind}")})).collect();
    json!({"type": "object", "oneOf": any, "unevaluatedProperties": false, "$defs": kinds})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_may_be_a_choice_of_sixteen_that_leaves_nothing_unevaluated() {
    for reference in ["$ref", "$dynamicRef"] {
        let app = TestApp::start().await;
        define(&app, &union(reference)).await.status(201);
        set_packs(&app, &["acme-app"]).await;
        let id = "0197b0a2-0000-7000-8000-000000000000";

        let fits = closed(json!({"kind": "kind15", "id": id, "name": "Ada"}));
        app.writer().post(EVENTS, &fits).await.status(201);
        let more = closed(json!({"kind": "kind15", "id": id, "size": 1}));
        let problem = app.writer().post(EVENTS, &more).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/parameters/size", "{reference}: {problem}");
    }
}

/// Each of these would look 2^14 times or more at what lies deepest in an event.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_sees_the_same_part_twice_each_time_it_refers_to_itself_is_refused() {
    let app = TestApp::start().await;
    let twice = json!([{"$ref": "#"}, {"$ref": "#"}]);
    let member = json!({"properties": {"a": {"$ref": "#"}}});
    for schema in [
        json!({"properties": {"a": {"allOf": twice}}}),
        json!({"properties": {"a": {"anyOf": twice}}}),
        json!({"additionalProperties": {"oneOf": twice}}),
        json!({"items": {"allOf": twice}}),
        json!({"allOf": [member, member]}),
        json!({"properties": {"a": {"$ref": "#"}}, "patternProperties": {"^a": {"$ref": "#"}}}),
        json!({"properties": {"a": {"$ref": "#"}}, "not": {"additionalProperties": {"$ref": "#"}}}),
        json!({"prefixItems": [{"$ref": "#"}], "contains": {"$ref": "#"}}),
        json!({"if": member, "then": member}),
        json!({"dependentSchemas": {"a": member, "b": member}}),
        json!({"unevaluatedProperties": false, "allOf": [member]}),
        json!({"unevaluatedItems": {"$ref": "#"}, "type": ["object", "array"]}),
        json!({"unevaluatedProperties": {"$ref": "#"}, "anyOf": [{"properties": {"a": {}}}, {}]}),
        json!({"allOf": [{"$ref": "#/$defs/one"}, {"$ref": "#/$defs/two"}],
            "$defs": {"one": member, "two": {"properties": {"a": {"$ref": "#/$defs/one"}}}}}),
        json!({"properties": {"a": {"$ref": "#here"}, "b": {"$anchor": "here", "allOf": [
            {"properties": {"a": {"$ref": "#here"}}}, {"properties": {"a": {"$dynamicRef": "#here"}}},
        ]}}}),
        json!({"$defs": {"a b": member}, "allOf": [{"$ref": "#/$defs/a%20b"}, {"$ref": "#/%24defs/a b"}]}),
    ] {
        let problem = define(&app, &schema).await.problem(422, "invalid");

        assert_eq!(problem["errors"][0]["code"], "too_complex", "{schema}: {problem}");
        assert_eq!(problem["errors"][0]["pointer"], "/parameters_schema", "{schema}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_would_never_be_done_with_a_value_is_refused() {
    let app = TestApp::start().await;
    for (schema, pointer) in [
        (json!({"$ref": "#"}), ""),
        (json!({"allOf": [{"$ref": "#"}]}), ""),
        (json!({"anyOf": [{"$ref": "#"}, {"type": "object"}]}), ""),
        (json!({"not": {"$dynamicRef": "#me"}, "$dynamicAnchor": "me"}), ""),
        (json!({"properties": {"a": {"if": {"$ref": "#/properties/a"}}}}), "/properties/a"),
        (
            json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
            "/$defs/a",
        ),
    ] {
        let problem = define(&app, &schema).await.problem(422, "invalid");

        let error = &problem["errors"][0];
        assert_eq!(error["code"], "too_complex", "{schema}: {problem}");
        assert_eq!(error["pointer"], format!("/parameters_schema{pointer}"), "{schema}");
    }
}

/// Lists, trees, conditions that hold conditions, any JSON: each part is seen once, however deep.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_may_refer_to_itself() {
    let app = TestApp::start().await;
    let operator = app.person("operator@annals.example").await;
    let itself = json!({"$ref": "#"});
    let schemas = [
        json!({"properties": {"next": itself, "value": {"type": "integer"}}, "additionalProperties": false}),
        json!({"properties": {"next": itself, "other": itself, "value": {"type": "integer"}}}),
        json!({"type": "object", "properties": {"value": {"type": "integer"}},
            "patternProperties": {"^next": itself}}),
        json!({"type": ["object", "array", "integer"], "additionalProperties": itself, "items": itself}),
        json!({"anyOf": [
            {"properties": {"next": itself}, "required": ["next"]},
            {"properties": {"all": {"items": itself}}, "required": ["all"]},
            {"properties": {"value": {"type": "integer"}}, "required": ["value"]},
        ]}),
        json!({"unevaluatedProperties": itself, "type": ["object", "integer"]}),
    ];
    let nested = |value: Value| (0..13).fold(json!({"value": value}), |inner, _| json!({"next": inner}));

    for (number, schema) in schemas.iter().enumerate() {
        let action = format!("tree.planted_{number}");
        let path = format!("/v1/event-types/acme-app/{action}");
        operator.put(&path, &definition(schema)).await.status(201);
        set_packs(&app, &["acme-app"]).await;
        let event = |value: Value| json!({"action": action, "actor": {"type": "user", "id": "u_9"}, "parameters": nested(value)});

        app.writer().post(EVENTS, &event(json!(1))).await.status(201);
        let problem = app.writer().post(EVENTS, &event(json!("x"))).await.problem(422, "invalid");

        assert_eq!(problem["errors"][0]["code"], "schema", "{schema}: {problem}");
    }
}
