//! When each secret was last used, gathered in memory and written once a minute.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::store;
use crate::{
    access::Key,
    clock::Time,
    db::{Db, Grouping},
    error::Result,
    id::{self, Id},
};

/// The last use of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) org: Id<id::Org>,
    pub(crate) at: Time,
    pub(crate) ip: Option<IpAddr>,
}

/// Last uses that are not stored yet, by public id: as many as there are secrets in use.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<String, Use>>);

impl Uses {
    /// Notes a use.
    pub(crate) fn note(&self, key: &Key, public_id: &str, at: Time, ip: Option<IpAddr>) {
        let last = Use { org: key.org_id, at, ip };
        let mut uses = self.lock();
        match uses.get_mut(public_id) {
            Some(known) => *known = last,
            None => drop(uses.insert(public_id.to_owned(), last)),
        }
    }

    /// The last use of a secret, if it is not stored yet.
    pub(super) fn last(&self, public_id: &str) -> Option<Use> {
        self.lock().get(public_id).copied()
    }

    /// Stores what was noted. What cannot be stored now is noted still.
    pub(crate) async fn flush(&self, db: &Db) -> Result<()> {
        let mut noted: Vec<(String, Use)> =
            self.lock().iter().map(|(public_id, last)| (public_id.clone(), *last)).collect();
        noted.sort_by(|one, other| (one.1.org, &one.0).cmp(&(other.1.org, &other.0)));
        let groups: Vec<&[(String, Use)]> = match db.grouping() {
            Grouping::Together => vec![&noted],
            Grouping::PerOrganization => noted.chunk_by(|one, other| one.1.org == other.1.org).collect(),
        };
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            let stored = group.to_vec();
            db.write("keys.note_uses", move |conn| {
                stored.iter().try_for_each(|(public_id, last)| store::note_use(conn, public_id, last))
            })
            .await?;
            let mut uses = self.lock();
            for (public_id, stored) in group {
                if uses.get(public_id) == Some(stored) {
                    uses.remove(public_id);
                }
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
