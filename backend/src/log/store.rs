//! How the log is kept: one head row and one row per event, changed together or not at all.

#![expect(clippy::ref_option_ref, reason = "how diesel derives Insertable for optional text")]

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{BigInt, Binary, Text},
};

use super::{Appended, Parcel, Receipt, SealedEvent, Sealer, frontier::Frontier};
use crate::{
    access::{OrgScope, permission::AppendEvents},
    clock::Time,
    db::{
        Conn, dialect, on_either,
        schema::{events, log_epochs, log_heads},
        types::{DbId, DbTime},
    },
    error::{Error, Result},
    id::{self, Id, Org, ServiceKey},
};

/// Ids looked up in one statement.
const LOOKUP_CHUNK: usize = 500;

/// A log head as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = log_heads)]
pub(crate) struct Head {
    pub(crate) log_id: Id<id::Log>,
    pub(crate) epoch: i32,
    pub(crate) tree_start: i64,
    pub(crate) next_sequence: i64,
    pub(crate) first_sequence: i64,
    pub(crate) frontier: Vec<u8>,
    pub(crate) seal: Vec<u8>,
    pub(crate) seal_key_id: Id<ServiceKey>,
}

/// The columns of [`Head`], in order.
const HEAD: (
    log_heads::log_id,
    log_heads::epoch,
    log_heads::tree_start,
    log_heads::next_sequence,
    log_heads::first_sequence,
    log_heads::frontier,
    log_heads::seal,
    log_heads::seal_key_id,
) = (
    log_heads::log_id,
    log_heads::epoch,
    log_heads::tree_start,
    log_heads::next_sequence,
    log_heads::first_sequence,
    log_heads::frontier,
    log_heads::seal,
    log_heads::seal_key_id,
);

impl Head {
    /// The Merkle frontier.
    pub(crate) fn frontier(&self) -> Result<Frontier> {
        Frontier::from_bytes(self.size()?, &self.frontier)
            .ok_or_else(|| Error::Integrity("the frontier does not fit the log's size".into()))
    }

    /// Leaves of the epoch's tree.
    pub(crate) fn size(&self) -> Result<u64> {
        let size = self.next_sequence.checked_sub(self.tree_start);
        size.and_then(|size| u64::try_from(size).ok())
            .ok_or_else(|| Error::Integrity("the log ends before its tree begins".into()))
    }

    /// The sequence of a leaf of the epoch's tree.
    pub(crate) fn sequence_of(&self, leaf: u64) -> i64 {
        self.tree_start.saturating_add(i64::try_from(leaf).unwrap_or(i64::MAX))
    }
}

/// One row of `events`.
#[derive(Debug, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(crate) struct Row<'a> {
    org_id: Id<Org>,
    sequence: i64,
    id: Id<id::Event>,
    occurred_at: Time,
    received_at: Time,
    action: &'a str,
    category: Option<&'a str>,
    activity_type: Option<&'a str>,
    outcome: &'a str,
    severity: &'a str,
    source: &'a str,
    actor_type: &'a str,
    actor_id: &'a str,
    actor_name: Option<&'a str>,
    actor_email: Option<&'a str>,
    targets: Option<&'a str>,
    workspace_id: Option<&'a str>,
    workspace_name: Option<&'a str>,
    ip: Option<&'a str>,
    seed: &'a [u8],
    leaf_hash: &'a [u8],
    body: &'a str,
}

impl<'a> Row<'a> {
    fn new(org_id: Id<Org>, sequence: i64, event: &'a SealedEvent) -> Self {
        let columns = &event.columns;
        Self {
            org_id,
            sequence,
            id: event.id,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            action: &columns.action,
            category: columns.category.as_deref(),
            activity_type: columns.activity_type.as_deref(),
            outcome: &columns.outcome,
            severity: &columns.severity,
            source: &columns.source,
            actor_type: &columns.actor_type,
            actor_id: &columns.actor_id,
            actor_name: columns.actor_name.as_deref(),
            actor_email: columns.actor_email.as_deref(),
            targets: columns.targets.as_deref(),
            workspace_id: columns.workspace_id.as_deref(),
            workspace_name: columns.workspace_name.as_deref(),
            ip: columns.ip.as_deref(),
            seed: &event.seed,
            leaf_hash: &event.leaf_hash,
            body: &event.body,
        }
    }
}

/// Appends parcels of events to one organization's log, in order: the only way anything gets into a log. The
/// outcomes are in the order of the parcels and their events.
pub(crate) fn append(
    conn: &mut Conn,
    sealer: &Sealer,
    scope: &OrgScope<AppendEvents>,
    parcels: &[Parcel],
) -> Result<Vec<Vec<Appended>>> {
    let org = scope.org_id();
    let head = take_head(conn, org)?;
    sealer.check(conn, org, &head)?;

    let stored = stored_by_id(conn, org, parcels.iter().flat_map(|parcel| &parcel.events))?;
    let mut plan = Plan::new(&stored, head.next_sequence);
    let outcomes = parcels.iter().map(|parcel| plan.place(parcel)).collect::<Result<Vec<_>>>()?;
    let rows: Vec<Row<'_>> =
        plan.new.iter().map(|(sequence, event)| Row::new(org, *sequence, event)).collect();
    if !rows.is_empty() {
        dialect::insert_events(conn, &rows)?;
        advance(conn, sealer, org, head, &rows)?;
    }
    Ok(outcomes)
}

/// The receipts of those of the events that are in the log already, with the same content.
pub(crate) fn recognize(
    conn: &mut Conn,
    scope: &OrgScope<AppendEvents>,
    events: &[SealedEvent],
) -> Result<Vec<Option<Receipt>>> {
    let stored = stored_by_id(conn, scope.org_id(), events.iter())?;
    let receipt = |event: &SealedEvent| match stored.get(&event.id) {
        Some(row) if event.repeats(&row.body)? => Ok(Some(receipt_of(row))),
        Some(_) | None => Ok(None),
    };
    events.iter().map(receipt).collect()
}

/// Starts an organization's log and appends its first events, so that an empty log is never committed.
pub(crate) fn create(
    conn: &mut Conn,
    sealer: &Sealer,
    scope: &OrgScope<AppendEvents>,
    first: Parcel,
    now: Time,
) -> Result<Vec<Vec<Appended>>> {
    let org = scope.org_id();
    let mut head = Head {
        log_id: Id::new(now),
        epoch: 1,
        tree_start: 0,
        next_sequence: 0,
        first_sequence: 0,
        frontier: Vec::new(),
        seal: Vec::new(),
        seal_key_id: sealer.key_id()?,
    };
    (head.seal, head.seal_key_id) = sealer.seal(org, &head)?;
    on_either!(conn, inner => diesel::insert_into(log_heads::table)
        .values((log_heads::org_id.eq(org), &head))
        .execute(inner))?;
    append(conn, sealer, scope, &[first])
}

/// The head of an organization's log, for readers.
pub(crate) fn head(conn: &mut Conn, org: Id<Org>) -> Result<Head> {
    find_head(conn, org)?.ok_or_else(no_head)
}

/// The head, if there is one: for the check that does not take it for granted.
pub(super) fn find_head(conn: &mut Conn, org: Id<Org>) -> Result<Option<Head>> {
    Ok(log_heads::table.find(org).select(HEAD).first(conn).optional()?)
}

/// When the newest event of the log was recorded.
pub(crate) fn newest_received_at(conn: &mut Conn, org: Id<Org>) -> Result<Option<Time>> {
    let newest = events::table.filter(events::org_id.eq(org)).order(events::sequence.desc());
    Ok(newest.select(events::received_at).first(conn).optional()?)
}

/// The heads of the log's closed epochs, oldest first.
pub(super) fn closed_heads(conn: &mut Conn, org: Id<Org>) -> Result<Vec<Head>> {
    Ok(log_epochs::table
        .filter(log_epochs::org_id.eq(org))
        .order(log_epochs::epoch)
        .select((
            log_epochs::log_id,
            log_epochs::epoch,
            log_epochs::tree_start,
            log_epochs::next_sequence,
            log_epochs::first_sequence,
            log_epochs::frontier,
            log_epochs::seal,
            log_epochs::seal_key_id,
        ))
        .load(conn)?)
}

/// Locks the head by an UPDATE that changes nothing. `SELECT … FOR UPDATE` would lock a stale copy while
/// Citus moves the shard, and the append would go to the new one with an old size.
pub(super) fn take_head(conn: &mut Conn, org: Id<Org>) -> Result<Head> {
    diesel::update(log_heads::table.find(org))
        .set(log_heads::next_sequence.eq(log_heads::next_sequence))
        .returning(HEAD)
        .get_result(conn)
        .optional()?
        .ok_or_else(no_head)
}

/// Puts another head in the place of the one that was taken.
pub(super) fn replace_head(conn: &mut Conn, org: Id<Org>, head: &Head) -> Result<()> {
    diesel::update(log_heads::table.find(org))
        .set((
            log_heads::log_id.eq(head.log_id),
            log_heads::epoch.eq(head.epoch),
            log_heads::tree_start.eq(head.tree_start),
            log_heads::next_sequence.eq(head.next_sequence),
            log_heads::first_sequence.eq(head.first_sequence),
            log_heads::frontier.eq(&head.frontier),
            log_heads::seal.eq(&head.seal),
            log_heads::seal_key_id.eq(head.seal_key_id),
        ))
        .execute(conn)?;
    Ok(())
}

fn no_head() -> Error {
    Error::Integrity("the organization has no log head".into())
}

/// What is known of an event that is in the log already.
#[derive(Queryable, QueryableByName)]
pub(crate) struct Stored {
    #[diesel(sql_type = DbId)]
    id: Id<id::Event>,
    #[diesel(sql_type = BigInt)]
    sequence: i64,
    #[diesel(sql_type = Binary)]
    leaf_hash: Vec<u8>,
    #[diesel(sql_type = DbTime)]
    received_at: Time,
    #[diesel(sql_type = Text)]
    body: String,
}

fn stored_by_id<'a>(
    conn: &mut Conn,
    org: Id<Org>,
    events: impl Iterator<Item = &'a SealedEvent>,
) -> Result<HashMap<Id<id::Event>, Stored>> {
    let ids: Vec<_> = events.map(|event| event.id).collect();
    let mut stored = HashMap::new();
    for chunk in ids.chunks(LOOKUP_CHUNK) {
        let rows = dialect::stored_events(conn, org, chunk)?;
        stored.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(stored)
}

/// Decides, in order of arrival, which events are new, and gives those the next sequences.
struct Plan<'a> {
    stored: &'a HashMap<Id<id::Event>, Stored>,
    next_sequence: i64,
    new: Vec<(i64, &'a SealedEvent)>,
    new_by_id: HashMap<Id<id::Event>, (i64, &'a SealedEvent)>,
}

impl<'a> Plan<'a> {
    fn new(stored: &'a HashMap<Id<id::Event>, Stored>, next_sequence: i64) -> Self {
        Self { stored, next_sequence, new: Vec::new(), new_by_id: HashMap::new() }
    }

    fn place(&mut self, parcel: &'a Parcel) -> Result<Vec<Appended>> {
        let before = self.new.len();
        let mut outcomes =
            parcel.events.iter().map(|event| self.decide(event)).collect::<Result<Vec<_>>>()?;
        if parcel.is_atomic && outcomes.contains(&Appended::Conflict) {
            self.take_back(before);
            for outcome in &mut outcomes {
                if *outcome != Appended::Conflict {
                    *outcome = Appended::Withheld;
                }
            }
        }
        Ok(outcomes)
    }

    fn decide(&mut self, event: &'a SealedEvent) -> Result<Appended> {
        let stored = self.stored.get(&event.id).map(|row| (receipt_of(row), row.body.as_str()));
        let known = stored.or_else(|| {
            let (sequence, first) = self.new_by_id.get(&event.id)?;
            Some((receipt(first, *sequence), first.body.as_str()))
        });
        Ok(match known {
            // The leaf hash holds a random seed: equal means that this very event was committed by an
            // earlier try whose answer was lost.
            Some((receipt, _)) if receipt.leaf_hash == event.leaf_hash => Appended::New(receipt),
            Some((receipt, body)) if event.repeats(body)? => Appended::Duplicate(receipt),
            Some(_) => Appended::Conflict,
            None => {
                let sequence = self.next_sequence;
                self.next_sequence += 1;
                self.new.push((sequence, event));
                self.new_by_id.insert(event.id, (sequence, event));
                Appended::New(receipt(event, sequence))
            }
        })
    }

    /// Forgets the newest placements, down to the first `kept`.
    fn take_back(&mut self, kept: usize) {
        for (sequence, event) in self.new.drain(kept..).rev() {
            self.new_by_id.remove(&event.id);
            self.next_sequence = sequence;
        }
    }
}

fn receipt(event: &SealedEvent, sequence: i64) -> Receipt {
    Receipt { id: event.id, sequence, leaf_hash: event.leaf_hash.to_vec(), received_at: event.received_at }
}

fn receipt_of(row: &Stored) -> Receipt {
    Receipt {
        id: row.id,
        sequence: row.sequence,
        leaf_hash: row.leaf_hash.clone(),
        received_at: row.received_at,
    }
}

/// Pushes the new leaves and seals the head over them.
fn advance(conn: &mut Conn, sealer: &Sealer, org: Id<Org>, mut head: Head, rows: &[Row<'_>]) -> Result<()> {
    let mut frontier = head.frontier()?;
    for row in rows {
        let hash =
            row.leaf_hash.try_into().ok().ok_or_else(|| Error::Bug("a leaf hash is not 32 bytes".into()))?;
        frontier.push(hash);
        head.next_sequence += 1;
    }
    head.frontier = frontier.to_bytes();
    (head.seal, head.seal_key_id) = sealer.seal(org, &head)?;
    replace_head(conn, org, &head)
}
