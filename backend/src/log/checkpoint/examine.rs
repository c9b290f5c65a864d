//! Whether a log is what was signed of it before, and more.

use super::{
    Checkpoints, Marks, Refusal, TreeHead, extend, note, origin,
    reach::{Extent, Reach, end_of},
    refusal::Refused,
    store::{self, Stored},
};
use crate::{
    db::{Conn, is_unreadable},
    error::{Error, Result},
    id::{Id, Installation, Org},
    keyring::{Keyring, Purpose, PurposeKey},
    log::{self, frontier::Frontier, store::Head},
};

/// A log that may be signed.
pub(super) struct Ready {
    pub(super) org: Id<Org>,
    pub(super) head: Head,
    pub(super) tree: Frontier,
}

/// Against what a log is held that is in the database itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signers<'a> {
    pub(crate) keyring: &'a Keyring,
    pub(crate) installation: Id<Installation>,
}

/// The newest checkpoints of a log.
#[derive(Debug)]
pub(super) struct Newest {
    of_epoch: Option<Stored>,
    later: Vec<Stored>,
}

impl Signers<'_> {
    pub(super) fn keys(&self) -> Vec<PurposeKey> {
        self.keyring.versions(Purpose::Checkpoint).into_iter().map(|version| version.key).collect()
    }

    /// The newest checkpoints of the log. Learns of the keys that signed them, if another node has begun to use one
    /// that this node has not read yet.
    pub(super) fn newest(&self, conn: &mut Conn, (org, log): (Id<Org>, &Extent)) -> Result<Newest> {
        let newest = Newest {
            of_epoch: store::newest(conn, org, log.epoch)?.filter(|newest| newest.epoch == log.epoch),
            later: store::later(conn, org, log.epoch)?,
        };
        let mut all = newest.of_epoch.iter().chain(&newest.later);
        if all.any(|stored| self.open_stored(log, stored).is_err()) {
            self.keyring.learn(conn)?;
        }
        Ok(newest)
    }

    /// What the newest checkpoint says of the log's epoch, if there is one of it. One of a later epoch counts only if
    /// it is ours: whoever plants one must not keep the log from being signed, in whichever epoch it goes on.
    pub(super) fn anchor(&self, log: &Extent, newest: &Newest) -> Result<Option<TreeHead>, Refusal> {
        if let Some(later) = newest.later.iter().find(|later| self.open_stored(log, later).is_ok()) {
            return Err(Refusal::Reverted { epoch: log.epoch, later: later.epoch });
        }
        let refused = |stored: &Stored, why| Refusal::Checkpoint { size: stored.size, why };
        let open = |stored| self.open_stored(log, stored).map_err(|why| refused(stored, why));
        newest.of_epoch.as_ref().map(open).transpose()
    }

    fn open_stored(&self, log: &Extent, stored: &Stored) -> Result<TreeHead, String> {
        let head = self.open(&Extent { epoch: stored.epoch, ..*log }, &stored.note)?;
        if i64::try_from(head.size) != Ok(stored.size) {
            return Err(format!("it says {} events", head.size));
        }
        Ok(head)
    }

    /// The note's root, if it is ours.
    pub(super) fn open(&self, log: &Extent, note: &str) -> Result<TreeHead, String> {
        note::open(note, &origin(self.installation, log.log_id, log.epoch), &self.keys())
    }

    /// How far the log once reached: by the marks, by what the nodes that refuse it know, and by its newest
    /// checkpoint.
    pub(crate) fn reach(
        &self,
        conn: &mut Conn,
        marks: &Marks,
        (org, log): (Id<Org>, &Extent),
    ) -> Result<Reach> {
        let rows = store::refusals::of_log(conn, org)?;
        let told = rows.iter().map(store::refusals::Row::reach).chain(marks.reach(log.log_id));
        let newest = self.newest(conn, (org, log))?;
        let signed = match self.anchor(log, &newest) {
            Ok(Some(anchor)) => Reach { epoch: log.epoch, end: end_of(log.tree_start, anchor.size) },
            Ok(None) | Err(Refusal::Checkpoint { .. }) => log.reach(),
            Err(refusal) => refusal.reach(log),
        };
        Ok(told.fold(signed, Reach::and))
    }
}

impl Checkpoints {
    /// Where the log is, if its head is as we sealed it.
    pub(super) fn sealed_extent(&self, org: Id<Org>) -> Result<Option<Extent>> {
        let sealer = &self.recorder.sealer;
        let head = self.db.read_blocking("checkpoint.sealed_head", |conn| {
            let head = log::head(conn, org)?;
            sealer.learn(conn, &head)?;
            Ok(head)
        });
        match head.and_then(|head| sealer.check_seal(org, &head).map(|()| head.extent())) {
            Err(Error::Integrity(_)) => Ok(None),
            Err(error) if is_unreadable(&error) => Ok(None),
            extent => extent.map(Some),
        }
    }

    /// Reads the log from where it was signed last, and holds it against everything that was signed of it.
    pub(super) fn examine(&self, org: Id<Org>) -> Result<Result<Ready, Refused>> {
        // Of one moment: another node may sign in between, and the head must not be older than the checkpoints.
        let (newest, head) = self.db.snapshot_blocking("checkpoint.head", |conn| {
            let head = log::head(conn, org)?;
            self.recorder.sealer.learn(conn, &head)?;
            Ok((self.signers().newest(conn, (org, &head.extent()))?, head))
        })?;
        match self.recorder.sealer.check_seal(org, &head) {
            Err(Error::Integrity(reason)) => return Ok(Err(Refusal::Seal(reason).unsealed())),
            checked => checked?,
        }
        let extent = head.extent();
        if let Some(refusal) = self.marks().contradiction(&extent) {
            return Ok(Err(refusal.sealed(&extent)));
        }
        let anchor = match self.signers().anchor(&extent, &newest) {
            Ok(anchor) => anchor,
            Err(refusal) => return Ok(Err(refusal.sealed(&extent))),
        };
        let signed = self.marks().get(head.log_id, head.epoch).unwrap_or_default();
        let tree = extend::extended(&self.db, org, &head, &signed, anchor.as_ref())?;
        Ok(match tree {
            Ok(tree) => Ok(Ready { org, head, tree }),
            Err(refusal) => Err(refusal.sealed(&extent)),
        })
    }
}
