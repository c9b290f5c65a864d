//! Events over HTTP: in by POST, out by list, by tail and by id.

mod ingest;
mod list;
mod one;
mod tail;

use serde_json::value::RawValue;
use utoipa_actix_web::service_config::ServiceConfig;

use super::Event;
use crate::{
    access::{OrgScope, permission::ReadEvents},
    error::{Error, FieldError, Result},
};

/// Most events in one answer.
const LIMIT_MAX: u32 = 1_000;
/// Events in one answer unless told otherwise.
const LIMIT_DEFAULT: u32 = 50;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(ingest::append_event)
        .service(ingest::append_events)
        .service(list::list_events)
        // Before `{id}`: the first route that fits a path answers it.
        .service(tail::tail_events)
        .service(one::get_event);
}

fn render(scope: &OrgScope<ReadEvents>, events: &[Event]) -> Result<Vec<Box<RawValue>>> {
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
