//! The problem answers that routes share, as openapi.yaml lists them.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

const BAD_REQUEST: (u16, &str) =
    (400, "Unknown, repeated or malformed query parameter, or a body that is not JSON");
const UNAUTHENTICATED: (u16, &str) = (401, "No valid access token or API key");
const FORBIDDEN: (u16, &str) = (403, "Not allowed; `detail` says who is");
const NOT_FOUND: (u16, &str) = (404, "Absent or foreign organization, or nothing of that name in it");
const UNAVAILABLE: (u16, &str) =
    (503, "The service cannot answer right now; try again after `Retry-After` seconds");

/// Problems of a route that anybody may ask.
#[derive(Debug)]
pub(crate) enum Public {}

/// Problems of a route for anybody who is signed in.
#[derive(Debug)]
pub(crate) enum SignedIn {}

/// Problems of a route inside an organization.
#[derive(Debug)]
pub(crate) enum InOrganization {}

/// Problems of a route that takes a body, besides those of where it is.
#[derive(Debug)]
pub(crate) enum WithBody {}

impl IntoResponses for Public {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        list(&[BAD_REQUEST, UNAVAILABLE])
    }
}

impl IntoResponses for SignedIn {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        list(&[BAD_REQUEST, UNAUTHENTICATED, FORBIDDEN, UNAVAILABLE])
    }
}

impl IntoResponses for InOrganization {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        list(&[BAD_REQUEST, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, UNAVAILABLE])
    }
}

impl IntoResponses for WithBody {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        list(&[
            (408, "The body came in too slowly"),
            (413, "The body is over the route's limit"),
            (415, "The body is not application/json"),
            (422, "The body breaks a rule; `errors` lists every broken rule"),
        ])
    }
}

fn list(problems: &[(u16, &str)]) -> BTreeMap<String, RefOr<Response>> {
    problems
        .iter()
        .map(|(status, description)| (status.to_string(), RefOr::T(response(description))))
        .collect()
}

fn response(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
