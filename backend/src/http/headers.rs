//! What every request and every answer gets: an id, the security headers, one line in the log.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpMessage,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use tracing::field::display;

use crate::{
    app::App,
    error::ProblemCode,
    id::{self, Id},
    request,
};

/// A request that takes longer is named in the log.
const SLOW: Duration = Duration::from_secs(1);

/// Nothing runs in the page but what we serve, and nothing frames it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Wraps the handling of one request.
pub(super) async fn apply(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let app = request.app_data::<web::Data<App>>().cloned();
    let id = app.as_ref().map(|app| Id::<id::Request>::new(app.clock.now()));
    let is_https = app.as_ref().is_some_and(|app| app.config.is_https());
    let method = request.method().clone();
    // Whatever can be fetched can be asked for without its body, which the server then does not send.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }

    // The request may not be kept here: routing needs to be its only owner.
    let mut handling = pin!(next.call(request));
    // The id must be known wherever an error becomes an answer, on whichever poll that happens.
    let response = poll_fn(|context| request::within(id, || handling.as_mut().poll(context))).await?;
    let mut response = response.map_into_boxed_body();
    set_headers(response.headers_mut(), id, is_https);
    if let Some(app) = app {
        Answered::of(&method, &response, started.elapsed()).tell(&app, id);
    }
    Ok(response)
}

/// Marks a request that wanted to wait: how long it took says nothing of the service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LongPoll;

/// What is counted and logged of an answer. The path is the route's pattern: the real one may hold anything.
struct Answered<'a> {
    method: &'a Method,
    pattern: Option<String>,
    status: u16,
    code: Option<&'static str>,
    took: Duration,
    is_long_poll: bool,
}

impl<'a> Answered<'a> {
    fn of(method: &'a Method, response: &ServiceResponse<BoxBody>, took: Duration) -> Self {
        Self {
            method,
            pattern: response.request().match_pattern(),
            status: response.status().as_u16(),
            code: response.response().extensions().get::<ProblemCode>().map(|code| code.0),
            took,
            is_long_poll: response.request().extensions().contains::<LongPoll>(),
        }
    }

    fn tell(&self, app: &App, id: Option<Id<id::Request>>) {
        let Self { method, pattern, status, code, took, is_long_poll } = self;
        let pattern = pattern.as_deref();
        app.metrics.requests.answered(method, pattern, *status, (!is_long_poll).then_some(*took));
        if let Some(code) = code {
            app.metrics.requests.refused(code);
        }
        let (id, path, ms) = (id.map(display), pattern.unwrap_or("-"), took.as_secs_f64() * 1_000.0);
        // Whoever is turned away in a rush is counted; a line for each would add to the rush.
        let is_failure = *status >= 500 && !matches!(code, Some("overloaded" | "busy"));
        if is_failure || (*took > SLOW && !is_long_poll) {
            tracing::warn!(request_id = id, %method, path, status, code, ms, "request");
        } else {
            tracing::debug!(request_id = id, %method, path, status, code, ms, "request");
        }
    }
}

fn set_headers(headers: &mut HeaderMap, id: Option<Id<id::Request>>, is_https: bool) {
    for (name, value) in ALWAYS {
        // Only the API reference brings a policy of its own.
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if is_https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(Ok(value)) = id.map(|id| HeaderValue::from_str(&id.to_string())) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
