//! Reads JSON as RFC 7493 (I-JSON) demands, within limits, and says where it does not comply.
//!
//! `serde_json` does the lexing; this adds what it lets through: repeated keys, NUL, lone surrogates,
//! numbers that a double cannot hold, and size without end. Only what passes becomes a tree.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::{
    Deserialize,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value, value::RawValue};

use crate::error::FieldError;

/// Deepest nesting of objects and arrays; the event itself is level 1.
pub const DEPTH_MAX: usize = 16;
/// Most values in one event, counting every object, array and scalar.
pub const NODES_MAX: usize = 2_000;
/// Longest string or key, in bytes of UTF-8.
pub const STRING_BYTES_MAX: usize = 8 * 1024;
/// Largest integer that every JSON reader keeps exact: 2^53 − 1.
pub const INTEGER_MAX: f64 = 9_007_199_254_740_991.0;

/// Most broken rules that are listed for one event.
const ERRORS_MAX: usize = 20;

/// Keys that RFC 9901 gives a meaning of its own.
const RESERVED_KEYS: [&str; 3] = ["_sd", "_sd_alg", "..."];

/// The members of a JSON object, in order, values unread. One more than an event may have is enough to know
/// that there are too many: the rest is not kept.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    if members.len() <= NODES_MAX {
                        members.push((key.0, value));
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Collect).map(Self)
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// The items of a JSON array, unread; kept like [`Members`].
pub(crate) struct Items<'a>(pub(crate) Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    if items.len() <= NODES_MAX {
                        items.push(item);
                    }
                }
                Ok(items)
            }
        }
        deserializer.deserialize_seq(Collect).map(Self)
    }
}

/// Reads `raw` into a tree. Pointers in the errors begin with `at`.
pub fn read(raw: &RawValue, at: &str) -> Result<Value, Vec<FieldError>> {
    let mut reader = Reader { nodes: 0, errors: Vec::new() };
    let value = reader.value(raw.get(), at, 1);
    match value {
        Some(value) if reader.errors.is_empty() => Ok(value),
        _ => Err(listed(reader.errors, at)),
    }
}

/// The errors as they are listed: the first few, and that there are more.
pub(crate) fn listed(mut errors: Vec<FieldError>, at: &str) -> Vec<FieldError> {
    if errors.len() > ERRORS_MAX {
        errors.truncate(ERRORS_MAX);
        let message = format!("only the first {ERRORS_MAX} errors are listed");
        errors.push(FieldError::new(at, "more_errors", message));
    }
    errors
}

/// Appends a member's name to a JSON pointer (RFC 6901).
pub(crate) fn pointer(at: &str, name: &str) -> String {
    if name.contains(['~', '/']) {
        format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
    } else {
        [at, "/", name].concat()
    }
}

struct Reader {
    nodes: usize,
    errors: Vec<FieldError>,
}

impl Reader {
    /// The value of `text`, or `None` after noting why there is none.
    fn value(&mut self, text: &str, at: &str, depth: usize) -> Option<Value> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            // Noted once: past the limit nothing more is read.
            if self.nodes == NODES_MAX + 1 {
                self.fail::<()>(at, "too_many_values", format!("at most {NODES_MAX} values in one event"));
            }
            return None;
        }
        match text.as_bytes().first() {
            Some(b'{' | b'[') if depth > DEPTH_MAX => {
                self.fail(at, "too_deep", format!("at most {DEPTH_MAX} levels of nesting"))
            }
            Some(b'{') => self.object(text, at, depth),
            Some(b'[') => self.array(text, at, depth),
            Some(b'"') => self.string(text, at).map(Value::String),
            Some(b't') => Some(Value::Bool(true)),
            Some(b'f') => Some(Value::Bool(false)),
            Some(b'n') => Some(Value::Null),
            _ => match number(text) {
                Ok(number) => Some(Value::Number(number)),
                Err(reason) => self.fail(at, "invalid_number", reason),
            },
        }
    }

    fn object(&mut self, text: &str, at: &str, depth: usize) -> Option<Value> {
        // The text was lexed as a whole before: only a key's surrogates can still be wrong.
        let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(text) else {
            return self.fail(at, "invalid_string", "a key holds half of a surrogate pair");
        };
        let mut seen = HashSet::with_capacity(members.len());
        let mut object = Map::new();
        for (key, raw) in &members {
            if self.errors.len() > ERRORS_MAX {
                break;
            }
            let at = pointer(at, key);
            if !seen.insert(key.as_ref()) {
                self.fail::<()>(&at, "repeated_key", "the key stands in the object twice");
            } else if RESERVED_KEYS.contains(&key.as_ref()) {
                self.fail::<()>(
                    &at,
                    "reserved_name",
                    "keys named `_sd`, `_sd_alg` or `...` are reserved (RFC 9901)",
                );
            } else if self.check_text(key, &at)
                && let Some(value) = self.value(raw.get(), &at, depth + 1)
            {
                object.insert(key.clone().into_owned(), value);
            }
        }
        Some(Value::Object(object))
    }

    fn array(&mut self, text: &str, at: &str, depth: usize) -> Option<Value> {
        let Ok(Items(items)) = serde_json::from_str::<Items<'_>>(text) else {
            return self.fail(at, "malformed_json", "must be a JSON array");
        };
        let mut array = Vec::with_capacity(items.len());
        for (index, raw) in items.iter().enumerate() {
            if self.errors.len() > ERRORS_MAX {
                break;
            }
            array.extend(self.value(raw.get(), &format!("{at}/{index}"), depth + 1));
        }
        Some(Value::Array(array))
    }

    fn string(&mut self, text: &str, at: &str) -> Option<String> {
        let Ok(string) = serde_json::from_str::<String>(text) else {
            return self.fail(at, "invalid_string", "holds half of a surrogate pair");
        };
        self.check_text(&string, at).then_some(string)
    }

    fn check_text(&mut self, text: &str, at: &str) -> bool {
        if text.len() > STRING_BYTES_MAX {
            return self
                .fail(at, "too_long", format!("at most {STRING_BYTES_MAX} bytes in a string"))
                .unwrap_or(false);
        }
        if text.contains('\0') {
            return self.fail(at, "invalid_string", "must not hold a NUL character").unwrap_or(false);
        }
        true
    }

    fn fail<T>(&mut self, at: &str, code: &'static str, message: impl Into<String>) -> Option<T> {
        self.errors.push(FieldError::new(at, code, message));
        None
    }
}

/// The number a literal stands for, if RFC 8785 can print it without changing its value.
fn number(literal: &str) -> Result<Number, &'static str> {
    const INEXACT: &str = "a number must survive as a 64-bit float; send it as a string";
    const TOO_LARGE: &str = "integers go to 2^53 − 1 either way; send larger ones as a string";

    let float: f64 = literal.parse().ok().ok_or(INEXACT)?;
    if !float.is_finite() || float.abs() > INTEGER_MAX {
        return Err(TOO_LARGE);
    }
    let printed = ryu_js::Buffer::new().format_finite(float).to_owned();
    if decimal(literal) != decimal(&printed) {
        return Err(INEXACT);
    }
    if float.fract() == 0.0 {
        // Also turns −0 into 0, as RFC 8785 prints it.
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            reason = "checked to be an integer below 2^53"
        )]
        return Ok(Number::from(float as i64));
    }
    Number::from_f64(float).ok_or(INEXACT)
}

/// A decimal literal as (negative, digits without leading or trailing zeros, exponent of the last digit).
fn decimal(literal: &str) -> (bool, String, i64) {
    let (negative, unsigned) = literal.strip_prefix('-').map_or((false, literal), |rest| (true, rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let trailing = i64::try_from(digits.len() - significant.len()).unwrap_or(i64::MAX);
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return (false, String::new(), 0);
    }
    // An exponent too large to count is no match for any double; saturating keeps it that way.
    let exponent = exponent.parse::<i64>().unwrap_or(i64::MAX);
    let fraction = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    (negative, significant.to_owned(), exponent.saturating_sub(fraction).saturating_add(trailing))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_text(text: &str) -> Result<Value, Vec<FieldError>> {
        read(serde_json::from_str(text).unwrap(), "")
    }

    fn code_of(text: &str) -> (String, &'static str) {
        let errors = read_text(text).unwrap_err();
        (errors[0].pointer.clone(), errors[0].code)
    }

    #[test]
    fn numbers_that_change_in_a_double_are_refused() {
        for (literal, printed) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("3.0", "3"),
            ("1e3", "1000"),
            ("1.50", "1.5"),
            ("0.1", "0.1"),
            ("1e-7", "1e-7"),
            ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"),
            ("100e-2", "1"),
            ("5e-324", "5e-324"),
            ("123456789.125", "123456789.125"),
        ] {
            let value = read_text(literal).unwrap_or_else(|errors| panic!("{literal}: {errors:?}"));
            assert_eq!(crate::log::leaf::canonical(&value).unwrap(), printed, "{literal}");
        }
        for literal in [
            "9007199254740992",
            "-9007199254740992",
            "1e16",
            "1e400",
            "1e-400",
            "0.1000000000000000055511151231257827",
            "12345678901234567890",
            "1.0000000000000000001",
            "3e-324",
            "1e99999999999999999999",
        ] {
            assert_eq!(code_of(literal), (String::new(), "invalid_number"), "{literal}");
        }
    }

    #[test]
    fn each_rule_names_the_place_where_it_is_broken() {
        assert_eq!(code_of(r#"{"a":{"b":1,"b":2}}"#), ("/a/b".into(), "repeated_key"));
        assert_eq!(code_of(r#"{"a":[0,{"_sd":1}]}"#), ("/a/1/_sd".into(), "reserved_name"));
        assert_eq!(code_of(r#"{"a/b":"\u0000"}"#), ("/a~1b".into(), "invalid_string"));
        assert_eq!(code_of(r#"{"a":"\ud800"}"#), ("/a".into(), "invalid_string"));
        assert_eq!(code_of(r#"{"\udfff":1}"#), (String::new(), "invalid_string"));
        assert_eq!(
            code_of(&format!("\"{}\"", "x".repeat(STRING_BYTES_MAX + 1))),
            (String::new(), "too_long")
        );
        assert!(read_text(&format!("\"{}\"", "x".repeat(STRING_BYTES_MAX))).is_ok());
    }

    #[test]
    fn depth_and_count_are_bounded() {
        let nested = |levels: usize| format!("{}0{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read_text(&nested(DEPTH_MAX)).is_ok());
        assert_eq!(code_of(&nested(DEPTH_MAX + 1)).1, "too_deep");
        assert_eq!(code_of(&nested(100_000)).1, "too_deep");

        let wide = |values: usize| format!("[{}]", vec!["0"; values].join(","));
        assert!(read_text(&wide(NODES_MAX - 1)).is_ok());
        let errors = read_text(&wide(60_000)).unwrap_err();
        assert_eq!((errors.len(), errors[0].code), (1, "too_many_values"));
    }

    proptest! {
        /// Whatever passes is what `serde_json` alone would have read, number by number.
        #[test]
        fn what_passes_is_read_as_serde_json_reads_it(text in r#"[\{\}\[\]:,"a-c0-9eE.+\- tfnrulsx\\]{0,40}"#) {
            if let Ok(raw) = serde_json::from_str::<&RawValue>(&text)
                && let Ok(value) = read(raw, "")
            {
                let plain: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(
                    crate::log::leaf::canonical(&value).unwrap(),
                    crate::log::leaf::canonical(&plain).unwrap()
                );
            }
        }
    }
}
