//! Checks a log against its proof: every leaf from its body and seed, the root, the seal, the columns, and
//! everything that was ever signed of it.
//!
//! The host's own act. It trusts no table: a log whose organization or head is gone is found by what is left
//! of it, and a row that cannot even be read is named like one that was altered.

mod anchors;
mod events;

use std::{collections::BTreeMap, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};
use diesel::{dsl::min, prelude::*};

use super::{
    Sealer,
    checkpoint::{note, origin},
    frontier::Frontier,
    store::{Head, closed_heads, find_head, heads},
};
use crate::{
    db::{
        Conn, Db,
        schema::{events as rows, log_heads, organizations},
    },
    error::{Error, Result},
    id::{self, Id, Installation, Org},
    keyring::Purpose,
};
use anchors::Anchors;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The organization's slug; its id when it has no row.
    pub name: String,
    /// How many events were found good, from the first on.
    pub events: u64,
    /// Root of the newest epoch's tree, base64.
    pub root: String,
    /// Checkpoints that the log was held against.
    pub checkpoints: u64,
    /// Events whose loss the log itself records, first and last: where an epoch ended.
    pub given_up: Vec<(i64, i64)>,
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
    /// A checkpoint that we keep, or that somebody else kept, does not fit the log.
    Checkpoint { size: u64, what: String },
    /// The log does not begin with what the high-water mark remembers.
    Mark { size: u64 },
    /// A tile is not made of the events' leaf hashes.
    Tile { level: i32, index: u64 },
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
            Self::Checkpoint { size, what } => write!(f, "the checkpoint of {size} events: {what}"),
            Self::Mark { size } => {
                write!(f, "the log does not begin with the {size} events that were signed of it")
            }
            Self::Tile { level, index } => {
                write!(f, "tile {index} of level {level} does not match the events")
            }
        }
    }
}

/// What a log is held against, besides itself.
#[derive(Debug)]
pub(crate) struct Reference<'a> {
    pub(crate) sealer: &'a Sealer,
    pub(crate) installation: Id<Installation>,
    /// Checkpoints that were kept elsewhere: signed notes, of whichever logs.
    pub(crate) outside: &'a [String],
}

/// Every log of which anything is left: organization by id, with its slug if it has a row.
pub(crate) fn logs(conn: &mut Conn) -> Result<BTreeMap<Id<Org>, Option<String>>> {
    let with_events: Vec<Id<Org>> = rows::table.select(rows::org_id).distinct().load(conn)?;
    let with_heads: Vec<Id<Org>> = log_heads::table.select(log_heads::org_id).load(conn)?;
    let known: Vec<(Id<Org>, String)> =
        organizations::table.select((organizations::id, organizations::slug)).load(conn)?;
    let mut logs: BTreeMap<_, _> = with_events.into_iter().chain(with_heads).map(|org| (org, None)).collect();
    logs.extend(known.into_iter().map(|(org, slug)| (org, Some(slug))));
    Ok(logs)
}

/// The checkpoints from outside that fit no log here, and why.
pub(crate) fn foreign(conn: &mut Conn, reference: &Reference<'_>) -> Result<Vec<(String, String)>> {
    let mut heads: Vec<Head> = heads(conn)?.into_iter().map(|(_, head)| head).collect();
    for org in logs(conn)?.into_keys() {
        heads.extend(closed_heads(conn, org)?);
    }
    let versions = reference.sealer.keyring().versions(Purpose::Checkpoint);
    let keys: Vec<_> = versions.into_iter().map(|version| version.key).collect();
    let why = |text: &String| {
        let first = text.lines().next().unwrap_or_default();
        let origins = heads.iter().map(|head| origin(reference.installation, head.log_id, head.epoch));
        match origins.into_iter().find(|origin| origin == first) {
            None => Some("there is no such log here".to_owned()),
            Some(origin) => note::open(text, &origin, &keys).err(),
        }
    };
    Ok(reference.outside.iter().filter_map(|text| Some((text.clone(), why(text)?))).collect())
}

/// Checks the whole log of one organization.
pub(crate) fn verify(db: &Db, reference: &Reference<'_>, org: Id<Org>, slug: Option<&str>) -> Result<Report> {
    let name = slug.map_or_else(|| org.to_string(), ToOwned::to_owned);
    let mut report = Report {
        name,
        events: 0,
        root: String::new(),
        checkpoints: 0,
        given_up: Vec::new(),
        findings: Vec::new(),
    };
    if slug.is_none() {
        report.findings.push(Finding::NoOrganization);
    }
    let read = |conn: &mut Conn| Ok((closed_heads(conn, org)?, find_head(conn, org)?));
    let (closed, head) = db.read_blocking("log.verify_heads", read)?;
    let mut tree = Frontier::default();
    match head {
        None => report.findings.push(Finding::NoHead),
        Some(head) => {
            for (old, next) in closed.iter().zip(closed.iter().skip(1).chain([&head])) {
                check_epoch(db, reference, (org, old), &mut tree, &mut report)?;
                report.findings.extend(extra_between(db, org, old, next)?);
                report.given_up.push((old.next_sequence, next.tree_start - 1));
            }
            let anchors = check_epoch(db, reference, (org, &head), &mut tree, &mut report)?;
            if report.findings.is_empty() {
                // What the service has appended and signed meanwhile is not lost.
                let now = db.read_blocking("log.verify_head", |conn| find_head(conn, org))?;
                let size = now.map_or(Ok(0), |head| head.size())?;
                report.findings.extend(anchors.left(&tree, size));
            }
        }
    }
    report.root = BASE64_STANDARD.encode(tree.root());
    Ok(report)
}

/// Checks one epoch of a log, which is a tree of its own.
fn check_epoch<'a>(
    db: &'a Db,
    reference: &Reference<'_>,
    (org, head): (Id<Org>, &Head),
    tree: &mut Frontier,
    report: &mut Report,
) -> Result<Anchors<'a>> {
    *tree = Frontier::default();
    let mut anchors = Anchors::new(db, reference, org, head)?;
    let finding = events::check(db, org, head, tree, &mut anchors)?;
    if let Err(Error::Integrity(reason)) = reference.sealer.check_seal(org, head) {
        // What a foreign head says of the whole proves nothing; each event speaks for itself.
        report.findings.push(Finding::Head(reason));
        report.findings.extend(finding);
    } else {
        let finding = match finding {
            None => replaced(head, tree).or(extra(db, org, head)?),
            found => found,
        };
        report.findings.extend(finding);
    }
    report.events += tree.size();
    report.checkpoints += anchors.agreed;
    Ok(anchors)
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
        let beyond = rows::table.filter(rows::org_id.eq(org)).filter(rows::sequence.ge(head.next_sequence));
        Ok(beyond.select(min(rows::sequence)).first(conn)?)
    })?;
    let Some(sequence) = beyond else { return Ok(None) };
    let now = db.read_blocking("log.verify_head", |conn| find_head(conn, org))?;
    let end = now.map_or(0, |head| head.next_sequence);
    Ok((sequence >= end).then_some(Finding::Extra { sequence }))
}

/// The first event between the end of a closed epoch and the beginning of the next: there is none.
fn extra_between(db: &Db, org: Id<Org>, closed: &Head, next: &Head) -> Result<Option<Finding>> {
    let between: Option<i64> = db.read_blocking("log.verify_extra", |conn| {
        let between = rows::table
            .filter(rows::org_id.eq(org))
            .filter(rows::sequence.ge(closed.next_sequence))
            .filter(rows::sequence.lt(next.tree_start));
        Ok(between.select(min(rows::sequence)).first(conn)?)
    })?;
    Ok(between.map(|sequence| Finding::Extra { sequence }))
}
