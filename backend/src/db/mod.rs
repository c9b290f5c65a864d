//! The database as features see it: named transactions that read or write.
//!
//! Only this folder knows that there are two databases. A transaction is a closure on one [`Conn`]: it
//! cannot await, so it never waits for the network, and a dropped request cannot leave one open.

mod backup;
mod conn;
pub(crate) mod dialect;
pub mod migrate;
pub mod schema;
pub mod types;

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::{
    Connection,
    connection::TransactionManager,
    r2d2::{Pool, PooledConnection},
};

pub use conn::{Conn, Location, MultiBackend};
use conn::{Manager, Role};
pub(crate) use conn::{is_unique_violation, is_unreadable, may_pass, on_either};

use crate::{
    error::{Error, Result},
    metrics::Transactions,
    request,
};

/// How long a request waits for a free connection before it is told to come back.
const POOL_WAIT: Duration = Duration::from_secs(5);
/// Connections for looking up who asks.
const LOOKUP_CONNECTIONS: u32 = 2;
/// How often a transaction is tried again after a transient error.
const RETRIES: u32 = 5;
/// A transaction that takes longer is named in the log.
const SLOW: Duration = Duration::from_secs(1);
/// The WAL is brought back to zero when a commit finds it past this size, in bytes.
const WAL_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// How many connections each pool may hold, and how long a statement may take.
#[derive(Debug, Clone, Copy)]
pub struct PoolSettings {
    /// Connections for reads (PostgreSQL: for everything).
    pub connections: u32,
    /// PostgreSQL's `statement_timeout`.
    pub statement_timeout: Duration,
}

/// How busy a pool is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolState {
    pub(crate) name: &'static str,
    pub(crate) in_use: u32,
    pub(crate) idle: u32,
    /// How many it may hold.
    pub(crate) limit: u32,
}

/// Whether appends to several organizations may share a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// One transaction for all: there is one writer and one fsync to share.
    Together,
    /// One transaction each: on Citus a transaction over two organizations is a two-phase commit.
    PerOrganization,
}

/// The database. Cloning shares the pools.
#[derive(Debug, Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    location: Location,
    /// For queries, which may take their time.
    read: Pool<Manager>,
    /// For looking up who asks: a slow query must not keep anybody from appending.
    lookup: Pool<Manager>,
    write: Pool<Manager>,
    runtime: tokio::runtime::Handle,
    commits: AtomicU32,
    instruments: Transactions,
}

impl Db {
    /// Opens the pools; the SQLite file is created when absent. Does not migrate.
    pub fn open(location: Location, settings: PoolSettings) -> Result<Self> {
        let pool = |role, size| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(POOL_WAIT)
                .test_on_check_out(matches!(location, Location::Postgres(_)))
                .build(Manager {
                    location: location.clone(),
                    role,
                    statement_timeout: settings.statement_timeout,
                })
                .map_err(|error| Error::Config(format!("cannot open the database: {error}")))
        };
        if let Location::Sqlite(file) = &location {
            drop(create_private(file)?);
        }
        let write_size = match &location {
            Location::Sqlite(_) => 1,
            Location::Postgres(_) => settings.connections,
        };
        // The writer comes first: it turns the empty file into a database that the readers can open.
        let write = pool(Role::Write, write_size)?;
        let (lookup, read) = (pool(Role::Read, LOOKUP_CONNECTIONS)?, pool(Role::Read, settings.connections)?);
        let runtime = tokio::runtime::Handle::try_current()
            .map_err(|error| Error::Bug(format!("the database needs a runtime: {error}")))?;
        let commits = AtomicU32::new(0);
        let instruments = Transactions::new();
        Ok(Self { inner: Arc::new(Inner { location, read, lookup, write, runtime, commits, instruments }) })
    }

    /// What is counted of the transactions.
    pub(crate) fn instruments(&self) -> &Transactions {
        &self.inner.instruments
    }

    /// How busy the pools are.
    pub(crate) fn pools(&self) -> [PoolState; 3] {
        let Inner { read, lookup, write, .. } = &*self.inner;
        [("read", read), ("lookup", lookup), ("write", write)].map(|(name, pool)| {
            let state = pool.state();
            let in_use = state.connections.saturating_sub(state.idle_connections);
            PoolState { name, in_use, idle: state.idle_connections, limit: pool.max_size() }
        })
    }

    /// Name, meaning and bytes of the files that the database consists of, where it is ours to keep them.
    pub(crate) fn file_sizes(&self) -> Vec<(&'static str, &'static str, u64)> {
        let Location::Sqlite(path) = &self.inner.location else { return Vec::new() };
        let size_bytes = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        vec![
            ("annals_db_size_bytes", "The database file", size_bytes(path)),
            ("annals_db_wal_size_bytes", "The write-ahead log beside it", size_bytes(&wal(path))),
        ]
    }

    /// Writes a copy of the database, as it is at one moment, to a new file. Nobody has to wait for it. Blocks.
    pub(crate) fn back_up(&self, to: &Path) -> Result<u64> {
        let Location::Sqlite(_) = &self.inner.location else {
            return Err(Error::Config(
                "backup: PostgreSQL is backed up with pg_dump or with its physical backups (docs/operators/backup.md)"
                    .into(),
            ));
        };
        backup::write(&mut self.open_apart()?, to)
    }

    /// A connection outside the pools, without a statement timeout.
    fn open_apart(&self) -> Result<Conn> {
        let statement_timeout = Duration::ZERO;
        Manager { location: self.inner.location.clone(), role: Role::Write, statement_timeout }
            .open()
            .map_err(|error| Error::Config(format!("cannot open the database: {error}")))
    }

    /// Whether appends to several organizations may share a transaction here.
    pub fn grouping(&self) -> Grouping {
        match self.inner.location {
            Location::Sqlite(_) => Grouping::Together,
            Location::Postgres(_) => Grouping::PerOrganization,
        }
    }

    /// Runs `work` in a transaction that can only read.
    pub async fn read<T, F>(&self, name: &'static str, work: F) -> Result<T>
    where
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let db = self.clone();
        self.blocking(move || db.read_blocking(name, work)).await
    }

    /// [`Db::read`] for looking up who asks and where: a row or two by their keys.
    pub async fn lookup<T, F>(&self, name: &'static str, work: F) -> Result<T>
    where
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let db = self.clone();
        self.blocking(move || db.transaction(name, &db.inner.lookup, conn::begin_read, work)).await
    }

    /// Runs `work` in a transaction that writes; its effects are durable when this returns `Ok`.
    /// `work` may run several times: it must not have effects outside the transaction.
    pub async fn write<T, F>(&self, name: &'static str, work: F) -> Result<T>
    where
        F: Fn(&mut Conn) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let db = self.clone();
        self.blocking(move || db.write_blocking(name, work)).await
    }

    /// [`Db::read`] for callers that are on a thread of their own.
    pub fn read_blocking<T>(&self, name: &'static str, work: impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
        self.transaction(name, &self.inner.read, conn::begin_read, work)
    }

    /// [`Db::read_blocking`] whose statements all see the same moment, on either database.
    pub(crate) fn snapshot_blocking<T>(
        &self,
        name: &'static str,
        work: impl Fn(&mut Conn) -> Result<T>,
    ) -> Result<T> {
        self.transaction(name, &self.inner.read, conn::begin_snapshot, work)
    }

    /// [`Db::write`] for callers that are on a thread of their own.
    pub fn write_blocking<T>(&self, name: &'static str, work: impl Fn(&mut Conn) -> Result<T>) -> Result<T> {
        let result = self.transaction(name, &self.inner.write, conn::begin_write, work)?;
        self.bound_wal();
        Ok(result)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where work leaves the async threads")]
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let request = request::current();
        match self.inner.runtime.spawn_blocking(move || request::within(request, work)).await {
            Ok(result) => result,
            Err(error) => Err(Error::Bug(format!("a transaction panicked: {error}"))),
        }
    }

    fn transaction<T>(
        &self,
        name: &'static str,
        pool: &Pool<Manager>,
        begin: fn(&mut Conn) -> diesel::QueryResult<()>,
        work: impl Fn(&mut Conn) -> Result<T>,
    ) -> Result<T> {
        // Statements that the log is asked to show are shown with the name of their transaction.
        let _span = tracing::trace_span!(target: "annals::sql", "transaction", transaction = name).entered();
        let started = Instant::now();
        let mut retries = 0;
        let result = loop {
            match checkout(pool).and_then(|mut conn| attempt(&mut conn, begin, &work)) {
                Err(Error::Database(error)) if retries < RETRIES && conn::is_transient(&error) => {
                    retries += 1;
                    tracing::warn!(request_id = request::field(), name, retries, %error, "transaction tried again");
                    std::thread::park_timeout(Duration::from_millis(u64::from(retries) * 5));
                }
                result => break result,
            }
        };
        let has_failed = matches!(
            result,
            Err(Error::Database(_) | Error::Unavailable(_) | Error::CommitUnknown(_) | Error::Bug(_))
        );
        self.ended(name, started.elapsed(), retries, has_failed);
        result
    }

    /// Counts a transaction, and says so of one that was slow.
    fn ended(&self, name: &'static str, took: Duration, retries: u32, has_failed: bool) {
        self.inner.instruments.ended(name, took, retries, has_failed);
        let ms = took.as_secs_f64() * 1_000.0;
        if took > SLOW {
            tracing::warn!(request_id = request::field(), name, ms, retries, "slow transaction");
        } else {
            tracing::debug!(
                request_id = request::field(),
                name,
                ms,
                retries,
                ok = !has_failed,
                "transaction"
            );
        }
    }

    /// SQLite's automatic checkpoints never restart the WAL while a reader is active, so a busy service
    /// could grow it without end. Past the limit the writer waits for the readers, once.
    fn bound_wal(&self) {
        let Location::Sqlite(path) = &self.inner.location else { return };
        if !self.inner.commits.fetch_add(1, Ordering::Relaxed).is_multiple_of(64) {
            return;
        }
        let size_bytes = std::fs::metadata(wal(path)).map_or(0, |file| file.len());
        if size_bytes <= WAL_LIMIT_BYTES {
            return;
        }
        match checkout(&self.inner.write).and_then(|mut conn| dialect::truncate_wal(&mut conn)) {
            Ok(true) => {}
            Ok(false) => tracing::warn!(size_bytes, "write-ahead log not truncated: a reader holds on to it"),
            Err(error) => tracing::warn!(size_bytes, %error, "write-ahead log not truncated"),
        }
    }
}

/// The write-ahead log's file.
fn wal(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}

/// SQLite gives a new file to everybody, and its companions the same mode as the file.
fn create_private(file: &Path) -> Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| Error::Config(format!("cannot open the database {}: {error}", file.display())))
}

fn checkout(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>> {
    pool.get().map_err(|error| Error::Unavailable(format!("no database connection: {error}")))
}

/// One try. Errors before COMMIT mean that nothing was written; only COMMIT itself can leave doubt.
fn attempt<T>(
    conn: &mut Conn,
    begin: fn(&mut Conn) -> diesel::QueryResult<()>,
    work: &impl Fn(&mut Conn) -> Result<T>,
) -> Result<T> {
    type Manage = <Conn as Connection>::TransactionManager;
    begin(conn)?;
    match work(conn) {
        Ok(value) => match Manage::commit_transaction(conn) {
            Ok(()) => Ok(value),
            Err(error) if conn::is_transient(&error) => Err(error.into()),
            Err(error) => Err(Error::CommitUnknown(error.to_string())),
        },
        Err(error) => {
            if let Err(rollback) = Manage::rollback_transaction(conn) {
                tracing::debug!(%rollback, "rollback failed; the connection is dropped");
            }
            Err(match error {
                Error::Database(cause) if conn::is_disconnected(&cause) => {
                    Error::Unavailable(cause.to_string())
                }
                other => other,
            })
        }
    }
}
