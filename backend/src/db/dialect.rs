//! The statements that differ between the two databases.

use diesel::{Connection, prelude::*, sql_types::Array};

use super::{Conn, schema::events, types::DbId};
use crate::{
    error::Result,
    id::{Event, Id, Org},
    log::{EventRow, StoredEvent},
};

/// Rows per INSERT on PostgreSQL: 22 binds each, and a statement may have 65,535.
const INSERT_CHUNK: usize = 1_000;

/// Inserts event rows. SQLite runs one cached statement per row, which costs less than preparing a long one;
/// PostgreSQL takes many rows per statement, which on Citus stays on one worker.
pub(crate) fn insert_events(conn: &mut Conn, rows: &[EventRow<'_>]) -> Result<()> {
    match conn {
        Conn::Sqlite(inner) => {
            for row in rows {
                diesel::insert_into(events::table).values(row).execute(inner)?;
            }
        }
        Conn::Postgres(inner) => {
            for chunk in rows.chunks(INSERT_CHUNK) {
                diesel::insert_into(events::table).values(chunk).execute(inner)?;
            }
        }
    }
    Ok(())
}

/// The events of an organization with these ids. PostgreSQL is asked for one id after the other: offered all of
/// them, it takes any index that begins with the organization while it knows little of the table, and reads the
/// organization's whole log for every batch.
pub(crate) fn stored_events(conn: &mut Conn, org: Id<Org>, ids: &[Id<Event>]) -> Result<Vec<StoredEvent>> {
    const ONE_BY_ONE: &str = "SELECT found.* FROM unnest($2::uuid[]) AS wanted (id) CROSS JOIN LATERAL (\
        SELECT id, sequence, leaf_hash, received_at, body FROM events WHERE org_id = $1 AND id = wanted.id LIMIT 1\
        ) AS found";
    Ok(match conn {
        Conn::Sqlite(inner) => events::table
            .filter(events::org_id.eq(org))
            .filter(events::id.eq_any(ids))
            .select((events::id, events::sequence, events::leaf_hash, events::received_at, events::body))
            .load(inner)?,
        Conn::Postgres(inner) => {
            diesel::sql_query(ONE_BY_ONE).bind::<DbId, _>(org).bind::<Array<DbId>, _>(ids).load(inner)?
        }
    })
}

/// Runs `work` in a savepoint of the current transaction: its failure undoes only itself.
pub(crate) fn savepoint<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    conn.transaction(work)
}

/// Brings SQLite's write-ahead log back to zero; `false` when a reader holds on to it.
pub(super) fn truncate_wal(conn: &mut Conn) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Checkpoint {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        busy: i32,
    }
    match conn {
        Conn::Sqlite(inner) => {
            let row: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(inner)?;
            Ok(row.busy == 0)
        }
        Conn::Postgres(_) => Ok(true), // looks after its own
    }
}
