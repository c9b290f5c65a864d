//! Signing: every log that grew, every few seconds.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use actix_web::web;
use serde_json::json;

use super::{
    Marks, Refusal, TreeHead, extend, note, origin,
    store::{self, Signing},
};
use crate::{
    access::OrgScope,
    app::App,
    clock::{Clock, Time},
    db::{Conn, Db},
    error::{Error, Result},
    id::{self, Id, Installation},
    keyring::{Keyring, Purpose, PurposeKey, Version},
    log::{self, frontier::Frontier, store::Head},
    metrics::Signings,
    orgs::{self, OrgRef, Organization},
    own::{OwnEvent, Recorder},
};

/// Every checkpoint is kept so long; of older ones the last of each hour.
const KEPT_ALL: Duration = Duration::from_hours(7 * 24);
/// How far back thinning out looks: longer than it ever pauses.
const THINNED: Duration = Duration::from_hours(48);
/// Checkpoints removed in one statement.
const DELETED: usize = 500;
/// Microseconds in an hour.
const HOUR_MICROS: i64 = 60 * 60 * 1_000_000;

/// Signs checkpoints. Every method blocks.
#[derive(Debug)]
pub struct Checkpoints {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) recorder: Recorder,
    pub(crate) platform: Arc<Organization>,
    pub(crate) installation: Id<Installation>,
    pub(crate) instruments: Signings,
}

/// What became of the logs that had grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signed {
    /// Logs with a new checkpoint.
    pub signed: usize,
    /// Logs that are not what was signed before.
    pub refused: usize,
}

/// A log that may be signed.
struct Ready {
    org: Id<id::Org>,
    head: Head,
    tree: Frontier,
}

impl Checkpoints {
    /// Learns of keys that were rotated.
    pub fn refresh_keys(&self) -> Result<()> {
        self.keyring().refresh(&self.db, self.clock.now())
    }

    /// Signs every log that has grown. One that cannot be signed keeps no other from it.
    pub fn sign_grown(&self) -> Result<Signed> {
        let mut outcome = Signed::default();
        let mut ready = Vec::new();
        for org in self.db.read_blocking("checkpoint.changed", store::changed)? {
            match self.examine(org) {
                Ok(Ok(log)) => ready.push(log),
                Ok(Err(refusal)) => {
                    outcome.refused += 1;
                    if let Err(error) = self.refuse(org, &refusal) {
                        tracing::error!(%org, %error, "a refusal could not be stored");
                    }
                }
                Err(error) => tracing::error!(%org, %error, "a log could not be examined for signing"),
            }
        }
        // Before any of them is shown to anybody: what we forget to have signed we could sign otherwise.
        let signed: Vec<_> = ready.iter().map(|log| (log.head.log_id, log.head.epoch, &log.tree)).collect();
        self.marks().advance(&signed)?;
        for log in &ready {
            match self.sign(log) {
                Ok(()) => {
                    outcome.signed += 1;
                    self.instruments.checkpoints.inc();
                }
                Err(error) => tracing::error!(org = %log.org, %error, "a log could not be signed"),
            }
        }
        self.instruments.refused.set(i64::try_from(outcome.refused).unwrap_or(i64::MAX));
        Ok(outcome)
    }

    /// Whether the log is what was signed before, and more.
    fn examine(&self, org: Id<id::Org>) -> Result<Result<Ready, Refusal>> {
        // The checkpoint first: another node may sign in between, and the head must not be the older of the two.
        let (newest, head) = self.db.read_blocking("checkpoint.head", |conn| {
            Ok((store::page(conn, org, None, 1)?.pop(), log::head(conn, org)?))
        })?;
        match self.recorder.sealer.check_seal(org, &head) {
            Err(Error::Integrity(reason)) => return Ok(Err(Refusal::Seal(reason))),
            checked => checked?,
        }
        let origin = origin(self.installation, head.log_id, head.epoch);
        let newest = newest.filter(|newest| newest.epoch == head.epoch);
        let anchor = newest.and_then(|newest| note::open(&newest.note, &origin, &self.keys()).ok());
        let signed = self.marks().get(head.log_id, head.epoch).unwrap_or_default();
        let tree = extend::extended(&self.db, org, &head, &signed, anchor.as_ref())?;
        Ok(tree.map(|tree| Ready { org, head, tree }))
    }

    fn keyring(&self) -> &Keyring {
        self.recorder.sealer.keyring()
    }

    fn marks(&self) -> &Marks {
        self.recorder.sealer.marks()
    }

    fn keys(&self) -> Vec<PurposeKey> {
        self.keyring().versions(Purpose::Checkpoint).into_iter().map(|version| version.key).collect()
    }

    /// Writes the log's tiles and its checkpoint.
    fn sign(&self, Ready { org, head, tree }: &Ready) -> Result<()> {
        let now = self.clock.now();
        extend::tile(&self.db, *org, head, tree.size())?;
        let keys = self.keyring().in_use(Purpose::Checkpoint, now);
        let origin = origin(self.installation, head.log_id, head.epoch);
        let text = TreeHead { origin: origin.clone(), size: tree.size(), root: tree.root() };
        let signers: Vec<PurposeKey> = keys.iter().map(|version| version.key.clone()).collect();
        let note = note::sign(&text, &signers)?;
        let size = head.next_sequence - head.tree_start;
        self.db.write_blocking("checkpoint.insert", |conn| {
            let before = store::signing(conn, *org)?;
            let is_older = |before: &Signing| before.epoch == head.epoch && before.size > size;
            store::insert(conn, *org, (head.epoch, size), &note, now)?;
            if before.as_ref().is_some_and(is_older) {
                return Ok(()); // another node has been faster
            }
            let signing = Signing {
                epoch: head.epoch,
                size,
                signed_at: Some(now),
                key_id: keys.last().map(|newest| newest.key.id),
                refusal: None,
                refused_at: None,
            };
            store::set_signing(conn, *org, &signing)?;
            match before.and_then(|before| before.key_id) {
                Some(last) if Some(last) != signing.key_id => self.tell_of_key(conn, *org, &origin, &keys),
                _ => Ok(()),
            }
        })
    }

    /// Whoever trusts the key so far can accept the new one: it is named in the log that the old one signs.
    fn tell_of_key(&self, conn: &mut Conn, org: Id<id::Org>, origin: &str, keys: &[Version]) -> Result<()> {
        let Some(organization) = orgs::store::find(conn, &OrgRef::Id(org))? else { return Ok(()) };
        let newest = keys.last().ok_or_else(|| Error::Bug("no checkpoint key".into()))?;
        let event = OwnEvent::new("annals.log.key_rotated", OwnEvent::system_actor("annals"))
            .parameters(json!({"verifier_key": note::verifier_key(origin, &newest.key)?}));
        let scope = OrgScope::of_service(&Arc::new(organization));
        self.recorder.record(conn, &scope, event).map(drop)
    }

    /// Remembers and tells, once, why the log is not signed.
    fn refuse(&self, org: Id<id::Org>, refusal: &Refusal) -> Result<()> {
        let reason = refusal.to_string();
        tracing::error!(%org, reason, "a log is not signed: it is not what was signed before");
        match self.store_refusal(org, &reason, Self::tell_of_refusal) {
            // The platform's own log is damaged as well: then the refusal stands without being told.
            Err(Error::Integrity(_)) => self.store_refusal(org, &reason, |_, _, _, _| Ok(())),
            stored => stored,
        }
    }

    fn store_refusal(
        &self,
        org: Id<id::Org>,
        reason: &str,
        tell: impl Fn(&Self, &mut Conn, Id<id::Org>, &str) -> Result<()>,
    ) -> Result<()> {
        let now = self.clock.now();
        self.db.write_blocking("checkpoint.refuse", |conn| {
            let before = store::signing(conn, org)?;
            if before.as_ref().is_some_and(|before| before.refusal.as_deref() == Some(reason)) {
                return Ok(());
            }
            let never =
                Signing { epoch: 1, size: 0, signed_at: None, key_id: None, refusal: None, refused_at: None };
            let signing = Signing {
                refusal: Some(reason.to_owned()),
                refused_at: Some(now),
                ..before.unwrap_or(never)
            };
            store::set_signing(conn, org, &signing)?;
            tell(self, conn, org, reason)
        })
    }

    /// Tells the operators, in the platform's log; unless it is that one.
    fn tell_of_refusal(&self, conn: &mut Conn, org: Id<id::Org>, reason: &str) -> Result<()> {
        if org == self.platform.id {
            return Ok(());
        }
        let organization = orgs::store::find(conn, &OrgRef::Id(org))?;
        let name = organization.map(|organization| organization.name);
        let event = OwnEvent::new("annals.log.signing_refused", OwnEvent::system_actor("annals"))
            .failed(reason)
            .severity("critical")
            .target(json!({"type": "organization", "id": org, "name": name}));
        self.recorder.record(conn, &OrgScope::of_service(&self.platform), event).map(drop)
    }

    /// Removes old checkpoints: all of the last seven days stay, and the last one of every hour.
    pub fn thin_out(&self) -> Result<usize> {
        let until = self.clock.now().minus(KEPT_ALL);
        let made = self.db.read_blocking("checkpoint.made", |conn| {
            store::made_between(conn, until.minus(THINNED), until)
        })?;
        let hour = |time: Time| time.micros().div_euclid(HOUR_MICROS);
        // Of two neighbors in the same log and hour the earlier one goes.
        let mut surplus: BTreeMap<(Id<id::Org>, i32), Vec<i64>> = BTreeMap::new();
        for ((org, epoch, size, at), next) in made.iter().zip(made.iter().skip(1)) {
            if (*org, *epoch, hour(*at)) == (next.0, next.1, hour(next.3)) {
                surplus.entry((*org, *epoch)).or_default().push(*size);
            }
        }
        let mut removed = 0;
        for ((org, epoch), sizes) in surplus {
            removed += self.db.write_blocking("checkpoint.thin_out", |conn| {
                let deleted = sizes.chunks(DELETED).map(|sizes| store::delete(conn, org, epoch, sizes));
                deleted.sum::<Result<usize>>()
            })?;
        }
        Ok(removed)
    }
}

/// Signs while the service runs.
pub(crate) async fn run(app: web::Data<App>) {
    let mut ticks = tokio::time::interval(app.config.checkpoint_interval());
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut thinned_at = app.clock.now();
    while !app.is_stopping() {
        ticks.tick().await;
        let now = app.clock.now();
        let is_thinning = thinned_at.plus(Duration::from_hours(1)) <= now;
        if is_thinning {
            thinned_at = now;
        }
        let signing = app.clone();
        let done = app.compute(move || {
            let checkpoints = &signing.checkpoints;
            checkpoints.refresh_keys()?;
            if is_thinning {
                checkpoints.thin_out()?;
            }
            checkpoints.sign_grown()
        });
        if let Err(error) = done.await.and_then(|done| done) {
            tracing::error!(%error, "checkpoints were not signed");
        }
    }
}
