//! The JSON Schema of an event type's `parameters`: within limits, without the network, and in linear time.

use std::fmt;

use jsonschema::{Draft, PatternOptions, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

use crate::{error::FieldError, events::strict::pointer};

/// Largest schema, in bytes of JSON text.
const SCHEMA_BYTES_MAX: usize = 32 * 1024;
/// Most references in one schema: each may double the work, when two lead to where two more do.
const REFERENCES_MAX: usize = 32;
/// Largest compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Longest message of a broken rule, in characters: schemas may quote themselves at length.
const MESSAGE_CHARS_MAX: usize = 300;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const REFERENCES: [&str; 2] = ["$ref", "$dynamicRef"];

/// A compiled schema.
pub struct ParametersSchema(Validator);

impl fmt::Debug for ParametersSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParametersSchema")
    }
}

impl ParametersSchema {
    /// Compiles a schema that stands at `at`.
    pub(crate) fn compile(schema: &Value, at: &str) -> Result<Self, Vec<FieldError>> {
        check(schema, at)?;
        // Patterns run on the engine that never backtracks: what it cannot do in linear time it refuses.
        let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES_MAX);
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .offline()
            .with_pattern_options(patterns)
            .build(schema)
            .map(Self)
            .map_err(|error| vec![broken(&error, at)])
    }

    /// What is wrong with the parameters that stand at `at`; absent ones count as `{}`.
    pub(crate) fn check(&self, parameters: Option<&Value>, at: &str) -> Vec<FieldError> {
        let none = Value::Object(serde_json::Map::new());
        self.0
            .iter_errors(parameters.unwrap_or(&none))
            .flat_map(|error| broken_by_client(&error, at))
            .collect()
    }
}

/// The rules that the dialect does not know.
fn check(schema: &Value, at: &str) -> Result<(), Vec<FieldError>> {
    let Some(members) = schema.as_object() else {
        return Err(vec![FieldError::new(at, "wrong_type", "must be an object")]);
    };
    if schema.to_string().len() > SCHEMA_BYTES_MAX {
        return Err(vec![FieldError::new(at, "too_large", format!("at most {SCHEMA_BYTES_MAX} bytes"))]);
    }
    let mut errors = Vec::new();
    if members.get("$schema").is_some_and(|dialect| dialect != DIALECT) {
        errors.push(FieldError::new(format!("{at}/$schema"), "unknown_value", format!("must be {DIALECT}")));
    }
    let mut references = 0;
    check_references(schema, at, &mut references, &mut errors);
    if references > REFERENCES_MAX {
        errors.push(FieldError::new(at, "too_many", format!("at most {REFERENCES_MAX} references")));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Nothing is fetched, so nothing may have to be. Depth is bounded by how the schema was read.
fn check_references(schema: &Value, at: &str, count: &mut usize, errors: &mut Vec<FieldError>) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                let at = pointer(at, name);
                match value {
                    Value::String(target) if REFERENCES.contains(&name.as_str()) => {
                        *count += 1;
                        if !target.starts_with('#') {
                            let message = "must lead inside this schema: begin with #";
                            errors.push(FieldError::new(at, "remote_reference", message));
                        }
                    }
                    value => check_references(value, &at, count, errors),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_references(item, &format!("{at}/{index}"), count, errors);
            }
        }
        _ => {}
    }
}

/// A broken rule of the schema itself, or of what it describes. The client's values are not repeated.
fn broken(error: &ValidationError<'_>, at: &str) -> FieldError {
    let text = error.masked().to_string();
    let mut message: String = text.chars().take(MESSAGE_CHARS_MAX).collect();
    if message.len() < text.len() {
        message.push('…');
    }
    FieldError::new(format!("{at}{}", error.instance_path().as_str()), "schema", message)
}

/// The same, at the member that is missing or too many instead of the object that it belongs to.
fn broken_by_client(error: &ValidationError<'_>, at: &str) -> Vec<FieldError> {
    let at_member = |name: &str, message: &str| {
        let object = format!("{at}{}", error.instance_path().as_str());
        FieldError::new(pointer(&object, name), "schema", message)
    };
    match error.kind() {
        ValidationErrorKind::Required { property: Value::String(name) } => {
            vec![at_member(name, "is required")]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| at_member(name, "there is no such parameter")).collect()
        }
        ValidationErrorKind::FalseSchema => {
            let pointer = format!("{at}{}", error.instance_path().as_str());
            vec![FieldError::new(pointer, "schema", "nothing may stand here")]
        }
        _ => vec![broken(error, at)],
    }
}
