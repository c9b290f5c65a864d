//! The keys as a running service holds them: shared, and refreshed so that it learns of rotated ones.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{MasterKey, Purpose, PurposeKey, store};
use crate::{
    clock::Time,
    db::{Conn, Db},
    error::{Error, Result},
    id::{Id, ServiceKey},
};

/// The keys in use, by purpose, and the older ones that still verify. Clones share them.
#[derive(Debug, Clone)]
pub struct Keyring {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    master: MasterKey,
    ring: RwLock<Ring>,
}

/// One version of a purpose's key.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) purpose: Purpose,
    pub(crate) key: PurposeKey,
    pub(crate) created_at: Time,
    /// When it begins to be used, if it was not the first.
    pub(crate) active_from: Option<Time>,
    /// When it makes nothing new any more; what it made stays valid.
    pub(crate) retired_at: Option<Time>,
}

impl Version {
    /// Since when new things are made with it.
    pub(crate) fn active_from(&self) -> Time {
        self.active_from.unwrap_or(self.created_at)
    }

    /// Whether new things are made with it.
    fn is_in_use(&self, now: Time) -> bool {
        self.active_from.is_none_or(|active_from| active_from <= now)
            && self.retired_at.is_none_or(|retired_at| now < retired_at)
    }
}

#[derive(Debug)]
struct Ring {
    /// Per purpose the versions ascend.
    versions: Vec<Version>,
    /// When `current` was chosen.
    as_of: Time,
    current: HashMap<Purpose, PurposeKey>,
}

impl Ring {
    fn new(versions: Vec<Version>, now: Time) -> Self {
        let in_use = versions.iter().filter(|version| version.is_in_use(now));
        let current = in_use.map(|version| (version.purpose, version.key.clone())).collect();
        Self { versions, as_of: now, current }
    }
}

impl Keyring {
    pub(super) fn new(master: MasterKey, versions: Vec<Version>, now: Time) -> Self {
        Self { shared: Arc::new(Shared { master, ring: RwLock::new(Ring::new(versions, now)) }) }
    }

    /// Reads the keys again. Blocks.
    pub(crate) fn refresh(&self, db: &Db, now: Time) -> Result<()> {
        let versions = db.read_blocking("keyring.refresh", |conn| store::versions(conn, self.master()))?;
        *self.shared.ring.write().unwrap_or_else(PoisonError::into_inner) = Ring::new(versions, now);
        Ok(())
    }

    /// Reads the keys again in the course of a transaction that has met one it does not know. Which of them new
    /// things are made with stays as it is until the next refresh.
    pub(crate) fn learn(&self, conn: &mut Conn) -> Result<()> {
        let versions = store::versions(conn, self.master())?;
        let mut ring = self.shared.ring.write().unwrap_or_else(PoisonError::into_inner);
        *ring = Ring::new(versions, ring.as_of);
        Ok(())
    }

    pub(super) fn master(&self) -> &MasterKey {
        &self.shared.master
    }

    fn look<T>(&self, see: impl FnOnce(&Ring) -> T) -> T {
        see(&self.shared.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The key that new things are made with for `purpose`.
    pub fn current(&self, purpose: Purpose) -> Result<PurposeKey> {
        self.look(|ring| ring.current.get(&purpose).cloned())
            .ok_or_else(|| Error::Bug(format!("no {} key", purpose.name())))
    }

    /// The key of this purpose with this id, in use or not.
    pub fn by_id(&self, purpose: Purpose, id: Id<ServiceKey>) -> Option<PurposeKey> {
        self.look(|ring| {
            let mut versions = ring.versions.iter().filter(|version| version.purpose == purpose);
            versions.find(|version| version.key.id == id).map(|version| version.key.clone())
        })
    }

    /// Decrypts what a key of this purpose, the newest or an older one, encrypted for the same `context`.
    pub fn open_box(&self, purpose: Purpose, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        self.versions(purpose).iter().rev().find_map(|version| version.key.open_box(sealed, context))
    }

    /// Every version of the purpose's key, oldest first.
    pub(crate) fn versions(&self, purpose: Purpose) -> Vec<Version> {
        self.look(|ring| ring.versions.iter().filter(|version| version.purpose == purpose).cloned().collect())
    }

    /// The versions that new things are made with, oldest first: two while a rotation overlaps.
    pub(crate) fn in_use(&self, purpose: Purpose, now: Time) -> Vec<Version> {
        let mut versions = self.versions(purpose);
        versions.retain(|version| version.is_in_use(now));
        versions
    }
}
