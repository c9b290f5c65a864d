//! Query parameters: unknown, repeated and malformed ones are errors, never ignored.

use std::{
    collections::HashSet,
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, de::DeserializeOwned};

use super::fault::Fault;
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
    let cause = match serde_urlencoded::from_str(query) {
        Ok(params) if repeated(query).is_empty() => return Ok(params),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let mut errors = repeated(query);
    if errors.is_empty() {
        errors.extend(pairs(query).iter().filter_map(wrong::<T>));
    }
    // Right one by one, and not together: something is missing.
    if errors.is_empty()
        && let Some(cause) = cause
    {
        let fault = Fault::of(&cause.to_string());
        let name = if let Fault::Missing(name) = &fault { name.as_str() } else { "" };
        errors.push(fault.at(name, "parameter"));
    }
    Err(Error::InvalidQuery(errors))
}

fn pairs(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default() // any text is pairs of names and values
}

fn repeated(query: &str) -> Vec<FieldError> {
    let mut seen = HashSet::new();
    let repeated = pairs(query).into_iter().filter(|(name, _)| !seen.insert(name.clone()));
    let message = "the parameter stands in the query twice; list values with commas where it takes several";
    repeated.map(|(name, _)| FieldError::new(name, "repeated_key", message)).collect()
}

/// What is wrong with one parameter by itself.
fn wrong<T: DeserializeOwned>(pair: &(String, String)) -> Option<FieldError> {
    let alone = serde_urlencoded::to_string([pair]).ok()?;
    let fault = Fault::of(&serde_urlencoded::from_str::<T>(&alone).err()?.to_string());
    let (name, _) = pair;
    match fault {
        Fault::Missing(_) => None,
        Fault::Unknown { .. } => {
            Some(FieldError { code: "unknown_parameter", ..fault.at(name, "parameter") })
        }
        Fault::Not(_) => Some(FieldError { code: "invalid_format", ..fault.at(name, "parameter") }),
        Fault::NotOneOf(_) | Fault::Repeated => Some(fault.at(name, "parameter")),
    }
}
