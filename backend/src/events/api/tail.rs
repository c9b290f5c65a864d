//! Events for programs: in the order of the log, none skipped.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, get, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::{param, render};
use crate::{
    access::{Granted, OrgScope, Permit, permission::ReadEvents},
    app::App,
    error::{Error, FieldError, Problem, Result},
    events::{filter::FilterText, schema, store},
    http::{
        headers::LongPoll,
        page::{LIMIT_MAX, Limit},
        problems,
        query::Params,
    },
};

/// Longest wait of a long poll, in seconds.
const WAIT_SECONDS_MAX: u32 = 30;
/// How often a long poll looks.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Which part of the tail to read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TailQuery {
    /// First sequence to look at: 0 for the first event ever, afterwards the last answer's `next_from`.
    #[param(minimum = 0, example = 0)]
    from: Option<i64>,
    /// Most events in the answer. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// Seconds to wait for an event when there is none yet. Default: 0.
    #[param(minimum = 0, maximum = 30, example = 20)]
    wait: Option<u32>,
    /// As in the list.
    #[param(value_type = Option<param::Actions>, inline)]
    action: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Texts>, inline)]
    category: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Texts>, inline)]
    actor: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Texts>, inline)]
    target: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Texts>, inline)]
    workspace: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::ActivityTypes>, inline)]
    activity_type: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Outcomes>, inline)]
    outcome: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Severities>, inline)]
    severity: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Texts>, inline)]
    source: Option<String>,
    /// As in the list.
    #[param(value_type = Option<param::Addresses>, inline)]
    ip: Option<String>,
}

/// Events in the order of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TailPage {
    /// The events; empty when nothing that fits is there yet.
    #[schema(value_type = Vec<schema::Event>)]
    data: Vec<Box<RawValue>>,
    /// Where to go on. Present, and never smaller than `from`, also when `data` is empty.
    #[schema(minimum = 0)]
    next_from: i64,
    /// Whether there is more to look at right now.
    has_more: bool,
}

/// Read the tail of the log
///
/// Events in commit order from a sequence on. Ask again with `next_from`: nothing is ever skipped, nothing
/// comes twice. A filtered read looks at no more than 10,000 events at a time, and moves on even when none fits.
#[utoipa::path(
    tag = "events",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), TailQuery),
    responses(
        (status = 200, description = "Events, and where to go on", body = TailPage),
        (status = 410, description = "`from` is below the pruned edge of the log", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:read"))),
)]
#[get("/v1/orgs/{org}/events/tail")]
pub(crate) async fn tail_events(
    granted: Granted<Permit<ReadEvents>, Params<TailQuery>>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<web::Json<TailPage>> {
    let Granted(permit, query) = granted;
    let filter = query.text().parse(app.clock.now()).map_err(Error::InvalidQuery)?;
    let from = query.from.unwrap_or(0);
    if from < 0 {
        return Err(Error::InvalidQuery(vec![FieldError::new("from", "out_of_range", "0 or more")]));
    }
    let wanted =
        store::TailQuery { filter, from, limit: i64::from(Limit::of(query.limit, LIMIT_MAX)?.rows()) };
    let wait = wait(query.wait)?;
    if !wait.is_zero() {
        request.extensions_mut().insert(LongPoll);
    }
    let tail = wait_for_tail(&app, (&permit.scope, &request), wanted, wait).await?;
    let data = render(&permit.scope, &tail.events)?;
    Ok(web::Json(TailPage { data, next_from: tail.next_from, has_more: tail.next_from < tail.next_sequence }))
}

impl TailQuery {
    /// Without times: the tail is read by sequence.
    fn text(&self) -> FilterText<'_> {
        filter_text!(self, None, None)
    }
}

fn wait(wait: Option<u32>) -> Result<Duration> {
    let seconds = wait.unwrap_or(0);
    if seconds > WAIT_SECONDS_MAX {
        let message = format!("0 to {WAIT_SECONDS_MAX} seconds");
        return Err(Error::InvalidQuery(vec![FieldError::new("wait", "out_of_range", message)]));
    }
    Ok(Duration::from_secs(u64::from(seconds)))
}

/// Reads the tail; when there is nothing yet, looks again until there is, the wait is over, or the service
/// is about to stop.
async fn wait_for_tail(
    app: &App,
    (scope, request): (&OrgScope<ReadEvents>, &HttpRequest),
    mut wanted: store::TailQuery,
    wait: Duration,
) -> Result<store::Tail> {
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        let (scope, query) = (scope.clone(), wanted.clone());
        let tail = app.db.read("events.tail", move |conn| store::tail(conn, &scope, &query)).await?;
        let is_over = tokio::time::Instant::now() >= deadline || app.is_stopping();
        if !tail.events.is_empty() || is_over {
            return Ok(tail);
        }
        wanted.from = tail.next_from;
        if tail.next_from >= tail.next_sequence {
            tokio::time::sleep(POLL_INTERVAL).await;
            // Whoever may not any more is not told at the end of their wait, but at the next look.
            Permit::<ReadEvents>::check_again(app, request).await?;
        }
    }
}
