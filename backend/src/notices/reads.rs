//! Who has read a log: one event for all that somebody has read with the same filter within some minutes.

use std::{sync::Arc, time::Duration};

use actix_web::HttpRequest;
use data_encoding::HEXLOWER;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Coalescer;
use crate::{
    access::{ClientContext, OrgScope, Principal},
    app::App,
    error::Result,
    id::{self, Id},
    orgs::Organization,
    own::{Actor, OwnEvent},
};

/// How long one event stands for all that a person reads with one filter.
const WINDOW_OF_PERSON: Duration = Duration::from_mins(5);
/// The same of a key: programs ask all day long.
const WINDOW_OF_KEY: Duration = Duration::from_hours(1);
/// Longest filter that is told whole, in bytes.
const FILTER_BYTES_MAX: usize = 1024;
/// What stands for further filters, when too many different ones are counted.
const FURTHER: &str = "(others)";
/// Parameters that say where in a list somebody is, or how it is shown, and nothing of what they look for.
const POSITIONS: [&str; 6] = ["cursor", "limit", "from", "wait", "order", "to"];

/// Whose log, who, at which path, and with which filter.
type Key = (Id<id::Org>, String, String, String);

/// Counts reads.
pub(crate) type Reads = Coalescer<Key, Read>;

/// The newest of several reads.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    organization: Arc<Organization>,
    actor: Actor,
}

/// Counts that the log is read by a request that may.
pub(crate) fn note(
    app: &App,
    request: &HttpRequest,
    principal: &Principal,
    organization: &Arc<Organization>,
) {
    let window = match principal {
        Principal::User(_) => WINDOW_OF_PERSON,
        Principal::Key(_) | Principal::Platform(_) => WINDOW_OF_KEY,
    };
    let actor = Actor { party: principal.party(), client: ClientContext::of(request) };
    let path = request.match_pattern().unwrap_or_default();
    let key = (organization.id, principal.id(), path, filter(request.query_string()));
    let (org, reader, path, _) = key.clone();
    let (read, now) = (Read { organization: Arc::clone(organization), actor }, app.clock.now());
    if let Err(read) = app.notices.reads.count(key, read, now, window) {
        let further = (org, reader, path, FURTHER.to_owned());
        if app.notices.reads.count_rest(further, read, now, window).is_err() {
            tracing::warn!(%org, "too many different reads at once: one was not counted");
        }
    }
}

/// What is looked for, whatever the page: the query without its positions, in one order.
fn filter(query: &str) -> String {
    let is_position = |pair: &&str| POSITIONS.iter().any(|name| pair.split('=').next() == Some(name));
    let mut pairs: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !is_position(pair)).collect();
    pairs.sort_unstable();
    let filter = pairs.join("&");
    if filter.len() <= FILTER_BYTES_MAX {
        return filter;
    }
    // Whole filters of any length would not fit into an event: the same one is recognized by its hash.
    let hash = HEXLOWER.encode(Sha256::digest(&filter).as_slice());
    let start: String = filter.chars().take(FILTER_BYTES_MAX / 4).collect();
    format!("{start}… sha256:{hash}")
}

/// Records what was read, in each log that was.
pub(super) async fn tell(app: &App, reads: Vec<(Key, Read, u32)>) -> Result<()> {
    let mut outcome = Ok(());
    for (key, value, times) in reads {
        let told = record(app, &key, value, times).await;
        // One damaged log keeps no other from being told.
        outcome = app.notices.reads.settle(&key, times, told).and(outcome);
    }
    outcome
}

async fn record(app: &App, (_, _, path, filter): &Key, read: Read, times: u32) -> Result<()> {
    let Read { organization, actor } = read;
    let parameters = json!({"path": path, "filter": filter, "times": times});
    let recorder = app.recorder.clone();
    app.db
        .write("notices.tell_read", move |conn| {
            let event = OwnEvent::by("annals.log.read", &actor).parameters(parameters.clone());
            recorder.record(conn, &OrgScope::of_service(&organization), event).map(drop)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::filter;

    #[test]
    fn a_filter_is_the_same_on_every_page_and_in_any_order() {
        assert_eq!(filter("limit=50&action=a&cursor=xyz&actor=u_1"), "action=a&actor=u_1");
        assert_eq!(filter("actor=u_1&action=a"), "action=a&actor=u_1");
        assert_eq!(filter("limited=1"), "limited=1");
        assert_eq!(filter(""), "");
        let long = |end| format!("actor={}{end}", "ä".repeat(9_000));
        assert!(filter(&long("1")).len() < 1024);
        assert_ne!(filter(&long("1")), filter(&long("2")));
    }
}
