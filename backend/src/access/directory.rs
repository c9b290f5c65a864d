//! What the database says of keys, sessions, organizations and roles, remembered for two seconds.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;

use super::{Key, Role, User, token::Token};
use crate::{
    clock::Clock,
    db::Db,
    error::Result,
    id::{self, Id},
    keys, orgs,
    orgs::{OrgRef, Organization},
    sessions, users,
};

/// How long an answer may be out of date: a demotion, a revocation or a removal works within this time on
/// every node, and at once on the node that made it.
const TIME_TO_LIVE: Duration = Duration::from_secs(2);
/// Entries kept per kind.
const ENTRIES_MAX: u64 = 20_000;

/// A key as looked up: its hash decides whether the caller holds the secret.
#[derive(Debug, Clone)]
struct KnownKey {
    key: Arc<Key>,
    secret_hash: Vec<u8>,
    expires_at: Option<crate::clock::Time>,
}

/// Looks principals and organizations up. Absence is remembered too.
#[derive(Debug)]
pub struct Directory {
    db: Db,
    clock: Clock,
    keys: Cache<String, Option<KnownKey>>,
    sessions: Cache<Id<id::Session>, Option<Arc<User>>>,
    organizations: Cache<OrgRef, Option<Arc<Organization>>>,
    roles: Cache<(Id<id::Org>, Id<id::User>), Option<Role>>,
    touched: Cache<(Id<id::Org>, Id<id::Session>), ()>,
}

fn cache<K, V>(time_to_live: Duration) -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(ENTRIES_MAX).time_to_live(time_to_live).build()
}

impl Directory {
    /// An empty directory over `db`.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self {
            db,
            clock,
            keys: cache(TIME_TO_LIVE),
            sessions: cache(TIME_TO_LIVE),
            organizations: cache(TIME_TO_LIVE),
            roles: cache(TIME_TO_LIVE),
            // A fact that never turns false: it may be remembered for as long as there is room.
            touched: cache(Duration::from_hours(1)),
        }
    }

    /// The live key that `token` is, if it is one.
    pub async fn key(&self, token: &Token) -> Result<Option<Arc<Key>>> {
        let public_id = token.public_id().to_owned();
        let known = if let Some(known) = self.keys.get(&public_id) {
            known
        } else {
            let wanted = public_id.clone();
            let row = self.db.lookup("keys.find", move |conn| keys::store::find_live(conn, &wanted)).await?;
            let known = row.map(|row| KnownKey {
                key: Arc::new(Key { id: row.id, org_id: row.org_id, name: row.name, scopes: row.scopes.0 }),
                secret_hash: row.secret_hash,
                expires_at: row.expires_at,
            });
            self.keys.insert(public_id, known.clone());
            known
        };
        let now = self.clock.now();
        Ok(known
            .filter(|known| token.matches(&known.secret_hash))
            .filter(|known| known.expires_at.is_none_or(|expires_at| now < expires_at))
            .map(|known| known.key))
    }

    /// The person of the session, if it is live.
    pub async fn session(&self, id: Id<id::Session>) -> Result<Option<Arc<User>>> {
        if let Some(known) = self.sessions.get(&id) {
            return Ok(known);
        }
        let now = self.clock.now();
        let found =
            self.db.lookup("sessions.find", move |conn| sessions::store::find_live(conn, id, now)).await?;
        let live = found.map(|sessions::store::Live { user, authenticated_at, has_second_factor }| {
            Arc::new(User {
                id: user.id,
                email: user.email,
                name: user.name,
                is_operator: user.is_operator,
                security_version: user.security_version,
                session_id: id,
                authenticated_at,
                has_second_factor,
            })
        });
        self.sessions.insert(id, live.clone());
        Ok(live)
    }

    /// Forgets a session that has just ended.
    pub fn forget_session(&self, id: Id<id::Session>) {
        self.sessions.invalidate(&id);
    }

    /// Forgets sessions that have just ended.
    pub fn forget_sessions(&self, ids: &[Id<id::Session>]) {
        for id in ids {
            self.forget_session(*id);
        }
    }

    /// The organization that is named so.
    pub async fn organization(&self, wanted: &OrgRef) -> Result<Option<Arc<Organization>>> {
        if let Some(known) = self.organizations.get(wanted) {
            return Ok(known);
        }
        let (key, name) = (wanted.clone(), wanted.clone());
        let found =
            self.db.lookup("orgs.find", move |conn| orgs::store::find(conn, &name)).await?.map(Arc::new);
        self.organizations.insert(key, found.clone());
        Ok(found)
    }

    /// Forgets an organization that has just changed.
    pub fn forget_organization(&self, organization: &Organization) {
        self.organizations.invalidate(&OrgRef::Id(organization.id));
        self.organizations.invalidate(&OrgRef::Slug(organization.slug.clone()));
    }

    /// The user's role in the organization, if they are a member.
    pub async fn role(&self, org: Id<id::Org>, user: Id<id::User>) -> Result<Option<Role>> {
        if let Some(known) = self.roles.get(&(org, user)) {
            return Ok(known);
        }
        let role =
            self.db.lookup("members.role", move |conn| users::store::find_role(conn, org, user)).await?;
        self.roles.insert((org, user), role);
        Ok(role)
    }

    /// Whether it is known that the session has touched the organization.
    pub(super) fn has_touched(&self, org: Id<id::Org>, session: Id<id::Session>) -> bool {
        self.touched.contains_key(&(org, session))
    }

    /// Remembers that the session has touched the organization.
    pub(super) fn set_touched(&self, org: Id<id::Org>, session: Id<id::Session>) {
        self.touched.insert((org, session), ());
    }
}
