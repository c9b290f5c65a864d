//! Query parameters: unknown, repeated and malformed ones are errors, never ignored.

use std::{
    collections::HashSet,
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, de::DeserializeOwned};

use crate::error::{Error, FieldError, Result};

/// The query parameters of a route.
#[derive(Debug)]
pub(crate) struct Params<T>(T);

/// A route without query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

impl<T> Deref for Params<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T> {
    let malformed = |pointer: &str, code, message: String| {
        Error::InvalidQuery(vec![FieldError::new(pointer, code, message)])
    };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|error| malformed("", "invalid_format", error.to_string()))?;
    let mut seen = HashSet::new();
    for (name, _) in &pairs {
        if !seen.insert(name) {
            return Err(malformed(name, "repeated_key", "the parameter stands in the query twice".into()));
        }
    }
    // One parameter at a time, to know which one is wrong; then all together.
    serde_urlencoded::from_str(query).map_err(|error| {
        let text = error.to_string();
        if text.starts_with("unknown field") {
            let name = text.split('`').nth(1).unwrap_or_default().to_owned();
            return malformed(&name, "unknown_parameter", text.replacen("field", "parameter", 1));
        }
        let culprit = pairs.iter().find(|pair| {
            serde_urlencoded::to_string([pair])
                .is_ok_and(|alone| serde_urlencoded::from_str::<T>(&alone).is_err())
        });
        let message = if text.contains("digit") { "must be a whole number".to_owned() } else { text };
        malformed(culprit.map_or("", |(name, _)| name), "invalid_format", message)
    })
}
