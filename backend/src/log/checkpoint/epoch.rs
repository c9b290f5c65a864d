//! A new epoch: how a log goes on whose end was lost, as after a restore from an older backup, or that is given up
//! for another reason.
//!
//! It begins past everything that is known of the log, by a wide step: events were acknowledged that nobody has
//! signed yet, and their sequences must not come twice either. Where it begins is marked before it is begun.

use std::sync::Arc;

use serde_json::json;

use super::{
    Marks, Refusal, Signers,
    marks::lost,
    reach::{Extent, Reach},
    store::{self, epochs},
};
use crate::{
    access::OrgScope,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{Id, Org},
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
    /// How far it is known to have reached.
    reach: Reach,
    is_sealed: bool,
}

impl State {
    /// Whether it is shorter than it was: then a new epoch needs no other reason.
    pub(crate) fn is_lost(&self) -> bool {
        lost(&self.extent, self.reach).is_some() && self.is_sealed
    }
}

/// How the log stands.
pub(crate) fn state(
    conn: &mut Conn,
    recorder: &Recorder,
    signers: &Signers<'_>,
    org: Id<Org>,
) -> Result<State> {
    let marks = recorder.sealer.marks();
    let head = log::head(conn, org)?;
    recorder.sealer.learn(conn, &head)?;
    let extent = head.extent();
    let reach = signers.reach(conn, marks, (org, &extent))?;
    let seal = match recorder.sealer.check_seal(org, &head) {
        Err(Error::Integrity(reason)) => Some(Refusal::Seal(reason)),
        checked => checked.map(|()| None)?,
    };
    let rows = store::refusals::of_log(conn, org)?;
    let mut refusals: Vec<(String, Option<Time>)> =
        rows.into_iter().map(|row| (row.reason, Some(row.refused_at))).collect();
    let is_sealed = seal.is_none();
    let anchored = signers.anchor(&extent, store::newest(conn, org)?).err();
    for refusal in [seal, marks.contradiction(&extent), anchored].into_iter().flatten() {
        let refusal = refusal.to_string();
        if refusals.iter().all(|(known, _)| *known != refusal) {
            refusals.push((refusal, None));
        }
    }
    if refusals.is_empty()
        && let Some(refusal) = lost(&extent, reach)
    {
        refusals.push((refusal.to_string(), None));
    }
    let signing = store::signing(conn, org)?.filter(|signing| signing.epoch == extent.epoch);
    let signed_size = signing.map_or(0, |signing| signing.size);
    Ok(State { extent, signed_size, refusals, reach, is_sealed })
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
    old: Extent,
    epoch: i32,
    start: i64,
    known_end: i64,
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
    let stored = epochs::reach(conn, organization.id)?;
    let known = state.reach.and(state.extent.reach()).and(stored);
    let too_far = || Error::Config(format!("the log of {slug} has no epochs or sequences left"));
    let epoch = known.epoch.checked_add(1).ok_or_else(too_far)?;
    let start = asked.from.unwrap_or_else(|| known.end.saturating_add(STEP));
    if start < known.end {
        let end = known.end;
        return Err(Error::Config(format!("--from: the log of {slug} is known to have reached {end}")));
    }
    if start > SEQUENCE_MAX {
        return Err(too_far());
    }
    Ok(Plan { organization: Arc::clone(organization), old: state.extent, epoch, start, known_end: known.end })
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
        marks.advance(&[(self.old.log_id, self.epoch, self.start, &Frontier::default())])
    }
}

/// Closes the log's epoch and starts the one that is planned. Its first event says so. Answers its first sequence.
///
/// # Errors
/// [`Error::Config`] when the log has become another one since it was planned.
pub(crate) fn start(
    conn: &mut Conn,
    recorder: &Recorder,
    plan: &Plan,
    asked: &Asked<'_>,
    (actor, now): (&serde_json::Value, Time),
) -> Result<i64> {
    let org = plan.organization.id;
    let old = log::take_head(conn, org)?;
    if (old.log_id, old.epoch) != (plan.old.log_id, plan.old.epoch) || plan.start < old.next_sequence {
        let slug = &plan.organization.slug;
        return Err(Error::Config(format!("the log of {slug} has changed meanwhile: try again")));
    }
    epochs::close(conn, org, &old, now)?;
    store::refusals::remove(conn, org)?;
    let mut new = Head {
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
    Ok(plan.start)
}
