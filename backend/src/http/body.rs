//! Request bodies: of the right type, within a limit, in reasonable time, and only when there is room.

use std::{future::Future, io::Read, pin::Pin, time::Duration};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use crate::{
    app::App,
    error::{Error, Result},
    log::admission::Place,
};

/// A body may take the setting `body_grace_seconds`, and a second more for every so many bytes that have come
/// in. A slower one is cut off: open requests cost memory, and places in the queue.
const BYTES_PER_SECOND_MIN: usize = 8 * 1024;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`: one value.
    Json,
    /// `application/x-ndjson`: one value a line.
    Ndjson,
}

/// What a route takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Largest body, in bytes; also when it is decompressed.
    pub(super) bytes_max: usize,
    /// Whether it may be NDJSON, and `Content-Encoding: gzip`.
    pub(super) is_bulk: bool,
}

/// A body as it came in.
#[derive(Debug)]
pub(crate) struct Body {
    bytes: web::Bytes,
    is_gzip: bool,
    bytes_max: usize,
    pub(crate) format: Format,
}

impl Body {
    /// The body's text, decompressed. Work for a thread that may be busy.
    pub(crate) fn into_text(self) -> Result<String> {
        let bytes = if self.is_gzip { gunzip(&self.bytes, self.bytes_max)? } else { self.bytes.into() };
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Error::MalformedJson(format!("the body is not UTF-8 at byte {at}"))
        })
    }
}

/// Decompresses at most `bytes_max`: a small body may unfold to anything.
fn gunzip(compressed: &[u8], bytes_max: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(compressed)
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::MalformedJson(format!("the body is not gzip: {error}")))?;
    if bytes.len() > bytes_max { Err(Error::PayloadTooLarge(bytes_max)) } else { Ok(bytes) }
}

/// A body with events, and the place among the waiting that it was given before it was read.
#[derive(Debug)]
pub(crate) struct Admitted<const BYTES_MAX: usize, const IS_BULK: bool> {
    pub(crate) body: Body,
    pub(crate) place: Place,
}

impl<const BYTES_MAX: usize, const IS_BULK: bool> FromRequest for Admitted<BYTES_MAX, IS_BULK> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let app = app(&request)?;
            let rules = Rules { bytes_max: BYTES_MAX, is_bulk: IS_BULK };
            check_length(&request, rules)?;
            let place = app.writer.admit(content_length(&request).unwrap_or(BYTES_MAX))?;
            let body = read(&request, payload, rules).await?;
            Ok(Self { body, place })
        })
    }
}

/// Reads the body of a request.
pub(super) async fn read(request: &HttpRequest, mut payload: Payload, rules: Rules) -> Result<Body> {
    let (format, is_gzip) = content_type(request, rules)?;
    check_length(request, rules)?;
    let free_until = Instant::now() + Duration::from_secs(app(request)?.config.body_grace_seconds);
    let mut body = web::BytesMut::new();
    loop {
        let seconds = u64::try_from(body.len() / BYTES_PER_SECOND_MIN).unwrap_or(u64::MAX);
        let deadline = free_until + Duration::from_secs(seconds);
        let Ok(chunk) = timeout_at(deadline, payload.next()).await else {
            return Err(Error::RequestTimeout);
        };
        let Some(chunk) = chunk else { break };
        let chunk = chunk.map_err(|error| Error::MalformedJson(format!("the body broke off: {error}")))?;
        if body.len() + chunk.len() > rules.bytes_max {
            return Err(Error::PayloadTooLarge(rules.bytes_max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body { bytes: body.freeze(), is_gzip, bytes_max: rules.bytes_max, format })
}

fn app(request: &HttpRequest) -> Result<&web::Data<App>> {
    request.app_data().ok_or_else(|| Error::Bug("the application state is missing".into()))
}

fn check_length(request: &HttpRequest, rules: Rules) -> Result<()> {
    match content_length(request) {
        Some(length) if length > rules.bytes_max => Err(Error::PayloadTooLarge(rules.bytes_max)),
        _ => Ok(()),
    }
}

fn content_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// JSON, or NDJSON where it may be, with no charset but UTF-8 (JSON has no other) and no coding but gzip.
fn content_type(request: &HttpRequest, rules: Rules) -> Result<(Format, bool)> {
    let wanted = || {
        Error::UnsupportedMediaType(if rules.is_bulk {
            "send `Content-Type: application/json` or `application/x-ndjson`, in UTF-8, \
             and no `Content-Encoding` but gzip"
        } else {
            "send `Content-Type: application/json`, in UTF-8, and no `Content-Encoding`"
        })
    };
    let text = |name| match request.headers().get(name) {
        None => Ok(None),
        Some(value) => value.to_str().map(Some).ok().ok_or_else(wanted),
    };
    let value = text(header::CONTENT_TYPE)?.ok_or_else(wanted)?;
    let mut parts = value.split(';').map(str::trim);
    let format = match parts.next().map(str::to_ascii_lowercase).as_deref() {
        Some("application/json") => Format::Json,
        Some("application/x-ndjson") if rules.is_bulk => Format::Ndjson,
        _ => return Err(wanted()),
    };
    let is_utf8 = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let is_gzip = match text(header::CONTENT_ENCODING)?.map(str::to_ascii_lowercase).as_deref() {
        None => false,
        Some("gzip") if rules.is_bulk => true,
        Some(_) => return Err(wanted()),
    };
    if is_utf8 { Ok((format, is_gzip)) } else { Err(wanted()) }
}
