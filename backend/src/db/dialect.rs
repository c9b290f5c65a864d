//! The statements that differ between the two databases.

use diesel::{Connection, prelude::*};

use super::{Conn, schema::events};
use crate::{error::Result, log::EventRow};

/// Rows per INSERT on PostgreSQL: 21 binds each, and a statement may have 65,535.
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

/// Runs `work` in a savepoint of the current transaction: its failure undoes only itself.
pub(crate) fn savepoint<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    conn.transaction(work)
}
