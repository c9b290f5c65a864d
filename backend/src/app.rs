//! The running service: everything that handlers share, put together once.

use std::{
    fs::{self, File},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Semaphore, watch};

use crate::{
    access::{Directory, OrgScope, permission::AppendEvents},
    catalog::LiveCatalog,
    clock::Clock,
    config::Config,
    db::{Db, Location, migrate},
    error::{Error, Result},
    id::{Id, Installation},
    installation,
    keyring::{self, Keyring, MasterKey},
    keys::Keys,
    log::{
        Appended, Parcel, Sealer,
        admission::Place,
        checkpoint::{Checkpoints, Marks, Memory},
        writer::Writer,
    },
    metrics::{Metrics, Signings},
    notices::Notices,
    orgs::{self, Organization, Plans},
    own::Recorder,
    sessions::{Sessions, Successors, Throttle, jwt::AccessTokens},
    users::password::Hasher,
};

/// Password checks that may run or wait for their turn before sign-ins are answered 503.
const PASSWORD_QUEUE_MAX: usize = 32;
/// A node's refusal to sign a log stands for three rounds of signing and this, unless the node repeats it.
const REFUSAL_HOLD_MIN: Duration = Duration::from_mins(1);

/// The service.
#[derive(Debug)]
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub db: Db,
    pub catalog: Arc<LiveCatalog>,
    pub directory: Directory,
    pub writer: Writer,
    pub checkpoints: Checkpoints,
    pub(crate) metrics: Metrics,
    /// The reserved organization.
    pub platform: Arc<Organization>,
    pub(crate) plans: Arc<Plans>,
    pub(crate) keyring: Keyring,
    pub(crate) recorder: Recorder,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) hasher: Hasher,
    pub(crate) sessions: Sessions,
    pub(crate) throttle: Throttle,
    pub(crate) keys: Keys,
    pub(crate) notices: Notices,
    password_permits: Semaphore,
    password_queue: Semaphore,
    is_stopping: AtomicBool,
    /// True once those who wait for an append are sent away.
    last_call: watch::Sender<bool>,
    runtime: tokio::runtime::Handle,
}

/// What the command line needs of the service: everything but serving.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    pub(crate) db: Db,
    pub(crate) keyring: Keyring,
    pub(crate) catalog: Arc<LiveCatalog>,
    pub(crate) recorder: Recorder,
    pub(crate) platform: Arc<Organization>,
    pub(crate) plans: Arc<Plans>,
    pub(crate) installation: Id<Installation>,
}

impl Core {
    /// Opens the database, migrates it, and finds or makes what every installation has: its keys, its id
    /// and the platform organization. Blocks.
    pub(crate) fn open(config: &Config, clock: &Clock) -> Result<Self> {
        let _turn = take_turn(&config.location()?)?;
        let (db, master) = open_database(config)?;
        // With PostgreSQL too: the marks of what was signed are kept there.
        create_private_folder(&config.data_dir)?;
        let marks = Marks::open(&config.data_dir)?;
        let catalog = Arc::new(LiveCatalog::new()?);
        let plans = Arc::new(config.plans()?);
        let now = clock.now();
        // Nodes that start together take turns: the first makes what the others find.
        migrate::exclusively(&db, |conn| {
            for name in migrate::up(conn)? {
                tracing::info!(name, "migration applied");
            }
            let keyring = db.write_blocking("keyring.load", |conn| keyring::load(conn, &master, now))?;
            let installation =
                db.write_blocking("installation.ensure", |conn| installation::ensure(conn, now))?;
            let sealer = Sealer::new(keyring.clone(), marks.clone());
            let recorder = Recorder { catalog: Arc::clone(&catalog), sealer, clock: clock.clone() };
            let platform =
                db.write_blocking("platform.ensure", |conn| orgs::ensure_platform(conn, &recorder, now))?;
            Ok(Self {
                db: db.clone(),
                keyring,
                catalog: Arc::clone(&catalog),
                recorder,
                platform,
                plans,
                installation,
            })
        })
    }
}

/// Brings the database to this version's schema; the names of the migrations that were missing. Blocks.
pub(crate) fn migrate(config: &Config) -> Result<Vec<String>> {
    let _turn = take_turn(&config.location()?)?;
    let (db, _) = open_database(config)?;
    migrate::exclusively(&db, migrate::up)
}

/// Processes that start together on one SQLite file take turns, as nodes on one PostgreSQL do by its lock: the
/// first makes the key, the tables and the rest. Held until dropped.
fn take_turn(location: &Location) -> Result<Option<File>> {
    let Location::Sqlite(database) = location else { return Ok(None) };
    if let Some(folder) = database.parent() {
        create_private_folder(folder)?;
    }
    let mut path = database.clone().into_os_string();
    path.push(".lock");
    let cannot = |error| Error::Config(format!("cannot lock {}: {error}", path.display()));
    let file = File::options().append(true).create(true).mode(0o600).open(&path).map_err(cannot)?;
    file.lock().map_err(cannot)?;
    Ok(Some(file))
}

/// The database and the key to it, both made where an installation begins.
fn open_database(config: &Config) -> Result<(Db, MasterKey)> {
    let location = config.location()?;
    let master_key_file = prepare_master_key(config, &location)?;
    let master = MasterKey::read(&master_key_file)?;
    Ok((Db::open(location, config.pools())?, master))
}

/// An installation that is only read.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) db: Db,
    pub(crate) sealer: Sealer,
    pub(crate) installation: Id<Installation>,
}

/// Opens a database that exists: neither migrates nor makes anything. Blocks.
pub(crate) fn find_database(config: &Config) -> Result<Db> {
    let location = config.location()?;
    if let Location::Sqlite(file) = &location
        && !file.exists()
    {
        return Err(Error::Config(format!("there is no database {}", file.display())));
    }
    Db::open(location, config.pools())
}

/// Opens a database that exists, to check it. Blocks.
pub(crate) fn open_to_read(config: &Config, clock: &Clock) -> Result<Reader> {
    let key_file = config.master_key_file.clone().unwrap_or_else(|| config.data_dir.join("master.key"));
    let db = find_database(config)?;
    let master = MasterKey::read(&key_file)?;
    let (keyring, installation) = db.read_blocking("keyring.read", |conn| {
        Ok((keyring::read(conn, &master, clock.now())?, installation::find(conn)?))
    })?;
    let installation =
        installation.ok_or_else(|| Error::Config("the database belongs to no installation".into()))?;
    Ok(Reader { db, sealer: Sealer::new(keyring, Marks::open(&config.data_dir)?), installation })
}

/// The master key's file, made beside an empty SQLite database. Beside a database that has data a missing
/// key is never replaced: what the old one wrapped would be lost for good.
fn prepare_master_key(config: &Config, location: &Location) -> Result<PathBuf> {
    match location {
        Location::Sqlite(database) => {
            let file = config.master_key_file.clone().unwrap_or_else(|| config.data_dir.join("master.key"));
            for folder in [database.parent(), file.parent()].into_iter().flatten() {
                create_private_folder(folder)?;
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

/// Folders and databases hold what other users of the machine have no business with.
fn create_private_folder(folder: &Path) -> Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| Error::Config(format!("cannot make {}: {error}", folder.display())))
}

impl App {
    /// Starts everything but the HTTP server. Blocks while it opens and migrates the database.
    pub fn start(config: Config, clock: Clock) -> Result<Self> {
        let runtime = tokio::runtime::Handle::try_current()
            .map_err(|error| Error::Bug(format!("the service needs a runtime: {error}")))?;
        let hasher = Hasher::new(config.argon2_memory_kib)?;
        let Core { db, keyring, catalog, recorder, platform, plans, installation } =
            Core::open(&config, &clock)?;
        let issuer = config.public_url.clone().unwrap_or_else(|| format!("urn:uuid:{installation}"));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let writer = Writer::start(&db, &recorder.sealer, config.queue())?;
        let checkpoints = Checkpoints {
            db: db.clone(),
            clock: clock.clone(),
            recorder: recorder.clone(),
            platform: Arc::clone(&platform),
            installation,
            instruments: Signings::default(),
            hold: config.checkpoint_interval() * 3 + REFUSAL_HOLD_MIN,
            memory: Memory::default(),
        };
        checkpoints.take_stock()?;
        Ok(Self {
            metrics: Metrics::new(&db, &writer, &checkpoints.instruments, clock.now()),
            checkpoints,
            writer,
            directory: Directory::new(db.clone(), clock.clone()),
            access_tokens: AccessTokens::new(&keyring, &issuer, clock.now())?,
            throttle: Throttle::new(clock.clone()),
            keys: Keys::new(&clock),
            notices: Notices::default(),
            sessions: Sessions {
                recorder: recorder.clone(),
                platform: Arc::clone(&platform),
                successors: Successors::new(keyring.clone()),
                lifetimes: config.lifetimes(),
            },
            password_permits: Semaphore::new((cores / 2).max(1)),
            password_queue: Semaphore::new(PASSWORD_QUEUE_MAX),
            last_call: watch::Sender::new(false),
            is_stopping: AtomicBool::new(false),
            config,
            clock,
            db,
            catalog,
            platform,
            plans,
            keyring,
            recorder,
            hasher,
            runtime,
        })
    }

    /// Appends events and answers after COMMIT, or when the service must stop: then it is not known whether
    /// they were appended, and they may be sent again.
    pub(crate) async fn append(
        &self,
        scope: OrgScope<AppendEvents>,
        parcel: Parcel,
        place: Place,
    ) -> Result<Vec<Appended>> {
        let mut last_call = self.last_call.subscribe();
        tokio::select! {
            biased;
            appended = self.writer.append(scope, parcel, place) => appended,
            _ = last_call.wait_for(|is_over| *is_over) => Err(Error::Unavailable("stopping".into())),
        }
    }

    /// Runs work that takes more than half a millisecond of computing off the async threads.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where computing leaves the async threads"
        )]
        self.runtime
            .spawn_blocking(work)
            .await
            .map_err(|error| Error::Bug(format!("a computation panicked: {error}")))
    }

    /// Runs a password check: a few at a time, and few may wait, because each takes memory and a core.
    pub(crate) async fn compute_password<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _place = self.password_queue.try_acquire().ok().ok_or(Error::Busy(1))?;
        let _permit = self.password_permits.acquire().await.ok().ok_or(Error::Busy(1))?;
        self.compute(work).await
    }

    /// Whether the service is about to stop: it is no longer ready, and streams and polls end.
    pub fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Begins to stop.
    pub fn begin_stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Answers whoever still waits for an append.
    pub(crate) fn end_waiting(&self) {
        self.last_call.send_replace(true);
    }
}
