//! The one error type, and the answer that it becomes (RFC 9457).

use std::fmt;

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    problem::{self, Kind},
    request,
};

/// What a function of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, in the words of the person who reads it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A query parameter is unknown, repeated or malformed.
    #[error("{} in the query", count(.0.len()))]
    InvalidQuery(Vec<FieldError>),
    /// The body is not JSON.
    #[error("{0}")]
    MalformedJson(String),
    /// A header breaks a rule.
    #[error("the header {0} must stand in the request {1}")]
    InvalidHeader(&'static str, &'static str),
    /// The page cursor is not one of ours, or is damaged.
    #[error("the cursor is damaged; start again without one")]
    CursorInvalid,
    /// The page cursor belongs to another organization, order or set of filters.
    #[error("the cursor was made for other filters; repeat the parameters of the first page")]
    CursorMismatch,
    /// The page cursor points past the log, as after a restore from backup.
    #[error("the cursor is from a log that no longer exists; start again without one")]
    CursorExpired,
    /// No credentials, or none that are valid.
    #[error("send `Authorization: Bearer` with an access token or an API key")]
    Unauthenticated,
    /// Wrong e-mail or password; never says which.
    #[error("the e-mail or the password is wrong")]
    InvalidCredentials,
    /// Not the token of the first run.
    #[error("this is not the token in the file `setup-token` of the service's data folder")]
    WrongSetupToken,
    /// Wrong password of somebody who is signed in.
    #[error("the password is wrong")]
    WrongPassword,
    /// A second factor that is wrong or was used before; never says which.
    #[error("the code is wrong, or was used before")]
    WrongCode,
    /// Too many failed sign-ins of this account or from this address.
    #[error("too many failed attempts; try again in {0} s")]
    Throttled(u32),
    /// The key appends faster than it was given.
    #[error("this key appends faster than its rate limit; send the same again in {0} s")]
    RateLimited(u32),
    /// The refresh cookie is absent, expired or revoked.
    #[error("the session has ended; sign in again")]
    SessionEnded,
    /// The principal is known but may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// Operators do not see an organization's log by role.
    #[error("operators see an organization's log and members only under break-glass; open it with a reason")]
    BreakGlassRequired,
    /// Nothing is recorded for a suspended organization.
    #[error("the organization is suspended: {0}")]
    OrganizationSuspended(String),
    /// The organization's plan does not include it, or has no room for more of it.
    #[error("{0}")]
    PlanRequired(String),
    /// The link was used, revoked or replaced, has expired, or never was; never says which.
    #[error("the link was used, withdrawn or replaced, or has expired; ask for a new one")]
    LinkGone,
    /// Whoever may do this must sign in with a second factor.
    #[error("set up a second factor first: post to /v1/auth/mfa/totp")]
    MfaRequired,
    /// The person's last proof of who they are is too long ago for this.
    #[error("confirm first that it is you: post your password, or a code of your app, to /v1/auth/reauth")]
    ReauthRequired,
    /// A cookie-carrying request that does not prove it comes from the page.
    #[error("send `X-Annals-CSRF: 1` from the service's own page")]
    CsrfRejected,
    /// Absent, or not yours: the two are indistinguishable.
    #[error("there is no such resource, or you have no access to it")]
    NotFound,
    /// What was asked for is below the pruned edge of the log.
    #[error("events before sequence {0} were removed by the retention rule; go on from there")]
    Pruned(i64),
    /// The path exists, the method does not.
    #[error("this resource answers only {0}")]
    MethodNotAllowed(String),
    /// The body's content type is not one that the route reads.
    #[error("{0}")]
    UnsupportedMediaType(&'static str),
    /// The body came in too slowly.
    #[error("the body came in too slowly; send it at 8 KiB a second or faster")]
    RequestTimeout,
    /// The body is over the route's limit, in bytes.
    #[error("the body is over the limit of {0} bytes")]
    PayloadTooLarge(usize),
    /// The same id was used for an event with other content.
    #[error("an event with this id and other content is already in the log")]
    IdConflict,
    /// The same for events of an atomic batch: none of it was recorded.
    #[error("nothing was recorded: events with these ids and other content are already in the log")]
    IdConflicts(Vec<FieldError>),
    /// Something of that name exists.
    #[error("{0}")]
    Conflict(String),
    /// The organization would have nobody left who can manage it.
    #[error("this is the organization's last admin; make somebody else an admin first")]
    LastAdmin,
    /// Somebody else has changed it since it was read. Holds the current version, if it still exists.
    #[error("{}", changed_since(*.0))]
    VersionConflict(Option<i32>),
    /// The body is JSON but breaks rules; every broken rule found is listed.
    #[error("{} in the body", count(.0.len()))]
    Invalid(Vec<FieldError>),
    /// The write queue is full.
    #[error("the write queue is full; try again after {0} s")]
    Overloaded(u32),
    /// Too many of this at once.
    #[error("too many requests of this kind at once; try again after {0} s")]
    Busy(u32),
    /// The service cannot answer now; the cause is logged, not shown.
    #[error("the service cannot answer right now; try again")]
    Unavailable(String),
    /// A COMMIT whose outcome is not known. The writer settles it; others report it as unavailable.
    #[error("the outcome of the write is not known; try again with the same id")]
    CommitUnknown(String),
    /// The database said no.
    #[error("database: {0}")]
    Database(#[from] diesel::result::Error),
    /// The stored log contradicts its own proof. Nothing is appended to it any more.
    #[error("the log does not match its seal: {0}")]
    Integrity(String),
    /// A setting that the service cannot start with.
    #[error("{0}")]
    Config(String),
    /// A state that the code rules out.
    #[error("bug: {0}")]
    Bug(String),
}

fn count(errors: usize) -> String {
    if errors == 1 { "1 error".into() } else { format!("{errors} errors") }
}

fn changed_since(current: Option<i32>) -> String {
    match current {
        Some(version) => {
            format!("this is at version {version} now; read it again, and send that version with your change")
        }
        None => "there is nothing of that name to replace; leave `version` out to create it".into(),
    }
}

/// Longest pointer in an error, in bytes; a longer one is cut, with `…`.
const POINTER_BYTES_MAX: usize = 512;

/// One broken rule, with the place where it was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where: an RFC 6901 JSON pointer into the body (`/events/3/occurred_at`), or the name of a parameter.
    #[schema(example = "/occurred_at")]
    pub pointer: String,
    /// Which rule: stable, for programs.
    #[schema(example = "invalid_format")]
    pub code: &'static str,
    /// The same for people, with the way out.
    #[schema(example = "must be an RFC 3339 time with an offset, like 2026-11-02T10:15:30Z")]
    pub message: String,
}

impl FieldError {
    /// A broken rule at `pointer`.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let mut pointer = pointer.into();
        // Keys come from the client: an error must not be larger than what it complains about.
        if let Some((cut, _)) = pointer.char_indices().find(|(at, _)| *at >= POINTER_BYTES_MAX) {
            pointer.truncate(cut);
            pointer.push('…');
        }
        Self { pointer, code, message: message.into() }
    }
}

/// An error answer (RFC 9457, `application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The kind of problem, as a URN that ends in `code`.
    #[serde(rename = "type")]
    #[schema(example = "urn:annals:problem:invalid")]
    pub kind: String,
    /// What kind of problem it is, in words.
    #[schema(example = "The request breaks a rule")]
    pub title: &'static str,
    /// The HTTP status, repeated.
    #[schema(example = 422)]
    pub status: u16,
    /// What kind of problem it is: stable, for programs.
    #[schema(example = "invalid")]
    pub code: &'static str,
    /// What went wrong this time, and the way out.
    #[schema(example = "1 error in the body")]
    pub detail: String,
    /// The request's id, to quote when asking for help; also in the `X-Request-Id` header.
    #[schema(example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")]
    pub request_id: String,
    /// Every broken rule that was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// The code of the problem that an answer is, for those who count answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProblemCode(pub(crate) &'static str);

impl Error {
    /// Which kind of problem each error is answered as.
    fn kind(&self) -> &'static Kind {
        match self {
            Self::InvalidQuery(_) => problem::INVALID_QUERY,
            Self::MalformedJson(_) => problem::MALFORMED_JSON,
            Self::InvalidHeader(..) => problem::INVALID_HEADER,
            Self::CursorInvalid => problem::CURSOR_INVALID,
            Self::CursorMismatch => problem::CURSOR_MISMATCH,
            Self::CursorExpired => problem::CURSOR_EXPIRED,
            Self::Unauthenticated => problem::UNAUTHENTICATED,
            Self::InvalidCredentials | Self::WrongPassword | Self::WrongCode => problem::INVALID_CREDENTIALS,
            Self::WrongSetupToken => problem::SETUP_TOKEN_WRONG,
            Self::Throttled(_) => problem::TOO_MANY_ATTEMPTS,
            Self::RateLimited(_) => problem::RATE_LIMITED,
            Self::SessionEnded => problem::SESSION_ENDED,
            Self::Forbidden(_) => problem::FORBIDDEN,
            Self::BreakGlassRequired => problem::BREAK_GLASS_REQUIRED,
            Self::OrganizationSuspended(_) => problem::ORGANIZATION_SUSPENDED,
            Self::PlanRequired(_) => problem::PLAN_REQUIRED,
            Self::MfaRequired => problem::MFA_REQUIRED,
            Self::ReauthRequired => problem::REAUTH_REQUIRED,
            Self::CsrfRejected => problem::CSRF_REJECTED,
            Self::LinkGone => problem::LINK_GONE,
            Self::NotFound => problem::NOT_FOUND,
            Self::Pruned(_) => problem::PRUNED,
            Self::MethodNotAllowed(_) => problem::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType(_) => problem::UNSUPPORTED_MEDIA_TYPE,
            Self::RequestTimeout => problem::REQUEST_TIMEOUT,
            Self::PayloadTooLarge(_) => problem::PAYLOAD_TOO_LARGE,
            Self::IdConflict | Self::IdConflicts(_) => problem::ID_CONFLICT,
            Self::Conflict(_) => problem::CONFLICT,
            Self::LastAdmin => problem::LAST_ADMIN,
            Self::VersionConflict(_) => problem::VERSION_CONFLICT,
            Self::Invalid(_) => problem::INVALID,
            Self::Overloaded(_) => problem::OVERLOADED,
            Self::Busy(_) => problem::BUSY,
            Self::Unavailable(_) | Self::CommitUnknown(_) => problem::UNAVAILABLE,
            Self::Database(cause) if crate::db::may_pass(cause) => problem::UNAVAILABLE,
            Self::Integrity(_) => problem::LOG_DAMAGED,
            Self::Config(_) | Self::Bug(_) | Self::Database(_) => problem::INTERNAL,
        }
    }

    /// Turns a broken UNIQUE into a [`Error::Conflict`] that says what is taken.
    pub(crate) fn on_taken(
        result: diesel::QueryResult<usize>,
        taken: impl FnOnce() -> String,
    ) -> Result<usize> {
        result.map_err(|error| {
            if crate::db::is_unique_violation(&error) {
                Self::Conflict(taken())
            } else {
                Self::Database(error)
            }
        })
    }

    /// Seconds after which a retry makes sense, where it does.
    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::Overloaded(seconds)
            | Self::Busy(seconds)
            | Self::Throttled(seconds)
            | Self::RateLimited(seconds) => Some(*seconds),
            _ if self.kind().status == StatusCode::SERVICE_UNAVAILABLE => Some(1),
            _ => None,
        }
    }

    /// What the client is told. Internal causes stay in the log.
    fn detail(&self) -> String {
        match self {
            Self::CommitUnknown(_) => Self::Unavailable(String::new()).to_string(),
            Self::Database(cause) if crate::db::may_pass(cause) => {
                Self::Unavailable(String::new()).to_string()
            }
            Self::Integrity(_) => "the stored log does not match its proof; call the operator".into(),
            Self::Config(_) | Self::Bug(_) | Self::Database(_) => "something went wrong on our side".into(),
            _ => self.to_string(),
        }
    }

    /// The answer as a problem document, for the request being handled.
    pub fn problem(&self) -> Problem {
        let kind = self.kind();
        Problem {
            kind: format!("urn:annals:problem:{}", kind.code),
            title: kind.title,
            status: kind.status.as_u16(),
            code: kind.code,
            detail: self.detail(),
            request_id: request::current().map_or_else(String::new, |id| id.to_string()),
            errors: match self {
                Self::Invalid(errors) | Self::InvalidQuery(errors) | Self::IdConflicts(errors) => {
                    errors.clone()
                }
                _ => Vec::new(),
            },
        }
    }

    /// Logs the causes that the client is not shown, once, where they become an answer.
    fn log_cause(&self) {
        match self {
            Self::Database(_)
            | Self::CommitUnknown(_)
            | Self::Integrity(_)
            | Self::Config(_)
            | Self::Bug(_) => {
                tracing::error!(request_id = request::field(), error = %self, "request failed");
            }
            Self::Unavailable(cause) => {
                tracing::warn!(request_id = request::field(), cause, "service unavailable");
            }
            _ => {}
        }
    }

    /// The answer as an HTTP response.
    fn respond(&self, builder: &mut HttpResponseBuilder) -> HttpResponse {
        if let Some(seconds) = self.retry_after_seconds() {
            builder.insert_header((header::RETRY_AFTER, seconds));
        }
        match self {
            Self::MethodNotAllowed(allow) => {
                builder.insert_header((header::ALLOW, allow.as_str()));
            }
            _ if self.kind().status == StatusCode::UNAUTHORIZED => {
                builder.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            _ => {}
        }
        let body = serde_json::to_string(&self.problem()).unwrap_or_default(); // strings and numbers only: cannot fail
        let mut response = builder.content_type("application/problem+json").body(body);
        response.extensions_mut().insert(ProblemCode(self.kind().code));
        response
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.kind().status
    }

    fn error_response(&self) -> HttpResponse {
        self.log_cause();
        self.respond(&mut HttpResponse::build(self.status_code()))
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}
