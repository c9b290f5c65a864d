//! How events are read: every query is narrowed to a scope first, and only then by what the reader asked.

use diesel::{prelude::*, sql_types::Bool};
use serde_json::json;

use super::{
    Event,
    filter::{ActionMatch, Filter},
    page::{Order, Position},
};
use crate::{
    access::{OrgScope, permission::ReadEvents},
    clock::Time,
    db::{Conn, MultiBackend, schema::events},
    error::{Error, FieldError, Result},
    id::{self, Id},
    log::{self, leaf, sealed::enclosed},
};

/// Most rows that one filtered read of the tail looks at.
const TAIL_EXAMINED_MAX: i64 = 10_000;

type Query<'a> = events::BoxedQuery<'a, MultiBackend>;
type Row = (i64, Time, Option<Vec<u8>>, Vec<u8>, String);

const ROW: (events::sequence, events::occurred_at, events::seed, events::leaf_hash, events::body) =
    (events::sequence, events::occurred_at, events::seed, events::leaf_hash, events::body);

/// The event of a row. Whoever reads it is told when it is not what was sealed, and so are the operators.
fn event(
    conn: &mut Conn,
    scope: &OrgScope<ReadEvents>,
    (sequence, occurred_at, seed, leaf_hash, mut body): Row,
) -> Result<Event> {
    let checked = leaf::check(&body, seed.as_deref(), &leaf_hash).map(drop);
    if let Err(what) = checked {
        tracing::error!(org = scope.slug(), sequence, what, "a stored event was altered");
        if serde_json::from_str::<serde_json::Map<_, _>>(&body).is_err() {
            body = stand_in(conn, scope, sequence)?;
        }
    }
    Ok(Event { sequence, occurred_at, leaf_hash, body, is_damaged: checked.is_err() })
}

/// What the columns still say of an event whose body is no JSON object any more: one damaged row must not keep the
/// others from whoever lists the log or follows it.
fn stand_in(conn: &mut Conn, scope: &OrgScope<ReadEvents>, sequence: i64) -> Result<String> {
    type Columns = (Id<id::Event>, String, String, Time, Time, String, String, String, String);
    let (id, action, source, occurred_at, received_at, outcome, severity, actor_type, actor_id): Columns =
        events::table
            .find((scope.org_id(), sequence))
            .select((
                events::id,
                events::action,
                events::source,
                events::occurred_at,
                events::received_at,
                events::outcome,
                events::severity,
                events::actor_type,
                events::actor_id,
            ))
            .first(conn)?;
    let columns = json!({
        "v": 1, "id": id, "action": action, "source": source, "occurred_at": occurred_at,
        "received_at": received_at, "outcome": outcome, "severity": severity,
        "actor": {"type": actor_type, "id": actor_id},
    });
    Ok(columns.to_string())
}

fn events_of(conn: &mut Conn, scope: &OrgScope<ReadEvents>, rows: Vec<Row>) -> Result<Vec<Event>> {
    rows.into_iter().map(|row| event(conn, scope, row)).collect()
}

/// Events of one page, and the `as_of` of the list it belongs to.
pub(super) struct Page {
    pub(super) events: Vec<Event>,
    pub(super) as_of: i64,
    /// First sequence that is not pruned.
    pub(super) first_sequence: i64,
}

/// What to read of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageQuery<'a> {
    pub(super) filter: &'a Filter,
    pub(super) order: Order,
    pub(super) as_of: Option<i64>,
    pub(super) after: Option<Position>,
    /// Rows to read.
    pub(super) limit: i64,
}

/// The sequence, as no index knows it. Lists run along the index of times; offered the one of sequences,
/// SQLite takes that, for the whole log, and sorts it.
macro_rules! unindexed_sequence {
    () => {
        events::sequence + 0_i64
    };
}

/// Everything that every read must respect: the organization, the scope's own filter, the pruned edge.
fn within<'a>(scope: &OrgScope<ReadEvents>, first_sequence: i64) -> Query<'a> {
    let query = events::table
        .into_boxed()
        .filter(events::org_id.eq(scope.org_id()))
        .filter((unindexed_sequence!()).ge(first_sequence));
    narrow(query, scope.filter())
}

/// A condition on events.
type Condition = Box<dyn BoxableExpression<events::table, MultiBackend, SqlType = Bool>>;

/// Whether a column that may be null is any of the values; never null itself, so that it can be combined.
macro_rules! is_any {
    ($column:expr, $values:expr) => {{
        let condition: Condition =
            Box::new($column.is_not_null().and($column.assume_not_null().eq_any($values.clone())));
        condition
    }};
}

/// Adds a filter's conditions. `Filter::matches` is its twin in memory.
fn narrow<'a>(mut query: Query<'a>, filter: &Filter) -> Query<'a> {
    match filter.actions.as_slice() {
        [] => {}
        // One action has its events in order of time in an index of its own.
        [ActionMatch::Exactly(action)] => query = query.filter(events::action.eq(action.clone())),
        several => query = query.filter(is_any_action(several)),
    }
    for (values, condition) in [
        (&filter.categories, is_any!(events::category, filter.categories)),
        (&filter.activity_types, is_any!(events::activity_type, filter.activity_types)),
        (&filter.ips, is_any!(events::ip, filter.ips)),
        (&filter.outcomes, Box::new(events::outcome.eq_any(filter.outcomes.clone()))),
        (&filter.severities, Box::new(events::severity.eq_any(filter.severities.clone()))),
        (&filter.sources, Box::new(events::source.eq_any(filter.sources.clone()))),
    ] {
        if !values.is_empty() {
            query = query.filter(condition);
        }
    }
    if !filter.actors.is_empty() {
        query = query.filter(
            events::actor_id
                .eq_any(filter.actors.clone())
                .or(is_any!(events::actor_name, filter.actors))
                .or(is_any!(events::actor_email, filter.actors)),
        );
    }
    if !filter.workspaces.is_empty() {
        query = query.filter(
            is_any!(events::workspace_id, filter.workspaces)
                .or(is_any!(events::workspace_name, filter.workspaces)),
        );
    }
    if !filter.targets.is_empty() {
        query = query.filter(names_any_target(&filter.targets));
    }
    if let Some(since) = filter.since {
        query = query.filter(events::occurred_at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(events::occurred_at.lt(until));
    }
    query
}

/// Whether any target has one of the values as its id, name or e-mail. No index helps: the search index will.
fn names_any_target(values: &[String]) -> Condition {
    let mut any: Condition = Box::new(events::sequence.lt(0)); // of no values, none
    for value in values {
        let pattern = format!("%{}%", like_escaped(&enclosed(value)));
        let is_named = events::targets.assume_not_null().like(pattern).escape('\\');
        any = Box::new(any.or(events::targets.is_not_null().and(is_named)));
    }
    any
}

fn like_escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Whether the action is one of several. Not by an index: its answers would have to be sorted by time, all of
/// them, for one page.
fn is_any_action(actions: &[ActionMatch]) -> Condition {
    let mut any: Condition = Box::new(events::sequence.lt(0)); // of no actions, none
    for action in actions {
        let column = || events::action.concat("");
        any = match action {
            ActionMatch::Exactly(action) => Box::new(any.or(column().eq(action.clone()))),
            // `.` + 1 is `/`: the range holds exactly the actions that begin with the prefix.
            ActionMatch::Prefix(prefix) => {
                let end = format!("{}/", prefix.trim_end_matches('.'));
                Box::new(any.or(column().ge(prefix.clone()).and(column().lt(end))))
            }
        };
    }
    any
}

/// The filter of a page, without the bound that the place where it goes on implies. Of two bounds on the same side
/// SQLite takes either, and with it the index of times instead of the one of actions.
fn without_implied(page: &PageQuery<'_>) -> Filter {
    let mut filter = page.filter.clone();
    match (page.order, page.after) {
        (_, None) => {}
        (Order::Descending, Some(_)) => filter.until = None,
        (Order::Ascending, Some(_)) => filter.since = None,
    }
    filter
}

/// One page of a list, in its order.
pub(super) fn page(conn: &mut Conn, scope: &OrgScope<ReadEvents>, page: &PageQuery<'_>) -> Result<Page> {
    // The head is read before the rows: what is appended in between lies above `as_of` and stays out.
    let head = log::head(conn, scope.org_id())?;
    let as_of = page.as_of.unwrap_or(head.next_sequence);
    if as_of > head.next_sequence {
        return Err(Error::CursorExpired);
    }
    let mut query = narrow(within(scope, head.first_sequence), &without_implied(page))
        .filter((unindexed_sequence!()).lt(as_of));
    query = match (page.order, page.after) {
        (Order::Descending, None) => query.order((events::occurred_at.desc(), events::sequence.desc())),
        (Order::Ascending, None) => query.order((events::occurred_at.asc(), events::sequence.asc())),
        // The first condition is implied by the second; it is the one that an index can use.
        (Order::Descending, Some(Position { occurred_at, sequence })) => query
            .filter(events::occurred_at.le(occurred_at))
            .filter(events::occurred_at.lt(occurred_at).or((unindexed_sequence!()).lt(sequence)))
            .order((events::occurred_at.desc(), events::sequence.desc())),
        (Order::Ascending, Some(Position { occurred_at, sequence })) => query
            .filter(events::occurred_at.ge(occurred_at))
            .filter(events::occurred_at.gt(occurred_at).or((unindexed_sequence!()).gt(sequence)))
            .order((events::occurred_at.asc(), events::sequence.asc())),
    };
    let rows: Vec<Row> = query.select(ROW).limit(page.limit).load(conn)?;
    let first_sequence = head.first_sequence;
    Ok(Page { events: events_of(conn, scope, rows)?, as_of, first_sequence })
}

/// The event with this id.
pub(super) fn find(
    conn: &mut Conn,
    scope: &OrgScope<ReadEvents>,
    id: Id<id::Event>,
) -> Result<Option<Event>> {
    let head = log::head(conn, scope.org_id())?;
    let row: Option<Row> = within(scope, head.first_sequence)
        .filter(events::id.eq(id))
        .filter(events::sequence.lt(head.next_sequence))
        .select(ROW)
        .first(conn)
        .optional()?;
    row.map(|row| event(conn, scope, row)).transpose()
}

/// Events in commit order, and where to go on.
pub(super) struct Tail {
    pub(super) events: Vec<Event>,
    pub(super) next_from: i64,
    /// The log's size: nothing is left to read when `next_from` reaches it.
    pub(super) next_sequence: i64,
}

/// What to read of the tail.
#[derive(Debug, Clone)]
pub(super) struct TailQuery {
    pub(super) filter: Filter,
    /// First sequence to look at.
    pub(super) from: i64,
    /// Rows to read.
    pub(super) limit: i64,
}

/// Events in the order of the log, from a sequence on.
pub(super) fn tail(conn: &mut Conn, scope: &OrgScope<ReadEvents>, query: &TailQuery) -> Result<Tail> {
    let TailQuery { filter, from, limit } = query;
    let (from, limit) = (*from, *limit);
    let head = log::head(conn, scope.org_id())?;
    let next_sequence = head.next_sequence;
    if from > next_sequence {
        let message = format!("the log ends at {next_sequence}: that is the next sequence it will have");
        return Err(Error::InvalidQuery(vec![FieldError::new("from", "past_the_end", message)]));
    }
    if from < head.first_sequence && from > 0 {
        return Err(Error::Pruned(head.first_sequence));
    }
    // Unfiltered, every row examined is a row returned, and the limit bounds the read by itself.
    let is_filtered = !filter.is_empty() || !scope.filter().is_empty();
    let end =
        if is_filtered { next_sequence.min(from.saturating_add(TAIL_EXAMINED_MAX)) } else { next_sequence };
    let rows: Vec<Row> = narrow(within(scope, head.first_sequence), filter)
        .filter(events::sequence.ge(from))
        .filter(events::sequence.lt(end))
        .order(events::sequence.asc())
        .select(ROW)
        .limit(limit)
        .load(conn)?;
    let is_full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= limit;
    let next_from = rows.last().filter(|_| is_full).map_or(end, |(sequence, ..)| sequence + 1);
    Ok(Tail { events: events_of(conn, scope, rows)?, next_from, next_sequence })
}
