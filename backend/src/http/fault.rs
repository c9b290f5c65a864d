//! What the library says of a value that does not fit its type, in the words of this service.

use crate::{error::FieldError, nearest::instead};

/// Why a value does not fit. What the client sent is not repeated: it may be a password.
#[derive(Debug, PartialEq, Eq)]
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
    /// Reads it out of the library's message. What the client sent may stand in the middle of one, and say anything;
    /// its beginning and its end are the library's.
    pub(super) fn of(message: &str) -> Self {
        let text = without_position(message);
        let has_nothing_to_offer =
            ["`, there are no fields", "`, there are no variants"].iter().any(|end| text.ends_with(end));
        let wanted = match text.rsplit_once(", expected ") {
            Some((_, wanted)) if !has_nothing_to_offer => wanted,
            _ => "",
        };
        if let Some(name) = text.strip_prefix("missing field `") {
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

/// Without the place in the text, where the message ends with one.
fn without_position(message: &str) -> &str {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match message.rsplit_once(" at line ") {
        Some((text, place))
            if place
                .split_once(" column ")
                .is_some_and(|(line, column)| is_number(line) && is_number(column)) =>
        {
            text
        }
        _ => message,
    }
}

/// The names between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

fn type_in_words<'a>(text: &str, wanted: &'a str) -> &'a str {
    match wanted {
        "" if text.starts_with("invalid digit") || text.starts_with("cannot parse integer") => {
            "a whole number"
        }
        "" if text.starts_with("number too") => "a smaller whole number",
        "" if text.starts_with("provided string was not `true`") => "true or false",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        "a borrowed string" | "string or map" | "variant identifier" => "a string",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => "a whole number within its limits",
        wanted if wanted.starts_with("struct ") => "an object",
        wanted => wanted,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, de::DeserializeOwned};
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Asked {
        count: Option<u32>,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Small,
        Large,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    /// What is said of a value: the same, whether it is read from a text or from a tree.
    fn fault<T: DeserializeOwned + std::fmt::Debug>(value: &Value) -> Fault {
        let of_text = serde_json::from_str::<T>(&value.to_string()).unwrap_err();
        let of_tree = serde_json::from_value::<T>(value.clone()).unwrap_err();
        let fault = Fault::of(&of_text.to_string());
        assert_eq!(fault, Fault::of(&of_tree.to_string()));
        fault
    }

    /// Texts that say what the library says.
    fn hostile() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just(" at line 1 column 2".to_owned()),
            Just(" at line ".to_owned()),
            Just("missing field `other`".to_owned()),
            Just("unknown field `other`".to_owned()),
            Just("unknown variant `other`".to_owned()),
            Just("duplicate field `other`".to_owned()),
            Just(", expected `other`".to_owned()),
            Just(", expected a boolean".to_owned()),
            Just("`, there are no fields".to_owned()),
            Just("invalid digit".to_owned()),
            Just("`".to_owned()),
            Just("\"".to_owned()),
            any::<String>(),
        ];
        prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn what_the_client_sent_misleads_nobody(text in hostile()) {
            prop_assert_eq!(fault::<Asked>(&json!({"count": text})), fault::<Asked>(&json!({"count": "x"})));
            prop_assume!(!["small", "large", "count", "kind"].contains(&text.as_str()));
            prop_assert_eq!(fault::<Asked>(&json!({"kind": text})), fault::<Asked>(&json!({"kind": "x"})));
            prop_assert_eq!(fault::<Asked>(&json!({text.clone(): 1})), fault::<Asked>(&json!({"x": 1})));
            prop_assert_eq!(fault::<Nothing>(&json!({text: 1})), Fault::Unknown { known: Vec::new() });
        }
    }

    #[test]
    fn each_fault_is_told_from_the_others() {
        let names = |names: [&str; 2]| names.map(ToOwned::to_owned).to_vec();

        assert_eq!(fault::<Asked>(&json!({"x": 1})), Fault::Unknown { known: names(["count", "kind"]) });
        assert_eq!(fault::<Asked>(&json!({"kind": "x"})), Fault::NotOneOf(names(["small", "large"])));
        assert_eq!(
            fault::<Asked>(&json!({"count": "x"})),
            Fault::Not("a whole number within its limits".to_owned())
        );
        assert_eq!(fault::<(u32,)>(&json!({})), Fault::Not("a tuple of size 1".to_owned()));
    }
}
