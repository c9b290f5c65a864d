//! The routes of what was observed, and the forms that they share.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{event_types, sources, tally::Seen};
use crate::clock::Time;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(event_types::list_organization_event_types)
        .service(sources::list_sources)
        .service(sources::list_source_gaps);
}

/// How often an action occurs in the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Observed {
    /// How many events.
    #[schema(minimum = 1, example = 1204)]
    events: i64,
    /// `occurred_at` of the earliest of them.
    #[schema(value_type = String, format = DateTime)]
    first_seen: Time,
    /// `occurred_at` of the latest of them.
    #[schema(value_type = String, format = DateTime)]
    last_seen: Time,
}

impl From<Seen> for Observed {
    fn from(seen: Seen) -> Self {
        Self { events: seen.events, first_seen: seen.first, last_seen: seen.last }
    }
}
