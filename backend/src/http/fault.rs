//! What the library says of a value that does not fit its type, in the words of this service.

use crate::{error::FieldError, nearest::instead};

/// Why a value does not fit. What the client sent is not repeated: it may be a password.
#[derive(Debug)]
pub(super) enum Fault {
    /// The object has no such member.
    Unknown { known: Vec<String> },
    /// The object lacks this member.
    Missing(String),
    /// It has it twice.
    Repeated,
    /// Not one of the values that there are.
    NotOneOf(Vec<String>),
    /// Of another type: what it must be, as far as the library says.
    Not(String),
}

impl Fault {
    /// Reads it out of the library's message.
    pub(super) fn of(message: &str) -> Self {
        let text = message.split(" at line ").next().unwrap_or_default();
        let wanted = text.rsplit_once("expected ").map_or("", |(_, wanted)| wanted);
        if let Some((_, name)) = text.split_once("missing field `") {
            Self::Missing(name.trim_end_matches('`').to_owned())
        } else if text.starts_with("duplicate field") {
            Self::Repeated
        } else if text.starts_with("unknown field") {
            Self::Unknown { known: quoted(wanted) }
        } else if text.starts_with("unknown variant") {
            Self::NotOneOf(quoted(wanted))
        } else {
            Self::Not(type_in_words(text, wanted).to_owned())
        }
    }

    /// The same at a place. `thing` is what an unknown name would be the name of.
    pub(super) fn at(&self, pointer: &str, thing: &str) -> FieldError {
        let (code, message) = match self {
            Self::Unknown { known } => {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let otherwise = match known.as_slice() {
                    [] => format!("there are no {thing}s here"),
                    known => format!("known are {}", known.join(", ")),
                };
                let advice = instead(name, known, &otherwise);
                ("unknown_field", format!("there is no such {thing}; {advice}"))
            }
            Self::Missing(_) => ("required", "is required".to_owned()),
            Self::Repeated => ("repeated_key", "the key stands in the object twice".to_owned()),
            Self::NotOneOf(known) => ("unknown_value", format!("must be one of {}", known.join(", "))),
            Self::Not(wanted) if wanted.is_empty() => ("wrong_type", "is of another type".to_owned()),
            Self::Not(wanted) => ("wrong_type", format!("must be {wanted}")),
        };
        FieldError::new(pointer, code, message)
    }
}

/// The names between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

fn type_in_words<'a>(text: &str, wanted: &'a str) -> &'a str {
    match wanted {
        "" if text.contains("digit") || text.contains("integer") => "a whole number",
        "" if text.contains("number too") => "a smaller whole number",
        "" if text.contains("`true`") => "true or false",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        "a borrowed string" | "string or map" | "variant identifier" => "a string",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => "a whole number within its limits",
        wanted if wanted.starts_with("struct ") => "an object",
        wanted => wanted,
    }
}
