//! What it costs a schema to look at one value itself, in looks of a schema that says next to nothing.

use serde_json::Value;

/// Values in an enumeration that are compared in the time of one look.
const VALUES: u64 = 16;
/// Bytes of them that are.
const BYTES: u64 = 1_024;
/// Items that must differ are each compared with each of fifteen, or hashed, and so is all that is inside of them.
const UNIQUE: u64 = 16;
/// Places of a pattern of which only one is reached at a time.
const CALM_POSITIONS: u64 = 64;

/// The price of one look.
pub(super) fn of(schema: &Value) -> u64 {
    let under = |keyword| schema.get(keyword);
    let compared = ["enum", "const"].into_iter().filter_map(under).map(|values| {
        let bytes = u64::try_from(values.to_string().len()).unwrap_or(u64::MAX);
        (count(values) / VALUES).saturating_add(bytes / BYTES)
    });
    // Each that is missing is an error of its own.
    let required = ["required", "dependentRequired", "dependencies"].into_iter().filter_map(under).map(count);
    let unique = under("uniqueItems").filter(|is_asked| **is_asked == Value::Bool(true)).map(|_| UNIQUE);
    let matched = under("pattern").and_then(Value::as_str).map(pattern);
    let names = under("patternProperties").and_then(Value::as_object);
    let names = names.into_iter().flat_map(serde_json::Map::keys).map(|name| pattern(name));
    compared.chain(required).chain(unique).chain(matched).chain(names).fold(1, u64::saturating_add)
}

/// Values in a value.
fn count(value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(count).fold(1, u64::saturating_add),
        Value::Object(members) => members.values().map(count).fold(1, u64::saturating_add),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// The price of a pattern: how many of its places a text may have reached at once, at each of its characters. It is
/// one in a pattern that begins where the text begins and has one choice at most.
fn pattern(text: &str) -> u64 {
    if has_comments(text) {
        return u64::MAX; // what is written is not what is matched
    }
    let Positions { all, choices } = positions(text);
    if is_anchored(text) && choices <= 1 { all / CALM_POSITIONS } else { all }
}

/// Whether the pattern can only begin where the text does: no other branch, and no anchor that may be left out.
fn is_anchored(pattern: &str) -> bool {
    let rest = pattern.strip_prefix('^');
    rest.is_some_and(|rest| !rest.starts_with(['*', '+', '?', '{']) && !pattern.contains('|'))
}

/// Whether a flag lets the pattern have comments and blanks that mean nothing.
fn has_comments(pattern: &str) -> bool {
    pattern.split("(?").skip(1).any(|rest| {
        let flags = rest.split([':', ')']).next().unwrap_or_default();
        flags.contains('x') && flags.chars().all(|char| char.is_ascii_alphabetic() || char == '-')
    })
}

/// How many characters a pattern describes when every repetition is written out, and between how many ways it leaves
/// the choice; those in a group that is repeated are counted as often as all that is before the repetition.
struct Positions {
    all: u64,
    choices: u64,
}

fn positions(pattern: &str) -> Positions {
    // What is in each group that is open, and the last part of it, which a repetition repeats.
    let (mut open, mut here, mut last, mut choices) = (Vec::new(), 0_u64, 0_u64, 0_u64);
    let mut rest = pattern.chars();
    let mut is_group = false;
    while let Some(char) = rest.next() {
        match char {
            '(' if is_flag(&mut rest) => {}
            '(' => open.push(std::mem::take(&mut here).saturating_add(std::mem::take(&mut last))),
            ')' => {
                last = last.saturating_add(here);
                here = open.pop().unwrap_or_default();
            }
            '*' | '+' | '?' => choices += 1,
            '|' => {
                choices += 1;
                here = here.saturating_add(std::mem::take(&mut last));
            }
            '{' => {
                let text: String = rest.by_ref().take_while(|char| *char != '}').collect();
                let (from, to) = text.split_once(',').unwrap_or((&text, &text));
                choices += u64::from(from != to);
                let times = [to, from].iter().find_map(|number| number.trim().parse::<u64>().ok());
                let times = times.unwrap_or(1).max(1);
                last = last.saturating_mul(times);
                choices = choices.saturating_mul(if is_group { times } else { 1 });
            }
            _ => {
                match char {
                    '\\' => skip_escape(&mut rest),
                    '[' => skip_class(&mut rest),
                    _ => {}
                }
                here = here.saturating_add(std::mem::replace(&mut last, 1));
            }
        }
        is_group = char == ')';
    }
    Positions { all: open.into_iter().fold(here.saturating_add(last), u64::saturating_add), choices }
}

/// Goes past what kind of group begins, such as `?:`; whether it is none but a flag, such as `(?i)`.
fn is_flag(rest: &mut std::str::Chars<'_>) -> bool {
    rest.as_str().starts_with('?') && rest.find(|char| matches!(char, ':' | '>' | ')')) == Some(')')
}

/// Goes past what a backslash stands before: a character, or one that is named in braces.
fn skip_escape(rest: &mut std::str::Chars<'_>) {
    let is_named = matches!(rest.next(), Some('x' | 'u' | 'U' | 'p' | 'P')) && rest.as_str().starts_with('{');
    if is_named {
        rest.by_ref().take_while(|char| *char != '}').for_each(drop);
    }
}

/// Goes past the end of a class of characters.
fn skip_class(rest: &mut std::str::Chars<'_>) {
    while let Some(char) = rest.next() {
        match char {
            '\\' => drop(rest.next()),
            ']' => break,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_has_as_many_positions_as_it_has_characters_when_it_is_written_out() {
        for (pattern, all, choices) in [
            ("", 0, 0),
            ("abc", 3, 0),
            (r"\d{4}-\d{2}", 7, 0),
            ("[a-z{9}]{3}", 3, 0),
            ("(ab{2}){10}c", 31, 0),
            ("(a|b)*c{2,5}", 7, 3),
            ("(?i)(?:ab)(?<c>d)", 3, 0),
            (r"[\]a]\{x", 3, 0),
            ("((a{10}){10}){10}", 1_000, 0),
            ("(a{99}", 99, 0),
            (r"\x{2603}\p{Greek}", 2, 0),
            ("^(?:[ab]*a){200}c", 402, 200),
        ] {
            let found = positions(pattern);

            assert_eq!((found.all, found.choices), (all, choices), "{pattern}");
        }
    }

    #[test]
    fn a_look_costs_more_the_more_there_is_to_compare() {
        let numbers: Vec<u32> = (0..319).collect();
        for (schema, price) in [
            (json!({}), 1),
            (json!(false), 1),
            (json!({"type": "string", "maxLength": 9, "enum": ["a", "b"]}), 1),
            (json!({"enum": numbers}), 22),
            (json!({"const": "x".repeat(5_000)}), 5),
            (json!({"required": ["a", "b"]}), 4),
            (json!({"uniqueItems": true}), 17),
            (json!({"uniqueItems": false}), 1),
            (json!({"pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}), 1),
            (json!({"pattern": "[ab]*a[ab]{200}c"}), 204),
            (json!({"pattern": "^z|a[ab]{200}c"}), 205),
            (json!({"pattern": "^*a[ab]{200}c"}), 204),
            (json!({"pattern": "^(?:[ab]*a){200}c"}), 403),
            (json!({"pattern": "(?x)a"}), u64::MAX),
            (json!({"patternProperties": {"a{10}": {}, "b{20}": {}}}), 31),
        ] {
            assert_eq!(of(&schema), price, "{schema}");
        }
    }
}
