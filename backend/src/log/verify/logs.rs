//! Which logs there are, or were: by what is left of them, and by what remembers them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::{Finding, Reference, Report};
use crate::{
    db::{
        Conn,
        schema::{checkpoints, events, log_epochs, log_heads, log_signing, log_tiles, organizations},
    },
    error::Result,
    id::{Id, Log, Org},
    log::created,
    orgs::PLATFORM_SLUG,
};

/// An organization whose log is to be checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Of its row, or of the event that records its making.
    pub(crate) slug: Option<String>,
    /// The log that was made with it.
    pub(super) log: Option<Id<Log>>,
    /// Whether it has a row.
    pub(super) has_row: bool,
    /// Whether any table of the log has something of it.
    pub(super) has_log: bool,
}

/// Every organization of which anything is left or recorded. The platform's own is told by its slug, which nobody
/// else can have; without it nothing records which organizations there were.
pub(crate) fn logs(conn: &mut Conn) -> Result<BTreeMap<Id<Org>, Known>> {
    let mut logs: BTreeMap<Id<Org>, Known> = BTreeMap::new();
    let rows: Vec<(Id<Org>, String)> =
        organizations::table.select((organizations::id, organizations::slug)).load(conn)?;
    for (platform, _) in rows.iter().filter(|(_, slug)| slug == PLATFORM_SLUG) {
        for created in created::all(conn, *platform)? {
            let known = Known { slug: Some(created.slug), log: created.log, ..Known::default() };
            logs.insert(created.org, known);
        }
    }
    for (org, slug) in rows {
        let known = logs.entry(org).or_default();
        known.slug = Some(slug);
        known.has_row = true;
    }
    for org in with_log(conn)? {
        logs.entry(org).or_default().has_log = true;
    }
    Ok(logs)
}

/// Organizations that a table names. The next one is looked up by the key: a table of all events is not read for it.
macro_rules! organizations_in {
    ($conn:expr, $table:ident) => {{
        let mut found: Vec<Id<Org>> = Vec::new();
        loop {
            let mut next = $table::table.select($table::org_id).order($table::org_id).limit(1).into_boxed();
            if let Some(last) = found.last() {
                next = next.filter($table::org_id.gt(*last));
            }
            match next.first($conn).optional()? {
                Some(org) => found.push(org),
                None => break found,
            }
        }
    }};
}

fn with_log(conn: &mut Conn) -> Result<BTreeSet<Id<Org>>> {
    let tables: [Vec<Id<Org>>; 6] = [
        organizations_in!(conn, events),
        organizations_in!(conn, log_heads),
        organizations_in!(conn, log_epochs),
        organizations_in!(conn, checkpoints),
        organizations_in!(conn, log_tiles),
        organizations_in!(conn, log_signing),
    ];
    Ok(tables.into_iter().flatten().collect())
}

/// Says that the platform's organization is not there, where it is not.
pub(crate) fn without_platform(logs: &BTreeMap<Id<Org>, Known>) -> Option<Report> {
    if logs.values().any(|known| known.has_row && known.slug.as_deref() == Some(PLATFORM_SLUG)) {
        return None;
    }
    let mut report = Report::new(PLATFORM_SLUG.into());
    report.findings.push(Finding::NoPlatform);
    Some(report)
}

/// What was signed, here or on a checkpoint from elsewhere, of logs that nobody here knows any more: one report
/// for each.
pub(crate) fn unknown(reference: &Reference<'_>, known: &BTreeSet<Id<Log>>) -> Vec<Report> {
    let marks = reference.sealer.marks().all().into_iter();
    let signed = marks.map(|(log, epoch, tree)| (log, epoch, tree.size()));
    let kept = reference.outside.iter().map(|kept| (kept.log, kept.epoch, kept.head.size));
    let mut unknown: BTreeMap<Id<Log>, BTreeMap<i32, u64>> = BTreeMap::new();
    for (log, epoch, size) in signed.chain(kept).filter(|(log, _, size)| *size > 0 && !known.contains(log)) {
        let largest = unknown.entry(log).or_default().entry(epoch).or_default();
        *largest = size.max(*largest);
    }
    let report = |(log, epochs): (Id<Log>, BTreeMap<i32, u64>)| {
        let mut report = Report::new(format!("log {log}"));
        report.log = Some(log);
        let lost = epochs.into_iter().map(|(epoch, size)| Finding::LostEpoch { epoch, size });
        report.findings.extend(lost);
        report
    };
    unknown.into_iter().map(report).collect()
}
