//! Small JSON bodies, with errors that name the place.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value, json, value::RawValue};
use serde_path_to_error::Segment;

use super::{
    body::{self, Rules},
    fault::Fault,
};
use crate::{
    error::{Error, FieldError, Result},
    events::strict,
};

/// Largest body of a settings or sign-in request, in bytes.
const SMALL_BYTES_MAX: usize = 16 * 1024;

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// A small JSON object, deserialized.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let rules = Rules { bytes_max: SMALL_BYTES_MAX, is_bulk: false };
            let text = body::read(&request, payload, rules).await?.into_text()?;
            lex(&text)?;
            typed(&mut serde_json::Deserializer::from_str(&text)).map(Self).map_err(|misfit| {
                match serde_json::from_str(&text) {
                    Ok(body) => invalid::<T>(&body, &misfit),
                    Err(error) => malformed(&error),
                }
            })
        })
    }
}

/// A document that is kept, deserialized: read as strictly as an event, and up to `BYTES_MAX` large.
pub(crate) struct Document<T, const BYTES_MAX: usize>(pub(crate) T);

impl<T: DeserializeOwned + 'static, const BYTES_MAX: usize> FromRequest for Document<T, BYTES_MAX> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let rules = Rules { bytes_max: BYTES_MAX, is_bulk: false };
            let text = body::read(&request, payload, rules).await?.into_text()?;
            let tree = strict::read(lex(&text)?, "").map_err(Error::Invalid)?;
            typed(tree.clone()).map(Self).map_err(|misfit| invalid::<T>(&tree, &misfit))
        })
    }
}

/// For optional members: one that is sent has a value, because null would mean nothing that leaving it out does not.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Lexes a text as one JSON value, without reading it.
pub(crate) fn lex(text: &str) -> Result<&RawValue> {
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::MalformedJson(format!(
        "the body is not valid JSON at line {} column {}",
        error.line(),
        error.column()
    ))
}

/// Why a body is not of its type.
struct Misfit {
    /// Pointer to what is wrong; to the object that lacks it, where something is missing.
    at: String,
    fault: Fault,
}

impl Misfit {
    fn to_error(&self) -> FieldError {
        match &self.fault {
            Fault::Missing(name) => self.fault.at(&strict::pointer(&self.at, name), "member"),
            fault => fault.at(&self.at, "member"),
        }
    }

    /// The member that the body itself lacks.
    fn missing(&self) -> Option<&str> {
        match &self.fault {
            Fault::Missing(name) if self.at.is_empty() => Some(name),
            _ => None,
        }
    }
}

fn typed<'de, T: DeserializeOwned>(
    body: impl Deserializer<'de, Error = serde_json::Error>,
) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let steps = error.path().iter().filter_map(|step| match step {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        });
        let at = steps.fold(String::new(), |at, step| strict::pointer(&at, &step));
        Misfit { at, fault: Fault::of(&error.inner().to_string()) }
    })
}

/// Everything that is wrong with a body: the library stops at the first.
fn invalid<T: DeserializeOwned>(body: &Value, first: &Misfit) -> Error {
    let Value::Object(members) = body else { return Error::Invalid(vec![first.to_error()]) };
    let mut errors = Vec::new();
    let mut fitting = Map::new();
    for (name, value) in members {
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        match typed::<T>(Value::Object(alone)) {
            Err(misfit) if misfit.missing().is_none() => errors.push(misfit.to_error()),
            Ok(_) | Err(_) => {
                fitting.insert(name.clone(), value.clone());
            }
        }
    }
    let missing = missing::<T>(fitting)
        .into_iter()
        .filter(|misfit| misfit.missing().is_some_and(|name| !members.contains_key(name)));
    errors.extend(missing.map(|misfit| misfit.to_error()));
    if errors.is_empty() {
        errors.push(first.to_error());
    }
    Error::Invalid(strict::listed(errors, ""))
}

/// What a body of fitting members lacks. Each that is missing is put in, as far as a plain value will do, to be
/// told of the next.
fn missing<T: DeserializeOwned>(mut members: Map<String, Value>) -> Vec<Misfit> {
    let mut found = Vec::new();
    let mut next = typed::<T>(Value::Object(members.clone())).err();
    while let Some(misfit) = next.take() {
        let Some(name) = misfit.missing().map(ToOwned::to_owned) else { break };
        if members.contains_key(&name) {
            break; // it is there, and more of it would change nothing
        }
        found.push(misfit);
        for plain in [json!(""), json!(0), json!(false), json!([]), json!({})] {
            members.insert(name.clone(), plain);
            next = typed::<T>(Value::Object(members.clone())).err();
            if next.as_ref().is_none_or(|misfit| misfit.missing().is_some()) {
                break;
            }
        }
    }
    found
}
