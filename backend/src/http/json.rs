//! JSON bodies: the right content type, within a limit, with errors that name the place.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{error::Category, value::RawValue};

use crate::error::{Error, FieldError, Result};

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
            let bytes = read(&request, payload, SMALL_BYTES_MAX).await?;
            let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
            let value =
                serde_path_to_error::deserialize(&mut deserializer).map_err(|error| invalid(&error))?;
            deserializer.end().map_err(|error| malformed(&error))?;
            Ok(Self(value))
        })
    }
}

/// A JSON body of at most `LIMIT` bytes, not looked into yet.
pub(crate) struct RawJson<const LIMIT: usize>(web::Bytes);

impl<const LIMIT: usize> FromRequest for RawJson<LIMIT> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload, LIMIT).await.map(Self) })
    }
}

impl<const LIMIT: usize> RawJson<LIMIT> {
    /// The body as one JSON value, lexed but not read.
    pub(crate) fn parse(&self) -> Result<&RawValue> {
        let text = std::str::from_utf8(&self.0).map_err(|error| {
            Error::MalformedJson(format!("the body is not UTF-8 at byte {}", error.valid_up_to()))
        })?;
        serde_json::from_str(text).map_err(|error| malformed(&error))
    }
}

fn malformed(error: &serde_json::Error) -> Error {
    Error::MalformedJson(format!(
        "the body is not valid JSON at line {} column {}",
        error.line(),
        error.column()
    ))
}

/// What a typed body lacks. The values themselves are not repeated: one of them may be a password.
fn invalid(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let cause = error.inner();
    match cause.classify() {
        Category::Io | Category::Syntax | Category::Eof => malformed(cause),
        Category::Data => {
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

async fn read(request: &HttpRequest, mut payload: Payload, bytes_max: usize) -> Result<web::Bytes> {
    check_content_type(request)?;
    if content_length(request).is_some_and(|length| length > bytes_max) {
        return Err(Error::PayloadTooLarge(bytes_max));
    }
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Error::MalformedJson(format!("the body broke off: {error}")))?;
        if body.len() + chunk.len() > bytes_max {
            return Err(Error::PayloadTooLarge(bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn content_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// `application/json`, with no charset but UTF-8 and no coding: JSON has no other.
fn check_content_type(request: &HttpRequest) -> Result<()> {
    const WANTED: Error = Error::UnsupportedMediaType("application/json");
    let value =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).ok_or(WANTED)?;
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let is_plain = !request.headers().contains_key(header::CONTENT_ENCODING);
    if is_json && is_utf8 && is_plain { Ok(()) } else { Err(WANTED) }
}
