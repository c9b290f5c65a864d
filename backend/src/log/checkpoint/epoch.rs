//! A new epoch: how a log goes on whose end was lost, as after a restore from an older backup.

use std::sync::Arc;

use diesel::prelude::*;
use serde_json::json;

use super::Marks;
use crate::{
    access::OrgScope,
    clock::Time,
    db::{Conn, on_either, schema::log_epochs},
    error::{Error, Result},
    id::{Id, Org},
    log::store::{self, Head},
    orgs::Organization,
    own::{OwnEvent, Recorder},
};

/// Closes the log's epoch and starts another past everything that was ever signed, so that no sequence is used
/// twice. Its first event says so. Answers the first sequence of the new epoch.
///
/// # Errors
/// [`Error::Config`] when the log is not behind what was signed of it: there is nothing to give up then.
pub(crate) fn start(
    conn: &mut Conn,
    recorder: &Recorder,
    marks: &Marks,
    organization: &Arc<Organization>,
    (reason, actor, now): (&str, &serde_json::Value, Time),
) -> Result<i64> {
    let org = organization.id;
    let old = store::take_head(conn, org)?;
    recorder.sealer.check_seal(org, &old)?;
    let signed = marks.get(old.log_id, old.epoch).map_or(0, |signed| signed.size());
    let start = old.sequence_of(signed);
    if start <= old.next_sequence {
        let slug = &organization.slug;
        return Err(Error::Config(format!("the log of {slug} has everything that was signed of it")));
    }
    close(conn, organization, &old, now)?;
    let mut new = Head {
        epoch: old.epoch + 1,
        tree_start: start,
        next_sequence: start,
        frontier: Vec::new(),
        ..old.clone()
    };
    (new.seal, new.seal_key_id) = recorder.sealer.seal(org, &new)?;
    store::replace_head(conn, org, &new)?;
    let event = OwnEvent::new("annals.log.epoch_started", actor.clone()).severity("high").parameters(json!({
        "epoch": new.epoch,
        "first_lost_sequence": old.next_sequence,
        "last_lost_sequence": start - 1,
        "reason": reason,
    }));
    recorder.record(conn, &OrgScope::of_service(organization), event)?;
    Ok(start)
}

/// The logs that have less than what was signed of them.
pub(crate) fn behind(conn: &mut Conn, marks: &Marks) -> Result<Vec<Id<Org>>> {
    let heads = store::heads(conn)?;
    let is_behind = |(_, head): &(Id<Org>, Head)| {
        let signed = marks.get(head.log_id, head.epoch).map_or(0, |signed| signed.size());
        head.next_sequence < head.sequence_of(signed)
    };
    Ok(heads.into_iter().filter(is_behind).map(|(org, _)| org).collect())
}

fn close(conn: &mut Conn, organization: &Organization, head: &Head, now: Time) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(log_epochs::table)
        .values((
            log_epochs::org_id.eq(organization.id),
            log_epochs::epoch.eq(head.epoch),
            log_epochs::log_id.eq(head.log_id),
            log_epochs::tree_start.eq(head.tree_start),
            log_epochs::next_sequence.eq(head.next_sequence),
            log_epochs::first_sequence.eq(head.first_sequence),
            log_epochs::frontier.eq(&head.frontier),
            log_epochs::seal.eq(&head.seal),
            log_epochs::seal_key_id.eq(head.seal_key_id),
            log_epochs::closed_at.eq(now),
        ))
        .execute(inner))?;
    Ok(())
}
