//! What is certain of a log: by what was sealed or signed, whatever its head and the tables say.
//!
//! A log is given up also because its head is not ours. Whoever wrote that head must have no say in how the log goes
//! on: neither under which name, nor from where.

use diesel::prelude::*;

use super::{
    Signers, note, origin, parse_origin,
    reach::{Reach, end_of},
    store,
};
use crate::{
    db::{Conn, is_unreadable, schema::log_heads},
    error::{Error, Result},
    id::{Id, Log, Org},
    log::{
        Sealer, created,
        store::{Head, closed_heads},
    },
};

/// What is certain of a log.
#[derive(Debug, Clone)]
pub(super) struct Certain {
    /// None when nothing says which log it is.
    pub(super) log_id: Option<Id<Log>>,
    /// The first event that is kept.
    pub(super) first_sequence: i64,
    /// Where the tree of the newest epoch begins.
    pub(super) tree_start: Option<i64>,
    pub(super) reach: Reach,
}

/// What is certain of the organization's log, whose `head` may be `sealed` or not.
pub(super) fn certain(
    conn: &mut Conn,
    sealer: &Sealer,
    signers: &Signers<'_>,
    org: Id<Org>,
    (head, is_sealed): (&Head, bool),
) -> Result<Certain> {
    let mut ours = sealed_heads(conn, sealer, org)?;
    ours.extend(is_sealed.then(|| head.clone()));
    let log_id = match ours.last() {
        Some(good) => Some(good.log_id),
        None => name(conn, sealer, signers, (org, head))?,
    };
    ours.retain(|good| Some(good.log_id) == log_id);
    let first_sequence = ours.last().map_or(0, |good| good.first_sequence);
    let Some(log_id) = log_id else {
        return Ok(Certain { log_id: None, first_sequence, tree_start: None, reach: Reach::NONE });
    };
    let start_of = |epoch: i32| {
        let marked = sealer.marks().mark(log_id, epoch).and_then(|mark| mark.start);
        let of_head = || ours.iter().find(|good| good.epoch == epoch).map(|good| good.tree_start);
        marked.or_else(of_head).or((epoch == 1).then_some(0))
    };
    let signed = newest_signed(conn, signers, (org, log_id))?
        .map(|(epoch, size)| Reach { epoch, end: start_of(epoch).map_or(0, |start| end_of(start, size)) });
    let reach =
        ours.iter().map(|good| good.extent().reach()).chain(sealer.marks().reach(log_id)).chain(signed);
    let reach = reach.fold(Reach::NONE, Reach::and);
    Ok(Certain { log_id: Some(log_id), first_sequence, tree_start: start_of(reach.epoch), reach })
}

/// The heads of closed epochs that are as we sealed them: the organization is part of what is sealed.
fn sealed_heads(conn: &mut Conn, sealer: &Sealer, org: Id<Org>) -> Result<Vec<Head>> {
    let mut ours = Vec::new();
    let heads = match closed_heads(conn, org) {
        Err(error) if is_unreadable(&error) => Vec::new(),
        heads => heads?,
    };
    for head in heads {
        sealer.learn(conn, &head)?;
        match sealer.check_seal(org, &head) {
            Ok(()) => ours.push(head),
            Err(Error::Integrity(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ours)
}

/// Which log it is, where no head says so that is sealed: as the platform's log records it, or by what was signed.
/// What was signed does not name the organization, and a row is soon altered, so that no other one may have a log of
/// that name.
fn name(
    conn: &mut Conn,
    sealer: &Sealer,
    signers: &Signers<'_>,
    (org, head): (Id<Org>, &Head),
) -> Result<Option<Id<Log>>> {
    let mut named: Vec<_> = created::log_of(conn, sealer, org)?.into_iter().collect();
    for stored in store::page(conn, org, None, store::LOOKED_THROUGH)? {
        let origin = stored.note.lines().next().unwrap_or_default();
        let log = parse_origin(signers.installation, origin).map(|(log, _)| log);
        if let Some(log) = log.filter(|_| note::open(&stored.note, origin, &signers.keys()).is_ok()) {
            named.push(log);
            break;
        }
    }
    named.extend(sealer.marks().reach(head.log_id).map(|_| head.log_id));
    for log in named {
        let others = log_heads::table.filter(log_heads::log_id.eq(log)).filter(log_heads::org_id.ne(org));
        if others.count().get_result::<i64>(conn)? == 0 {
            return Ok(Some(log));
        }
    }
    Ok(None)
}

/// Epoch and size of the newest checkpoint that is ours.
fn newest_signed(
    conn: &mut Conn,
    signers: &Signers<'_>,
    (org, log): (Id<Org>, Id<Log>),
) -> Result<Option<(i32, u64)>> {
    let keys = signers.keys();
    let open = |stored: store::Stored| {
        let head = note::open(&stored.note, &origin(signers.installation, log, stored.epoch), &keys).ok()?;
        Some((stored.epoch, head.size))
    };
    Ok(store::page(conn, org, None, store::LOOKED_THROUGH)?.into_iter().find_map(open))
}
