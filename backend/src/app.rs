//! The running service: everything that handlers share, put together once.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::sync::Semaphore;

use crate::{
    access::Directory,
    catalog::Catalog,
    clock::Clock,
    config::Config,
    db::{Db, Location, migrate},
    error::{Error, Result},
    keyring::{self, Keyring, MasterKey},
    log::{Sealer, writer::Writer},
    orgs::{self, Organization},
    own::Recorder,
    sessions::{Sessions, Successors, jwt::AccessTokens},
    users::password::Hasher,
};

/// Password checks that may wait for their turn before sign-ins are answered 503.
const PASSWORD_QUEUE_MAX: usize = 32;

/// The service.
#[derive(Debug)]
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub db: Db,
    pub catalog: Arc<Catalog>,
    pub directory: Directory,
    pub writer: Writer,
    /// The reserved organization.
    pub platform: Arc<Organization>,
    pub(crate) keyring: Keyring,
    pub(crate) recorder: Recorder,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) hasher: Hasher,
    pub(crate) sessions: Sessions,
    password_permits: Semaphore,
    passwords_waiting: AtomicUsize,
    is_stopping: AtomicBool,
    runtime: tokio::runtime::Handle,
}

/// What the command line needs of the service: everything but serving.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    pub(crate) db: Db,
    pub(crate) keyring: Keyring,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) recorder: Recorder,
    pub(crate) platform: Arc<Organization>,
}

impl Core {
    /// Opens the database, migrates it, and finds or makes what every installation has: its keys, its id and
    /// the platform organization. Blocks.
    pub(crate) fn open(config: &Config, clock: &Clock) -> Result<Self> {
        let location = config.location()?;
        let master_key_file = prepare_master_key(config, &location)?;
        let master = MasterKey::read(&master_key_file)?;
        let db = Db::open(location, config.pools())?;
        for name in migrate::up(&db)? {
            tracing::info!(name, "migration applied");
        }
        let now = clock.now();
        let keyring = db.write_blocking("keyring.load", |conn| keyring::load(conn, &master, now))?;
        let catalog = Arc::new(Catalog::embedded()?);
        let recorder = Recorder {
            catalog: Arc::clone(&catalog),
            sealer: Sealer::new(keyring.clone()),
            clock: clock.clone(),
        };
        let platform =
            db.write_blocking("platform.ensure", |conn| orgs::ensure_platform(conn, &recorder, now))?;
        Ok(Self { db, keyring, catalog, recorder, platform })
    }
}

/// Opens a database that exists, to read it: neither migrates nor makes anything. Blocks.
pub(crate) fn open_to_read(config: &Config) -> Result<(Db, Sealer)> {
    let location = config.location()?;
    let key_file = config.master_key_file.clone().unwrap_or_else(|| config.data_dir.join("master.key"));
    if let Location::Sqlite(file) = &location
        && !file.exists()
    {
        return Err(Error::Config(format!("there is no database {}", file.display())));
    }
    let master = MasterKey::read(&key_file)?;
    let db = Db::open(location, config.pools())?;
    let keyring = db.read_blocking("keyring.read", |conn| keyring::read(conn, &master))?;
    Ok((db, Sealer::new(keyring)))
}

/// The master key's file, made beside an empty SQLite database. Beside a database that has data a missing
/// key is never replaced: what the old one wrapped would be lost for good.
fn prepare_master_key(config: &Config, location: &Location) -> Result<PathBuf> {
    match location {
        Location::Sqlite(database) => {
            let file = config.master_key_file.clone().unwrap_or_else(|| config.data_dir.join("master.key"));
            for folder in [database.parent(), file.parent()].into_iter().flatten() {
                create_folder(folder)?;
            }
            if !file.exists() {
                if database.exists() {
                    return Err(Error::Config(format!(
                        "master_key_file: {} is missing, but {} has data; put the key back",
                        file.display(),
                        database.display()
                    )));
                }
                MasterKey::create(&file)?;
                tracing::info!(file = %file.display(), "master key made: keep a copy apart from the database");
            }
            Ok(file)
        }
        Location::Postgres(_) => config.master_key_file.clone().ok_or_else(|| {
            Error::Config(
                "master_key_file: must be set with PostgreSQL, the same on every node (openssl rand -base64 32)".into(),
            )
        }),
    }
}

fn create_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .map_err(|error| Error::Config(format!("cannot make {}: {error}", folder.display())))
}

impl App {
    /// Starts everything but the HTTP server. Blocks while it opens and migrates the database.
    pub fn start(config: Config, clock: Clock) -> Result<Self> {
        let runtime = tokio::runtime::Handle::try_current()
            .map_err(|error| Error::Bug(format!("the service needs a runtime: {error}")))?;
        let hasher = Hasher::new(config.argon2_memory_kib)?;
        let Core { db, keyring, catalog, recorder, platform } = Core::open(&config, &clock)?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            directory: Directory::new(db.clone(), clock.clone()),
            writer: Writer::start(&db, &recorder.sealer, config.queue())?,
            access_tokens: AccessTokens::new(&keyring, config.issuer(), clock.now())?,
            sessions: Sessions {
                recorder: recorder.clone(),
                platform: Arc::clone(&platform),
                successors: Successors::new(&keyring)?,
                lifetimes: config.lifetimes(),
            },
            password_permits: Semaphore::new((cores / 2).max(1)),
            passwords_waiting: AtomicUsize::new(0),
            is_stopping: AtomicBool::new(false),
            config,
            clock,
            db,
            catalog,
            platform,
            keyring,
            recorder,
            hasher,
            runtime,
        })
    }

    /// Runs a password check: a few at a time, and few may wait, because each takes memory and a core.
    pub(crate) async fn compute_password<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let waiting = self.passwords_waiting.fetch_add(1, Ordering::Relaxed);
        let permit =
            if waiting < PASSWORD_QUEUE_MAX { self.password_permits.acquire().await.ok() } else { None };
        self.passwords_waiting.fetch_sub(1, Ordering::Relaxed);
        let _permit = permit.ok_or(Error::Busy(1))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where computing leaves the async threads"
        )]
        self.runtime
            .spawn_blocking(work)
            .await
            .map_err(|error| Error::Bug(format!("a password check panicked: {error}")))
    }

    /// Whether the service is about to stop: it is no longer ready, and streams and polls end.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Begins to stop.
    pub fn begin_stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }
}
