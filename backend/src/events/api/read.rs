//! Events out: a list for people, the tail for programs, one by its id.
#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, guard::GuardContext, http::header, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::{Granted, OrgScope, Permit, permission::ReadEvents},
    app::App,
    error::{Error, FieldError, Problem, Result},
    events::{
        self,
        filter::{Filter, FilterText},
        page::{Order, PageCursor, Position},
        schema,
        store::{self, PageQuery},
    },
    http::{
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    keyring::Purpose,
};

/// Most events in one answer.
const LIMIT_MAX: u32 = 1_000;
/// Events in one answer unless told otherwise.
const LIMIT_DEFAULT: u32 = 50;
/// Longest wait of a long poll, in seconds.
const WAIT_SECONDS_MAX: u32 = 30;
/// How often a long poll looks.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Which events to list. Several conditions must all hold; a comma means any of.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Actions; `user.*` is every action that begins with `user.`.
    #[param(example = "user.invited,group.*")]
    action: Option<String>,
    /// Categories, in any case.
    #[param(example = "Users")]
    category: Option<String>,
    /// The actor's id, name or e-mail, in any case.
    #[param(example = "ada@example.com")]
    actor: Option<String>,
    /// Occurred at or after: RFC 3339, a date (UTC), or a span back from now (`-15m`, `-24h`, `-7d`).
    #[param(example = "-7d")]
    since: Option<String>,
    /// Occurred before; the same forms.
    #[param(example = "2026-11-02")]
    until: Option<String>,
    /// `desc` (newest first) or `asc`, by (occurred_at, sequence). Default: desc.
    #[param(inline)]
    order: Option<OrderParam>,
    /// Events per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before; repeat the other parameters.
    cursor: Option<String>,
}

/// Direction of a list.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrderParam {
    /// Newest first.
    Desc,
    /// Oldest first.
    Asc,
}

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
    action: Option<String>,
    /// As in the list.
    category: Option<String>,
    /// As in the list.
    actor: Option<String>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventPage {
    /// The events, in the order asked for.
    #[schema(value_type = Vec<schema::Event>)]
    data: Vec<Box<RawValue>>,
    /// Where this page stands.
    page: PageInfo,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageInfo {
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    next_cursor: Option<String>,
    /// Whether there is a next page.
    has_more: bool,
    /// The list holds events below this sequence: those that were in the log when its first page was read.
    #[schema(minimum = 0)]
    as_of: i64,
    /// Present, and true, when retention removed events of the list since its first page was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pruned: Option<bool>,
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

/// List events
///
/// Newest first by default, ordered by (occurred_at, sequence). The first page fixes the list: later pages
/// never gain an event that was recorded meanwhile. To follow the log without missing anything, use the tail.
#[utoipa::path(
    tag = "events",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), ListQuery),
    responses(
        (status = 200, description = "A page", body = EventPage,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:read"))),
)]
#[get("/v1/orgs/{org}/events")]
pub(crate) async fn list_events(
    request: HttpRequest,
    granted: Granted<Permit<ReadEvents>, Params<ListQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, query) = granted;
    let list = List::open(&app, &permit.scope, &query)?;
    let (wanted, scope) = (list.clone(), permit.scope.clone());
    let page = app.db.read("events.page", move |conn| store::page(conn, &scope, &wanted.query())).await?;
    let page = list.page(&app, &permit.scope, &query, page)?;
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &page.page.next_cursor {
        response.insert_header((header::LINK, format!("<{}>; rel=\"next\"", next_url(&request, cursor))));
    }
    Ok(response.json(page))
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
) -> Result<web::Json<TailPage>> {
    let Granted(permit, query) = granted;
    let text = FilterText {
        action: query.action.as_deref(),
        category: query.category.as_deref(),
        actor: query.actor.as_deref(),
        ..FilterText::default()
    };
    let filter = text.parse(app.clock.now()).map_err(Error::InvalidQuery)?;
    let from = query.from.unwrap_or(0);
    if from < 0 {
        return Err(Error::InvalidQuery(vec![FieldError::new("from", "out_of_range", "0 or more")]));
    }
    let wanted = store::TailQuery { filter, from, limit: limit(query.limit)? };
    let tail = wait_for_tail(&app, &permit.scope, wanted, wait(query.wait)?).await?;
    let data = render(&permit.scope, &tail.events)?;
    Ok(web::Json(TailPage { data, next_from: tail.next_from, has_more: tail.next_from < tail.next_sequence }))
}

/// Get an event
///
/// The event as it was sealed, with its place in the log.
#[utoipa::path(
    tag = "events",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("id" = String, Path, description = "Id of the event, a hyphenated UUID", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    responses(
        (status = 200, description = "The event", body = schema::Event),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:read"))),
)]
#[get("/v1/orgs/{org}/events/{id}", guard = "names_an_event")]
pub(crate) async fn get_event(
    granted: Granted<Permit<ReadEvents>, Params<NoQuery>>,
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<web::Json<Box<RawValue>>> {
    let Granted(permit, _) = granted;
    let id = request.match_info().get("id").and_then(Id::<id::Event>::parse).ok_or(Error::NotFound)?;
    let scope = permit.scope.clone();
    let event = app.db.read("events.find", move |conn| store::find(conn, &scope, id)).await?;
    event.ok_or(Error::NotFound)?.to_json(permit.scope.slug()).map(web::Json)
}

/// `/events/batch` is no event: it has routes of its own, which say which methods it takes.
fn names_an_event(request: &GuardContext<'_>) -> bool {
    !request.head().uri.path().ends_with("/batch")
}

/// A list, as its first page fixed it.
#[derive(Debug, Clone)]
struct List {
    filter: Filter,
    order: Order,
    as_of: Option<i64>,
    first_sequence: Option<i64>,
    after: Option<Position>,
    /// Events per page.
    limit: i64,
}

impl ListQuery {
    fn text(&self) -> FilterText<'_> {
        FilterText {
            action: self.action.as_deref(),
            category: self.category.as_deref(),
            actor: self.actor.as_deref(),
            since: self.since.as_deref(),
            until: self.until.as_deref(),
        }
    }
}

impl List {
    fn open(app: &App, scope: &OrgScope<ReadEvents>, query: &ListQuery) -> Result<Self> {
        let text = query.text();
        let mut filter = text.parse(app.clock.now()).map_err(Error::InvalidQuery)?;
        let order = match query.order.unwrap_or(OrderParam::Desc) {
            OrderParam::Desc => Order::Descending,
            OrderParam::Asc => Order::Ascending,
        };
        let limit = limit(query.limit)?;
        let Some(cursor) = &query.cursor else {
            return Ok(Self { filter, order, as_of: None, first_sequence: None, after: None, limit });
        };
        let key = app.keyring.current(Purpose::Cursor)?;
        let cursor = PageCursor::open(cursor, key, scope, &text, order)?;
        // "The last 24 hours" are those before page 1, on every page.
        (filter.since, filter.until) = (cursor.since, cursor.until);
        let (as_of, first_sequence) = (Some(cursor.as_of), Some(cursor.first_sequence));
        Ok(Self { filter, order, as_of, first_sequence, after: Some(cursor.after), limit })
    }

    /// One row more than is answered: its presence says that there is a next page.
    fn query(&self) -> PageQuery<'_> {
        let (order, as_of, after) = (self.order, self.as_of, self.after);
        PageQuery { filter: &self.filter, order, as_of, after, limit: self.limit + 1 }
    }

    fn page(
        &self,
        app: &App,
        scope: &OrgScope<ReadEvents>,
        query: &ListQuery,
        mut page: store::Page,
    ) -> Result<EventPage> {
        let limit = usize::try_from(self.limit).ok().ok_or_else(|| Error::Bug("a negative limit".into()))?;
        let has_more = page.events.len() > limit;
        page.events.truncate(limit);
        let next_cursor = match page.events.last() {
            Some(last) if has_more => {
                let after = Position { occurred_at: last.occurred_at, sequence: last.sequence };
                let Filter { since, until, .. } = self.filter;
                let (order, as_of) = (self.order, page.as_of);
                let first_sequence = self.first_sequence.unwrap_or(page.first_sequence);
                let cursor = PageCursor { order, since, until, as_of, first_sequence, after };
                Some(cursor.seal(app.keyring.current(Purpose::Cursor)?, scope, &query.text())?)
            }
            _ => None,
        };
        let data = render(scope, &page.events)?;
        let pruned = self.first_sequence.filter(|first| *first < page.first_sequence).map(|_| true);
        Ok(EventPage { data, page: PageInfo { next_cursor, has_more, as_of: page.as_of, pruned } })
    }
}

fn render(scope: &OrgScope<ReadEvents>, events: &[events::Event]) -> Result<Vec<Box<RawValue>>> {
    events.iter().map(|event| event.to_json(scope.slug())).collect()
}

fn limit(limit: Option<u32>) -> Result<i64> {
    match limit.unwrap_or(LIMIT_DEFAULT) {
        limit @ 1..=LIMIT_MAX => Ok(i64::from(limit)),
        _ => Err(Error::InvalidQuery(vec![FieldError::new(
            "limit",
            "out_of_range",
            format!("1 to {LIMIT_MAX}"),
        )])),
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

/// The same request for the next page.
fn next_url(request: &HttpRequest, cursor: &str) -> String {
    let kept =
        request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let pairs: Vec<String> = kept.map(ToOwned::to_owned).chain([format!("cursor={cursor}")]).collect();
    format!("{}?{}", request.path(), pairs.join("&"))
}

/// Reads the tail; when there is nothing yet, looks again until there is, the wait is over, or the service
/// is about to stop.
async fn wait_for_tail(
    app: &App,
    scope: &OrgScope<ReadEvents>,
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
        }
    }
}
