//! Small JSON bodies, with errors that name the place.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{error::Category, value::RawValue};

use super::body::{self, Rules};
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
            let mut deserializer = serde_json::Deserializer::from_str(lex(&text)?.get());
            serde_path_to_error::deserialize(&mut deserializer).map(Self).map_err(|error| invalid(&error))
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
            serde_path_to_error::deserialize(tree).map(Self).map_err(|error| invalid(&error))
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

/// What a typed body lacks, which is JSON. The values themselves are not repeated: one of them may be a password.
fn invalid(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let cause = error.inner();
    match cause.classify() {
        Category::Io | Category::Eof => malformed(cause),
        // The library calls it bad syntax when text is wanted and something else is there.
        Category::Syntax | Category::Data => {
            let text = cause.to_string();
            let (code, message) = if let Some(at) = text.find("missing field") {
                ("required", text.get(at..).unwrap_or_default())
            } else if text.starts_with("unknown field") {
                ("unknown_field", text.as_str())
            } else if text.starts_with("duplicate field") {
                ("repeated_key", text.as_str())
            } else {
                ("wrong_type", text.rfind("expected").and_then(|at| text.get(at..)).unwrap_or("wrong type"))
            };
            let message = message.split(" at line ").next().unwrap_or_default();
            let path = error.path().to_string();
            let pointer = if path == "." { String::new() } else { format!("/{}", path.replace('.', "/")) };
            Error::Invalid(vec![FieldError::new(pointer, code, message)])
        }
    }
}
