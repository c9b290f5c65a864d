//! A schema as a graph: every place in it that holds a value to a rule, and which other places that involves.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ptr,
};

use serde_json::Value;

use super::price;
use crate::{error::FieldError, events::strict::pointer};

/// Keywords that lead to the schema of the same value by name. There is one resource, where both mean the same.
const REFERENCES: [&str; 2] = ["$ref", "$dynamicRef"];
/// Keywords that name the place they stand in.
const ANCHORS: [&str; 2] = ["$anchor", "$dynamicAnchor"];
/// Keywords whose schemas see the same value, and what is asked of them.
const IN_PLACE: [(&str, Asked); 9] = [
    ("allOf", Asked::ForErrors),
    ("anyOf", Asked::Whether),
    ("oneOf", Asked::Whether),
    ("not", Asked::Whether),
    ("then", Asked::Nothing),
    ("else", Asked::Nothing),
    ("dependentSchemas", Asked::Nothing),
    ("dependencies", Asked::Nothing),
    // After those that depend on it.
    ("if", Asked::Condition),
];
/// Keywords that ask what the schemas in place have looked at, and so make them look again.
const UNEVALUATED: [&str; 2] = ["unevaluatedProperties", "unevaluatedItems"];
/// Keywords with a schema for each of their names.
const MAPS: [&str; 6] =
    ["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"];
/// Keywords that hold values and no schemas, whatever these look like.
const VALUES: [&str; 4] = ["const", "enum", "default", "examples"];

/// One schema inside the schema. Others are meant by their number.
#[derive(Debug)]
pub(super) struct Place {
    /// Pointer to it.
    pub(super) at: String,
    /// What one look of it costs.
    pub(super) price: u64,
    /// Those that see the same value.
    pub(super) beside: Vec<(usize, Asked)>,
    /// Those that see members of an object.
    pub(super) members: Parts,
    /// Those that see items of an array.
    pub(super) items: Parts,
    /// How often those in place are made to look again.
    pub(super) looks_again: u64,
}

/// What is asked of a schema that sees the same value, beyond what is asked of the one that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// What is wrong; when it is asked what it has looked at, first whether anything is.
    ForErrors,
    /// First whether anything is wrong at all.
    Whether,
    /// The same, and again for everything that depends on it.
    Condition,
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
    /// Every part once more, to know what was looked at.
    pub(super) again: Vec<usize>,
}

/// A schema inside the schema, with the pointer to it.
pub(super) type Found<'a> = (&'a Value, String);

/// Every schema inside the schema, whether it is used or not, and what may be one under a keyword that nobody knows.
pub(super) fn schemas<'a>(schema: &'a Value, at: &str) -> Vec<Found<'a>> {
    let mut found = vec![(schema, at.to_owned())];
    let mut seen = 0;
    while let Some((schema, at)) = found.get(seen).cloned() {
        seen += 1;
        let Value::Object(keywords) = schema else { continue };
        for (keyword, value) in keywords.iter().filter(|(keyword, _)| !VALUES.contains(&keyword.as_str())) {
            let at = pointer(&at, keyword);
            if value.is_array() || MAPS.contains(&keyword.as_str()) {
                found.extend(inside(value).into_iter().map(|(name, inner)| (inner, pointer(&at, &name))));
            } else {
                found.push((value, at));
            }
        }
    }
    found.retain(|(value, _)| is_schema(value));
    found
}

/// Every place that the whole schema, which is number 0, involves.
pub(super) fn survey(schema: &Value, at: &str) -> Result<Vec<Place>, Vec<FieldError>> {
    let mut survey = Survey { whole: schema, whole_at: at, ..Survey::default() };
    for (schema, at) in schemas(schema, at) {
        survey.note(schema, &at);
    }
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
    found: Vec<Found<'a>>,
    numbers: HashMap<*const Value, usize>,
    /// Where a reference may lead: not into a value that only looks like a schema.
    schemas: HashSet<*const Value>,
    anchors: HashMap<&'a str, Vec<Found<'a>>>,
    errors: Vec<FieldError>,
}

impl Default for Survey<'_> {
    fn default() -> Self {
        Self {
            whole: &Value::Null,
            whole_at: "",
            found: Vec::new(),
            numbers: HashMap::new(),
            schemas: HashSet::new(),
            anchors: HashMap::new(),
            errors: Vec::new(),
        }
    }
}

impl<'a> Survey<'a> {
    /// Anchors are noted wherever they could be meant: one too many only makes a schema seem dearer.
    fn note(&mut self, schema: &'a Value, at: &str) {
        self.schemas.insert(ptr::from_ref(schema));
        for name in ANCHORS {
            if let Some(Value::String(anchor)) = schema.get(name) {
                self.anchors.entry(anchor).or_default().push((schema, at.to_owned()));
            }
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
        let asks_again = UNEVALUATED.iter().filter(|name| schema.get(name).is_some()).count();
        let mut place = Place {
            price: price::of(schema),
            beside: Vec::new(),
            members: Parts::default(),
            items: Parts::default(),
            looks_again: u64::try_from(asks_again).unwrap_or(u64::MAX),
            at,
        };
        for (name, asked) in IN_PLACE {
            place
                .beside
                .extend(self.under(schema, &place.at, name).into_values().map(|number| (number, asked)));
        }
        for name in REFERENCES {
            let targets = self.targets(schema, &place.at, name);
            place.beside.extend(targets.into_iter().map(|number| (number, Asked::Nothing)));
        }
        let mut see = |name| self.under(schema, &place.at, name);
        place.members.named = see("properties");
        place.members.others.extend(see("additionalProperties").into_values());
        for name in ["patternProperties", "propertyNames", "unevaluatedProperties"] {
            place.members.all.extend(see(name).into_values());
        }
        place.members.again.extend(see("unevaluatedProperties").into_values());
        place.items.named = see("prefixItems");
        for name in ["items", "additionalItems"] {
            place.items.others.extend(see(name).into_values());
        }
        for name in ["contains", "unevaluatedItems"] {
            place.items.all.extend(see(name).into_values());
            place.items.again.extend(see(name).into_values());
        }
        place
    }

    /// The schemas under a keyword, by name or index: itself, or those of its list or map.
    fn under(&mut self, schema: &'a Value, at: &str, keyword: &str) -> BTreeMap<String, usize> {
        let Some(value) = schema.get(keyword) else { return BTreeMap::new() };
        let at = pointer(at, keyword);
        if value.is_array() || MAPS.contains(&keyword) {
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
            let is_known = |found: &&Value| self.schemas.contains(&ptr::from_ref(*found));
            let found = self.whole.pointer(&fragment).filter(is_known);
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
fn inside(value: &Value) -> Vec<(String, &Value)> {
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
