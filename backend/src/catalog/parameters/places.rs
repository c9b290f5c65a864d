//! A schema as a graph: every place in it that holds a value to a rule, and which other places that involves.

use std::{
    collections::{BTreeMap, HashMap},
    ptr,
};

use serde_json::Value;

use crate::{error::FieldError, events::strict::pointer};

/// Keywords that lead to the schema of the same value by name. There is one resource, where both mean the same.
const REFERENCES: [&str; 2] = ["$ref", "$dynamicRef"];
/// Keywords that name the place they stand in.
const ANCHORS: [&str; 2] = ["$anchor", "$dynamicAnchor"];
/// Keywords whose schemas see the same value.
const IN_PLACE: [&str; 9] =
    ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"];
/// Keywords that ask what the schemas in place have looked at, and so make them look again.
const UNEVALUATED: [&str; 2] = ["unevaluatedProperties", "unevaluatedItems"];

/// One schema inside the schema. Others are meant by their number.
#[derive(Debug)]
pub(super) struct Place {
    /// Pointer to it.
    pub(super) at: String,
    /// Those that see the same value.
    pub(super) beside: Vec<usize>,
    /// Those that see members of an object.
    pub(super) members: Parts,
    /// Those that see items of an array.
    pub(super) items: Parts,
    /// Whether those in place are made to look again.
    pub(super) looks_again: bool,
}

/// The places that see parts of a value.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The part of this name or index.
    pub(super) named: BTreeMap<String, usize>,
    /// Every part that has no place by its name.
    pub(super) others: Vec<usize>,
    /// Every part.
    pub(super) all: Vec<usize>,
}

/// Every place that the whole schema, which is number 0, involves.
pub(super) fn survey(schema: &Value, at: &str) -> Result<Vec<Place>, Vec<FieldError>> {
    let mut survey = Survey { whole: schema, whole_at: at, ..Survey::default() };
    survey.note_anchors(schema, at);
    survey.number(schema, at.to_owned());
    let mut places = Vec::new();
    while let Some((schema, at)) = survey.found.get(places.len()).cloned() {
        places.push(survey.place(schema, at));
    }
    if survey.errors.is_empty() { Ok(places) } else { Err(survey.errors) }
}

struct Survey<'a> {
    whole: &'a Value,
    whole_at: &'a str,
    /// In the order of their numbers.
    found: Vec<(&'a Value, String)>,
    numbers: HashMap<*const Value, usize>,
    anchors: HashMap<&'a str, Vec<(&'a Value, String)>>,
    errors: Vec<FieldError>,
}

impl Default for Survey<'_> {
    fn default() -> Self {
        Self {
            whole: &Value::Null,
            whole_at: "",
            found: Vec::new(),
            numbers: HashMap::new(),
            anchors: HashMap::new(),
            errors: Vec::new(),
        }
    }
}

impl<'a> Survey<'a> {
    /// Anchors are noted wherever they could be meant: one too many only makes a schema seem dearer.
    fn note_anchors(&mut self, schema: &'a Value, at: &str) {
        if let Value::Object(members) = schema {
            for name in ANCHORS {
                if let Some(Value::String(anchor)) = members.get(name) {
                    self.anchors.entry(anchor).or_default().push((schema, at.to_owned()));
                }
            }
        }
        for (name, inner) in inside(schema) {
            self.note_anchors(inner, &pointer(at, &name));
        }
    }

    /// The number of a place, which is a new one the first time.
    fn number(&mut self, schema: &'a Value, at: String) -> usize {
        *self.numbers.entry(ptr::from_ref(schema)).or_insert_with(|| {
            self.found.push((schema, at));
            self.found.len() - 1
        })
    }

    fn place(&mut self, schema: &'a Value, at: String) -> Place {
        let mut place = Place {
            beside: Vec::new(),
            members: Parts::default(),
            items: Parts::default(),
            looks_again: UNEVALUATED.iter().any(|name| schema.get(name).is_some()),
            at,
        };
        for name in IN_PLACE {
            place.beside.extend(self.under(schema, &place.at, name).into_values());
        }
        for name in REFERENCES {
            place.beside.extend(self.targets(schema, &place.at, name));
        }
        let mut see = |name| self.under(schema, &place.at, name);
        place.members.named = see("properties");
        place.members.others.extend(see("additionalProperties").into_values());
        for name in ["patternProperties", "propertyNames", "unevaluatedProperties"] {
            place.members.all.extend(see(name).into_values());
        }
        place.items.named = see("prefixItems");
        for name in ["items", "additionalItems"] {
            place.items.others.extend(see(name).into_values());
        }
        for name in ["contains", "unevaluatedItems"] {
            place.items.all.extend(see(name).into_values());
        }
        place
    }

    /// The schemas under a keyword, by name or index: itself, or those of its list or map.
    fn under(&mut self, schema: &'a Value, at: &str, keyword: &str) -> BTreeMap<String, usize> {
        let Some(value) = schema.get(keyword) else { return BTreeMap::new() };
        let at = pointer(at, keyword);
        let is_map =
            matches!(keyword, "properties" | "patternProperties" | "dependentSchemas" | "dependencies");
        if value.is_array() || is_map {
            let numbered = |(name, inner): (String, &'a Value)| {
                let number = self.number(inner, pointer(&at, &name));
                (name, number)
            };
            return inside(value).into_iter().filter(|(_, inner)| is_schema(inner)).map(numbered).collect();
        }
        BTreeMap::from([(String::new(), self.number(value, at))])
    }

    /// Where a reference leads.
    fn targets(&mut self, schema: &'a Value, at: &str, keyword: &str) -> Vec<usize> {
        let Some(Value::String(target)) = schema.get(keyword) else { return Vec::new() };
        let Some(fragment) = target.strip_prefix('#').and_then(decoded) else { return Vec::new() };
        let targets = if fragment.is_empty() || fragment.starts_with('/') {
            let found = self.whole.pointer(&fragment).filter(|found| is_schema(found));
            found.map(|found| (found, format!("{}{fragment}", self.whole_at))).into_iter().collect()
        } else {
            self.anchors.get(fragment.as_str()).cloned().unwrap_or_default()
        };
        if targets.is_empty() {
            let message = "leads to no schema inside this one";
            self.errors.push(FieldError::new(pointer(at, keyword), "schema", message));
        }
        targets.into_iter().map(|(found, at)| self.number(found, at)).collect()
    }
}

fn is_schema(value: &Value) -> bool {
    value.is_object() || value.is_boolean()
}

/// The members or items of a value, by name or index.
pub(super) fn inside(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(members) => members.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// A fragment without its percent-encoding.
fn decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == b'%' {
            let (code, after) = after.split_first_chunk::<2>()?;
            bytes.push(u8::from_str_radix(str::from_utf8(code).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}
