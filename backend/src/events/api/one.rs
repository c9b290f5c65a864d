//! One event, by its id.

use actix_web::{HttpRequest, get, guard::GuardContext, web};
use serde_json::value::RawValue;

use crate::{
    access::{Granted, Permit, permission::ReadEvents},
    app::App,
    error::{Error, Result},
    events::{schema, store},
    http::{
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
};

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
