//! Events for people: newest first, page by page.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::{param, render};
use crate::{
    access::{Granted, OrgScope, Permit, permission::ReadEvents},
    app::App,
    error::{Error, Result},
    events::{
        filter::{Filter, FilterText},
        page::{Order, PageCursor, Position},
        schema,
        store::{self, PageQuery},
    },
    http::{
        page::{self, LIMIT_MAX, Limit},
        problems,
        query::Params,
    },
};

/// Which events to list. Several conditions must all hold; a comma means any of.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Actions; `user.*` is every action that begins with `user.`.
    #[param(value_type = Option<param::Actions>, inline, example = "user.invited,group.*")]
    action: Option<String>,
    /// Categories, in any case.
    #[param(value_type = Option<param::Texts>, inline, example = "Users")]
    category: Option<String>,
    /// The actor's id, name or e-mail, in any case.
    #[param(value_type = Option<param::Texts>, inline, example = "ada@example.com")]
    actor: Option<String>,
    /// The id, name or e-mail of any target, in any case.
    #[param(value_type = Option<param::Texts>, inline, example = "bob@example.com")]
    target: Option<String>,
    /// The workspace's id or name, in any case.
    #[param(value_type = Option<param::Texts>, inline, example = "Production")]
    workspace: Option<String>,
    /// `setting_update`, `system_configuration`, `user_action`.
    #[param(value_type = Option<param::ActivityTypes>, inline, example = "user_action")]
    activity_type: Option<String>,
    /// `success`, `failure`, `denied`, `unknown`.
    #[param(value_type = Option<param::Outcomes>, inline, example = "failure,denied")]
    outcome: Option<String>,
    /// `informational`, `low`, `medium`, `high`, `critical`.
    #[param(value_type = Option<param::Severities>, inline, example = "high,critical")]
    severity: Option<String>,
    /// Names of API keys, or `annals`, in any case.
    #[param(value_type = Option<param::Texts>, inline, example = "billing-api")]
    source: Option<String>,
    /// Addresses of clients, IPv4 or IPv6.
    #[param(value_type = Option<param::Addresses>, inline, example = "203.0.113.7")]
    ip: Option<String>,
    /// Occurred at or after: RFC 3339, a date (UTC), or a span back from now (`-15m`, `-24h`, `-7d`).
    #[param(value_type = Option<param::Instant>, inline, example = "-7d")]
    since: Option<String>,
    /// Occurred before; the same forms.
    #[param(value_type = Option<param::Instant>, inline, example = "2026-11-02")]
    until: Option<String>,
    /// `desc` (newest first) or `asc`, by (occurred_at, sequence). Default: desc.
    #[param(inline)]
    order: Option<OrderParam>,
    /// Events per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before; repeat the other parameters.
    #[param(min_length = 1, max_length = 256)]
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
    let link = page.page.next_cursor.as_ref().map(|cursor| page::next_link(&request, cursor));
    Ok(page::answer(link, &page))
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
    limit: Limit,
}

impl ListQuery {
    fn text(&self) -> FilterText<'_> {
        filter_text!(self, self.since.as_deref(), self.until.as_deref())
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
        let limit = Limit::of(query.limit, LIMIT_MAX)?;
        let Some(cursor) = &query.cursor else {
            return Ok(Self { filter, order, as_of: None, first_sequence: None, after: None, limit });
        };
        let cursor = PageCursor::open(cursor, &app.keyring, scope, &text, order)?;
        // "The last 24 hours" are those before page 1, on every page.
        (filter.since, filter.until) = (cursor.since, cursor.until);
        let (as_of, first_sequence) = (Some(cursor.as_of), Some(cursor.first_sequence));
        Ok(Self { filter, order, as_of, first_sequence, after: Some(cursor.after), limit })
    }

    /// One row more than is answered: its presence says that there is a next page.
    fn query(&self) -> PageQuery<'_> {
        let (order, as_of, after) = (self.order, self.as_of, self.after);
        PageQuery { filter: &self.filter, order, as_of, after, limit: self.limit.and_one() }
    }

    fn page(
        &self,
        app: &App,
        scope: &OrgScope<ReadEvents>,
        query: &ListQuery,
        mut page: store::Page,
    ) -> Result<EventPage> {
        let has_more = self.limit.cut(&mut page.events);
        let next_cursor = match page.events.last() {
            Some(last) if has_more => {
                let after = Position { occurred_at: last.occurred_at, sequence: last.sequence };
                let Filter { since, until, .. } = self.filter;
                let (order, as_of) = (self.order, page.as_of);
                let first_sequence = self.first_sequence.unwrap_or(page.first_sequence);
                let cursor = PageCursor { order, since, until, as_of, first_sequence, after };
                Some(cursor.seal(&app.keyring, scope, &query.text())?)
            }
            _ => None,
        };
        let data = render(scope, &page.events)?;
        let pruned = self.first_sequence.filter(|first| *first < page.first_sequence).map(|_| true);
        Ok(EventPage { data, page: PageInfo { next_cursor, has_more, as_of: page.as_of, pruned } })
    }
}
