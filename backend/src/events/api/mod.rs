//! Events over HTTP: in by POST, out by list, by tail and by id.

/// The filter that the parameters of a list or of the tail spell: they have the same names.
macro_rules! filter_text {
    ($query:expr, $since:expr, $until:expr) => {
        FilterText {
            action: $query.action.as_deref(),
            category: $query.category.as_deref(),
            actor: $query.actor.as_deref(),
            target: $query.target.as_deref(),
            workspace: $query.workspace.as_deref(),
            activity_type: $query.activity_type.as_deref(),
            outcome: $query.outcome.as_deref(),
            severity: $query.severity.as_deref(),
            source: $query.source.as_deref(),
            ip: $query.ip.as_deref(),
            since: $since,
            until: $until,
        }
    };
}

mod ingest;
mod list;
mod one;
mod param;
mod receipts;
mod tail;

use serde_json::value::RawValue;
use utoipa_actix_web::service_config::ServiceConfig;

use super::Event;
use crate::{
    access::{OrgScope, permission::ReadEvents},
    error::Result,
};

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
