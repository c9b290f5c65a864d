//! The catalogue over HTTP.
#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, delete, get, http::header, put, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    Catalog, EventType,
    definition::{self, Change, Definition},
    store,
};
use crate::{
    access::{Granted, Platform, Principal, SignedIn, WriteEventTypes},
    app::App,
    clock::Time,
    error::{Error, FieldError, Problem, Result},
    events::schema::Party,
    http::{
        json::Document,
        page::{self, Limit, List, ListPage},
        problems,
        query::{NoQuery, Params},
    },
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_event_types)
        .service(list_event_type_versions)
        .service(get_event_type)
        .service(put_event_type)
        .service(delete_event_type);
}

/// Most versions in one answer: each may hold a schema.
const VERSIONS_MAX: u32 = 100;

/// Pack and action, out of the path.
type Key = web::Path<(String, String)>;
/// What is read of a request that defines an event type, once it may.
type NewDefinition = (Key, Params<NoQuery>, Document<Definition, { 64 * 1024 }>);

/// Which event types to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventTypesQuery {
    /// Only this pack.
    #[param(example = "blink")]
    pack: Option<String>,
}

/// Event types, by pack and action.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventTypeList {
    /// The event types.
    data: Vec<EventType>,
}

/// What an event type was, from one change to the next.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventTypeVersion {
    /// The version's number.
    #[schema(example = 2)]
    version: i32,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Who made it.
    #[schema(value_type = Party)]
    actor: Value,
    /// What it said.
    definition: Definition,
}

/// A page of the versions of an event type.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventTypeVersionList {
    /// The versions, newest first.
    data: Vec<EventTypeVersion>,
    /// Where this page stands.
    page: ListPage,
}

/// Which versions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionsQuery {
    /// Versions per page. Default: 100.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

/// List event types
///
/// Every event type of the built-in packs and of those that operators have defined, sorted by pack and action,
/// with category, label and the sentence that becomes the `details` of events that bring none. Everybody who is
/// signed in may read all of them: they are the vocabulary of whoever runs the service, and hold nothing that one
/// organization may not know of another. What an
/// organization makes of an action that is not in its packs is its setting `unknown_actions`.
#[utoipa::path(
    tag = "catalog",
    params(EventTypesQuery),
    responses(
        (status = 200, description = "The event types", body = EventTypeList),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signed_in"))),
)]
#[get("/v1/event-types")]
pub(crate) async fn list_event_types(
    granted: Granted<SignedIn, Params<EventTypesQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<EventTypeList>> {
    let Granted(_, query) = granted;
    let catalog = app.catalog.current(&app.db).await?;
    if let Some(pack) = &query.pack {
        check_pack(&catalog, pack)?;
    }
    let wanted = |event_type: &&EventType| query.pack.as_ref().is_none_or(|pack| *pack == event_type.pack);
    let mut data: Vec<EventType> = catalog.all().filter(wanted).cloned().collect();
    data.sort_by(|one, other| (&one.pack, &one.action).cmp(&(&other.pack, &other.action)));
    Ok(web::Json(EventTypeList { data }))
}

/// Refuses a query for a pack that is not there.
pub(crate) fn check_pack(catalog: &Catalog, pack: &str) -> Result<()> {
    catalog
        .check_pack(pack)
        .map_err(|message| Error::InvalidQuery(vec![FieldError::new("pack", "unknown_value", message)]))
}

/// Get an event type
///
/// As events that are recorded from now on will be described by it.
#[utoipa::path(
    tag = "catalog",
    params(
        ("pack" = String, Path, description = "The pack", example = "blink"),
        ("action" = String, Path, description = "The action", example = "user.invited"),
    ),
    responses(
        (status = 200, description = "The event type", body = EventType),
        (status = 404, description = "There is none of this pack and action", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("signed_in"))),
)]
#[get("/v1/event-types/{pack}/{action}")]
pub(crate) async fn get_event_type(
    granted: Granted<SignedIn, (Key, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<web::Json<EventType>> {
    let Granted(_, (key, _)) = granted;
    let (pack, action) = key.into_inner();
    let catalog = app.catalog.current(&app.db).await?;
    let entry = catalog.get(&pack, &action).ok_or(Error::NotFound)?;
    Ok(web::Json(entry.event_type.clone()))
}

/// Create or replace an event type
///
/// In a pack of your own, which begins to exist with its first event type; organizations name it among their
/// `packs`. Every organization can read it: put nothing there that belongs to one customer. To create leave `version` out, to replace send the version that you have read: when somebody else was
/// quicker the answer is 409 `version_conflict`. Works at once on the node that answers and within two seconds
/// on every other. Recorded events keep what their event type said when they came in.
#[utoipa::path(
    tag = "catalog",
    params(
        ("pack" = String, Path, description = "A pack of your own: 2 to 63 of a-z, 0-9 and -", example = "acme-app"),
        ("action" = String, Path, description = "The action, dotted lower-case words", example = "ticket.closed"),
    ),
    request_body = Definition,
    responses(
        (status = 200, description = "Replaced", body = EventType),
        (status = 201, description = "Created", body = EventType,
            headers(("Location" = String, description = "Where to read the event type"))),
        (status = 409, description = "It has changed since that version", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-platform-scope" = json!("event_types:write"))),
)]
#[put("/v1/event-types/{pack}/{action}")]
pub(crate) async fn put_event_type(
    granted: Granted<Platform<WriteEventTypes>, NewDefinition>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(Platform { principal, .. }, (key, _, Document(definition))) = granted;
    let change = change(&app, &principal, key)?;
    let location = format!("/v1/event-types/{}/{}", change.pack, change.action);
    let (event_type, is_new) =
        app.db.write("event_types.put", move |conn| change.put(conn, &definition)).await?;
    app.catalog.refresh(&app.db).await?;
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    if is_new {
        response.insert_header((header::LOCATION, location));
    }
    Ok(response.json(event_type))
}

/// Delete an event type
///
/// Events that are recorded keep what it said. The same action can be defined again; versions go on counting.
#[utoipa::path(
    tag = "catalog",
    params(
        ("pack" = String, Path, description = "The pack", example = "acme-app"),
        ("action" = String, Path, description = "The action", example = "ticket.closed"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "There is none of this pack and action", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-platform-scope" = json!("event_types:write"))),
)]
#[delete("/v1/event-types/{pack}/{action}")]
pub(crate) async fn delete_event_type(
    granted: Granted<Platform<WriteEventTypes>, (Key, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(Platform { principal, .. }, (key, _)) = granted;
    let change = change(&app, &principal, key)?;
    app.db.write("event_types.delete", move |conn| change.delete(conn)).await?;
    app.catalog.refresh(&app.db).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn change(app: &App, principal: &Principal, key: Key) -> Result<Change> {
    let (pack, action) = key.into_inner();
    definition::check_is_own(&pack)?;
    let (recorder, platform) = (app.recorder.clone(), Arc::clone(&app.platform));
    Ok(Change { recorder, platform, actor: principal.party(), pack, action })
}

/// List the versions of an event type
///
/// What it said from one change to the next, and who made each change, newest first; also when it is deleted by
/// now.
#[utoipa::path(
    tag = "catalog",
    params(
        ("pack" = String, Path, description = "The pack", example = "acme-app"),
        ("action" = String, Path, description = "The action", example = "ticket.closed"),
        VersionsQuery,
    ),
    responses(
        (status = 200, description = "A page", body = EventTypeVersionList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        (status = 404, description = "There never was one of this pack and action", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-platform-scope" = json!("event_types:write"))),
)]
#[get("/v1/event-types/{pack}/{action}/versions")]
pub(crate) async fn list_event_type_versions(
    request: HttpRequest,
    granted: Granted<Platform<WriteEventTypes>, (Key, Params<VersionsQuery>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(_, (key, query)) = granted;
    let (pack, action) = key.into_inner();
    let list = List::of(&[b"event_type_versions", pack.as_bytes(), action.as_bytes()]);
    let limit = Limit::of(query.limit.or(Some(VERSIONS_MAX)), VERSIONS_MAX)?;
    let before = query.cursor.as_ref().map(|cursor| list.open(&app.keyring, cursor)).transpose()?;
    let before = before.map(|before| before.parse().ok().ok_or(Error::CursorInvalid)).transpose()?;
    let read =
        move |conn: &mut crate::db::Conn| store::versions(conn, &pack, &action, before, limit.and_one());
    let mut rows = app.db.read("event_types.versions", read).await?;
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    let page = list.page(&app.keyring, &mut rows, limit, |row| row.version.to_string())?;
    let data = rows.into_iter().map(EventTypeVersion::from).collect();
    Ok(page::answer(page.link(&request), &EventTypeVersionList { data, page }))
}

impl From<store::VersionRow> for EventTypeVersion {
    fn from(row: store::VersionRow) -> Self {
        Self {
            version: row.version,
            created_at: row.created_at,
            actor: row.actor.0,
            definition: row.document.0,
        }
    }
}
