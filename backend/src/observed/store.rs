//! How what was observed is kept: read along the log, written batch by batch together with the cursor.

use diesel::{dsl::min, prelude::*, upsert::excluded};

use super::{
    numbering::{Gap, Gaps, Numbering},
    tally::{OfSource, Row, Sealed, Seen, Tally},
};
use crate::{
    access::{OrgScope, permission::ReadEvents},
    clock::Time,
    db::{
        Conn, is_unreadable, on_either,
        schema::{
            events, log_heads, observations, observed_actions, observed_sources, organizations, source_gaps,
        },
    },
    error::{Error, Result},
    id::{Id, Org},
    log,
    orgs::{self, Organization},
};

/// Events counted in one transaction.
const BATCH_EVENTS: i64 = 1_000;

/// A counted part of the log, and what is known once it is added to what was known before.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Where the cursor was; none that was never moved.
    cursor: Option<i64>,
    next: i64,
    actions: Vec<(String, Seen)>,
    sources: Vec<Source>,
    /// Events that were counted without their bodies, or not at all.
    pub(super) damaged: Vec<i64>,
}

/// A source, with the gaps that changed.
#[derive(Debug)]
struct Source {
    name: String,
    seen: Seen,
    numbering: Numbering,
    gaps: Gaps,
}

/// Counts are of whole logs: under a narrower scope they would tell of what it hides.
pub(super) fn check_whole(scope: &OrgScope<ReadEvents>) -> Result<Id<Org>> {
    if scope.filter().is_empty() {
        Ok(scope.org_id())
    } else {
        Err(Error::Bug("counts of a part of a log".into()))
    }
}

/// How many events were counted in the log, in all. It follows the log within seconds.
pub(crate) fn count_events(conn: &mut Conn, org: Id<Org>) -> Result<i64> {
    let counts: Vec<i64> = observed_sources::table
        .filter(observed_sources::org_id.eq(org))
        .select(observed_sources::events)
        .load(conn)?;
    Ok(counts.into_iter().sum())
}

pub(super) fn cursor(conn: &mut Conn, org: Id<Org>) -> Result<Option<i64>> {
    Ok(observations::table.find(org).select(observations::next_sequence).first(conn).optional()?)
}

/// Counts the events after the cursor; none when there are none. What is known already may change while this
/// reads; then the cursor has moved as well, and [`apply`] takes nothing of it.
pub(crate) fn read_batch(conn: &mut Conn, scope: &OrgScope<ReadEvents>) -> Result<Option<Batch>> {
    let org = check_whole(scope)?;
    let head = log::head(conn, org)?;
    let cursor = cursor(conn, org)?;
    let from = first_from(conn, org, cursor.unwrap_or(0).max(head.first_sequence), head.next_sequence)?;
    let next = head.next_sequence.min(from + BATCH_EVENTS);
    if cursor.unwrap_or(0) >= next {
        return Ok(None);
    }
    let tally = count(conn, org, from, next)?;
    let actions =
        tally.actions.into_iter().map(|counted| add_action(conn, org, counted)).collect::<Result<_>>()?;
    let sources =
        tally.sources.into_iter().map(|counted| add_source(conn, org, counted)).collect::<Result<_>>()?;
    Ok(Some(Batch { cursor, next, actions, sources, damaged: tally.damaged }))
}

/// Counts the events `[from, next)`. A row that cannot be read keeps no other from being counted.
fn count(conn: &mut Conn, org: Id<Org>, from: i64, next: i64) -> Result<Tally> {
    let mut tally = Tally::default();
    match rows(conn, org, from, next) {
        Err(error) if is_unreadable(&error) => {}
        rows => {
            rows?.into_iter().for_each(|row| tally.count(row));
            return Ok(tally);
        }
    }
    for sequence in from..next {
        match rows(conn, org, sequence, sequence + 1).or_else(|error| bare_row(conn, org, sequence, error)) {
            Err(error) if is_unreadable(&error) => tally.damaged.push(sequence),
            rows => rows?.into_iter().for_each(|row| tally.count(row)),
        }
    }
    Ok(tally)
}

fn rows(conn: &mut Conn, org: Id<Org>, from: i64, next: i64) -> Result<Vec<Row>> {
    type Columns = (i64, String, String, Time, Time, String, Option<Vec<u8>>, Vec<u8>);
    let rows: Vec<Columns> = events::table
        .filter(events::org_id.eq(org))
        .filter(events::sequence.ge(from))
        .filter(events::sequence.lt(next))
        .order(events::sequence)
        .select((
            events::sequence,
            events::action,
            events::source,
            events::occurred_at,
            events::received_at,
            events::body,
            events::seed,
            events::leaf_hash,
        ))
        .load(conn)?;
    let row = |(sequence, action, source, occurred_at, received_at, body, seed, leaf_hash): Columns| {
        let sealed = Some(Sealed { body, seed, leaf_hash });
        Row { sequence, action, source, occurred_at, received_at, sealed }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// What is left of a row whose body or proof cannot be read; any other error stays.
fn bare_row(conn: &mut Conn, org: Id<Org>, sequence: i64, error: Error) -> Result<Vec<Row>> {
    if !is_unreadable(&error) {
        return Err(error);
    }
    let row: Option<(String, String, Time, Time)> = events::table
        .filter(events::org_id.eq(org))
        .filter(events::sequence.eq(sequence))
        .select((events::action, events::source, events::occurred_at, events::received_at))
        .first(conn)
        .optional()?;
    let bare = |(action, source, occurred_at, received_at)| Row {
        sequence,
        action,
        source,
        occurred_at,
        received_at,
        sealed: None,
    };
    Ok(row.map(bare).into_iter().collect())
}

/// The first event's sequence in `[from, end)`: between two epochs of a log there may be a million without an event.
fn first_from(conn: &mut Conn, org: Id<Org>, from: i64, end: i64) -> Result<i64> {
    let first: Option<i64> = events::table
        .filter(events::org_id.eq(org))
        .filter(events::sequence.ge(from))
        .filter(events::sequence.lt(end))
        .select(min(events::sequence))
        .first(conn)?;
    Ok(first.unwrap_or(end))
}

fn add_action(conn: &mut Conn, org: Id<Org>, (action, seen): (String, Seen)) -> Result<(String, Seen)> {
    let known: Option<(i64, Time, Time)> = observed_actions::table
        .find((org, &action))
        .select((observed_actions::events, observed_actions::first_seen, observed_actions::last_seen))
        .first(conn)
        .optional()?;
    let all = known.map_or(seen, |(events, first, last)| seen.and(Seen { events, first, last }));
    Ok((action, all))
}

fn add_source(conn: &mut Conn, org: Id<Org>, (name, counted): (String, OfSource)) -> Result<Source> {
    let known: Option<SourceRow> =
        observed_sources::table.find((org, &name)).select(SOURCE).first(conn).optional()?;
    let (seen, mut numbering) = known
        .map_or((counted.seen, Numbering::default()), |row| (counted.seen.and(row.seen()), row.numbering()));
    let mut gaps = Gaps::default();
    let mut stored = |number| gap_around(conn, org, &name, number);
    for number in counted.numbers {
        numbering.see(number, &mut gaps, &mut stored)?;
    }
    Ok(Source { name, seen, numbering, gaps })
}

fn gap_around(conn: &mut Conn, org: Id<Org>, source: &str, number: i64) -> Result<Option<Gap>> {
    let before: Option<Gap> = source_gaps::table
        .filter(source_gaps::org_id.eq(org))
        .filter(source_gaps::source.eq(source))
        .filter(source_gaps::first_missing.le(number))
        .order(source_gaps::first_missing.desc())
        .select((source_gaps::first_missing, source_gaps::last_missing))
        .first(conn)
        .optional()?;
    Ok(before.filter(|(_, last)| number <= *last))
}

/// Writes a counted batch down; `false` when somebody else was quicker.
pub(crate) fn apply(conn: &mut Conn, org: Id<Org>, batch: &Batch) -> Result<bool> {
    if !move_cursor(conn, org, batch)? {
        return Ok(false);
    }
    for (action, seen) in &batch.actions {
        put_action(conn, org, action, *seen)?;
    }
    for source in &batch.sources {
        put_source(conn, org, source)?;
        put_gaps(conn, org, &source.name, &source.gaps)?;
    }
    Ok(true)
}

/// Moves the cursor from where it was when the batch was read, and locks it; `false` when it is elsewhere.
fn move_cursor(conn: &mut Conn, org: Id<Org>, batch: &Batch) -> Result<bool> {
    let moved = match batch.cursor {
        Some(cursor) => {
            diesel::update(observations::table.find(org).filter(observations::next_sequence.eq(cursor)))
                .set(observations::next_sequence.eq(batch.next))
                .execute(conn)?
        }
        None => on_either!(conn, inner => diesel::insert_into(observations::table)
            .values((observations::org_id.eq(org), observations::next_sequence.eq(batch.next)))
            .on_conflict_do_nothing()
            .execute(inner))?,
    };
    Ok(moved == 1)
}

fn put_action(conn: &mut Conn, org: Id<Org>, action: &str, seen: Seen) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(observed_actions::table)
        .values((
            observed_actions::org_id.eq(org),
            observed_actions::action.eq(action),
            observed_actions::events.eq(seen.events),
            observed_actions::first_seen.eq(seen.first),
            observed_actions::last_seen.eq(seen.last),
        ))
        .on_conflict((observed_actions::org_id, observed_actions::action))
        .do_update()
        .set((
            observed_actions::events.eq(excluded(observed_actions::events)),
            observed_actions::first_seen.eq(excluded(observed_actions::first_seen)),
            observed_actions::last_seen.eq(excluded(observed_actions::last_seen)),
        ))
        .execute(inner))?;
    Ok(())
}

fn put_source(conn: &mut Conn, org: Id<Org>, source: &Source) -> Result<()> {
    let Source { name, seen, numbering, .. } = source;
    on_either!(conn, inner => diesel::insert_into(observed_sources::table)
        .values((
            observed_sources::org_id.eq(org),
            observed_sources::source.eq(name),
            observed_sources::events.eq(seen.events),
            observed_sources::first_seen.eq(seen.first),
            observed_sources::last_seen.eq(seen.last),
            observed_sources::numbered.eq(numbering.numbered),
            observed_sources::repeated.eq(numbering.repeated),
            observed_sources::missing.eq(numbering.missing),
            observed_sources::first_number.eq(numbering.range.map(|(first, _)| first)),
            observed_sources::highest_number.eq(numbering.range.map(|(_, highest)| highest)),
        ))
        .on_conflict((observed_sources::org_id, observed_sources::source))
        .do_update()
        .set((
            observed_sources::events.eq(excluded(observed_sources::events)),
            observed_sources::first_seen.eq(excluded(observed_sources::first_seen)),
            observed_sources::last_seen.eq(excluded(observed_sources::last_seen)),
            observed_sources::numbered.eq(excluded(observed_sources::numbered)),
            observed_sources::repeated.eq(excluded(observed_sources::repeated)),
            observed_sources::missing.eq(excluded(observed_sources::missing)),
            observed_sources::first_number.eq(excluded(observed_sources::first_number)),
            observed_sources::highest_number.eq(excluded(observed_sources::highest_number)),
        ))
        .execute(inner))?;
    Ok(())
}

fn put_gaps(conn: &mut Conn, org: Id<Org>, source: &str, gaps: &Gaps) -> Result<()> {
    for first in &gaps.taken {
        diesel::delete(source_gaps::table.find((org, source, *first))).execute(conn)?;
    }
    for (first, last) in &gaps.open {
        on_either!(conn, inner => diesel::insert_into(source_gaps::table)
            .values((
                source_gaps::org_id.eq(org),
                source_gaps::source.eq(source),
                source_gaps::first_missing.eq(*first),
                source_gaps::last_missing.eq(*last),
            ))
            .execute(inner))?;
    }
    Ok(())
}

/// Organizations whose logs have grown since they were counted, by id, after the given one.
pub(super) fn behind(conn: &mut Conn, after: Option<Id<Org>>, limit: i64) -> Result<Vec<Organization>> {
    let counted = observations::next_sequence.nullable();
    let mut query = log_heads::table
        .inner_join(organizations::table.on(organizations::id.eq(log_heads::org_id)))
        .left_join(observations::table.on(observations::org_id.eq(log_heads::org_id)))
        .filter(counted.is_null().or(counted.assume_not_null().lt(log_heads::next_sequence)))
        .select(orgs::store::ROW)
        .order(log_heads::org_id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(log_heads::org_id.gt(after));
    }
    let rows: Vec<orgs::store::Row> = query.load(conn)?;
    Ok(rows.into_iter().map(orgs::store::organization).collect())
}

/// A source as stored.
#[derive(Debug, Queryable)]
pub(super) struct SourceRow {
    pub(super) source: String,
    events: i64,
    first_seen: Time,
    last_seen: Time,
    numbered: i64,
    repeated: i64,
    missing: i64,
    first_number: Option<i64>,
    highest_number: Option<i64>,
}

/// The columns of [`SourceRow`], in order.
pub(super) const SOURCE: (
    observed_sources::source,
    observed_sources::events,
    observed_sources::first_seen,
    observed_sources::last_seen,
    observed_sources::numbered,
    observed_sources::repeated,
    observed_sources::missing,
    observed_sources::first_number,
    observed_sources::highest_number,
) = (
    observed_sources::source,
    observed_sources::events,
    observed_sources::first_seen,
    observed_sources::last_seen,
    observed_sources::numbered,
    observed_sources::repeated,
    observed_sources::missing,
    observed_sources::first_number,
    observed_sources::highest_number,
);

impl SourceRow {
    pub(super) const fn seen(&self) -> Seen {
        Seen { events: self.events, first: self.first_seen, last: self.last_seen }
    }

    pub(super) fn numbering(&self) -> Numbering {
        let range = self.first_number.zip(self.highest_number);
        Numbering { range, numbered: self.numbered, repeated: self.repeated, missing: self.missing }
    }
}
