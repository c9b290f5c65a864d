//! The web page: static files built from `frontend/`, inside the binary (a debug build reads them from disk).

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::{self, ContentEncoding, HeaderValue},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rust_embed::{Embed, EmbeddedFile};

use crate::error::Error;

#[derive(Embed)]
#[folder = "../frontend/dist"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";

/// The API reference's page, a page of its own.
const DOCS: &str = "docs.html";

/// The page's own policy but for trusted types: the library that renders the reference writes sanitized HTML.
/// Nothing inline, nothing evaluated, nothing from elsewhere, and nowhere to send anything.
const DOCS_CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// Serves the API reference.
pub(super) fn docs(request: &HttpRequest) -> HttpResponse {
    let mut response = file(request, DOCS);
    let policy = HeaderValue::from_static(DOCS_CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Serves a file, or the page itself for every path of the page.
pub(super) fn answer(request: &HttpRequest) -> HttpResponse {
    let path = request.path().trim_start_matches('/');
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file { file(request, path) } else { file(request, INDEX) }
}

fn file(request: &HttpRequest, path: &str) -> HttpResponse {
    let Some((file, encoding)) = best(request, path) else {
        if [INDEX, DOCS].contains(&path) {
            return Error::Unavailable("the page is not built: run `make frontend`".into()).error_response();
        }
        return Error::NotFound.error_response();
    };
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    // Names of assets hold a hash of their content; everything else must be asked for again.
    let is_immutable = path.starts_with("assets/");
    let cache = if is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let is_known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok())
        == Some(tag.as_str());

    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ETAG, tag))
        .insert_header((header::VARY, "Accept-Encoding"));
    if is_known {
        return response.finish();
    }
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    response.content_type(if mime.type_() == "text" {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_string()
    });
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding.as_str()));
    }
    response.body(file.data.into_owned())
}

/// The smallest form of the file that the client takes.
fn best(request: &HttpRequest, path: &str) -> Option<(EmbeddedFile, Option<ContentEncoding>)> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepts = |name: &str| {
        accepted.is_some_and(|accepted| {
            accepted.split(',').any(|coding| coding.split(';').next().map(str::trim) == Some(name))
        })
    };
    let compressed = [("br", ContentEncoding::Brotli), ("gzip", ContentEncoding::Gzip)]
        .into_iter()
        .filter(|(name, _)| accepts(name))
        .find_map(|(name, encoding)| {
            let suffix = if name == "gzip" { "gz" } else { name };
            Files::get(&format!("{path}.{suffix}")).map(|file| (file, Some(encoding)))
        });
    compressed.or_else(|| Files::get(path).map(|file| (file, None)))
}
