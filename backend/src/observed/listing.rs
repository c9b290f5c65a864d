//! How what was observed is read, with the sequence below which it is counted.

use diesel::prelude::*;

use super::{
    numbering::Gap,
    store::{SOURCE, SourceRow, check_whole, cursor},
    tally::Seen,
};
use crate::{
    access::{OrgScope, permission::ReadEvents},
    clock::Time,
    db::{
        Conn,
        schema::{observed_actions, observed_sources, source_gaps},
    },
    error::{Error, Result},
    id::{Id, Org},
};

/// How often a read is repeated that another node's counting has overtaken.
const READS_MAX: u32 = 5;

/// What `read` finds, and the sequence below which it counts. Read again when the cursor has moved meanwhile:
/// then the one does not belong to the other.
fn as_of<T>(conn: &mut Conn, org: Id<Org>, read: impl Fn(&mut Conn) -> Result<T>) -> Result<(i64, T)> {
    for _ in 0..READS_MAX {
        let before = cursor(conn, org)?;
        let found = read(conn)?;
        if cursor(conn, org)? == before {
            return Ok((before.unwrap_or(0), found));
        }
    }
    Err(Error::Busy(1))
}

/// Every action of the log, and the sequence below which they are counted.
pub(super) fn actions(conn: &mut Conn, scope: &OrgScope<ReadEvents>) -> Result<(i64, Vec<(String, Seen)>)> {
    let org = check_whole(scope)?;
    let read = |conn: &mut Conn| {
        let rows: Vec<(String, i64, Time, Time)> = observed_actions::table
            .filter(observed_actions::org_id.eq(org))
            .select((
                observed_actions::action,
                observed_actions::events,
                observed_actions::first_seen,
                observed_actions::last_seen,
            ))
            .order(observed_actions::action)
            .load(conn)?;
        Ok(rows
            .into_iter()
            .map(|(action, events, first, last)| (action, Seen { events, first, last }))
            .collect())
    };
    as_of(conn, org, read)
}

/// A page of sources with the newest gaps of each, newest first.
pub(super) type Sources = Vec<(SourceRow, Vec<Gap>)>;

/// Sources by name, after the given one, and the sequence below which they are counted.
pub(super) fn sources(
    conn: &mut Conn,
    scope: &OrgScope<ReadEvents>,
    after: Option<&str>,
    limit: i64,
    gaps_each: i64,
) -> Result<(i64, Sources)> {
    let org = check_whole(scope)?;
    let read = |conn: &mut Conn| {
        let rows: Vec<SourceRow> = observed_sources::table
            .filter(observed_sources::org_id.eq(org))
            .filter(observed_sources::source.gt(after.unwrap_or_default()))
            .select(SOURCE)
            .order(observed_sources::source)
            .limit(limit)
            .load(conn)?;
        rows.into_iter()
            .map(|row| {
                let newest = source_gaps::table
                    .filter(source_gaps::org_id.eq(org))
                    .filter(source_gaps::source.eq(&row.source))
                    .select((source_gaps::first_missing, source_gaps::last_missing))
                    .order(source_gaps::first_missing.desc())
                    .limit(gaps_each)
                    .load(conn)?;
                Ok((row, newest))
            })
            .collect()
    };
    as_of(conn, org, read)
}

/// Gaps of a source in their order, after the one that begins with `after`, and the sequence below which they
/// are counted; none of a source that was never seen.
pub(super) fn gaps(
    conn: &mut Conn,
    scope: &OrgScope<ReadEvents>,
    source: &str,
    after: Option<i64>,
    limit: i64,
) -> Result<(i64, Option<Vec<Gap>>)> {
    let org = check_whole(scope)?;
    let read = |conn: &mut Conn| {
        let known: Option<String> = observed_sources::table
            .find((org, source))
            .select(observed_sources::source)
            .first(conn)
            .optional()?;
        if known.is_none() {
            return Ok(None);
        }
        let gaps = source_gaps::table
            .filter(source_gaps::org_id.eq(org))
            .filter(source_gaps::source.eq(source))
            .filter(source_gaps::first_missing.gt(after.unwrap_or(-1)))
            .select((source_gaps::first_missing, source_gaps::last_missing))
            .order(source_gaps::first_missing)
            .limit(limit)
            .load(conn)?;
        Ok(Some(gaps))
    };
    as_of(conn, org, read)
}
