//! What a node finds when it starts: which logs it has no mark of, and which may not be appended to.

use std::collections::BTreeMap;

use super::{
    Checkpoints,
    marks::lost,
    reach::Reach,
    store::{self, LogState, refusals::Row},
};
use crate::error::Result;

impl Checkpoints {
    /// Looks, before anything is appended, for logs that other nodes refuse, and for logs that were signed but of
    /// which this node has no mark: because it is new, or because the file is lost. Of these it knows no more than
    /// the database does, so it is warned of. The newest checkpoint that is still there stands in for the mark, and
    /// the first round reads the log again from its beginning and holds it against that.
    pub(crate) fn take_stock(&self) -> Result<()> {
        let is_unmarked = |log: &LogState| {
            let is_signed = log.signed.is_some_and(|(epoch, size)| epoch == log.extent.epoch && size > 0);
            is_signed && !self.marks().has(log.extent.log_id, log.extent.epoch)
        };
        let (logs, refusals) = self.db.read_blocking("checkpoint.survey", |conn| {
            let mut states = store::states(conn)?;
            let refusals = store::refusals::all(conn, &mut states)?;
            Ok((states.logs, refusals))
        })?;
        let (mut heard, mut unmarked) = (BTreeMap::new(), 0);
        for log in logs {
            // Also of nodes that are gone: whether a refusal lapses is another matter than what it knows.
            let told = refusals.iter().filter(|row| row.org_id == log.org).map(Row::reach);
            let mut reach = told.fold(log.extent.reach(), Reach::and);
            unmarked += i64::from(is_unmarked(&log));
            // Read only where something is wrong: a node that has just joined has no mark of any log.
            if is_unmarked(&log) && log.is_signed_further() {
                let known = self.db.read_blocking("checkpoint.reach", |conn| {
                    self.signers().reach(conn, self.marks(), (log.org, &log.extent))
                })?;
                reach = reach.and(known);
            }
            // By the name that nobody sealed it may be another log that is heard of.
            if lost(&log.extent, reach).is_some()
                && let Some(sealed) = self.sealed_extent(log.org)?
            {
                heard.insert(sealed.log_id, reach);
            }
        }
        self.marks().hear(heard);
        self.instruments.marks_missing.set(unmarked);
        if unmarked > 0 {
            tracing::warn!(
                logs = unmarked,
                "high-water.json in data_dir has no mark of logs that were signed. On a node that has just joined \
                 that is as it should be; else the file is lost, and with it the proof that nothing newer was: compare \
                 with a checkpoint that was kept elsewhere (annals verify --checkpoint)"
            );
        }
        Ok(())
    }
}
