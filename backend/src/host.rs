//! What whoever holds the host may do: make organizations, people and API keys, each act recorded.
//!
//! The files are the trust anchor: the command line, the demo and the tests come this way.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    access::{OrgScope, Role, Scope, token::Token},
    app::{App, Core},
    catalog::LiveCatalog,
    clock::{Clock, Time},
    db::{Conn, Db},
    error::{Error, Result},
    id::{Id, ServiceKey},
    keyring::{self, Purpose},
    keys::{self, NewKey},
    log::{self, sealed::fold},
    orgs::{self, NewOrganization, OrgRef, Organization},
    own::{OwnEvent, Recorder},
    sessions::{mfa, password::ResetLink, telling::Telling},
    users::{
        self, NewUser,
        password::{Hasher, NewPassword},
    },
};

/// Acts on the service from its own host. Every method blocks until its transaction is durable.
#[derive(Debug)]
pub struct Host {
    db: Db,
    clock: Clock,
    catalog: Arc<LiveCatalog>,
    recorder: Recorder,
    platform: Arc<Organization>,
    hasher: Hasher,
    actor: Value,
}

impl Host {
    /// Acts on a service that is not running here; `actor` is who the log says it was.
    pub(crate) fn new(core: Core, hasher: Hasher, clock: Clock, actor: &str) -> Self {
        let Core { db, catalog, recorder, platform, keyring: _, installation: _ } = core;
        Self { db, clock, catalog, recorder, platform, hasher, actor: OwnEvent::system_actor(actor) }
    }

    /// Acts on this running service.
    pub fn of(app: &App, actor: &str) -> Self {
        Self {
            db: app.db.clone(),
            clock: app.clock.clone(),
            catalog: Arc::clone(&app.catalog),
            recorder: app.recorder.clone(),
            platform: Arc::clone(&app.platform),
            hasher: app.hasher.clone(),
            actor: OwnEvent::system_actor(actor),
        }
    }

    /// Makes an organization with its log.
    pub fn create_organization(&self, slug: &str, name: &str, packs: &[String]) -> Result<Arc<Organization>> {
        let catalog = self.catalog.refresh_blocking(&self.db)?;
        let new = NewOrganization::new(slug, name, packs, |pack| catalog.has_pack(pack))?;
        self.db.write_blocking("orgs.create", |conn| {
            orgs::create(conn, &self.recorder, &new, &self.actor, self.clock.now())
        })
    }

    /// Makes a person's account and puts them into organizations, by slug.
    pub fn create_user(&self, new: &NewUser, password: &SecretString, roles: &[(&str, Role)]) -> Result<()> {
        let slugs = roles.iter().map(|(slug, _)| *slug);
        let names: Vec<&str> = [new.email.as_str(), new.name.as_str()].into_iter().chain(slugs).collect();
        let hash = self.hasher.hash(&NewPassword::new(password.clone(), "/password", &names)?)?;
        self.db.write_blocking("users.create", |conn| {
            let now = self.clock.now();
            let id = users::store::insert(conn, new, &hash, now)?;
            let person = users::party(id, &new.name, &new.email);
            let created = OwnEvent::new("annals.user.created", self.actor.clone())
                .target(person.clone())
                .parameters(json!({"is_operator": new.is_operator}));
            let mut events = vec![(OrgScope::of_service(&self.platform), created)];
            for (slug, role) in roles {
                let organization = organization(conn, slug)?;
                users::store::insert_membership(conn, organization.id, id, *role, now)?;
                let added = OwnEvent::new("annals.member.added", self.actor.clone())
                    .target(person.clone())
                    .parameters(json!({"role": role.name()}));
                events.push((OrgScope::of_service(&organization), added));
            }
            // Several logs in one transaction: in the order of their organizations' ids, as everywhere.
            events.sort_by_key(|(scope, _)| scope.org_id());
            for (scope, event) in events {
                self.recorder.record(conn, &scope, event)?;
            }
            Ok(())
        })
    }

    /// Makes an API key of the organization. The token is the only copy of the secret there will ever be.
    pub fn create_key(
        &self,
        slug: &str,
        name: &str,
        scopes: &[Scope],
        expires_at: Option<Time>,
    ) -> Result<Token> {
        let new = NewKey::new(name, scopes, expires_at)?;
        self.db.write_blocking("keys.create", |conn| {
            let organization = organization(conn, slug)?;
            keys::create(conn, &self.recorder, &organization, &new, &self.actor)
        })
    }

    /// Makes a link with which the person of this e-mail sets a new password.
    pub fn create_reset_link(&self, email: &str) -> Result<Token> {
        self.db.write_blocking("users.reset_link", |conn| {
            let person = users::store::find_by_email(conn, &fold(email))?
                .filter(|person| !person.is_disabled)
                .ok_or_else(|| Error::Config(format!("there is no account {email}")))?;
            let telling = Telling { recorder: &self.recorder, platform: &self.platform };
            ResetLink::make(conn, telling, &person, || {
                OwnEvent::new("annals.password.reset_link_created", self.actor.clone())
            })
            .map(|link| link.token)
        })
    }

    /// Removes the second factor of the person of this e-mail, who has lost it.
    pub(crate) fn remove_second_factor(&self, email: &str) -> Result<()> {
        self.db.write_blocking("mfa.remove", |conn| {
            let person = users::store::find_by_email(conn, &fold(email))?
                .ok_or_else(|| Error::Config(format!("there is no account {email}")))?;
            let telling = Telling { recorder: &self.recorder, platform: &self.platform };
            match mfa::remove(conn, telling, &person, &self.actor, None) {
                Err(Error::NotFound) => Err(Error::Config(format!("{email} has no second factor"))),
                removed => removed.map(drop),
            }
        })
    }

    /// Every version of the service's own keys.
    pub(crate) fn service_keys(&self) -> Vec<keyring::Version> {
        let ring = self.recorder.sealer.keyring();
        Purpose::ALL.into_iter().flat_map(|purpose| ring.versions(purpose)).collect()
    }

    /// Makes a new key of the service. It is used a minute from now, the older ones beside it for `overlap`.
    pub fn rotate_service_key(&self, purpose: Purpose, overlap: Duration) -> Result<Id<ServiceKey>> {
        self.db.write_blocking("keyring.rotate", |conn| {
            let ring = self.recorder.sealer.keyring();
            let id = keyring::rotate(conn, ring, purpose, overlap, self.clock.now())?;
            let event = OwnEvent::new("annals.service_key.rotated", self.actor.clone())
                .parameters(json!({"purpose": purpose.name(), "key_id": id}));
            self.recorder.record(conn, &OrgScope::of_service(&self.platform), event)?;
            Ok(id)
        })
    }

    /// Starts a new epoch of the organization's log, or of every log that is behind what was signed of it.
    /// Answers their slugs and first sequences.
    pub fn start_epochs(&self, slug: Option<&str>, reason: &str) -> Result<Vec<(String, i64)>> {
        let marks = self.recorder.sealer.marks();
        let behind = self.db.read_blocking("log.behind", |conn| log::checkpoint::behind(conn, marks))?;
        let wanted = match slug {
            Some(slug) => vec![self.db.read_blocking("orgs.find", |conn| organization(conn, slug))?],
            None => self.db.read_blocking("orgs.behind", |conn| {
                let found = behind.iter().map(|org| orgs::store::find(conn, &OrgRef::Id(*org)));
                Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().map(Arc::new).collect())
            })?,
        };
        let start = |organization: Arc<Organization>| {
            let sequence = self.db.write_blocking("log.new_epoch", |conn| {
                let why = (reason, &self.actor, self.clock.now());
                log::checkpoint::start_epoch(conn, &self.recorder, marks, &organization, why)
            })?;
            Ok((organization.slug.clone(), sequence))
        };
        wanted.into_iter().map(start).collect()
    }

    /// Ends the organization's API key of this name: within seconds it works nowhere.
    pub fn revoke_key(&self, slug: &str, name: &str) -> Result<()> {
        self.db.write_blocking("keys.revoke", |conn| {
            let organization = organization(conn, slug)?;
            keys::revoke(conn, &self.recorder, &organization, name, &self.actor)
        })
    }
}

/// A customer's organization; the platform's own has neither members nor keys.
fn organization(conn: &mut Conn, slug: &str) -> Result<Arc<Organization>> {
    let organization = orgs::store::find(conn, &OrgRef::Slug(slug.to_owned()))?;
    organization
        .filter(|organization| !organization.is_platform)
        .map(Arc::new)
        .ok_or_else(|| Error::Config(format!("there is no organization {slug}")))
}
