//! The group-commit writer: whatever waits is committed together, and answered after COMMIT.
//!
//! One thread per writer takes everything queued, without lingering: while it commits, the next group
//! gathers by itself. SQLite has one writer; PostgreSQL a few, an organization always on the same one.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError, RwLock, mpsc},
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use super::{
    Appended, Parcel, SealedEvent, Sealer,
    admission::{Place, QueueLimits, Waiting},
    store,
};
use crate::{
    access::{OrgScope, permission::AppendEvents},
    db::{self, Conn, Db, Grouping, dialect},
    error::{Error, Result},
    id::{Id, Org},
    metrics::Appends,
};

/// Most events in one group. A request is never split, so a group may exceed it by one request.
const GROUP_EVENTS_MAX: usize = 2_000;
/// Most bytes in one group, likewise.
const GROUP_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How often a group is tried in all.
const TRIES_MAX: u32 = 3;

/// The writer threads and the queues that feed them.
#[derive(Debug)]
pub struct Writer {
    /// Empty once the writer was stopped.
    queues: RwLock<Vec<mpsc::Sender<Job>>>,
    waiting: Arc<Waiting>,
    instruments: Arc<Appends>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Job {
    scope: OrgScope<AppendEvents>,
    parcel: Parcel,
    reply: oneshot::Sender<Result<Vec<Appended>>>,
    /// Released when the job is answered.
    place: Place,
}

impl Writer {
    /// Starts the writers of `db`.
    pub fn start(db: &Db, sealer: &Sealer, limits: QueueLimits) -> Result<Self> {
        let count = match db.grouping() {
            Grouping::Together => 1,
            Grouping::PerOrganization => 4,
        };
        let instruments = Arc::new(Appends::new());
        let mut queues = Vec::new();
        let mut threads = Vec::new();
        for index in 0..count {
            let (queue, jobs) = mpsc::channel();
            let log = Log { db: db.clone(), sealer: sealer.clone(), instruments: Arc::clone(&instruments) };
            let thread = std::thread::Builder::new()
                .name(format!("log-writer-{index}"))
                .spawn(move || run(&log, &jobs))
                .map_err(|error| Error::Config(format!("cannot start the writer: {error}")))?;
            queues.push(queue);
            threads.push(thread);
        }
        let waiting = Arc::new(Waiting::new(limits));
        Ok(Self { queues: RwLock::new(queues), waiting, instruments, threads: Mutex::new(threads) })
    }

    /// What is counted of the appends.
    pub(crate) fn instruments(&self) -> &Appends {
        &self.instruments
    }

    /// What waits.
    pub(crate) const fn waiting(&self) -> &Arc<Waiting> {
        &self.waiting
    }

    /// A place among those who wait, for a body of so many bytes that is about to be read.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when there is no room.
    pub fn admit(&self, bytes: usize) -> Result<Place> {
        self.waiting.enter(1, bytes)
    }

    /// Appends the parcel and answers after COMMIT. Outcomes are in the order of its events.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when the queue is full; nothing was queued then.
    pub async fn append(
        &self,
        scope: OrgScope<AppendEvents>,
        parcel: Parcel,
        mut place: Place,
    ) -> Result<Vec<Appended>> {
        let bytes = parcel.events.iter().map(SealedEvent::size_bytes).sum();
        place.resize(parcel.events.len(), bytes)?;
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job { scope, parcel, reply, place })?;
        answer.await.ok().ok_or_else(stopped)?
    }

    /// Takes no more, lets the queues drain and waits for the writers to end.
    pub fn stop(&self) {
        self.queues.write().unwrap_or_else(PoisonError::into_inner).clear();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            drop(thread.join()); // it has aborted the process if it panicked
        }
    }

    fn enqueue(&self, job: Job) -> Result<()> {
        let queues = self.queues.read().unwrap_or_else(PoisonError::into_inner);
        let mut hasher = DefaultHasher::new();
        job.scope.org_id().hash(&mut hasher);
        let index = usize::try_from(hasher.finish()).unwrap_or(0).checked_rem(queues.len());
        let queue = index.and_then(|index| queues.get(index)).ok_or_else(stopped)?;
        queue.send(job).ok().ok_or_else(stopped)
    }
}

fn stopped() -> Error {
    Error::Unavailable("the writer has stopped".into())
}

/// A service whose writer is gone answers nobody: better to be started again.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("a log writer panicked");
            std::process::abort();
        }
    }
}

/// What a writer writes with.
struct Log {
    db: Db,
    sealer: Sealer,
    instruments: Arc<Appends>,
}

/// The writer thread: groups until the queue is closed and empty.
fn run(log: &Log, jobs: &mpsc::Receiver<Job>) {
    let _guard = AbortOnPanic;
    while let Ok(first) = jobs.recv() {
        let mut by_org: BTreeMap<Id<Org>, Vec<Job>> = BTreeMap::new();
        let (mut events, mut bytes) = (0, 0);
        let mut next = Some(first);
        while let Some(job) = next {
            events += job.parcel.events.len();
            bytes += job.parcel.events.iter().map(SealedEvent::size_bytes).sum::<usize>();
            by_org.entry(job.scope.org_id()).or_default().push(job);
            let full = events >= GROUP_EVENTS_MAX || bytes >= GROUP_BYTES_MAX;
            next = if full { None } else { jobs.try_recv().ok() };
        }
        let groups: Vec<Group> = by_org.into_values().filter_map(Group::of).collect();
        match log.db.grouping() {
            Grouping::Together => commit(log, groups),
            Grouping::PerOrganization => groups.into_iter().for_each(|group| commit(log, vec![group])),
        }
    }
}

/// One organization's share of a transaction: the parcels in order of arrival, and who waits for each.
struct Group {
    scope: OrgScope<AppendEvents>,
    parcels: Vec<Parcel>,
    waiters: Vec<Waiter>,
}

/// Who waits for a parcel's outcomes.
struct Waiter {
    reply: oneshot::Sender<Result<Vec<Appended>>>,
    place: Place,
}

impl Waiter {
    /// Gives the place back first: who has been answered finds the queue shorter.
    fn answer(self, outcome: Result<Vec<Appended>>) {
        drop(self.place);
        drop(self.reply.send(outcome));
    }
}

impl Group {
    fn of(jobs: Vec<Job>) -> Option<Self> {
        let scope = jobs.first()?.scope.clone();
        let mut group = Self { scope, parcels: Vec::new(), waiters: Vec::new() };
        for job in jobs {
            group.waiters.push(Waiter { reply: job.reply, place: job.place });
            group.parcels.push(job.parcel);
        }
        Some(group)
    }

    /// The same parcels, a group for each.
    fn split(self) -> impl Iterator<Item = Self> {
        let Self { scope, parcels, waiters } = self;
        parcels.into_iter().zip(waiters).map(move |(parcel, waiter)| Self {
            scope: scope.clone(),
            parcels: vec![parcel],
            waiters: vec![waiter],
        })
    }
}

/// Commits groups in one transaction and answers everybody who waits for them.
fn commit(log: &Log, groups: Vec<Group>) {
    match append_until_known(log, &groups) {
        Ok(outcomes) => {
            log.count(&groups, &outcomes);
            for (group, outcome) in groups.into_iter().zip(outcomes) {
                answer(group.waiters, outcome);
            }
        }
        // One request that the database will not take must not fail its neighbours.
        Err(Error::Database(cause)) if groups.iter().map(|group| group.waiters.len()).sum::<usize>() > 1 => {
            tracing::warn!(%cause, "a group was refused; trying its requests one by one");
            for group in groups.into_iter().flat_map(Group::split) {
                commit(log, vec![group]);
            }
        }
        Err(error) => {
            log.instruments.failures.inc();
            tracing::error!(%error, "append failed");
            for group in groups {
                answer(group.waiters, Err(Error::Unavailable(error.to_string())));
            }
        }
    }
}

impl Log {
    /// Counts what became of groups that were committed.
    fn count(&self, groups: &[Group], outcomes: &Outcomes) {
        let events = |group: &Group| group.parcels.iter().map(|parcel| parcel.events.len()).sum::<usize>();
        self.instruments.committed(groups.iter().map(events).sum());
        for outcome in outcomes {
            let Ok(parcels) = outcome else {
                self.instruments.refusals.inc();
                continue;
            };
            for appended in parcels.iter().flatten() {
                let counter = match appended {
                    Appended::New(_) => &self.instruments.appended,
                    Appended::Duplicate(_) => &self.instruments.duplicates,
                    Appended::Conflict => &self.instruments.conflicts,
                    Appended::Withheld => &self.instruments.withheld,
                };
                counter.inc();
            }
        }
    }
}

/// What became of each group.
type Outcomes = Vec<Result<Vec<Vec<Appended>>>>;

/// Appends the groups, and again when a COMMIT's outcome is unknown or the connection broke: what was
/// committed is recognised by its leaf hash. Also again when a sequence was taken, as while Citus moves a
/// shard; if it stays taken, somebody else wrote into the log.
fn append_until_known(log: &Log, groups: &[Group]) -> Result<Outcomes> {
    let mut tries = 0;
    loop {
        tries += 1;
        let is_last = tries >= TRIES_MAX;
        let append = |conn: &mut Conn| append_groups(conn, &log.sealer, groups, is_last);
        let result = log.db.write_blocking("log.append", append);
        match &result {
            Err(error) if !is_last && may_succeed_again(error) => {
                tracing::warn!(tries, %error, "appending again");
            }
            _ => return result,
        }
    }
}

fn may_succeed_again(error: &Error) -> bool {
    match error {
        Error::CommitUnknown(_) | Error::Unavailable(_) => true,
        Error::Database(cause) => db::is_unique_violation(cause),
        _ => false,
    }
}

/// Appends each group in a savepoint: a damaged log refuses its own events, not those of its neighbours.
fn append_groups(conn: &mut Conn, sealer: &Sealer, groups: &[Group], is_last: bool) -> Result<Outcomes> {
    let mut outcomes = Vec::with_capacity(groups.len());
    for Group { scope, parcels, .. } in groups {
        let appended = match dialect::savepoint(conn, |conn| store::append(conn, sealer, scope, parcels)) {
            Err(Error::Database(cause)) if is_last && db::is_unique_violation(&cause) => {
                Err(Error::Integrity("a row stands where the next event belongs".into()))
            }
            appended => appended,
        };
        match appended {
            Err(error @ Error::Integrity(_)) => {
                tracing::error!(org = scope.slug(), %error, "append refused");
                outcomes.push(Err(error));
            }
            Err(error) => return Err(error),
            appended => outcomes.push(appended),
        }
    }
    Ok(outcomes)
}

/// Hands every waiter its share. A waiter that has gone away has its events in the log all the same.
fn answer(waiters: Vec<Waiter>, outcome: Result<Vec<Vec<Appended>>>) {
    match outcome {
        Ok(appended) => {
            for (waiter, share) in waiters.into_iter().zip(appended) {
                waiter.answer(Ok(share));
            }
        }
        Err(error) => {
            let cause = error.to_string();
            for waiter in waiters {
                let error = match &error {
                    Error::Integrity(_) => Error::Integrity(cause.clone()),
                    _ => Error::Unavailable(cause.clone()),
                };
                waiter.answer(Err(error));
            }
        }
    }
}
