//! The making of an organization, as the platform's log records it: which log was made with it.

use diesel::prelude::*;
use serde::Deserialize;

use crate::{
    db::{
        Conn, is_unreadable,
        schema::{events, organizations},
    },
    error::Result,
    id::{Id, Log, Org},
    orgs::PLATFORM_SLUG,
};

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
        .filter(events::action.eq("annals.organization.created"))
        .select(events::body)
        .load::<String>(conn);
    let bodies = match bodies.map_err(Into::into) {
        Err(error) if is_unreadable(&error) => Vec::new(),
        bodies => bodies?,
    };
    Ok(bodies.iter().filter_map(|body| Created::parse(body)).collect())
}

/// The log that was made with the organization, as far as it is recorded.
pub(super) fn log_of(conn: &mut Conn, org: Id<Org>) -> Result<Option<Id<Log>>> {
    let platform = organizations::table
        .filter(organizations::slug.eq(PLATFORM_SLUG))
        .select(organizations::id)
        .first(conn)
        .optional()?;
    let Some(platform) = platform else { return Ok(None) };
    Ok(all(conn, platform)?.into_iter().find(|created| created.org == org).and_then(|created| created.log))
}
