//! Events over HTTP: in by POST, out by list, by id and by tail.

mod ingest;
mod read;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(ingest::append_event)
        .service(ingest::append_events)
        .service(read::list_events)
        // Before `{id}`: the first route that fits a path answers it.
        .service(read::tail_events)
        .service(read::get_event);
}
