//! Checks a log against its proof: every leaf from its body and seed, the root, the seal, the columns.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use diesel::{dsl::max, prelude::*};
use serde_json::{Map, Value};

use super::{
    Sealer,
    frontier::Frontier,
    leaf::{self, Seed},
    sealed::Columns,
    store::{Head, head},
};
use crate::{
    access::OrgScope,
    clock::Time,
    db::{Conn, schema::events},
    error::{Error, Result},
    id::{self, Id},
};

/// Events read at a time.
const CHUNK: i64 = 1_000;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many events were found good, from the first on.
    pub events: u64,
    /// Root of the tree over them, base64.
    pub root: String,
    /// The first thing that is wrong.
    pub finding: Option<Finding>,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The event at this sequence is not what was sealed.
    Altered { sequence: i64, id: Id<id::Event>, what: &'static str },
    /// There is no event at this sequence.
    Missing { sequence: i64 },
    /// There is an event at this sequence, past the end of the log.
    Extra { sequence: i64 },
    /// Each event fits its own leaf hash, but together they are not the tree that was sealed.
    Root,
    /// The head is not as we sealed it.
    Head(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { sequence, id, what } => write!(f, "event {sequence} ({id}) was altered: {what}"),
            Self::Missing { sequence } => write!(f, "event {sequence} is missing"),
            Self::Extra { sequence } => write!(f, "event {sequence} was added without the service"),
            Self::Root => {
                f.write_str("events were replaced together with their leaf hashes: the root differs")
            }
            Self::Head(reason) => write!(f, "the log head: {reason}"),
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
    text: Text,
}

type Text = (
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// Checks the whole log of `scope`.
pub(crate) fn verify(conn: &mut Conn, sealer: &Sealer, scope: &OrgScope) -> Result<Report> {
    let org = scope.org_id();
    // The last row is read before the head: one that is committed in between lies below the head that follows.
    let last: Option<i64> =
        events::table.filter(events::org_id.eq(org)).select(max(events::sequence)).first(conn)?;
    let head = head(conn, org)?;
    if let Err(Error::Integrity(reason)) = sealer.check(org, &head) {
        return Ok(Report { events: 0, root: String::new(), finding: Some(Finding::Head(reason)) });
    }
    let mut frontier = Frontier::default();
    let mut finding = check_events(conn, scope, &head, &mut frontier)?;
    if finding.is_none() && head.frontier()? != frontier {
        finding = Some(Finding::Root);
    }
    if finding.is_none() {
        finding = last.filter(|last| *last >= head.next_sequence).map(|sequence| Finding::Extra { sequence });
    }
    Ok(Report { events: frontier.size(), root: BASE64_STANDARD.encode(frontier.root()), finding })
}

fn check_events(
    conn: &mut Conn,
    scope: &OrgScope,
    head: &Head,
    frontier: &mut Frontier,
) -> Result<Option<Finding>> {
    let mut expected = head.first_sequence;
    while expected < head.next_sequence {
        let rows = load(conn, scope, expected, head.next_sequence)?;
        if rows.is_empty() {
            return Ok(Some(Finding::Missing { sequence: expected }));
        }
        for row in rows {
            if row.sequence != expected {
                return Ok(Some(Finding::Missing { sequence: expected }));
            }
            if let Some(what) = difference(&row)? {
                return Ok(Some(Finding::Altered { sequence: row.sequence, id: row.id, what }));
            }
            let hash = row.leaf_hash.as_slice().try_into();
            frontier.push(hash.ok().ok_or_else(|| Error::Integrity("a leaf hash is not 32 bytes".into()))?);
            expected += 1;
        }
    }
    Ok(None)
}

fn load(conn: &mut Conn, scope: &OrgScope, from: i64, end: i64) -> Result<Vec<Row>> {
    Ok(events::table
        .filter(events::org_id.eq(scope.org_id()))
        .filter(events::sequence.ge(from))
        .filter(events::sequence.lt(end))
        .order(events::sequence)
        .limit(CHUNK)
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
                events::workspace_id,
                events::workspace_name,
                events::ip,
            ),
        ))
        .load(conn)?)
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
        && Columns::of(&body) == columns(&row.text);
    Ok((!is_projected).then_some("its columns do not match its body: filters would miss it"))
}

fn columns(text: &Text) -> Columns {
    let (
        action,
        category,
        activity_type,
        outcome,
        severity,
        source,
        actor_type,
        actor_id,
        actor_name,
        actor_email,
        workspace_id,
        workspace_name,
        ip,
    ) = text.clone();
    Columns {
        action,
        category,
        activity_type,
        outcome,
        severity,
        source,
        actor_type,
        actor_id,
        actor_name,
        actor_email,
        workspace_id,
        workspace_name,
        ip,
    }
}
