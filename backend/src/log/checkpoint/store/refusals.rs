//! How refusals are kept: of each log one for each node that refuses it.

use diesel::prelude::*;

use super::super::{
    marks::lost,
    reach::{Extent, Reach},
    store::States,
};
use crate::{
    clock::Time,
    db::{Conn, is_unreadable, on_either, schema::log_refusals},
    error::Result,
    id::{Event, Id, Node, Org},
};

/// A node's refusal to sign a log.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = log_refusals, primary_key(org_id, node_id), treat_none_as_null = true)]
pub(crate) struct Row {
    pub(crate) org_id: Id<Org>,
    pub(crate) node_id: Id<Node>,
    pub(crate) reason: String,
    known_epoch: i32,
    known_end: i64,
    pub(crate) refused_at: Time,
    /// A node that is gone repeats nothing: from then on its refusal stands no more, unless it is of a lost end.
    pub(crate) holds_until: Time,
    /// Of the event that tells the operators: told twice, it is in the log once.
    pub(crate) event_id: Id<Event>,
    pub(crate) told_at: Option<Time>,
}

impl Row {
    /// A refusal of now, of which nobody has been told.
    pub(crate) fn new(org_id: Id<Org>, node_id: Id<Node>, reason: String, reach: Reach, now: Time) -> Self {
        Self {
            org_id,
            node_id,
            reason,
            known_epoch: reach.epoch,
            known_end: reach.end,
            refused_at: now,
            holds_until: now,
            event_id: Id::new(now),
            told_at: None,
        }
    }

    /// How far the node knows the log to have reached.
    pub(crate) const fn reach(&self) -> Reach {
        Reach { epoch: self.known_epoch, end: self.known_end }
    }

    /// Adds to what the node knows.
    pub(crate) fn know(&mut self, reach: Reach) {
        let known = self.reach().and(reach);
        (self.known_epoch, self.known_end) = (known.epoch, known.end);
    }

    /// Whether it says that the log once reached further than it does.
    pub(crate) fn is_of_loss(&self, log: &Extent) -> bool {
        lost(log, self.reach()).is_some()
    }

    /// Whether it keeps the log from being signed. A node that is gone repeats nothing; that an end was lost stays
    /// true all the same.
    pub(crate) fn stands(&self, log: &Extent, now: Time) -> bool {
        now < self.holds_until || self.is_of_loss(log)
    }
}

/// Every refusal, those of nodes that are gone included, earliest first. A log whose refusals cannot be read is one
/// that cannot be read.
pub(crate) fn all(conn: &mut Conn, states: &mut States) -> Result<Vec<Row>> {
    let all = log_refusals::table
        .order((log_refusals::org_id, log_refusals::refused_at, log_refusals::node_id))
        .load(conn);
    match all.map_err(Into::into) {
        Err(error) if is_unreadable(&error) => {}
        all => return all,
    }
    let mut readable = Vec::new();
    for org in states.logs.iter().map(|log| log.org).collect::<Vec<_>>() {
        match of_log(conn, org) {
            Err(error) if is_unreadable(&error) => states.unreadable.push(org),
            rows => readable.append(&mut rows?),
        }
    }
    states.logs.retain(|log| !states.unreadable.contains(&log.org));
    Ok(readable)
}

/// Every refusal of the log, likewise.
pub(crate) fn of_log(conn: &mut Conn, org: Id<Org>) -> Result<Vec<Row>> {
    Ok(log_refusals::table
        .filter(log_refusals::org_id.eq(org))
        .order((log_refusals::refused_at, log_refusals::node_id))
        .load(conn)?)
}

/// Adds or replaces a node's refusal.
pub(crate) fn put(conn: &mut Conn, row: &Row) -> Result<()> {
    on_either!(conn, inner => diesel::insert_into(log_refusals::table)
        .values(row)
        .on_conflict((log_refusals::org_id, log_refusals::node_id))
        .do_update()
        .set(row)
        .execute(inner))?;
    Ok(())
}

/// Notes that the operators were told of a refusal.
pub(crate) fn told(conn: &mut Conn, row: &Row, now: Time) -> Result<()> {
    diesel::update(log_refusals::table.find((row.org_id, row.node_id)))
        .filter(log_refusals::event_id.eq(row.event_id))
        .set(log_refusals::told_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// Takes the node's refusal of the log back, and with it those that stand no more: [`Row::stands`], in SQL. One that
/// says that the log reached further is nobody's to take back.
pub(crate) fn take_back(
    conn: &mut Conn,
    org: Id<Org>,
    log: &Extent,
    (node, now): (Id<Node>, Time),
) -> Result<()> {
    diesel::delete(
        log_refusals::table
            .filter(log_refusals::org_id.eq(org))
            .filter(log_refusals::node_id.eq(node).or(log_refusals::holds_until.le(now)))
            .filter(log_refusals::known_epoch.le(log.epoch))
            .filter(log_refusals::known_end.le(log.next_sequence)),
    )
    .execute(conn)?;
    Ok(())
}

/// Removes every refusal of a log: what it was refused for is given up.
pub(crate) fn remove(conn: &mut Conn, org: Id<Org>) -> Result<()> {
    diesel::delete(log_refusals::table.filter(log_refusals::org_id.eq(org))).execute(conn)?;
    Ok(())
}
