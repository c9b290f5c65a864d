//! What is accepted of an event, for openapi.yaml: the rules that a derived schema cannot say.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::{
    AllOfBuilder, Object, ObjectBuilder, OpenApi, Ref, RefOr, Schema, SchemaFormat, Type,
    schema::{AdditionalProperties, AnyOfBuilder, ArrayBuilder, ArrayItems, SchemaType},
};

use super::{
    input::{NAME_BYTES_MAX, PARAMETERS_MAX},
    strict::{INTEGER_MAX, STRING_BYTES_MAX},
};

/// Any text but NUL, which databases do not keep.
const TEXT: &str = r"^[^\u0000]*$";
/// Objects inside an event. As they are accepted they are called `…Input`.
const INNER: [&str; 5] = ["Change", "Context", "Party", "Target", "Workspace"];

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Completes the schemas of events that may be sent.
pub(crate) fn complete(document: &mut OpenApi) {
    let Some(components) = &mut document.components else { return };
    let schemas = &mut components.schemas;
    for name in INNER {
        if let Some(schema) = schemas.get(name).cloned() {
            schemas.insert(format!("{name}Input"), schema);
        }
    }
    for name in ["Event", "Change", "Context", "Party", "Target", "Workspace"] {
        if let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(&format!("{name}Input")) {
            accept(object);
        }
    }
    change(schemas, "EventInput", "parameters", |description| or_nothing(parameters(), description));
    change(schemas, "ContextInput", "ip", |description| or_nothing(address(), description));
    for name in ["old", "new"] {
        change(schemas, "ChangeInput", name, |description| {
            Ref::builder().ref_location_from_schema_name("Json").description(Some(description)).build().into()
        });
    }
    require_one(schemas, "ChangeInput", &["old", "new"], &Ref::from_schema_name("Json").into());
    require_one(schemas, "TargetInput", &["id", "name", "email"], &name().into());
    schemas.insert("Json".into(), any_json());
    schemas.insert("Nothing".into(), nothing());
}

/// Says of each member what it may be: a text without NUL, and nothing at all if it is not required.
fn accept(object: &mut Object) {
    for (name, member) in &mut object.properties {
        let (schema, description) = accepted(member.clone());
        *member = match schema {
            schema if !object.required.contains(name) => or_nothing(schema, description),
            RefOr::T(Schema::Object(mut object)) => {
                object.description = Some(description);
                object.into()
            }
            other => other,
        };
    }
}

/// The schema without null, without its description, and with the inner objects as they are accepted.
fn accepted(schema: RefOr<Schema>) -> (RefOr<Schema>, String) {
    match schema {
        RefOr::Ref(mut reference) => {
            if INNER.iter().any(|name| reference.ref_location.ends_with(&format!("/{name}"))) {
                reference.ref_location.push_str("Input");
            }
            let description = reference.description.clone();
            (reference.into(), description)
        }
        RefOr::T(Schema::Object(mut object)) => {
            object.schema_type = without_null(object.schema_type);
            let is_free = object.format.is_none() && object.pattern.is_none() && object.enum_values.is_none();
            if object.schema_type == SchemaType::new(Type::String) && is_free {
                object.pattern = Some(TEXT.to_owned());
            }
            let description = object.description.take().unwrap_or_default();
            (object.into(), description)
        }
        RefOr::T(Schema::Array(mut array)) => {
            array.schema_type = without_null(array.schema_type);
            if let ArrayItems::RefOrSchema(items) = array.items {
                array.items = ArrayItems::RefOrSchema(Box::new(accepted(*items).0));
            }
            let description = array.description.take().unwrap_or_default();
            (array.into(), description)
        }
        // An optional object: itself or null.
        RefOr::T(Schema::OneOf(either)) => {
            let one = either.items.into_iter().next();
            one.map_or_else(|| (Schema::default().into(), String::new()), accepted)
        }
        other @ RefOr::T(_) => (other, String::new()),
    }
}

fn without_null(kind: SchemaType) -> SchemaType {
    match kind {
        SchemaType::Array(kinds) => {
            kinds.into_iter().find(|kind| *kind != Type::Null).map_or(SchemaType::AnyValue, SchemaType::new)
        }
        other => other,
    }
}

fn or_nothing(schema: impl Into<RefOr<Schema>>, description: String) -> RefOr<Schema> {
    let either = AnyOfBuilder::new().item(schema).item(Ref::from_schema_name("Nothing"));
    either.description(Some(description)).into()
}

/// Replaces a member's schema by one with the same description.
fn change(schemas: &mut Schemas, object: &str, member: &str, make: impl FnOnce(String) -> RefOr<Schema>) {
    if let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(object)
        && let Some(member) = object.properties.get_mut(member)
    {
        let description = match member {
            RefOr::T(Schema::AnyOf(either)) => either.description.clone().unwrap_or_default(),
            _ => String::new(),
        };
        *member = make(description);
    }
}

/// Says that an object needs one of these members, and that it must be like this.
fn require_one(schemas: &mut Schemas, object: &str, members: &[&str], like: &RefOr<Schema>) {
    let Some(whole) = schemas.get_mut(object) else { return };
    let mut either = AnyOfBuilder::new();
    for member in members {
        either = either.item(ObjectBuilder::new().property(*member, like.clone()).required(*member));
    }
    let description = match whole {
        RefOr::T(Schema::Object(object)) => object.description.take(),
        _ => None,
    };
    *whole = AllOfBuilder::new().description(description).item(whole.clone()).item(either).into();
}

fn name() -> ObjectBuilder {
    text(NAME_BYTES_MAX).min_length(Some(1))
}

fn text(bytes_max: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(TEXT)).max_length(Some(bytes_max))
}

fn address() -> AnyOfBuilder {
    let format = |name: &str| {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::Custom(name.into())))
    };
    AnyOfBuilder::new().item(format("ipv4")).item(format("ipv6")).examples([json!("203.0.113.7")])
}

fn parameters() -> ObjectBuilder {
    map().max_properties(Some(PARAMETERS_MAX)).examples([json!({"username": "bob"})])
}

fn map() -> ObjectBuilder {
    ObjectBuilder::new()
        .property_names(Some(text(STRING_BYTES_MAX).build()))
        .additional_properties(Some(AdditionalProperties::RefOr(Ref::from_schema_name("Json").into())))
}

fn any_json() -> RefOr<Schema> {
    let plain = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Null, Type::Boolean]));
    let number =
        ObjectBuilder::new().schema_type(Type::Number).minimum(Some(-INTEGER_MAX)).maximum(Some(INTEGER_MAX));
    AnyOfBuilder::new()
        .description(Some(
            "Any JSON. A number must survive as a 64-bit float; the keys `_sd`, `_sd_alg` and `...` are reserved.",
        ))
        .item(plain)
        .item(number)
        .item(text(STRING_BYTES_MAX))
        .item(ArrayBuilder::new().items(Ref::from_schema_name("Json")))
        .item(map())
        .into()
}

fn nothing() -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some("Nothing: says the same as leaving the member out."))
        .enum_values(Some([Value::Null, json!(""), json!([]), json!({})]))
        .into()
}
