//! A new epoch: how a log goes on whose end was lost, as after a restore from an older backup, or that is given up
//! for another reason.
//!
//! It begins past everything that is known of the log, by a wide step: events were acknowledged that nobody has
//! signed yet, and their sequences must not come twice either. Where it begins is marked before it is begun.

use std::sync::Arc;

use serde_json::json;

use super::{
    Marks, Refusal, Signers,
    certain::{Certain, certain},
    marks::lost,
    reach::{Extent, Reach},
    store::{self, epochs},
};
use crate::{
    access::OrgScope,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{Id, Log, Org},
    log::{
        frontier::Frontier,
        store::{self as log, Head},
    },
    orgs::Organization,
    own::{OwnEvent, Recorder},
};

/// Sequences left out between the end that is known of a log and its next epoch: more than are recorded between two
/// checkpoints.
pub(crate) const STEP: i64 = 1_000_000;
/// Epochs past the newest one that is certain, up to which it is heeded that rows which nobody signed claim one.
const CLAIMED_EPOCHS: i32 = 1_000;
/// The last sequence that JSON can hold for everybody (2^53 − 1).
const SEQUENCE_MAX: i64 = 9_007_199_254_740_991;

/// How a log stands, for whoever holds the host.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) extent: Extent,
    /// Leaves of the epoch's tree that are signed.
    pub(crate) signed_size: i64,
    /// Why it is refused, by this host or by any node, and since when.
    pub(crate) refusals: Vec<(String, Option<Time>)>,
    head: Head,
    is_sealed: bool,
    certain: Certain,
    /// How far the nodes that refuse it say that it reached. Nobody signed that.
    told: Reach,
}

impl State {
    /// Whether it is shorter than it was: then a new epoch needs no other reason.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_sealed && self.lost().is_some()
    }

    fn lost(&self) -> Option<Refusal> {
        lost(&self.extent, self.certain.reach.and(self.told))
    }
}

/// How the log stands.
pub(crate) fn state(
    conn: &mut Conn,
    recorder: &Recorder,
    signers: &Signers<'_>,
    org: Id<Org>,
) -> Result<State> {
    let sealer = &recorder.sealer;
    let head = log::head(conn, org)?;
    sealer.learn(conn, &head)?;
    let extent = head.extent();
    let seal = match sealer.check_seal(org, &head) {
        Err(Error::Integrity(reason)) => Some(Refusal::Seal(reason)),
        checked => checked.map(|()| None)?,
    };
    let is_sealed = seal.is_none();
    let certain = certain(conn, sealer, signers, org, (&head, is_sealed))?;
    let rows = store::refusals::of_log(conn, org)?;
    let told = rows.iter().map(store::refusals::Row::reach).fold(Reach::NONE, Reach::and);
    let refusals = rows.into_iter().map(|row| (row.reason, Some(row.refused_at))).collect();
    let signing = store::signing(conn, org)?.filter(|signing| signing.epoch == extent.epoch);
    let signed_size = signing.map_or(0, |signing| signing.size);
    let mut state = State { extent, signed_size, refusals, head, is_sealed, certain, told };
    let newest = signers.newest(conn, (org, &extent))?;
    let anchored = signers.anchor(&extent, &newest).err();
    for refusal in [seal, sealer.marks().contradiction(&extent), anchored].into_iter().flatten() {
        let refusal = refusal.to_string();
        if state.refusals.iter().all(|(known, _)| *known != refusal) {
            state.refusals.push((refusal, None));
        }
    }
    if state.refusals.is_empty()
        && let Some(refusal) = state.lost()
    {
        state.refusals.push((refusal.to_string(), None));
    }
    Ok(state)
}

/// What is asked of a new epoch.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Why: stands in the log for ever.
    pub reason: &'a str,
    /// The refusal, word for word, when the log is refused for anything but a lost end.
    pub despite: Option<&'a str>,
    /// The first sequence, when it is not to be [`STEP`] past what is known.
    pub from: Option<i64>,
}

/// A new epoch that may be started.
#[derive(Debug)]
pub(crate) struct Plan {
    organization: Arc<Organization>,
    /// The head as it was found.
    found: Head,
    /// What is kept as the end of the old epoch instead, when nobody sealed the head that was found.
    instead: Option<Head>,
    log_id: Id<Log>,
    epoch: i32,
    start: i64,
    known_end: i64,
    /// The end that rows speak of which nobody signed, where that is past the beginning.
    overridden: Option<i64>,
}

/// A new epoch that was started.
#[derive(Debug, Clone, Copy)]
pub struct Started {
    /// Its first sequence.
    pub sequence: i64,
    /// How far the log reached by rows that nobody signed, where they were not heeded.
    pub overridden: Option<i64>,
}

/// Plans a new epoch of a log.
///
/// # Errors
/// [`Error::Config`] when there is no reason for it, or it would use a sequence twice.
pub(crate) fn plan(
    conn: &mut Conn,
    recorder: &Recorder,
    signers: &Signers<'_>,
    organization: &Arc<Organization>,
    asked: &Asked<'_>,
) -> Result<Plan> {
    let slug = &organization.slug;
    let state = state(conn, recorder, signers, organization.id)?;
    check_reason(slug, &state, asked.despite)?;
    let log_id = state.certain.log_id.ok_or_else(|| {
        Error::Config(format!(
            "nothing that was sealed or signed says which log {slug} has: put its head back"
        ))
    })?;
    let certain = state.certain.reach;
    let (epoch, old) = free_epochs(conn, organization.id, certain, state.told)?.ok_or_else(|| {
        Error::Config(format!("the log of {slug} has no epochs left past {}", certain.epoch))
    })?;
    let instead = (!state.is_sealed).then(|| end_instead(&state, log_id, old));
    let claimed = epochs::stored_end(conn, organization.id)?.max(state.told.end);
    let (start, known_end) = place(slug, certain.end, claimed, asked)?;
    let overridden = Some(claimed).filter(|claimed| *claimed > start);
    if overridden.is_some()
        && let Some(sequence) =
            epochs::event_between(conn, organization.id, start, start.saturating_add(STEP))?
    {
        return Err(Error::Config(format!(
            "--from: the log of {slug} has an event {sequence}; begin past it, or {STEP} before it at the latest"
        )));
    }
    let (organization, found) = (Arc::clone(organization), state.head);
    Ok(Plan { organization, found, instead, log_id, epoch, start, known_end, overridden })
}

/// The numbers of the new epoch, and of the old one in case its head is not sealed: past what is certain and, within
/// reason, what rows claim that nobody signed; and of which no table holds anything.
fn free_epochs(conn: &mut Conn, org: Id<Org>, certain: Reach, told: Reach) -> Result<Option<(i32, i32)>> {
    let Some(old) = epochs::first_unclosed(conn, org, certain.epoch)? else { return Ok(None) };
    let claimed = told.epoch.min(certain.epoch.saturating_add(CLAIMED_EPOCHS));
    let Some(next) = old.max(claimed).checked_add(1) else { return Ok(None) };
    Ok(epochs::first_unused(conn, org, next)?.map(|new| (new, old)))
}

/// Where an epoch begins, and the end that is known: past what is `certain` and what is `claimed` by rows that nobody
/// signed. Whoever says where to begin, or gives the log up in so many words, need not heed the latter: one row must
/// not be enough to end a log.
fn place(slug: &str, certain: i64, claimed: i64, asked: &Asked<'_>) -> Result<(i64, i64)> {
    let past = |known: i64| {
        let start = asked.from.unwrap_or_else(|| known.saturating_add(STEP));
        (known..=SEQUENCE_MAX).contains(&start).then_some((start, known))
    };
    let is_overridden = asked.from.is_some() || asked.despite.is_some();
    let place = past(certain.max(claimed));
    place.or_else(|| is_overridden.then(|| past(certain)).flatten()).ok_or_else(|| {
        Error::Config(match asked.from {
            Some(from) if from < certain => {
                format!("--from: the log of {slug} is known to have reached {certain}")
            }
            _ => format!(
                "the log of {slug} has no sequences left past {claimed}; if that is a lie, say where it goes on: \
                 --org {slug} --from SEQUENCE"
            ),
        })
    })
}

/// The end of an epoch whose head nobody sealed: as far as is certain, and under a number that is free. Its seal stays
/// as it was found. It fits if all that was sealed was signed as well; else it is broken, for whoever checks.
fn end_instead(state: &State, log_id: Id<Log>, epoch: i32) -> Head {
    let Certain { reach, tree_start, first_sequence, .. } = state.certain;
    Head {
        log_id,
        epoch,
        tree_start: tree_start.unwrap_or(reach.end),
        next_sequence: reach.end,
        first_sequence,
        ..state.head.clone()
    }
}

fn check_reason(slug: &str, state: &State, despite: Option<&str>) -> Result<()> {
    if let Some(despite) = despite
        && state.refusals.iter().any(|(refusal, _)| refusal == despite)
    {
        return Ok(());
    }
    match (&despite, state.refusals.first()) {
        (None, _) if state.is_lost() => Ok(()),
        (_, Some((refusal, _))) => Err(Error::Config(format!(
            "the log of {slug} is refused because: {refusal}. To give up what that is about, say so: \
             --despite \"{refusal}\""
        ))),
        (Some(_), None) => Err(Error::Config(format!("--despite: the log of {slug} is not refused"))),
        (None, None) => Err(Error::Config(format!("the log of {slug} has everything that was signed of it"))),
    }
}

impl Plan {
    /// Marks where the epoch begins, durably, before it does: should it be lost before it is signed, the next one
    /// begins past it all the same.
    pub(crate) fn reserve(&self, marks: &Marks) -> Result<()> {
        marks.advance(&[(self.log_id, self.epoch, self.start, &Frontier::default())])
    }

    /// Gives back what was reserved for an epoch that has not begun: else the log would be behind its mark for ever.
    pub(crate) fn give_back(&self, marks: &Marks) -> Result<()> {
        marks.give_back((self.log_id, self.epoch), self.start)
    }

    /// Whether the epoch has begun, also where nobody heard that it has.
    pub(crate) fn has_begun(&self, conn: &mut Conn) -> Result<bool> {
        Ok(log::head(conn, self.organization.id)?.epoch >= self.epoch)
    }

    /// The end of the epoch that is closed, if the head is what was planned for: one that is sealed may have grown.
    fn end_of_old(&self, head: Head, recorder: &Recorder) -> Result<Head> {
        let org = self.organization.id;
        let found = &self.found;
        let is_as_planned = if self.instead.is_some() {
            head == *found
        } else {
            recorder.sealer.check_seal(org, &head)?;
            (head.log_id, head.epoch) == (found.log_id, found.epoch) && head.next_sequence <= self.start
        };
        if !is_as_planned {
            let slug = &self.organization.slug;
            return Err(Error::Config(format!("the log of {slug} has changed meanwhile: try again")));
        }
        Ok(self.instead.clone().unwrap_or(head))
    }
}

/// Closes the log's epoch and starts the one that is planned. Its first event says so.
///
/// # Errors
/// [`Error::Config`] when the log has become another one since it was planned.
pub(crate) fn start(
    conn: &mut Conn,
    recorder: &Recorder,
    plan: &Plan,
    asked: &Asked<'_>,
    (actor, now): (&serde_json::Value, Time),
) -> Result<Started> {
    let org = plan.organization.id;
    // First: whoever is signing the old epoch at this moment comes to its end, or finds that it is closed.
    store::take_signing(conn, org, plan.epoch)?;
    let old = plan.end_of_old(log::take_head(conn, org)?, recorder)?;
    epochs::close(conn, org, &old, now)?;
    store::refusals::remove(conn, org)?;
    // Of a head that nobody sealed nothing is taken over.
    let mut new = Head {
        log_id: plan.log_id,
        epoch: plan.epoch,
        tree_start: plan.start,
        next_sequence: plan.start,
        frontier: Vec::new(),
        ..old.clone()
    };
    (new.seal, new.seal_key_id) = recorder.sealer.seal(org, &new)?;
    log::replace_head(conn, org, &new)?;
    let mut parameters = json!({
        "epoch": new.epoch,
        "first_lost_sequence": old.next_sequence,
        "last_lost_sequence": plan.start - 1,
        "known_end": plan.known_end.max(old.next_sequence),
        "reason": asked.reason,
    });
    if let (Some(despite), Some(members)) = (asked.despite, parameters.as_object_mut()) {
        members.insert("despite".into(), despite.into());
    }
    let event =
        OwnEvent::new("annals.log.epoch_started", actor.clone()).severity("high").parameters(parameters);
    recorder.record(conn, &OrgScope::of_service(&plan.organization), event)?;
    Ok(Started { sequence: plan.start, overridden: plan.overridden })
}
