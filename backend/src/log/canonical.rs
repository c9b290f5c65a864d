//! The RFC 8785 text of a JSON tree: the form in which everything is sealed.
//!
//! Written here because an event needs it for its body, its leaf and each of its disclosures: no tree is
//! copied, no key turned to UTF-16 unless the order depends on it. A test holds it to an implementation that
//! is not ours.

use std::{cmp::Ordering, io::Write};

use serde_json::{Map, Number, Value};

use crate::error::{Error, Result};

/// Largest integer that a double holds exactly, and with it every smaller one: 2^53 − 1.
const INTEGER_MAX: u64 = 9_007_199_254_740_991;

/// The text of a value.
pub(super) fn text(value: &Value) -> Result<String> {
    finish(|out| write(value, out))
}

/// The text of an object.
pub(super) fn object_text(members: &Map<String, Value>) -> Result<String> {
    finish(|out| write_object(members, out))
}

/// The text of `[first, second, value]`.
pub(super) fn triple_text(first: &str, second: &str, value: &Value) -> Result<String> {
    finish(|out| {
        out.push(b'[');
        write_string(first, out)?;
        out.push(b',');
        write_string(second, out)?;
        out.push(b',');
        write(value, out)?;
        out.push(b']');
        Ok(())
    })
}

fn finish(write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>) -> Result<String> {
    let bug = |error: &dyn std::fmt::Display| Error::Bug(format!("canonical JSON: {error}"));
    let mut out = Vec::with_capacity(256);
    write(&mut out).map_err(|error| bug(&error))?;
    String::from_utf8(out).map_err(|error| bug(&error))
}

fn write(value: &Value, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, out)?,
        Value::String(text) => write_string(text, out)?,
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => write_object(members, out)?,
    }
    Ok(())
}

fn write_object(members: &Map<String, Value>, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut members: Vec<(&String, &Value)> = members.iter().collect();
    members.sort_by(|(one, _), (other, _)| order(one, other));
    out.push(b'{');
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(name, out)?;
        out.push(b':');
        write(value, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// The order of UTF-16 code units. That of bytes is the same as long as both are ASCII.
fn order(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        one.cmp(other)
    } else {
        one.encode_utf16().cmp(other.encode_utf16())
    }
}

/// `serde_json` escapes exactly what RFC 8785 wants escaped, in the same way.
fn write_string(text: &str, out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(out, text)
}

/// As ECMAScript prints the double.
fn write_number(number: &Number, out: &mut Vec<u8>) -> serde_json::Result<()> {
    match number.as_i64() {
        Some(integer) if integer.unsigned_abs() <= INTEGER_MAX => {
            write!(out, "{integer}").map_err(serde_json::Error::io)
        }
        _ => {
            let float = number.as_f64().unwrap_or_default(); // every Number that is not an i64 has one
            out.extend_from_slice(ryu_js::Buffer::new().format(float).as_bytes());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let plain = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            prop::num::f64::NORMAL.prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        plain.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_the_text_that_another_implementation_writes(value in any_json()) {
            prop_assert_eq!(text(&value).unwrap(), serde_json_canonicalizer::to_string(&value).unwrap());
        }
    }

    #[test]
    fn keys_are_in_the_order_of_utf_16() {
        let value = serde_json::json!({"\u{ff61}": 1, "\u{1f600}": 2, "b": 3, "ab": 4, "": 5, "\u{e000}": 6});
        assert_eq!(
            text(&value).unwrap(),
            "{\"\":5,\"ab\":4,\"b\":3,\"\u{1f600}\":2,\"\u{e000}\":6,\"\u{ff61}\":1}"
        );
    }
}
