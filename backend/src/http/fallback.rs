//! What no route answers: a wrong method, a page of the web app, or nothing at all.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{Method, header},
    web,
};
use utoipa::openapi::{OpenApi, path::PathItem};

use super::spa;
use crate::error::Error;

/// Which methods each documented path has. Made from the document, so it cannot fall behind it.
#[derive(Debug)]
pub(super) struct RouteTable(Vec<(Vec<Segment>, String)>);

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Exactly(String),
    Any,
}

impl RouteTable {
    pub(super) fn new(document: &OpenApi) -> Self {
        let routes = document.paths.paths.iter();
        Self(routes.map(|(path, item)| (segments(path), methods(item).join(", "))).collect())
    }

    /// The methods of the most specific route that fits the path.
    fn allowed(&self, path: &str) -> Option<&str> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |segments: &[Segment]| {
            segments.len() == parts.len()
                && segments.iter().zip(&parts).all(|(segment, part)| match segment {
                    Segment::Exactly(text) => text == part,
                    Segment::Any => !part.is_empty(),
                })
        };
        self.0
            .iter()
            .filter(|(segments, _)| fits(segments))
            .min_by_key(|(segments, _)| segments.iter().filter(|segment| **segment == Segment::Any).count())
            .map(|(_, methods)| methods.as_str())
    }
}

fn segments(path: &str) -> Vec<Segment> {
    let is_variable = |part: &str| part.starts_with('{');
    path.split('/')
        .map(|part| if is_variable(part) { Segment::Any } else { Segment::Exactly(part.to_owned()) })
        .collect()
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    [
        ("DELETE", item.delete.is_some()),
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("PATCH", item.patch.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
    ]
    .into_iter()
    .filter_map(|(method, exists)| exists.then_some(method))
    .collect()
}

/// Answers what is left over.
pub(super) async fn answer(request: HttpRequest, table: web::Data<RouteTable>) -> HttpResponse {
    let path = request.path();
    if let Some(allowed) = table.allowed(path) {
        return Error::MethodNotAllowed(allowed.to_owned()).error_response();
    }
    if request.method() == Method::GET && path == "/docs" {
        return spa::docs(&request);
    }
    if request.method() == Method::GET && is_of_the_page(&request) {
        return spa::answer(&request);
    }
    Error::NotFound.error_response()
}

/// Files and places of the page. Anything else is the page's to explain only to a browser: a script that
/// misspelled a path must not take HTML for success.
fn is_of_the_page(request: &HttpRequest) -> bool {
    let path = request.path();
    let is_known = path == "/" || path == "/login" || path.starts_with("/o/") || path.starts_with("/assets/");
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_api = path.trim_start_matches('/').to_ascii_lowercase().starts_with("v1/");
    is_known || (!is_api && accept.is_some_and(|accept| accept.contains("text/html")))
}
