//! The sessions that there are, and ending them, over HTTP.
#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::removed_cookie;
use crate::{
    access::{ClientContext, Granted, Permit, Person, permission::WriteMembers},
    app::App,
    clock::Time,
    error::{Error, Problem, Result},
    http::{
        page::{LIMIT_MAX, Limit, List, ListPage},
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    sessions::{ending, store},
};

/// A page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Sessions in the answer.
    #[param(minimum = 1, maximum = 1000, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 512)]
    cursor: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionItem {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::Session>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was last refreshed: somebody who uses it does that at least every ten minutes.
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Time,
    /// When it ends whatever happens.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// Address that it was begun from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
    /// The browser, as it names itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// Whether a second factor was part of the sign-in.
    mfa: bool,
    /// Whether it is the one that asks.
    current: bool,
}

/// The sessions of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// Newest first.
    data: Vec<SessionItem>,
    /// Where this page stands.
    page: ListPage,
}

/// List your sessions
///
/// Everywhere you are signed in, newest first.
#[utoipa::path(
    tag = "sessions",
    params(PageQuery),
    responses(
        (status = 200, description = "The sessions", body = SessionList, headers(("Link" = String, description = "`rel=\"next\"`: the next page, if there is one"))),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person"))),
)]
#[get("/v1/auth/sessions")]
pub(crate) async fn list_sessions(
    request: HttpRequest,
    granted: Granted<Person, Params<PageQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(Person(user), query) = granted;
    let limit = Limit::of(query.limit, LIMIT_MAX)?;
    let list = List::of(&[b"sessions", &user.id.bytes()]);
    let position = query.cursor.as_deref().map(|cursor| list.open(&app.keyring, cursor)).transpose()?;
    let after = position.map(|text| Id::parse(&text).ok_or(Error::CursorInvalid)).transpose()?;
    let (owner, now) = (user.id, app.clock.now());
    let rows =
        app.db.read("sessions.list", move |conn| store::page_of(conn, owner, now, after, limit.and_one()));
    let mut rows = rows.await?;
    let page = list.page(&app.keyring, &mut rows, limit, |row| row.id.to_string())?;
    let data = rows.into_iter().map(|row| SessionItem::of(row, user.session_id)).collect();
    let mut response = HttpResponse::Ok();
    if let Some(link) = page.link(&request) {
        response.insert_header(("Link", link));
    }
    Ok(response.json(SessionList { data, page }))
}

impl SessionItem {
    fn of(row: store::Own, current: Id<id::Session>) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at,
            last_seen_at: row.rotated_at,
            expires_at: row.expires_at,
            ip: row.ip,
            user_agent: row.user_agent,
            mfa: row.has_second_factor,
            current: row.id == current,
        }
    }
}

/// End one of your sessions
///
/// It works nowhere any more: at once on the node that answers, within two seconds on every other.
#[utoipa::path(
    tag = "sessions",
    params(("id" = String, Path, description = "Id of the session", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")),
    responses(
        (status = 204, description = "Ended"),
        (status = 404, description = "It has ended before, or is not yours", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person"))),
)]
#[delete("/v1/auth/sessions/{id}")]
pub(crate) async fn end_session(
    request: HttpRequest,
    granted: Granted<Person, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(Person(user), _) = granted;
    let id = request.match_info().get("id").and_then(Id::parse).ok_or(Error::NotFound)?;
    ending::end_one(&app, user, id, ClientContext::of(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sign out everywhere
///
/// Ends every session of yours, this one too.
#[utoipa::path(
    tag = "sessions",
    responses(
        (status = 204, description = "Signed out everywhere"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person"))),
)]
#[post("/v1/auth/logout-all")]
pub(crate) async fn logout_everywhere(
    request: HttpRequest,
    granted: Granted<Person, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(Person(user), _) = granted;
    ending::end_all(&app, user, ClientContext::of(&request)).await?;
    Ok(HttpResponse::NoContent().cookie(removed_cookie(&app)).finish())
}

/// End a member's sessions
///
/// Signs the person out everywhere, also where they belong to other organizations: a person has one account. They
/// may sign in again; to keep them out, remove them.
#[utoipa::path(
    tag = "sessions",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("user_id" = String, Path, description = "Id of the member", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01"),
    ),
    responses(
        (status = 204, description = "Signed out everywhere"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:write")), ("x-step-up" = json!(true))),
)]
#[delete("/v1/orgs/{org}/members/{user_id}/sessions")]
pub(crate) async fn end_member_sessions(
    request: HttpRequest,
    granted: Granted<Permit<WriteMembers>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(Permit { scope, principal, .. }, _) = granted;
    let member = request.match_info().get("user_id").and_then(Id::parse).ok_or(Error::NotFound)?;
    let client = ClientContext::of(&request);
    ending::end_all_of_member(&app, scope, principal.party(), member, client).await?;
    Ok(HttpResponse::NoContent().finish())
}
