//! Refusals: remembered in the database, told to the operators, and taken back.
//!
//! Each node refuses for itself, in a row of its own, because each has its own marks; a log is refused while any
//! node refuses it, and then no node signs it. A node takes its refusal back as soon as it finds the log good again.
//! It repeats a refusal well before it lapses; one that lapsed is of a node that is gone, and the next node that
//! finds the log good removes it. One that says that the log once reached further than it does never lapses: a node
//! whose own marks are behind finds such a log good, and would sign a fork. Only a log that does reach that far voids
//! it, or a new epoch, which removes them all: it begins past everything that any of them knows of.

use serde_json::json;

use super::{
    Checkpoints,
    reach::Extent,
    refusal::Refused,
    store::{self, refusals::Row},
};
use crate::{
    access::OrgScope,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    orgs::{self, OrgRef},
    own::OwnEvent,
};

impl Checkpoints {
    /// Remembers why the log is not signed, and tells, once.
    pub(super) fn refuse(&self, org: Id<id::Org>, refused: &Refused, rows: &[Row]) -> Result<()> {
        let (reason, now, node) = (refused.refusal.to_string(), self.clock.now(), self.marks().node()?);
        tracing::error!(%org, reason, "a log is not signed: it is not what was signed before");
        let own = rows.iter().find(|row| row.node_id == node && row.reason == reason);
        let holds_long = |row: &&Row| now.plus(self.hold * 2 / 3) < row.holds_until;
        if own.filter(holds_long).is_some_and(|own| own.told_at.is_some()) {
            return Ok(());
        }
        let reach = refused.known_reach(self.marks());
        let mut row = own.cloned().unwrap_or_else(|| Row::new(org, node, reason.clone(), reach, now));
        // Nor does what the node once knew, should its file have been put back meanwhile.
        rows.iter().filter(|row| row.node_id == node).for_each(|before| row.know(before.reach()));
        row.know(reach);
        row.holds_until = now.plus(self.hold);
        // The platform's own log is where it would be told; and what another node has told is told.
        let is_told = |other: &Row| other.reason == reason && other.told_at.is_some();
        if org == self.platform.id || rows.iter().any(is_told) {
            row.told_at = row.told_at.or(Some(now));
        }
        self.db.write_blocking("checkpoint.refuse", |conn| store::refusals::put(conn, &row))?;
        if row.told_at.is_none() {
            self.tell(&row, now)?;
        }
        Ok(())
    }

    /// Tells the operators, in the platform's log. Two organizations are never written to in one transaction: if
    /// the second does not come about, the next round tells again, and the event is recognized by its id.
    fn tell(&self, row: &Row, now: Time) -> Result<()> {
        let told = self.db.write_blocking("checkpoint.tell", |conn| self.record_refusal(conn, row));
        match told {
            // The platform's own log is damaged as well: the refusal stands without being told.
            Err(Error::Integrity(reason)) => {
                tracing::error!(org = %row.org_id, reason, "a refusal could not be told in the platform's log");
                Ok(())
            }
            told => {
                told?;
                self.db.write_blocking("checkpoint.told", |conn| store::refusals::told(conn, row, now))
            }
        }
    }

    fn record_refusal(&self, conn: &mut Conn, row: &Row) -> Result<()> {
        let organization = orgs::store::find(conn, &OrgRef::Id(row.org_id))?;
        let name = organization.map(|organization| organization.name);
        let event = OwnEvent::new("annals.log.signing_refused", OwnEvent::system_actor("annals"))
            .once(row.event_id)
            .failed(&row.reason)
            .severity("critical")
            .target(json!({"type": "organization", "id": row.org_id, "name": name}));
        self.recorder.record(conn, &OrgScope::of_service(&self.platform), event).map(drop)
    }

    /// Takes this node's refusal of the log back, and removes those of nodes that are gone.
    pub(super) fn take_back(&self, org: Id<id::Org>, log: &Extent, rows: &[Row]) -> Result<()> {
        let (now, node) = (self.clock.now(), self.marks().node()?);
        let is_over = |row: &Row| !row.is_of_loss(log) && (row.node_id == node || row.holds_until <= now);
        if !rows.iter().any(is_over) {
            return Ok(());
        }
        tracing::info!(%org, "a log that was not signed is good again");
        self.db.write_blocking("checkpoint.take_back", |conn| {
            store::refusals::take_back(conn, org, log, (node, now))
        })
    }

    /// The refusals that stand, whatever this node finds: those of other nodes, and of a lost end its own.
    pub(super) fn others<'a>(&self, log: &Extent, rows: &'a [Row]) -> Result<Vec<&'a Row>> {
        let (now, node) = (self.clock.now(), self.marks().node()?);
        let is_other = |row: &&Row| row.node_id != node || row.is_of_loss(log);
        Ok(rows.iter().filter(is_other).filter(|row| row.stands(log, now)).collect())
    }
}
