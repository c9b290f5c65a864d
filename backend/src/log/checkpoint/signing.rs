//! Signing: every log that grew, every few seconds, by every node.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::json;

use super::{
    Marks, Refusal, TreeHead,
    examine::{Ready, Signers},
    extend,
    marks::lost,
    memory::Memory,
    note, origin,
    reach::{Extent, Reach},
    refusal::Refused,
    store::{self, LogState, Signing, States, refusals::Row},
};
use crate::{
    access::OrgScope,
    clock::Clock,
    db::{Conn, Db},
    error::{Error, Result},
    id::{self, Id, Installation, Log},
    keyring::{Keyring, Purpose, PurposeKey, Version},
    log::{self, store::Head},
    metrics::Signings,
    orgs::{self, OrgRef, Organization},
    own::{OwnEvent, Recorder},
};

/// Logs whose marks are written together: a node that reads many logs for the first time must not lose all of it.
const MARKED_TOGETHER: usize = 1_000;

/// Signs checkpoints. Every method blocks.
#[derive(Debug)]
pub struct Checkpoints {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) recorder: Recorder,
    pub(crate) platform: Arc<Organization>,
    pub(crate) installation: Id<Installation>,
    pub(crate) instruments: Signings,
    /// How long a refusal stands unless it is repeated: longer than two rounds are apart.
    pub(crate) hold: Duration,
    pub(crate) memory: Memory,
}

/// What became of the logs that had grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signed {
    /// Logs with a new checkpoint.
    pub signed: usize,
    /// Logs that are not what was signed before, as this node or another one sees it.
    pub refused: usize,
}

/// Every log, and who refuses it, as of the beginning of a round.
struct Survey {
    states: States,
    refusals: BTreeMap<Id<id::Org>, Vec<Row>>,
}

/// What a round has found so far.
#[derive(Default)]
struct Round {
    /// Logs that are what was signed of them, and more; and who refused them until now.
    good: Vec<(LogState, Ready, Vec<Row>)>,
    /// How far the logs reach that may not be appended to.
    heard: BTreeMap<Id<Log>, Reach>,
    unsigned: Vec<Id<id::Org>>,
    outcome: Signed,
}

impl Round {
    /// Remembers how far a log reaches by what is known of it, where that is further than it does.
    fn hear(&mut self, log: &Extent, reaches: impl Iterator<Item = Reach>) {
        let reach = reaches.reduce(Reach::and).filter(|reach| lost(log, *reach).is_some());
        if let Some(reach) = reach {
            let heard = self.heard.entry(log.log_id).or_insert(reach);
            *heard = heard.and(reach);
        }
    }
}

impl Checkpoints {
    /// Learns of keys that were rotated.
    pub fn refresh_keys(&self) -> Result<()> {
        self.keyring().refresh(&self.db, self.clock.now())
    }

    pub(super) fn keyring(&self) -> &Keyring {
        self.recorder.sealer.keyring()
    }

    pub(super) fn marks(&self) -> &Marks {
        self.recorder.sealer.marks()
    }

    pub(super) fn signers(&self) -> Signers<'_> {
        Signers { keyring: self.keyring(), installation: self.installation }
    }

    /// Signs every log that has grown, and moves the marks of those that others have signed. One that cannot be
    /// signed keeps no other from it.
    pub fn sign_grown(&self) -> Result<Signed> {
        let outcome = self.round();
        let now = self.clock.now();
        if outcome.is_err() {
            self.instruments.failures.inc();
            self.memory.failed(now);
        }
        let waited = self.memory.oldest_unsigned().map_or(0, |since| now.micros() - since.micros());
        self.instruments.oldest_unsigned.set(waited / 1_000_000);
        outcome
    }

    fn round(&self) -> Result<Signed> {
        // What other processes on the same data folder have signed.
        self.marks().advance(&[])?;
        let survey = self.survey()?;
        let mut round = Round::default();
        for org in &survey.states.unreadable {
            self.fail(*org, &Error::Integrity("a row of it cannot be read".into()), &mut round);
        }
        for log in &survey.states.logs {
            let rows = survey.refusals.get(&log.org).map_or(&[][..], Vec::as_slice);
            if self.is_of_interest(log, rows) {
                self.look(log, rows, &mut round);
            }
            if round.good.len() >= MARKED_TOGETHER {
                self.settle(&mut round)?;
            }
        }
        self.marks().hear(std::mem::take(&mut round.heard));
        self.settle(&mut round)?;
        self.memory.left_unsigned(&round.unsigned, self.clock.now());
        self.instruments.refused.set(i64::try_from(round.outcome.refused).unwrap_or(i64::MAX));
        Ok(round.outcome)
    }

    /// Marks the logs that were found good so far, and signs them.
    fn settle(&self, round: &mut Round) -> Result<()> {
        // Before any of them is shown to anybody: what we forget to have signed we could sign otherwise.
        let good = round.good.iter().map(|(_, log, _)| log);
        let signed: Vec<_> =
            good.map(|log| (log.head.log_id, log.head.epoch, log.head.tree_start, &log.tree)).collect();
        self.marks().advance(&signed)?;
        for (state, log, rows) in std::mem::take(&mut round.good) {
            self.conclude(&state, &log, &rows, round);
        }
        Ok(())
    }

    fn survey(&self) -> Result<Survey> {
        let (states, rows) = self.db.read_blocking("checkpoint.survey", |conn| {
            let mut states = store::states(conn)?;
            let rows = store::refusals::all(conn, &mut states)?;
            Ok((states, rows))
        })?;
        let mut refusals: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in rows {
            refusals.entry(row.org_id).or_default().push(row);
        }
        Ok(Survey { states, refusals })
    }

    /// Whether the log is to be looked at: it grew, somebody signed more of it than this node has marked, it is
    /// refused, or it contradicts the marks.
    fn is_of_interest(&self, log: &LogState, rows: &[Row]) -> bool {
        let is_marked = self.marks().is_at(&log.extent);
        !log.is_signed()
            || !is_marked
            || !rows.is_empty()
            || self.marks().contradiction(&log.extent).is_some()
    }

    /// Looks at one log.
    fn look(&self, log: &LogState, rows: &[Row], round: &mut Round) {
        let contradiction = self.marks().contradiction(&log.extent);
        let found = match (contradiction, self.others(&log.extent, rows)) {
            // Unless its head is not sealed: then those may be the marks of another log.
            (Some(_), _) => self.examine(log.org),
            (None, Ok(others)) if !others.is_empty() => return self.refuse_with(&others, log, rows, round),
            (None, _) => self.read_again(log),
        };
        match found {
            Ok(Ok(ready)) => round.good.push((*log, ready, rows.to_vec())),
            Ok(Err(refused)) => self.turn_down(log, &refused, rows, round),
            Err(error) => self.fail(log.org, &error, round),
        }
    }

    /// Reads the log, unless it was read in vain a moment ago and is as it was.
    fn read_again(&self, log: &LogState) -> Result<Result<Ready, Refused>> {
        let now = self.clock.now();
        if let Some(refused) = self.memory.refusal(log.org, &log.extent, now) {
            return Ok(Err(refused));
        }
        let examined = self.examine(log.org)?;
        self.memory.looked(log.org, &log.extent, examined.as_ref().err(), now);
        Ok(examined)
    }

    /// Does not sign what another node refuses. It is not marked either: which of the states that the nodes know is
    /// the true one is for somebody else to say. Nor is it read, unless to see whether a refusal of this node stands.
    fn refuse_with(&self, others: &[&Row], log: &LogState, rows: &[Row], round: &mut Round) {
        if rows.len() > others.len() {
            match self.read_again(log) {
                Ok(Err(refused)) => return self.turn_down(log, &refused, rows, round),
                Ok(Ok(good)) => {
                    if let Err(error) = self.take_back(log.org, &good.head.extent(), rows) {
                        return self.fail(log.org, &error, round);
                    }
                }
                Err(error) => return self.fail(log.org, &error, round),
            }
        }
        round.outcome.refused += 1;
        round.unsigned.push(log.org);
        match self.sealed_extent(log.org) {
            Ok(Some(sealed)) => round.hear(&sealed, others.iter().map(|row| row.reach())),
            Ok(None) => {} // whose log it is nobody knows, and to one whose head is not sealed nobody appends
            Err(error) => self.fail(log.org, &error, round),
        }
    }

    fn turn_down(&self, log: &LogState, refused: &Refused, rows: &[Row], round: &mut Round) {
        round.outcome.refused += 1;
        round.unsigned.push(log.org);
        let stored = self.others(&log.extent, rows).and_then(|others| {
            if let Some(sealed) = &refused.log {
                let known = refused.known_reach(self.marks());
                round.hear(sealed, others.into_iter().map(Row::reach).chain([known]));
            }
            self.refuse(log.org, refused, rows)
        });
        if let Err(error) = stored {
            self.instruments.failures.inc();
            tracing::error!(org = %log.org, %error, "a refusal could not be stored");
        }
    }

    fn fail(&self, org: Id<id::Org>, error: &Error, round: &mut Round) {
        self.instruments.failures.inc();
        round.unsigned.push(org);
        tracing::error!(%org, %error, "a log could not be signed");
    }

    /// Signs a log that is good, unless it is signed already.
    fn conclude(&self, state: &LogState, log: &Ready, rows: &[Row], round: &mut Round) {
        let is_new = !state.is_signed();
        let signed = if is_new { self.sign(log) } else { Ok(Ok(true)) };
        match signed {
            Ok(Ok(false)) => round.unsigned.push(state.org), // the next round looks at it again
            Ok(Ok(true)) => {
                if is_new {
                    round.outcome.signed += 1;
                    self.instruments.checkpoints.inc();
                }
                if let Err(error) = self.take_back(log.org, &log.head.extent(), rows) {
                    self.fail(state.org, &error, round);
                }
            }
            Ok(Err(refusal)) => {
                self.turn_down(state, &refusal.sealed(&log.head.extent()), rows, round);
            }
            Err(error) => self.fail(state.org, &error, round),
        }
    }

    /// Writes the log's tiles and its checkpoint; answers whether it is what was looked at still.
    fn sign(&self, log: &Ready) -> Result<Result<bool, Refusal>> {
        let Ready { org, head, tree } = log;
        extend::tile(&self.db, *org, head, tree.size())?;
        let keys = self.keyring().in_use(Purpose::Checkpoint, self.clock.now());
        let origin = origin(self.installation, head.log_id, head.epoch);
        let text = TreeHead { origin, size: tree.size(), root: tree.root() };
        let signers: Vec<PurposeKey> = keys.iter().map(|version| version.key.clone()).collect();
        let note = note::sign(&text, &signers)?;
        self.db.write_blocking("checkpoint.insert", |conn| self.insert(conn, log, (&text, &note), &keys))
    }

    fn insert(
        &self,
        conn: &mut Conn,
        Ready { org, head, .. }: &Ready,
        (text, note): (&TreeHead, &str),
        keys: &[Version],
    ) -> Result<Result<bool, Refusal>> {
        let now = self.clock.now();
        let size = head.next_sequence - head.tree_start;
        let before = store::take_signing(conn, *org, head.epoch)?;
        if !self.is_still(conn, *org, head)? {
            return Ok(Ok(false));
        }
        if let Some(there) = store::insert(conn, *org, (head.epoch, size), note, now)? {
            // Signatures are deterministic: another node's of the same head says the same.
            let mut opened = self.signers().open(&head.extent(), &there);
            if opened.is_err() {
                self.keyring().learn(conn)?;
                opened = self.signers().open(&head.extent(), &there);
            }
            match opened {
                Ok(other) if other == *text => {}
                Ok(_) => return Ok(Err(Refusal::Forked { signed: text.size })),
                Err(why) => return Ok(Err(Refusal::Checkpoint { size, why })),
            }
        }
        if (before.epoch, before.size) > (head.epoch, size) {
            return Ok(Ok(true)); // another node has been faster
        }
        let key_id = keys.last().map(|newest| newest.key.id);
        let signing = Signing { epoch: head.epoch, size, signed_at: Some(now), key_id };
        store::set_signing(conn, *org, &signing)?;
        if before.key_id.is_some() && before.key_id != key_id {
            self.tell_of_key(conn, *org, &text.origin, keys)?;
        }
        Ok(Ok(true))
    }

    /// Whether the log only grew since it was read, and nobody else refuses it. A node may be held up between reading
    /// and signing for as long as it takes to start a new epoch, which waits for nobody but whoever is signing.
    fn is_still(&self, conn: &mut Conn, org: Id<id::Org>, read: &Head) -> Result<bool> {
        let now = log::head(conn, org)?.extent();
        let grew = (now.log_id, now.epoch, now.tree_start) == (read.log_id, read.epoch, read.tree_start)
            && read.next_sequence <= now.next_sequence;
        let rows = store::refusals::of_log(conn, org)?;
        Ok(grew && self.others(&read.extent(), &rows)?.is_empty())
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
}
