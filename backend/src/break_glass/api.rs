//! Break-glass over HTTP.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, delete, get, http::header, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Logs, Opened, Request, store};
use crate::{
    access::{
        Granted, Permit,
        permission::{CloseBreakGlass, OpenBreakGlass, ReadBreakGlass},
    },
    app::App,
    clock::Time,
    error::{Error, FieldError, Problem, Result},
    http::{
        json::{Document, present},
        page::{LIMIT_MAX, Limit, List, ListPage},
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_break_glass).service(open_break_glass).service(close_break_glass);
}

/// How long a grant lives unless told otherwise, in minutes.
const MINUTES_DEFAULT: u32 = 30;

/// Which page of grants to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct GrantsQuery {
    /// Grants per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// Why an operator must get in, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BreakGlassInput {
    /// The reason, in words that the organization's admins will read.
    #[schema(
        example = "Ticket 4711: their admin cannot sign in",
        min_length = 10,
        max_length = 500,
        pattern = r"^\s*[^\s\u0000][^\u0000]{8,}[^\s\u0000]\s*$"
    )]
    reason: String,
    /// Minutes until it ends by itself. Default: 30.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = u32, required = false, minimum = 1, maximum = 60, example = 30)]
    minutes: Option<u32>,
}

/// An operator's time-limited access to an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BreakGlassView {
    /// Its id. Events of what was done under it carry it: `context.correlation_id` is `break-glass:` and the id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::BreakGlass>,
    /// Slug of the organization.
    #[schema(example = "acme")]
    organization: String,
    /// Who has it.
    operator: OperatorView,
    /// Why.
    #[schema(example = "Ticket 4711: their admin cannot sign in")]
    reason: String,
    /// Whether it can still be used.
    state: BreakGlassState,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    granted_at: Time,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// When it was ended before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    ended_at: Option<Time>,
}

/// Whether a grant can still be used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BreakGlassState {
    /// As long as the operator's session lasts.
    Open,
    /// It has ended by itself.
    Expired,
    /// The operator has ended it.
    Ended,
}

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorView {
    /// Their id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::User>,
    /// Their name.
    #[schema(example = "Radia Perlman")]
    name: String,
    /// Their e-mail address.
    #[schema(example = "radia@annals.example")]
    email: String,
}

/// A page of grants.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BreakGlassList {
    /// The grants, newest first.
    data: Vec<BreakGlassView>,
    /// Where this page stands.
    page: ListPage,
}

impl BreakGlassView {
    fn of((opened, name, email): (Opened, String, String), slug: &str, now: Time) -> Self {
        let Opened { id, user_id, session_id: _, reason, granted_at, expires_at, ended_at } = opened;
        let state = match ended_at {
            Some(_) => BreakGlassState::Ended,
            None if now < expires_at => BreakGlassState::Open,
            None => BreakGlassState::Expired,
        };
        let operator = OperatorView { id: user_id, name, email };
        let organization = slug.to_owned();
        Self { id, organization, operator, reason, state, granted_at, expires_at, ended_at }
    }
}

/// List break-glass grants
///
/// Every one there ever was, newest first: which operator opened the organization, when, until when, and why.
#[utoipa::path(
    tag = "members",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), GrantsQuery),
    responses(
        (status = 200, description = "A page", body = BreakGlassList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("break_glass:read"))),
)]
#[get("/v1/orgs/{org}/break-glass")]
pub(crate) async fn list_break_glass(
    request: HttpRequest,
    granted: Granted<Permit<ReadBreakGlass>, Params<GrantsQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, query) = granted;
    let limit = Limit::of(query.limit, LIMIT_MAX)?;
    let org = permit.scope.org_id();
    let list = List::of(&[&org.bytes(), b"break_glass"]);
    let before = query.cursor.as_deref().map(|cursor| list.open_at(&app.keyring, cursor)).transpose()?;
    let read = move |conn: &mut _| store::page(conn, org, before, limit.and_one());
    let mut rows = app.db.read("break_glass.page", read).await?;
    let page = list.page_at(&app.keyring, &mut rows, limit, |(last, ..)| (last.granted_at, last.id))?;
    let now = app.clock.now();
    let data = rows.into_iter().map(|row| BreakGlassView::of(row, permit.scope.slug(), now)).collect();
    let mut response = HttpResponse::Ok();
    if let Some(link) = page.link(&request) {
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(BreakGlassList { data, page }))
}

/// Open break-glass access
///
/// For operators: from now on, and for as long as was asked for, the asking session acts as an admin of the
/// organization. That, with the reason, is recorded in the organization's log and in the platform's before it works,
/// as `annals.break_glass.opened`; everything recorded of what is done under it carries its id. It works at once on
/// the node that answers and within two seconds on every other, in no other session, and for an hour at most. The
/// platform's own organization needs none: 422.
#[utoipa::path(
    tag = "members",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    request_body = BreakGlassInput,
    responses(
        (status = 201, description = "Opened", body = BreakGlassView),
        (status = 409, description = "It is open to this session already", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("break_glass:write")), ("x-step-up" = json!(true))),
)]
#[post("/v1/orgs/{org}/break-glass")]
pub(crate) async fn open_break_glass(
    request: HttpRequest,
    granted: Granted<Permit<OpenBreakGlass>, (Params<NoQuery>, Document<BreakGlassInput, { 16 * 1024 }>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (_, Document(input))) = granted;
    let asked = Request::new(&input.reason, input.minutes.unwrap_or(MINUTES_DEFAULT))?;
    if permit.scope.organization().is_platform {
        let message = "the platform's own organization is open to operators as it is";
        return Err(Error::Invalid(vec![FieldError::new("", "not_applicable", message)]));
    }
    let (operator, actor) = (Arc::clone(permit.person()?), permit.actor(&request));
    let (org, slug) = (permit.scope.org_id(), permit.scope.slug().to_owned());
    let (logs, user) = (Logs::of(&app), Arc::clone(&operator));
    let open = move |conn: &mut _| logs.open(conn, &permit.scope, &asked, (&user, &actor));
    let opened = app.db.write("break_glass.open", open).await?;
    app.directory.forget_break_glass(org, operator.session_id);
    let row = (opened, operator.name.clone(), operator.email.clone());
    Ok(HttpResponse::Created().json(BreakGlassView::of(row, &slug, app.clock.now())))
}

impl Logs {
    fn of(app: &App) -> Self {
        Self { recorder: app.recorder.clone(), platform: Arc::clone(&app.platform) }
    }
}

/// Close break-glass access
///
/// Ends what the asking session has opened before it ends by itself: at once on the node that answers and within two
/// seconds on every other. Recorded in both logs as `annals.break_glass.closed`. 404 when nothing is open.
#[utoipa::path(
    tag = "members",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 204, description = "Closed"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("break_glass:close"))),
)]
#[delete("/v1/orgs/{org}/break-glass")]
pub(crate) async fn close_break_glass(
    request: HttpRequest,
    granted: Granted<Permit<CloseBreakGlass>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, _) = granted;
    let (operator, actor) = (Arc::clone(permit.person()?), permit.actor(&request));
    let (org, session, logs) = (permit.scope.org_id(), operator.session_id, Logs::of(&app));
    let close = move |conn: &mut _| logs.close(conn, &permit.scope, &operator, &actor);
    app.db.write("break_glass.close", close).await?;
    app.directory.forget_break_glass(org, session);
    Ok(HttpResponse::NoContent().finish())
}
