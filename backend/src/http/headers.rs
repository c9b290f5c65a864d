//! What every request and every answer gets: an id, the security headers, one line in the log.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    time::Instant,
};

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use crate::{
    app::App,
    error,
    id::{self, Id},
};

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
    let id = app.as_ref().map_or_else(String::new, |app| Id::<id::Event>::new(app.clock.now()).to_string());
    let is_https = app.is_some_and(|app| app.config.is_https());
    let method = request.method().clone();
    // Whatever can be fetched can be asked for without its body, which the server then does not send.
    if method == Method::HEAD {
        request.head_mut().method = Method::GET;
    }

    // The request may not be kept here: routing needs to be its only owner.
    let mut handling = pin!(next.call(request));
    // The id must be known wherever an error becomes an answer, on whichever poll that happens.
    let response = poll_fn(|context| error::with_request_id(&id, || handling.as_mut().poll(context))).await?;
    let path = response.request().match_pattern().unwrap_or_else(|| "-".into());
    let mut response = response.map_into_boxed_body();
    set_headers(response.headers_mut(), &id, is_https);

    let (status, ms) = (response.status().as_u16(), started.elapsed().as_secs_f64() * 1_000.0);
    tracing::debug!(request_id = id, %method, path, status, ms, "request");
    Ok(response)
}

fn set_headers(headers: &mut HeaderMap, id: &str, is_https: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
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
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
