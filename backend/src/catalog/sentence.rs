//! Sentence templates: `{actor} invited {target|a user}` becomes an event's `details`.

use serde_json::{Map, Value};

/// Longest value in a sentence, in characters; the rest is cut, with `…`.
const VALUE_CHARS_MAX: usize = 200;

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Slot { source: Slot, fallback: String },
}

/// Where a placeholder takes its value from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Slot {
    Actor,
    Target,
    Workspace,
    Parameter(String),
    ChangeOld(String),
    ChangeNew(String),
}

impl Sentence {
    /// Parses a template. Every placeholder but `{actor}`, which is never absent, needs a `|fallback`.
    ///
    /// # Errors
    /// What is wrong with the template, in words.
    pub fn parse(template: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            let (slot, after) = after.split_once('}').ok_or("a `{` has no `}`")?;
            parts.push(parse_slot(slot)?);
            rest = after;
        }
        if rest.contains('}') {
            return Err("a `}` has no `{`".into());
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// How many placeholders it has.
    pub fn placeholders(&self) -> usize {
        self.0.iter().filter(|part| matches!(part, Part::Slot { .. })).count()
    }

    /// The sentence of an event, from its body. Templates tell what happened; where the outcome says that it
    /// did not, so does the end of the sentence.
    pub fn render(&self, body: &Map<String, Value>) -> String {
        let mut sentence = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => sentence.push_str(text),
                Part::Slot { source, fallback } => match source.value(body) {
                    Some(value) => push_cut(&mut sentence, &value),
                    None => sentence.push_str(fallback),
                },
            }
        }
        match body.get("outcome").and_then(Value::as_str) {
            Some("failure") => sentence.push_str(" (failed)"),
            Some("denied") => sentence.push_str(" (denied)"),
            _ => {}
        }
        sentence
    }
}

fn parse_slot(slot: &str) -> Result<Part, String> {
    let (name, fallback) =
        slot.split_once('|').map_or((slot, None), |(name, fallback)| (name, Some(fallback)));
    let source = match name.split('.').collect::<Vec<_>>().as_slice() {
        ["actor"] => Slot::Actor,
        ["target"] => Slot::Target,
        ["workspace"] => Slot::Workspace,
        ["parameters", key] => Slot::Parameter((*key).to_owned()),
        ["changes", field, "old"] => Slot::ChangeOld((*field).to_owned()),
        ["changes", field, "new"] => Slot::ChangeNew((*field).to_owned()),
        _ => return Err(format!("`{{{name}}}` is not a placeholder")),
    };
    match (&source, fallback) {
        (Slot::Actor, None) => Ok(Part::Slot { source, fallback: String::new() }),
        (Slot::Actor, Some(_)) => Err("`{actor}` takes no fallback: it is never absent".into()),
        (_, Some(fallback)) => Ok(Part::Slot { source, fallback: fallback.to_owned() }),
        (_, None) => Err(format!("`{{{name}}}` needs a fallback: `{{{name}|…}}`")),
    }
}

impl Slot {
    fn value(&self, body: &Map<String, Value>) -> Option<String> {
        match self {
            Self::Actor => display_name(body.get("actor")?),
            Self::Target => display_name(body.get("targets")?.get(0)?),
            Self::Workspace => display_name(body.get("workspace")?),
            Self::Parameter(key) => plain_text(body.get("parameters")?.get(key)?),
            Self::ChangeOld(field) => plain_text(change(body, field)?.get("old")?),
            Self::ChangeNew(field) => plain_text(change(body, field)?.get("new")?),
        }
    }
}

/// What people call a person or thing: its name, else its e-mail, else its id.
fn display_name(object: &Value) -> Option<String> {
    ["name", "email", "id"].iter().find_map(|member| object.get(member)).and_then(plain_text)
}

fn change<'a>(body: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    body.get("changes")?
        .as_array()?
        .iter()
        .find(|change| change.get("field").is_some_and(|name| name == field))
}

/// Text, numbers and booleans as people write them; anything else has no place in a sentence.
fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn push_cut(sentence: &mut String, value: &str) {
    let mut chars = value.chars();
    sentence.extend(chars.by_ref().take(VALUE_CHARS_MAX));
    if chars.next().is_some() {
        sentence.push('…');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(template: &str, body: Value) -> String {
        let Value::Object(body) = body else { panic!("not an object") };
        Sentence::parse(template).unwrap().render(&body)
    }

    #[test]
    fn values_come_from_the_event_and_fallbacks_stand_in_for_absent_ones() {
        let template = "{actor} changed the role of {target|a user} from {changes.role.old|one role} to \
                        {changes.role.new|another} in {workspace|the organization} ({parameters.seats|no} seats)";
        let full = json!({
            "actor": {"type": "user", "id": "u_9", "name": "Ada"},
            "targets": [{"type": "user", "id": "u_7", "email": "bob@example.com"}],
            "workspace": {"id": "ws_1"},
            "changes": [{"field": "role", "old": "viewer", "new": "admin"}],
            "parameters": {"seats": 3},
        });
        assert_eq!(
            render(template, full),
            "Ada changed the role of bob@example.com from viewer to admin in ws_1 (3 seats)"
        );

        let bare =
            json!({"actor": {"type": "user", "id": "u_9"}, "changes": [{"field": "role", "old": null}]});
        assert_eq!(
            render(template, bare),
            "u_9 changed the role of a user from one role to another in the organization (no seats)"
        );
    }

    #[test]
    fn an_act_that_did_not_happen_is_not_told_as_if_it_had() {
        let body =
            |outcome| json!({"actor": {"type": "user", "id": "u_9", "name": "Ada"}, "outcome": outcome});
        assert_eq!(render("{actor} logged in", body("success")), "Ada logged in");
        assert_eq!(render("{actor} logged in", body("failure")), "Ada logged in (failed)");
        assert_eq!(render("{actor} logged in", body("denied")), "Ada logged in (denied)");
    }

    #[test]
    fn long_values_are_cut_in_the_sentence_only() {
        let name = "ä".repeat(201);
        let sentence = render("{actor} left", json!({"actor": {"type": "user", "id": "u", "name": name}}));
        assert_eq!(sentence, format!("{}… left", "ä".repeat(200)));
    }

    #[test]
    fn broken_templates_are_refused() {
        for template in [
            "{target} left",
            "{actor|x}",
            "{who|x}",
            "{actor",
            "actor}",
            "{parameters|x}",
            "{changes.role|x}",
        ] {
            assert!(Sentence::parse(template).is_err(), "{template}");
        }
    }
}
