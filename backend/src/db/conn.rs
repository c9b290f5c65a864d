//! One connection type over two databases, how each is opened, and how its transactions begin.

use std::{path::PathBuf, str::FromStr, time::Duration};

use diesel::{
    Connection, ConnectionError, MultiConnection, PgConnection, SqliteConnection,
    connection::{AnsiTransactionManager, InstrumentationEvent, SimpleConnection},
    r2d2::{self, ManageConnection, R2D2Connection},
    result::{DatabaseErrorKind, QueryResult},
};
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// A connection to either database. Queries are written once against it; see `on_either!` for the two
/// statements (bulk insert, `ON CONFLICT`) that must name the concrete connection.
#[derive(MultiConnection)]
#[expect(missing_debug_implementations, reason = "diesel connections have none")]
pub enum Conn {
    /// Embedded, one file.
    Sqlite(SqliteConnection),
    /// A server, or Citus.
    Postgres(PgConnection),
}

/// Runs one diesel statement on the concrete connection behind a [`Conn`].
macro_rules! on_either {
    ($conn:expr, $inner:ident => $statement:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($inner) => $statement,
            $crate::db::Conn::Postgres($inner) => $statement,
        }
    };
}
pub(crate) use on_either;

/// Where the data is. The variant is chosen by the URL's scheme and by nothing else: diesel's own
/// `establish` tries each backend in turn, and a typo would create an empty SQLite file.
#[derive(Debug, Clone)]
pub enum Location {
    /// Path of the SQLite file.
    Sqlite(PathBuf),
    /// Connection URL; it may hold a password.
    Postgres(SecretString),
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(SecretString::from(url)));
        }
        Err(Error::Config("database.url: must begin with sqlite: or postgres://".into()))
    }
}

/// What a pool's connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Read-only transactions.
    Read,
    /// Transactions that write; on SQLite there is one such connection.
    Write,
}

/// Opens connections for a pool.
#[derive(Debug)]
pub(super) struct Manager {
    pub(super) location: Location,
    pub(super) role: Role,
    pub(super) statement_timeout: Duration,
}

/// Shows the text of every statement, without its values, to whoever asks for it by `log_filter=annals::sql=trace`.
fn show_statements(conn: &mut Conn) {
    const TARGET: &str = "annals::sql";
    if tracing::enabled!(target: TARGET, tracing::Level::TRACE) {
        conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let text = query.to_string();
                let (statement, _binds) = text.split_once(" -- binds:").unwrap_or((&text, ""));
                tracing::trace!(target: TARGET, statement, "statement");
            }
        });
    }
}

impl Manager {
    pub(super) fn open(&self) -> Result<Conn, ConnectionError> {
        let mut conn = self.connect()?;
        show_statements(&mut conn);
        Ok(conn)
    }

    fn connect(&self) -> Result<Conn, ConnectionError> {
        match &self.location {
            Location::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                conn.batch_execute(sqlite_settings(self.role))
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Sqlite(conn))
            }
            Location::Postgres(url) => {
                let mut conn = PgConnection::establish(url.expose_secret())?;
                let settings = postgres_settings(self.role, self.statement_timeout);
                conn.batch_execute(&settings).map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }
}

/// `synchronous=FULL`: a commit that was answered survives a power cut. The busy timeout covers other
/// processes on the same file (`annals admin` beside a running service).
const fn sqlite_settings(role: Role) -> &'static str {
    match role {
        Role::Read => {
            "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; \
             PRAGMA cache_size=-2000; PRAGMA query_only=ON;"
        }
        Role::Write => {
            "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
             PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;"
        }
    }
}

/// Writers plan each statement for the table as it is now: a plan that was made while the log was empty looks an
/// id up by any index that begins with the organization, reads the whole log for it, and stays in use until the
/// first ANALYZE.
///
/// Readers have an index in the order of every list, and sort only where there is none. Left to its estimates, a
/// server that has not analyzed the table since an organization grew expects a few rows, and sorts the whole log for
/// one page. What is the last resort costs so much that the rest must not be compiled on its account (`jit`).
fn postgres_settings(role: Role, statement_timeout: Duration) -> String {
    let plans = match role {
        Role::Read => {
            "SET enable_sort=off; SET enable_incremental_sort=off; SET enable_bitmapscan=off; \
             SET enable_seqscan=off; SET jit=off;"
        }
        Role::Write => "SET plan_cache_mode=force_custom_plan;",
    };
    format!(
        "{plans} SET TIME ZONE 'UTC'; SET synchronous_commit=on; SET statement_timeout={ms}; \
         SET idle_in_transaction_session_timeout={ms}; SET client_min_messages=warning;",
        ms = statement_timeout.as_millis()
    )
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Conn, r2d2::Error> {
        self.open().map_err(r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.ping().map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || R2D2Connection::is_broken(conn)
    }
}

/// Begins a transaction that can only read, on one snapshot where the database has them (SQLite).
pub(super) fn begin_read(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN DEFERRED"),
        Conn::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN READ ONLY"),
    }
}

/// Begins a transaction that can only read, and whose statements all see the same moment.
pub(super) fn begin_snapshot(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN DEFERRED"),
        Conn::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(
            inner,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
    }
}

/// Begins a transaction that writes. SQLite takes its write lock at once: a lock taken later, by the first
/// write after a read, fails instead of waiting when another writer got in between.
pub(super) fn begin_write(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
        Conn::Postgres(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN"),
    }
}

/// Errors after which the transaction is known to be undone and the same attempt may succeed.
pub(super) fn is_transient(error: &diesel::result::Error) -> bool {
    match error {
        diesel::result::Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        diesel::result::Error::DatabaseError(_, info) => {
            let message = info.message();
            message.contains("deadlock detected") || message.contains("database is locked")
        }
        _ => false,
    }
}

/// Whether a row is there already.
pub(crate) fn is_unique_violation(error: &diesel::result::Error) -> bool {
    matches!(error, diesel::result::Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// Whether a row is there that none of our statements wrote: a value in it is no such value.
pub(crate) const fn is_unreadable(error: &Error) -> bool {
    matches!(error, Error::Database(diesel::result::Error::DeserializationError(_)))
}

/// Whether the same statement may succeed later: everything but a statement, a row or a value that is wrong.
pub(crate) fn may_pass(error: &diesel::result::Error) -> bool {
    use diesel::result::Error as Cause;
    match error {
        Cause::DatabaseError(kind, _) => !matches!(
            kind,
            DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation
        ),
        Cause::BrokenTransactionManager => true,
        _ => false,
    }
}

/// Whether the connection is gone, and with it every uncommitted transaction.
pub(super) fn is_disconnected(error: &diesel::result::Error) -> bool {
    match error {
        diesel::result::Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
        | diesel::result::Error::BrokenTransactionManager => true,
        diesel::result::Error::DatabaseError(_, info) => {
            let message = info.message();
            message.contains("terminating connection") || message.contains("server closed the connection")
        }
        _ => false,
    }
}
