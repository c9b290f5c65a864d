//! The sources of an organization's events over HTTP: how many each sent, and which numbers are missing.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    catch_up, listing,
    numbering::{self, Numbering},
    store::SourceRow,
    tally::Seen,
};
use crate::{
    access::{Granted, OrgScope, Permit, permission::ReadEvents},
    app::App,
    clock::Time,
    error::{Error, Result},
    http::{
        page::{Limit, List, ListPage, answer},
        problems,
        query::Params,
    },
};

/// Most sources in one answer.
const SOURCES_MAX: u32 = 100;
/// Most gaps in one answer.
const GAPS_MAX: u32 = 1_000;
/// Gaps that are shown of each source in the list.
const GAPS_SHOWN: usize = 100;
/// The same and one more, whose presence says that there are more.
const GAPS_READ: i64 = 101;

/// Which page of sources to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SourcesQuery {
    /// Sources per page. Default: 50.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which page of gaps to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GapsQuery {
    /// Gaps per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// Organization and source out of the path, and which page.
type GapsRequest = (web::Path<(String, String)>, Params<GapsQuery>);

/// Numbers that a source has passed over and not sent since.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Gap {
    /// The first of them.
    #[schema(minimum = 0, example = 17)]
    first: i64,
    /// The last of them.
    #[schema(minimum = 0, example = 18)]
    last: i64,
}

/// What became of a source's own running numbers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceNumbers {
    /// The first number that was seen; there is no gap before it.
    #[schema(minimum = 0, example = 0)]
    first: i64,
    /// The highest number that was seen.
    #[schema(minimum = 0, example = 4112)]
    highest: i64,
    /// Events that carry a number.
    #[schema(minimum = 1, example = 810)]
    numbered: i64,
    /// Of these: events whose number had been seen before, or lies below the first.
    #[schema(minimum = 0, example = 1)]
    repeated: i64,
    /// Numbers in all gaps.
    #[schema(minimum = 0, example = 3)]
    missing: i64,
    /// The newest gaps, up to 100, in their order.
    gaps: Vec<Gap>,
    /// Present, and true, when there are more gaps: they have a list of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    more_gaps: Option<bool>,
}

/// Where events come from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceView {
    /// Name of the API key, or `annals`.
    #[schema(example = "billing-api")]
    source: String,
    /// How many events it has sent.
    #[schema(minimum = 1, example = 812)]
    events: i64,
    /// When the earliest of them was received.
    #[schema(value_type = String, format = DateTime)]
    first_seen: Time,
    /// When the latest of them was received.
    #[schema(value_type = String, format = DateTime)]
    last_seen: Time,
    /// Its own running numbers (`source_sequence`); absent when it sends none.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_sequence: Option<SourceNumbers>,
}

/// A page of sources.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceList {
    /// The sources, by name.
    data: Vec<SourceView>,
    /// The counts are of the log below this sequence, and exact.
    #[schema(minimum = 0, example = 8123)]
    as_of: i64,
    /// Where this page stands.
    page: ListPage,
}

/// A page of gaps.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GapList {
    /// The gaps, in the order of their numbers.
    data: Vec<Gap>,
    /// The gaps are of the log below this sequence, and exact.
    #[schema(minimum = 0, example = 8123)]
    as_of: i64,
    /// Where this page stands.
    page: ListPage,
}

/// List sources
///
/// Each API key that has sent events and the service itself, how many and when, and which of its own numbers
/// are missing: what a source counted in `source_sequence` and the log has not got was lost before it came here,
/// or is still on its way. An event that brings a missing number closes the gap.
#[utoipa::path(
    tag = "catalog",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), SourcesQuery),
    responses(
        (status = 200, description = "A page", body = SourceList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:read"))),
)]
#[get("/v1/orgs/{org}/sources")]
pub(crate) async fn list_sources(
    request: HttpRequest,
    granted: Granted<Permit<ReadEvents>, Params<SourcesQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, query) = granted;
    let (list, key) = (list(&permit.scope, "sources", ""), &app.keyring);
    let limit = Limit::of(query.limit, SOURCES_MAX)?;
    let after = query.cursor.as_ref().map(|cursor| list.open(key, cursor)).transpose()?;
    catch_up(&app.db, &permit.scope).await?;
    let read = move |conn: &mut crate::db::Conn| {
        listing::sources(conn, &permit.scope, after.as_deref(), limit.and_one(), GAPS_READ)
    };
    let (as_of, mut sources) = app.db.read("observed.sources", read).await?;
    let page = list.page(key, &mut sources, limit, |(row, _)| row.source.clone())?;
    let data = sources.into_iter().map(|(row, gaps)| SourceView::of(row, gaps)).collect();
    Ok(answer(page.link(&request), &SourceList { data, as_of, page }))
}

/// List the gaps of a source
///
/// Every gap in the numbers of one source, as the list of sources shows the newest ones.
#[utoipa::path(
    tag = "catalog",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("source" = String, Path, description = "Name of the API key, in its exact spelling", example = "billing-api"),
        GapsQuery,
    ),
    responses(
        (status = 200, description = "A page", body = GapList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:read"))),
)]
#[get("/v1/orgs/{org}/sources/{source}/gaps")]
pub(crate) async fn list_source_gaps(
    request: HttpRequest,
    granted: Granted<Permit<ReadEvents>, GapsRequest>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (path, query)) = granted;
    let (_, source) = path.into_inner();
    let (list, key) = (list(&permit.scope, "gaps", &source), &app.keyring);
    let limit = Limit::of(query.limit, GAPS_MAX)?;
    let after = query.cursor.as_ref().map(|cursor| list.open(key, cursor)).transpose()?;
    let after = after.map(|after| after.parse().ok().ok_or(Error::CursorInvalid)).transpose()?;
    catch_up(&app.db, &permit.scope).await?;
    let read =
        move |conn: &mut crate::db::Conn| listing::gaps(conn, &permit.scope, &source, after, limit.and_one());
    let (as_of, gaps) = app.db.read("observed.gaps", read).await?;
    let mut gaps = gaps.ok_or(Error::NotFound)?;
    let page = list.page(key, &mut gaps, limit, |(first, _)| first.to_string())?;
    let data = gaps.into_iter().map(Gap::from).collect();
    Ok(answer(page.link(&request), &GapList { data, as_of, page }))
}

fn list(scope: &OrgScope<ReadEvents>, of: &str, source: &str) -> List {
    List::of(&[&scope.org_id().bytes(), of.as_bytes(), source.as_bytes(), &scope.filter().hash()])
}

impl SourceView {
    fn of(row: SourceRow, mut newest: Vec<numbering::Gap>) -> Self {
        let more_gaps = (newest.len() > GAPS_SHOWN).then_some(true);
        newest.truncate(GAPS_SHOWN);
        let gaps: Vec<Gap> = newest.into_iter().rev().map(Gap::from).collect();
        let Numbering { range, numbered, repeated, missing } = row.numbering();
        let source_sequence = range.map(|(first, highest)| SourceNumbers {
            first,
            highest,
            numbered,
            repeated,
            missing,
            gaps,
            more_gaps,
        });
        let Seen { events, first: first_seen, last: last_seen } = row.seen();
        Self { source: row.source, events, first_seen, last_seen, source_sequence }
    }
}

impl From<numbering::Gap> for Gap {
    fn from((first, last): numbering::Gap) -> Self {
        Self { first, last }
    }
}
