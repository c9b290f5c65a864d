//! Checks a log against its proof: every leaf from its body and seed, the root, the seal, the columns.
//!
//! The host's own act. It trusts no table: a log whose organization or head is gone is found by what is left
//! of it, and a row that cannot even be read is named like one that was altered.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};
use diesel::{dsl::min, prelude::*};
use serde_json::{Map, Value};

use super::{
    Sealer,
    frontier::Frontier,
    leaf::{self, Seed},
    sealed::Columns,
    store::{Head, find_head},
};
use crate::{
    clock::Time,
    db::{
        Conn, Db,
        schema::{events, log_heads, organizations},
    },
    error::{Error, Result},
    id::{self, Id, Org},
};

/// Events read at a time: short transactions, so that a long check holds up nobody.
const CHUNK: i64 = 1_000;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The organization's slug; its id when it has no row.
    pub name: String,
    /// How many events were found good, from the first on.
    pub events: u64,
    /// Root of the tree over them, base64.
    pub root: String,
    /// What is wrong: of the events only the first.
    pub findings: Vec<Finding>,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The log belongs to an organization that is not there.
    NoOrganization,
    /// The log's head is not there.
    NoHead,
    /// The head is not as we sealed it.
    Head(String),
    /// The event at this sequence is not what was sealed.
    Altered { sequence: i64, id: Option<Id<id::Event>>, what: &'static str },
    /// There is no event at this sequence.
    Missing { sequence: i64 },
    /// There is an event at this sequence, past the end of the log.
    Extra { sequence: i64 },
    /// Each of these events fits its own leaf hash, but together they are not the tree that was sealed.
    Replaced { first: i64, last: i64 },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOrganization => f.write_str("the organization was removed; its log is still there"),
            Self::NoHead => f.write_str("the log head is missing: nothing says what the log should hold"),
            Self::Head(reason) => write!(f, "the log head: {reason}"),
            Self::Altered { sequence, id: Some(id), what } => {
                write!(f, "event {sequence} ({id}) was altered: {what}")
            }
            Self::Altered { sequence, id: None, what } => write!(f, "event {sequence} was altered: {what}"),
            Self::Missing { sequence } => write!(f, "event {sequence} is missing"),
            Self::Extra { sequence } => write!(f, "event {sequence} was added without the service"),
            Self::Replaced { first, last } => {
                write!(f, "among events {first} to {last} one was replaced together with its leaf hash")
            }
        }
    }
}

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

/// Every log of which anything is left: organization by id, with its slug if it has a row.
pub(crate) fn logs(conn: &mut Conn) -> Result<BTreeMap<Id<Org>, Option<String>>> {
    let with_events: Vec<Id<Org>> = events::table.select(events::org_id).distinct().load(conn)?;
    let with_heads: Vec<Id<Org>> = log_heads::table.select(log_heads::org_id).load(conn)?;
    let known: Vec<(Id<Org>, String)> =
        organizations::table.select((organizations::id, organizations::slug)).load(conn)?;
    let mut logs: BTreeMap<_, _> = with_events.into_iter().chain(with_heads).map(|org| (org, None)).collect();
    logs.extend(known.into_iter().map(|(org, slug)| (org, Some(slug))));
    Ok(logs)
}

/// Checks the whole log of one organization.
pub(crate) fn verify(db: &Db, sealer: &Sealer, org: Id<Org>, slug: Option<&str>) -> Result<Report> {
    let mut findings = Vec::new();
    if slug.is_none() {
        findings.push(Finding::NoOrganization);
    }
    let mut frontier = Frontier::default();
    match db.read_blocking("log.verify_head", |conn| find_head(conn, org))? {
        None => findings.push(Finding::NoHead),
        Some(head) => {
            let finding = check_events(db, org, &head, &mut frontier)?;
            if let Err(Error::Integrity(reason)) = sealer.check(org, &head) {
                // What a foreign head says of the whole proves nothing; each event speaks for itself.
                findings.push(Finding::Head(reason));
                findings.extend(finding);
            } else {
                findings.extend(match finding {
                    None => replaced(&head, &frontier).or(extra(db, org, &head)?),
                    found => found,
                });
            }
        }
    }
    let name = slug.map_or_else(|| org.to_string(), ToOwned::to_owned);
    Ok(Report { name, events: frontier.size(), root: BASE64_STANDARD.encode(frontier.root()), findings })
}

/// The first thing that is wrong with the events below the head.
fn check_events(db: &Db, org: Id<Org>, head: &Head, frontier: &mut Frontier) -> Result<Option<Finding>> {
    let mut expected = head.first_sequence;
    while expected < head.next_sequence {
        let rows = match load(db, org, expected, head.next_sequence.min(expected + CHUNK)) {
            Err(error) if is_unreadable(&error) => return unreadable(db, org, expected, frontier),
            rows => rows?,
        };
        if rows.is_empty() {
            return Ok(Some(Finding::Missing { sequence: expected }));
        }
        for row in &rows {
            if let Some(finding) = check_row(row, expected, frontier)? {
                return Ok(Some(finding));
            }
            expected += 1;
        }
    }
    Ok(None)
}

fn check_row(row: &Row, expected: i64, frontier: &mut Frontier) -> Result<Option<Finding>> {
    if row.sequence != expected {
        return Ok(Some(Finding::Missing { sequence: expected }));
    }
    let what = difference(row)?;
    match (what, row.leaf_hash.as_slice().try_into()) {
        (None, Ok(hash)) => {
            frontier.push(hash);
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

fn is_unreadable(error: &Error) -> bool {
    matches!(error, Error::Database(diesel::result::Error::DeserializationError(_)))
}

/// Reads on one by one, to name the row that no reader can take.
fn unreadable(db: &Db, org: Id<Org>, from: i64, frontier: &mut Frontier) -> Result<Option<Finding>> {
    for sequence in from..from + CHUNK {
        match load(db, org, sequence, sequence + 1) {
            Err(error) if is_unreadable(&error) => {
                return Ok(Some(Finding::Altered { sequence, id: None, what: "it cannot be read" }));
            }
            rows => match rows?.first() {
                None => return Ok(Some(Finding::Missing { sequence })),
                Some(row) => {
                    if let Some(finding) = check_row(row, sequence, frontier)? {
                        return Ok(Some(finding));
                    }
                }
            },
        }
    }
    Ok(None)
}

/// The smallest range that the sealed peaks can name when the events do not add up to them.
fn replaced(head: &Head, frontier: &Frontier) -> Option<Finding> {
    let Ok(sealed) = head.frontier() else {
        return Some(Finding::Head("its frontier does not fit its size".into()));
    };
    let mut first = head.tree_start;
    let powers = (0..i64::BITS - 1).rev().map(|bit| 1_i64 << bit);
    let widths = powers.filter(|width| (head.next_sequence - head.tree_start) & width != 0);
    for (width, (ours, theirs)) in widths.zip(sealed.peaks().iter().zip(frontier.peaks())) {
        if ours != theirs {
            return Some(Finding::Replaced { first, last: first + width - 1 });
        }
        first += width;
    }
    None
}

/// The first event past the end. What the service appends meanwhile has moved the end when it is looked at
/// again.
fn extra(db: &Db, org: Id<Org>, head: &Head) -> Result<Option<Finding>> {
    let beyond: Option<i64> = db.read_blocking("log.verify_extra", |conn| {
        let rows =
            events::table.filter(events::org_id.eq(org)).filter(events::sequence.ge(head.next_sequence));
        Ok(rows.select(min(events::sequence)).first(conn)?)
    })?;
    let Some(sequence) = beyond else { return Ok(None) };
    let now = db.read_blocking("log.verify_head", |conn| find_head(conn, org))?;
    let end = now.map_or(0, |head| head.next_sequence);
    Ok((sequence >= end).then_some(Finding::Extra { sequence }))
}

/// What of the row is not what was sealed.
fn difference(row: &Row) -> Result<Option<&'static str>> {
    let Ok(body) = serde_json::from_str::<Map<String, Value>>(&row.body) else {
        return Ok(Some("its body is not a JSON object"));
    };
    if leaf::canonical(&Value::Object(body.clone()))? != row.body {
        return Ok(Some("its body is not in canonical form"));
    }
    let Some(seed) = row.seed.as_deref().and_then(|seed| Seed::try_from(seed).ok()) else {
        return Ok(Some("its seed is gone"));
    };
    // A body whose members have other types than a sealed one has no leaf.
    if !leaf::hash(&body, &seed).is_ok_and(|hash| hash.as_slice() == row.leaf_hash) {
        return Ok(Some("its body does not match its leaf hash"));
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let times = [("occurred_at", row.occurred_at), ("received_at", row.received_at)];
    let is_projected = text("id") == row.id.to_string()
        && times.iter().all(|(name, column)| text(name) == column.to_rfc3339())
        && Columns::of(&body) == row.columns;
    Ok((!is_projected).then_some("its columns do not match its body: filters would miss it"))
}
