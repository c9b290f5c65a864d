//! The events of one epoch: each against its leaf hash, in order, none missing.

use diesel::prelude::*;
use serde_json::Value;

use super::{Finding, anchors::Anchors};
use crate::{
    clock::Time,
    db::{Db, is_unreadable, schema::events},
    error::Result,
    id::{self, Id, Org},
    log::{frontier::Frontier, leaf, sealed::Columns, store::Head},
};

/// Events read at a time: short transactions, so that a long check holds up nobody.
const CHUNK: i64 = 1_000;

#[derive(Queryable)]
struct Row {
    sequence: i64,
    id: Id<id::Event>,
    occurred_at: Time,
    received_at: Time,
    seed: Option<Vec<u8>>,
    leaf_hash: Vec<u8>,
    body: String,
    columns: Columns,
}

/// The first thing that is wrong with the events below the head.
pub(super) fn check(
    db: &Db,
    org: Id<Org>,
    head: &Head,
    frontier: &mut Frontier,
    anchors: &mut Anchors<'_>,
) -> Result<Option<Finding>> {
    let mut expected = head.first_sequence.max(head.tree_start);
    while expected < head.next_sequence {
        let rows = match load(db, org, expected, head.next_sequence.min(expected.saturating_add(CHUNK))) {
            Err(error) if is_unreadable(&error) => return unreadable(db, org, expected, (frontier, anchors)),
            rows => rows?,
        };
        if rows.is_empty() {
            return Ok(Some(Finding::Missing { sequence: expected }));
        }
        for row in &rows {
            if let Some(finding) = check_row(row, expected, frontier, anchors)? {
                return Ok(Some(finding));
            }
            expected += 1;
        }
    }
    Ok(None)
}

fn check_row(
    row: &Row,
    expected: i64,
    frontier: &mut Frontier,
    anchors: &mut Anchors<'_>,
) -> Result<Option<Finding>> {
    if row.sequence != expected {
        return Ok(Some(Finding::Missing { sequence: expected }));
    }
    let what = difference(row);
    match (what, row.leaf_hash.as_slice().try_into()) {
        (None, Ok(hash)) => {
            frontier.push(hash);
            anchors.check(frontier, hash)?;
            Ok(None)
        }
        (what, _) => {
            let what = what.unwrap_or("its leaf hash is not 32 bytes");
            Ok(Some(Finding::Altered { sequence: expected, id: Some(row.id), what }))
        }
    }
}

fn load(db: &Db, org: Id<Org>, from: i64, end: i64) -> Result<Vec<Row>> {
    db.read_blocking("log.verify_events", |conn| {
        Ok(events::table
            .filter(events::org_id.eq(org))
            .filter(events::sequence.ge(from))
            .filter(events::sequence.lt(end))
            .order(events::sequence)
            .select((
                events::sequence,
                events::id,
                events::occurred_at,
                events::received_at,
                events::seed,
                events::leaf_hash,
                events::body,
                (
                    events::action,
                    events::category,
                    events::activity_type,
                    events::outcome,
                    events::severity,
                    events::source,
                    events::actor_type,
                    events::actor_id,
                    events::actor_name,
                    events::actor_email,
                    events::targets,
                    events::workspace_id,
                    events::workspace_name,
                    events::ip,
                ),
            ))
            .load(conn)?)
    })
}

/// Reads on one by one, to name the row that no reader can take.
fn unreadable(
    db: &Db,
    org: Id<Org>,
    from: i64,
    (frontier, anchors): (&mut Frontier, &mut Anchors<'_>),
) -> Result<Option<Finding>> {
    for sequence in from..from.saturating_add(CHUNK) {
        match load(db, org, sequence, sequence + 1) {
            Err(error) if is_unreadable(&error) => {
                return Ok(Some(Finding::Altered { sequence, id: None, what: "it cannot be read" }));
            }
            rows => match rows?.first() {
                None => return Ok(Some(Finding::Missing { sequence })),
                Some(row) => {
                    if let Some(finding) = check_row(row, sequence, frontier, anchors)? {
                        return Ok(Some(finding));
                    }
                }
            },
        }
    }
    Ok(None)
}

/// What of the row is not what was sealed.
fn difference(row: &Row) -> Option<&'static str> {
    let body = match leaf::check(&row.body, row.seed.as_deref(), &row.leaf_hash) {
        Ok(body) => body,
        Err(what) => return Some(what),
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let times = [("occurred_at", row.occurred_at), ("received_at", row.received_at)];
    let is_projected = text("id") == row.id.to_string()
        && times.iter().all(|(name, column)| text(name) == column.to_rfc3339())
        && Columns::of(&body) == row.columns;
    (!is_projected).then_some("its columns do not match its body: filters would miss it")
}
