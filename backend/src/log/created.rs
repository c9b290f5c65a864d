//! The making of an organization, as the platform's log records it: which log was made with it.

use diesel::prelude::*;
use serde::Deserialize;

use super::{Sealer, leaf, store};
use crate::{
    db::{
        Conn, is_unreadable,
        schema::{events, organizations},
    },
    error::{Error, Result},
    id::{Id, Log, Org},
    orgs::PLATFORM_SLUG,
};

const ACTION: &str = "annals.organization.created";

/// What one event says.
pub(super) struct Created {
    pub(super) org: Id<Org>,
    pub(super) slug: String,
    pub(super) log: Option<Id<Log>>,
}

impl Created {
    fn parse(body: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Event {
            targets: Vec<Target>,
            parameters: Parameters,
        }
        #[derive(Deserialize)]
        struct Target {
            id: Id<Org>,
        }
        #[derive(Deserialize)]
        struct Parameters {
            slug: String,
            log_id: Option<Id<Log>>,
        }
        let Event { targets, parameters } = serde_json::from_str(body).ok()?;
        Some(Self { org: targets.first()?.id, slug: parameters.slug, log: parameters.log_id })
    }
}

/// Every organization that was made. An event that cannot be read is named where the platform's own log is checked.
pub(super) fn all(conn: &mut Conn, platform: Id<Org>) -> Result<Vec<Created>> {
    let bodies = events::table
        .filter(events::org_id.eq(platform))
        .filter(events::action.eq(ACTION))
        .select(events::body)
        .load::<String>(conn);
    let bodies = match bodies.map_err(Into::into) {
        Err(error) if is_unreadable(&error) => Vec::new(),
        bodies => bodies?,
    };
    Ok(bodies.iter().filter_map(|body| Created::parse(body)).collect())
}

/// The log that was made with the organization, by what the platform's log as it was sealed records: an event that is
/// past its end, or not what its leaf was made of, says nothing, and nor do two that contradict each other.
pub(super) fn log_of(conn: &mut Conn, sealer: &Sealer, org: Id<Org>) -> Result<Option<Id<Log>>> {
    let platform = organizations::table
        .filter(organizations::slug.eq(PLATFORM_SLUG))
        .select(organizations::id)
        .first(conn)
        .optional()?;
    let Some(platform) = platform else { return Ok(None) };
    let recorded = match recorded(conn, sealer, platform) {
        Err(Error::Integrity(_)) => return Ok(None),
        Err(error) if is_unreadable(&error) => return Ok(None),
        recorded => recorded?,
    };
    let mut named: Vec<_> =
        recorded.into_iter().filter(|created| created.org == org).filter_map(|created| created.log).collect();
    named.dedup();
    Ok(if let [log] = named.as_slice() { Some(*log) } else { None })
}

fn recorded(conn: &mut Conn, sealer: &Sealer, platform: Id<Org>) -> Result<Vec<Created>> {
    let head = store::head(conn, platform)?;
    sealer.learn(conn, &head)?;
    sealer.check_seal(platform, &head)?;
    let rows: Vec<(String, Option<Vec<u8>>, Vec<u8>)> = events::table
        .filter(events::org_id.eq(platform))
        .filter(events::action.eq(ACTION))
        .filter(events::sequence.lt(head.next_sequence))
        .order(events::sequence)
        .select((events::body, events::seed, events::leaf_hash))
        .load(conn)?;
    let is_whole = |(body, seed, hash): &(String, Option<Vec<u8>>, Vec<u8>)| {
        leaf::check(body, seed.as_deref(), hash).is_ok()
    };
    Ok(rows.into_iter().filter(is_whole).filter_map(|(body, ..)| Created::parse(&body)).collect())
}
