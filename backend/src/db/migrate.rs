//! Schema migrations: embedded, same names on both databases, refused when the database is newer.

use diesel::{
    Connection, RunQueryDsl,
    migration::{Migration, MigrationSource},
    pg::Pg,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db};
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");
/// Key of the advisory lock under which nodes take turns to migrate.
const LOCK: i64 = 0x616e_6e61_6c73;

/// Runs `work` while no other node migrates. The connection is one of its own, without a statement timeout:
/// waiting for the others, or a long migration, is not a statement gone wrong.
pub fn exclusively<T>(db: &Db, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let mut conn = db.open_apart()?;
    lock(&mut conn, "SELECT pg_advisory_lock($1)")?;
    let result = work(&mut conn);
    lock(&mut conn, "SELECT pg_advisory_unlock($1)")?;
    result
}

/// Applies every pending migration and returns their names.
///
/// # Errors
/// [`Error::Config`] when the database has migrations that this binary does not know.
pub fn up(conn: &mut Conn) -> Result<Vec<String>> {
    match conn {
        Conn::Sqlite(inner) => up_on::<Sqlite, _>(inner, SQLITE),
        Conn::Postgres(inner) => up_on::<Pg, _>(inner, POSTGRES),
    }
}

/// Takes every migration back, newest first: everything stored is gone.
pub fn down(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(inner) => inner.revert_all_migrations(SQLITE).map(drop).map_err(failed),
        Conn::Postgres(inner) => inner.revert_all_migrations(POSTGRES).map(drop).map_err(failed),
    }
}

fn lock(conn: &mut Conn, sql: &str) -> Result<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()), // one file, and each migration is a transaction
        Conn::Postgres(inner) => {
            diesel::sql_query(sql).bind::<diesel::sql_types::BigInt, _>(LOCK).execute(inner)?;
            Ok(())
        }
    }
}

fn up_on<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> Result<Vec<String>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB> + Connection<Backend = DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(failed)?;
    let known: Vec<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    for applied in conn.applied_migrations().map_err(failed)? {
        let applied = applied.to_string();
        if !known.contains(&applied) {
            return Err(Error::Config(format!(
                "the database was migrated by a newer version of Annals (migration {applied}); install that version"
            )));
        }
    }
    let run = conn.run_pending_migrations(source).map_err(failed)?;
    Ok(run.iter().map(ToString::to_string).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
fn failed(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Config(format!("migration failed: {cause}"))
}

/// The names of the embedded migrations: (SQLite's, PostgreSQL's).
pub fn names() -> Result<(Vec<String>, Vec<String>)> {
    fn of<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>>
    where
        EmbeddedMigrations: MigrationSource<DB>,
    {
        let all: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(failed)?;
        Ok(all.iter().map(|migration| migration.name().to_string()).collect())
    }
    Ok((of::<Sqlite>(&SQLITE)?, of::<Pg>(&POSTGRES)?))
}
