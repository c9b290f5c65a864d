//! Checks a log against its proof: every leaf from its body and seed, the root, the seal, the columns, and
//! everything that was ever signed of it.
//!
//! The host's own act. It trusts no table: a log whose organization or head is gone is found by what is left
//! of it, or by what remembers it; what a closed epoch should hold is said by the one after it; and a row that
//! cannot even be read is named like one that was altered.

mod anchors;
mod epochs;
mod events;
mod finding;
mod logs;
mod outside;
mod state;

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Sealer, frontier::Frontier, store::Head};
use crate::{
    db::Db,
    error::{Error, Result},
    id::{Id, Installation, Log, Org},
};
use anchors::Anchors;
use epochs::{Chain, Epoch};

pub use finding::{Finding, Note};
pub(crate) use logs::{Known, logs, unknown, without_platform};
pub(crate) use outside::Outside;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The organization's slug; its id when nothing tells the slug.
    pub name: String,
    /// The organization; none of a log of which nothing is left but that it was signed.
    pub org: Option<Id<Org>>,
    /// The log.
    pub log: Option<Id<Log>>,
    /// The epoch that the log is in.
    pub epoch: Option<i32>,
    /// How many events were found good, from the first on.
    pub events: u64,
    /// Root of the newest epoch's tree, base64.
    pub root: String,
    /// Checkpoints that the log was held against.
    pub checkpoints: u64,
    /// What the log itself records as lost.
    pub given_up: Vec<GivenUp>,
    /// What is wrong: of the events of an epoch only the first.
    pub findings: Vec<Finding>,
    /// What it could not be held against.
    pub notes: Vec<Note>,
}

/// Events whose loss the log itself records, where an epoch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// The epoch that ended; it was lost as a whole when there are no sequences.
    pub epoch: i32,
    /// First and last.
    pub sequences: Option<(i64, i64)>,
    /// Checkpoints of them.
    pub checkpoints: u64,
}

impl Report {
    const fn new(name: String) -> Self {
        Self {
            name,
            org: None,
            log: None,
            epoch: None,
            events: 0,
            root: String::new(),
            checkpoints: 0,
            given_up: Vec::new(),
            findings: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// What a log is held against, besides itself. Read before the database, in which no log is shorter then than
/// what was signed of it.
#[derive(Debug)]
pub(crate) struct Reference<'a> {
    pub(crate) sealer: &'a Sealer,
    pub(crate) installation: Id<Installation>,
    /// Checkpoints that were kept elsewhere, of whichever logs.
    pub(crate) outside: &'a [Outside],
}

/// Checks the whole log of one organization. Answers as well which logs are its own.
pub(crate) fn verify(
    db: &Db,
    reference: &Reference<'_>,
    org: Id<Org>,
    known: &Known,
) -> Result<(Report, BTreeSet<Id<Log>>)> {
    let mut report = Report::new(known.slug.clone().unwrap_or_else(|| org.to_string()));
    report.org = Some(org);
    let chain = if known.has_row || known.has_log {
        report.findings.extend((!known.has_row).then_some(Finding::NoOrganization));
        db.snapshot_blocking("log.verify_state", |conn| {
            // A long check outlives the keys that it began with.
            reference.sealer.keyring().learn(conn)?;
            state::read(conn, org)
        })?
    } else {
        report.findings.push(Finding::Gone);
        Chain::default()
    };
    report.findings.extend(chain.findings.iter().cloned());
    for epoch in &chain.epochs {
        check_epoch(db, reference, (org, epoch), &mut report)?;
    }
    let current = chain.epochs.last().map(|epoch| &epoch.head);
    report.log = current.map(|head| head.log_id).or(known.log);
    report.epoch = current.map(|head| head.epoch);
    let own: BTreeSet<_> = chain.epochs.iter().map(|epoch| epoch.head.log_id).chain(known.log).collect();
    account_for_epochs(reference, &chain, &own, &mut report);
    let mark = |head: &Head| reference.sealer.marks().get(head.log_id, head.epoch);
    let has_mark = |head: &Head| mark(head).is_some_and(|signed| signed.size() > 0);
    report.notes.extend(current.is_some_and(|head| !has_mark(head)).then_some(Note::NoMark));
    Ok((report, own))
}

/// Checks one epoch of a log, which is a tree of its own.
fn check_epoch(
    db: &Db,
    reference: &Reference<'_>,
    (org, epoch): (Id<Org>, &Epoch),
    report: &mut Report,
) -> Result<()> {
    let head = &epoch.head;
    let mut tree = Frontier::default();
    let mut anchors = Anchors::new(db, reference, org, head)?;
    let event = events::check(db, org, head, &mut tree, &mut anchors)?;
    let outcome = anchors.finish(&epoch.above, epoch.closed.as_ref());
    let is_whole = event.is_none();
    match reference.sealer.check_seal(org, head) {
        _ if !epoch.is_there => report.findings.extend(event),
        Err(Error::Integrity(what)) => {
            // What a foreign head says of the whole proves nothing; each event speaks for itself.
            report.findings.push(Finding::Head { epoch: epoch.closed.map(|_| head.epoch), what });
            report.findings.extend(event);
        }
        checked => {
            checked?;
            report.findings.extend(event);
            report.findings.extend(is_whole.then(|| differs(head, &tree)).flatten());
            report.findings.extend(epoch.stray.map(|sequence| Finding::Extra { sequence }));
        }
    }
    report.findings.extend(outcome.findings);
    report.given_up.extend(epoch.closed.map(|closed| GivenUp {
        epoch: head.epoch,
        sequences: (closed.first <= closed.last).then_some((closed.first, closed.last)),
        checkpoints: outcome.given_up,
    }));
    report.events += outcome.contradicted.unwrap_or_else(|| tree.size());
    report.checkpoints += outcome.agreed;
    report.root = BASE64_STANDARD.encode(tree.root());
    Ok(())
}

/// What was signed of epochs that are not there: they were given up as a whole, or taken away.
fn account_for_epochs(
    reference: &Reference<'_>,
    chain: &Chain,
    own: &BTreeSet<Id<Log>>,
    report: &mut Report,
) {
    let marks = reference.sealer.marks().all().into_iter();
    let marks = marks.map(|(log, epoch, tree)| (log, epoch, tree.size(), 0));
    let outside = reference.outside.iter().map(|kept| (kept.log, kept.epoch, kept.head.size, 1));
    let mut absent: BTreeMap<i32, (u64, u64)> = BTreeMap::new();
    for (log, epoch, size, count) in marks.chain(outside) {
        // A mark of no events only reserves the number of an epoch.
        if size > 0 && own.contains(&log) && !chain.has(epoch) {
            let (largest, checkpoints) = absent.entry(epoch).or_default();
            *largest = size.max(*largest);
            *checkpoints += count;
        }
    }
    for (epoch, (size, checkpoints)) in absent {
        if chain.is_skipped(epoch) {
            report.given_up.push(GivenUp { epoch, sequences: None, checkpoints });
        } else {
            report.findings.push(Finding::LostEpoch { epoch, size });
        }
    }
}

/// How the tree of all events differs from what was sealed.
fn differs(head: &Head, tree: &Frontier) -> Option<Finding> {
    if head.size().ok() == Some(tree.size()) {
        return replaced(head, tree);
    }
    let (found, start, end) = (tree.size(), head.tree_start, head.next_sequence);
    let what = format!("it counts events {start} up to {end}, but {found} of them are there to be checked");
    Some(Finding::Head { epoch: Some(head.epoch), what })
}

/// The smallest range that the sealed peaks can name when the events do not add up to them.
fn replaced(head: &Head, frontier: &Frontier) -> Option<Finding> {
    let Ok(sealed) = head.frontier() else {
        let what = "its frontier does not fit its size".into();
        return Some(Finding::Head { epoch: Some(head.epoch), what });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;

    /// A head that claims that events were pruned hides them from the pass: it must not be good for that.
    #[test]
    fn a_head_of_more_events_than_there_are_is_a_finding() {
        let id = Time::from_micros(0);
        let mut tree = Frontier::default();
        (0..6).for_each(|leaf| tree.push([leaf; 32]));
        let head = |first_sequence| Head {
            log_id: Id::new(id),
            epoch: 1,
            tree_start: 0,
            next_sequence: 6,
            first_sequence,
            frontier: tree.to_bytes(),
            seal: Vec::new(),
            seal_key_id: Id::new(id),
        };

        assert_eq!(differs(&head(0), &tree), None);
        let what = "it counts events 0 up to 6, but 0 of them are there to be checked".to_owned();
        assert_eq!(differs(&head(6), &Frontier::default()), Some(Finding::Head { epoch: Some(1), what }));
    }
}
