//! The JSON Schema of an event type's `parameters`: within limits, without the network, and in linear time.

mod effort;
mod places;
mod price;

use std::fmt;

use jsonschema::{Draft, PatternOptions, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Value, json};

use crate::{error::FieldError, events::strict::pointer};

/// Largest schema, in bytes of JSON text.
const SCHEMA_BYTES_MAX: usize = 32 * 1024;
/// Most references in one schema.
const REFERENCES_MAX: usize = 32;
/// Largest compiled pattern, in bytes.
const PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Longest message of a broken rule, in characters: schemas may quote themselves at length.
const MESSAGE_CHARS_MAX: usize = 300;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// What patterns do not have, and how each begins: the engine never backtracks.
const NOT_IN_PATTERNS: [(&str, &str); 4] =
    [("(?=", "look-ahead"), ("(?!", "look-ahead"), ("(?<=", "look-behind"), ("(?<!", "look-behind")];

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
        build(schema).map(Self).map_err(|error| vec![broken(&error, at)])
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

fn build(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    // Patterns run on the engine that never backtracks: what it cannot do in linear time it refuses.
    let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES_MAX);
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .with_pattern_options(patterns)
        .build(schema)
}

/// The rules that the dialect does not know.
fn check(schema: &Value, at: &str) -> Result<(), Vec<FieldError>> {
    if !schema.is_object() {
        return Err(vec![FieldError::new(at, "wrong_type", "must be an object")]);
    }
    if schema.to_string().len() > SCHEMA_BYTES_MAX {
        return Err(vec![FieldError::new(at, "too_large", format!("at most {SCHEMA_BYTES_MAX} bytes"))]);
    }
    let mut reader = Reader::default();
    for (inner, at) in places::schemas(schema, at) {
        reader.read(inner, &at, std::ptr::eq(inner, schema));
    }
    if reader.references > REFERENCES_MAX {
        reader.fail(at, "too_many", format!("at most {REFERENCES_MAX} references"));
    }
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    effort::check(&places::survey(schema, at)?).map_err(|error| vec![error])
}

/// Looks through every schema inside a schema, whether it is used or not.
#[derive(Default)]
struct Reader {
    references: usize,
    errors: Vec<FieldError>,
}

impl Reader {
    fn read(&mut self, schema: &Value, at: &str, is_whole: bool) {
        for (name, value) in schema.as_object().into_iter().flatten() {
            let at = pointer(at, name);
            match value {
                Value::String(text) => self.keyword(name, text, &at, is_whole),
                Value::Object(patterns) if name == "patternProperties" => {
                    patterns.keys().for_each(|pattern| self.pattern(pattern, &pointer(&at, pattern)));
                }
                _ => {}
            }
        }
    }

    fn keyword(&mut self, name: &str, text: &str, at: &str, is_whole: bool) {
        match name {
            // Nothing is fetched, so nothing may have to be.
            "$ref" | "$dynamicRef" => {
                self.references += 1;
                if !text.starts_with('#') {
                    self.fail(at, "remote_reference", "must lead inside this schema: begin with #");
                }
            }
            "$schema" if text != DIALECT => self.fail(at, "unknown_value", format!("must be {DIALECT}")),
            // References inside of it would begin at it, and not at the whole.
            "$id" if !is_whole => self.fail(at, "schema", "only the whole schema may have an $id"),
            "pattern" => self.pattern(text, at),
            _ => {}
        }
    }

    fn pattern(&mut self, pattern: &str, at: &str) {
        if let Some(construct) = backtracking(pattern) {
            let message = format!(
                "has {construct}, which takes no bounded time; write the rule as two patterns, with allOf or not"
            );
            self.fail(at, "schema", message);
        } else if let Err(error) = build(&json!({"pattern": pattern})) {
            self.fail(at, "schema", message(&error));
        }
    }

    fn fail(&mut self, at: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(at, code, message));
    }
}

/// What in a pattern only an engine that backtracks could do.
fn backtracking(pattern: &str) -> Option<String> {
    let mut is_in_class = false;
    let mut rest = pattern;
    while let Some(char) = rest.chars().next() {
        let after = rest.get(char.len_utf8()..).unwrap_or_default();
        let escaped = after.chars().next().filter(|_| char == '\\');
        if let Some(escaped) = escaped {
            if !is_in_class && matches!(escaped, '1'..='9' | 'k') {
                return Some(format!("the back-reference \\{escaped}"));
            }
            rest = after.get(escaped.len_utf8()..).unwrap_or_default();
            continue;
        }
        let found = NOT_IN_PATTERNS.iter().find(|(begin, _)| !is_in_class && rest.starts_with(begin));
        if let Some((begin, name)) = found {
            return Some(format!("the {name} {begin}…)"));
        }
        is_in_class = if is_in_class { char != ']' } else { char == '[' };
        rest = after;
    }
    None
}

/// A broken rule of the schema itself, or of what it describes. The client's values are not repeated.
fn broken(error: &ValidationError<'_>, at: &str) -> FieldError {
    FieldError::new(format!("{at}{}", error.instance_path().as_str()), "schema", message(error))
}

fn message(error: &ValidationError<'_>) -> String {
    let text = error.masked().to_string();
    let mut message: String = text.chars().take(MESSAGE_CHARS_MAX).collect();
    if message.len() < text.len() {
        message.push('…');
    }
    message
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
