//! The catalogue over HTTP.
#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::collections::BTreeSet;

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Catalog, EventType};
use crate::{
    access::{Granted, SignedIn},
    app::App,
    error::{Error, FieldError, Result},
    http::{problems, query::Params},
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_event_types);
}

/// Which event types to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventTypesQuery {
    /// Only this pack.
    #[param(value_type = Option<PackName>, inline, example = "blink")]
    pack: Option<String>,
}

/// The name of a pack, for openapi.yaml.
enum PackName {}

impl PartialSchema for PackName {
    fn schema() -> RefOr<Schema> {
        let catalog = Catalog::embedded().ok();
        let names: BTreeSet<&str> =
            catalog.iter().flat_map(Catalog::all).map(|one| one.pack.as_str()).collect();
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

impl ToSchema for PackName {}

/// Event types, pack by pack.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventTypeList {
    /// The event types.
    data: Vec<EventType>,
}

/// List event types
///
/// Every event type of the built-in packs, with its category, label and the sentence that becomes the
/// `details` of events that bring none. An action that is not listed can be sent all the same.
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
    if let Some(pack) = &query.pack
        && !app.catalog.has_pack(pack)
    {
        return Err(Error::InvalidQuery(vec![FieldError::new(
            "pack",
            "unknown_value",
            "there is no such pack",
        )]));
    }
    let wanted = |event_type: &&EventType| query.pack.as_ref().is_none_or(|pack| *pack == event_type.pack);
    Ok(web::Json(EventTypeList { data: app.catalog.all().filter(wanted).cloned().collect() }))
}
