//! The catalogue as it is now: the built-in packs and what operators have defined, remembered for two seconds.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use super::{Catalog, Entry, store};
use crate::{
    db::{Conn, Db},
    error::Result,
};

/// How long the catalogue may be out of date: a change works within this time on every node, and at once on the
/// node that made it.
const TIME_TO_LIVE: Duration = Duration::from_secs(2);

/// Hands out the current [`Catalog`].
#[derive(Debug)]
pub struct LiveCatalog {
    embedded: Arc<Catalog>,
    state: RwLock<State>,
    /// Held while somebody looks: everybody else who finds the catalogue out of date waits for that.
    turn: Mutex<()>,
}

#[derive(Debug, Clone)]
struct State {
    catalog: Arc<Catalog>,
    revision: i64,
    /// When the database last said that this is current.
    as_of: Option<Instant>,
}

impl LiveCatalog {
    /// The built-in packs; what else there is, is read when somebody asks.
    pub(crate) fn new() -> Result<Self> {
        let embedded = Arc::new(Catalog::embedded()?);
        let state = State { catalog: Arc::clone(&embedded), revision: 0, as_of: None };
        Ok(Self { embedded, state: RwLock::new(state), turn: Mutex::new(()) })
    }

    /// The catalogue as this node last saw it.
    pub fn latest(&self) -> Arc<Catalog> {
        self.state().catalog
    }

    /// The catalogue, at most two seconds old.
    pub async fn current(&self, db: &Db) -> Result<Arc<Catalog>> {
        if let Some(catalog) = self.fresh() {
            return Ok(catalog);
        }
        let _turn = self.turn.lock().await;
        match self.fresh() {
            Some(catalog) => Ok(catalog),
            None => self.read(db).await,
        }
    }

    /// The catalogue as the database has it, for whoever has just changed it.
    pub(crate) async fn refresh(&self, db: &Db) -> Result<Arc<Catalog>> {
        let _turn = self.turn.lock().await;
        self.read(db).await
    }

    /// The same for callers that are on a thread of their own.
    pub(crate) fn refresh_blocking(&self, db: &Db) -> Result<Arc<Catalog>> {
        let (asked_at, known) = (Instant::now(), self.state());
        let found = db.read_blocking("catalog.read", |conn| look(conn, &self.embedded, &known))?;
        Ok(self.remember(asked_at, found))
    }

    async fn read(&self, db: &Db) -> Result<Arc<Catalog>> {
        let (asked_at, known, embedded) = (Instant::now(), self.state(), Arc::clone(&self.embedded));
        let found = db.lookup("catalog.read", move |conn| look(conn, &embedded, &known)).await?;
        Ok(self.remember(asked_at, found))
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self) -> Option<Arc<Catalog>> {
        let State { catalog, as_of, .. } = self.state();
        as_of.is_some_and(|as_of| as_of.elapsed() < TIME_TO_LIVE).then_some(catalog)
    }

    fn remember(&self, asked_at: Instant, found: Option<(i64, Catalog)>) -> Arc<Catalog> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Two looks may end in another order than they began: the newer one stays.
        if let Some((revision, catalog)) = found.filter(|(revision, _)| *revision > state.revision) {
            *state = State { catalog: Arc::new(catalog), revision, as_of: None };
        }
        state.as_of = state.as_of.max(Some(asked_at));
        Arc::clone(&state.catalog)
    }
}

/// The catalogue, if it is another than the known one.
fn look(conn: &mut Conn, embedded: &Catalog, known: &State) -> Result<Option<(i64, Catalog)>> {
    // Before the rows: what changes in between is read anew next time.
    let revision = store::revision(conn)?;
    if revision == known.revision {
        return Ok(None);
    }
    let mut catalog = embedded.clone();
    for row in store::all(conn)? {
        let unchanged = known.catalog.get(&row.pack, &row.action);
        let unchanged = unchanged.filter(|entry| entry.event_type.version == row.version).cloned();
        let Some(entry) = unchanged.or_else(|| compile(&row)) else {
            tracing::error!(pack = row.pack, action = row.action, "event type left out: it breaks the rules");
            continue;
        };
        catalog.add(entry);
    }
    Ok(Some((revision, catalog)))
}

/// What was checked when it was defined is checked again by the rules of this version of the service.
fn compile(row: &store::Row) -> Option<Arc<Entry>> {
    row.document.0.compile(&row.pack, &row.action, row.version).ok().map(Arc::new)
}
