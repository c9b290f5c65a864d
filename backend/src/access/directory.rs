//! What the database says of keys, sessions, organizations and roles, remembered for two seconds.

use std::{net::IpAddr, sync::Arc, time::Duration};

use moka::sync::Cache;

use super::{Key, Role, User, token::Token};
use crate::{
    break_glass,
    clock::{Clock, Time},
    db::Db,
    error::Result,
    id::{self, Id},
    keys,
    network::Network,
    orgs,
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
    /// When a newer secret has replaced this one.
    replaced_at: Option<Time>,
    expires_at: Option<Time>,
    is_revoked: bool,
    networks: Vec<Network>,
}

/// An operator's break-glass grant: until when the session that opened it acts as an admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The grant's id.
    pub id: Id<id::BreakGlass>,
    /// When it ends by itself.
    pub expires_at: Time,
}

/// Why a key is refused to somebody who holds its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    Revoked,
    Expired,
    /// A newer secret has replaced this one.
    Replaced,
    /// The request comes from outside of the key's networks.
    Network,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The secret of a live key.
    Accepted(Arc<Key>),
    /// The secret of a key, which does not work now, or not from there.
    Refused(Arc<Key>, Refusal),
    /// None that there is.
    Unknown,
}

impl KnownKey {
    fn judge(self, address: Option<IpAddr>, now: Time) -> Verdict {
        let is_over = |end: Option<Time>| end.is_some_and(|end| now >= end);
        let is_inside = |address: IpAddr| self.networks.iter().any(|network| network.contains(address));
        let refusal = if self.is_revoked {
            Refusal::Revoked
        } else if is_over(self.expires_at) {
            Refusal::Expired
        } else if is_over(self.replaced_at) {
            Refusal::Replaced
        } else if !self.networks.is_empty() && !address.is_some_and(is_inside) {
            Refusal::Network
        } else {
            return Verdict::Accepted(self.key);
        };
        Verdict::Refused(self.key, refusal)
    }
}

impl From<(keys::KeyRow, keys::SecretRow)> for KnownKey {
    fn from((row, secret): (keys::KeyRow, keys::SecretRow)) -> Self {
        Self {
            secret_hash: secret.secret_hash,
            replaced_at: secret.expires_at,
            expires_at: row.expires_at,
            is_revoked: row.revoked_at.is_some(),
            networks: row.networks.0.clone(),
            key: Arc::new(row.into()),
        }
    }
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
    grants: Cache<(Id<id::Org>, Id<id::Session>), Option<Grant>>,
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
            grants: cache(TIME_TO_LIVE),
            // A fact that never turns false: it may be remembered for as long as there is room.
            touched: cache(Duration::from_hours(1)),
        }
    }

    /// What `token` is, to somebody at `address`.
    pub async fn key(&self, token: &Token, address: Option<IpAddr>) -> Result<Verdict> {
        let public_id = token.public_id().to_owned();
        let known = if let Some(known) = self.keys.get(&public_id) {
            known
        } else {
            let wanted = public_id.clone();
            let found =
                self.db.lookup("keys.find", move |conn| keys::store::find_secret(conn, &wanted)).await?;
            let known = found.map(KnownKey::from);
            self.keys.insert(public_id, known.clone());
            known
        };
        // Only who holds the secret is told anything, and told of.
        let held = known.filter(|known| token.matches(&known.secret_hash));
        Ok(held.map_or(Verdict::Unknown, |known| known.judge(address, self.clock.now())))
    }

    /// Forgets the secrets of a key that has just changed, by their public ids.
    pub fn forget_key(&self, public_ids: impl IntoIterator<Item = String>) {
        for public_id in public_ids {
            self.keys.invalidate(&public_id);
        }
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

    /// Forgets the role of somebody who has just come, gone or changed.
    pub fn forget_role(&self, org: Id<id::Org>, user: Id<id::User>) {
        self.roles.invalidate(&(org, user));
    }

    /// The live break-glass grant of the session in the organization.
    pub async fn break_glass(&self, org: Id<id::Org>, session: Id<id::Session>) -> Result<Option<Grant>> {
        let now = self.clock.now();
        let grant = if let Some(known) = self.grants.get(&(org, session)) {
            known
        } else {
            let find = move |conn: &mut _| break_glass::store::find_live(conn, org, session, now);
            let found = self.db.lookup("break_glass.find", find).await?;
            self.grants.insert((org, session), found);
            found
        };
        Ok(grant.filter(|grant| now < grant.expires_at))
    }

    /// Forgets a break-glass grant that was just opened or closed.
    pub fn forget_break_glass(&self, org: Id<id::Org>, session: Id<id::Session>) {
        self.grants.invalidate(&(org, session));
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
