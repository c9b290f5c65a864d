//! What whoever holds the host may do: make organizations, people and API keys, each act recorded.
//!
//! The files are the trust anchor: the command line, the demo and the tests come this way.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    access::{ClientContext, OrgScope, Role, Scope, token::Token},
    app::{App, Core},
    catalog::LiveCatalog,
    clock::{Clock, Time},
    db::{Conn, Db},
    error::{Error, Result},
    id::{Id, Installation, ServiceKey},
    keyring::{self, Purpose},
    keys::{NewKey, keeper::Keeper},
    log::{
        checkpoint::{self, Asked, Signers, Started, State as LogState},
        sealed::fold,
    },
    orgs::{self, NewOrganization, OrgRef, Organization, Plans},
    own::{Actor, OwnEvent, Recorder},
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
    plans: Arc<Plans>,
    hasher: Hasher,
    installation: Id<Installation>,
    actor: Value,
}

/// Whose an API key is.
#[derive(Debug, Clone, Copy)]
pub enum Owner<'a> {
    /// Of the organization with this slug.
    Organization(&'a str),
    /// Of the platform itself.
    Platform,
}

impl Host {
    /// Acts on a service that is not running here; `actor` is who the log says it was.
    pub(crate) fn new(core: Core, hasher: Hasher, clock: Clock, actor: &str) -> Self {
        let Core { db, catalog, recorder, platform, plans, keyring: _, installation } = core;
        let actor = OwnEvent::system_actor(actor);
        Self { db, clock, catalog, recorder, platform, plans, hasher, installation, actor }
    }

    /// Acts on this running service.
    pub fn of(app: &App, actor: &str) -> Self {
        Self {
            db: app.db.clone(),
            clock: app.clock.clone(),
            catalog: Arc::clone(&app.catalog),
            recorder: app.recorder.clone(),
            platform: Arc::clone(&app.platform),
            plans: Arc::clone(&app.plans),
            hasher: app.hasher.clone(),
            installation: app.checkpoints.installation,
            actor: OwnEvent::system_actor(actor),
        }
    }

    /// Makes an organization with its log, on the plan that the settings give to all.
    pub fn create_organization(&self, slug: &str, name: &str, packs: &[String]) -> Result<Arc<Organization>> {
        let catalog = self.catalog.refresh_blocking(&self.db)?;
        let (plan, check_pack) = (self.plans.default_name(), |pack: &str| catalog.check_pack(pack));
        let new = NewOrganization::new(slug, name, (packs, check_pack), (plan, &self.plans))?;
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
        self.create_key_of(Owner::Organization(slug), &NewKey::new(name, scopes, expires_at)?)
    }

    /// Makes an API key, of an organization or of the platform.
    pub fn create_key_of(&self, owner: Owner<'_>, new: &NewKey) -> Result<Token> {
        self.db.write_blocking("keys.create", |conn| {
            let (_, token) = self.keeper(conn, owner)?.create(conn, new)?;
            Ok(token)
        })
    }

    /// Gives an API key a new secret; the one before goes on working for so many seconds.
    pub fn rotate_key(&self, owner: Owner<'_>, name: &str, overlap_seconds: u32) -> Result<Token> {
        self.db.write_blocking("keys.rotate", |conn| {
            self.keeper(conn, owner)?.rotate_named(conn, name, overlap_seconds)
        })
    }

    fn keeper(&self, conn: &mut Conn, owner: Owner<'_>) -> Result<Keeper> {
        let organization = match owner {
            Owner::Organization(slug) => organization(conn, slug)?,
            Owner::Platform => Arc::clone(&self.platform),
        };
        let actor = Actor { party: self.actor.clone(), client: ClientContext::default() };
        Ok(Keeper { recorder: self.recorder.clone(), organization, actor, plans: None })
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

    fn signers(&self) -> Signers<'_> {
        Signers { keyring: self.recorder.sealer.keyring(), installation: self.installation }
    }

    /// How every log stands, or one, by slug. One that cannot be read keeps no other from being told.
    pub(crate) fn log_states(
        &self,
        slug: Option<&str>,
    ) -> Result<Vec<(Arc<Organization>, Result<LogState>)>> {
        let wanted = self.db.read_blocking("orgs.list", |conn| match slug {
            Some(slug) => Ok(vec![any_organization(conn, slug)?]),
            None => orgs::store::all(conn),
        })?;
        let state = |organization: Organization| {
            let state = self.db.read_blocking("log.state", |conn| {
                checkpoint::state(conn, &self.recorder, &self.signers(), organization.id)
            });
            (Arc::new(organization), state)
        };
        Ok(wanted.into_iter().map(state).collect())
    }

    /// Starts a new epoch of the organization's log, or of every log that is refused. Answers for each its slug and
    /// where it begins, or why not, as where more is wrong than a lost end: one keeps no other from it.
    pub fn start_epochs(
        &self,
        slug: Option<&str>,
        asked: &Asked<'_>,
    ) -> Result<Vec<(String, Result<Started>)>> {
        let mut wanted = self.log_states(slug)?;
        let is_refused =
            |state: &Result<LogState>| state.as_ref().map_or(true, |state| !state.refusals.is_empty());
        wanted.retain(|(_, state)| slug.is_some() || is_refused(state));
        let started = wanted.into_iter().map(|(organization, _)| {
            let started = self.start_epoch(&organization, asked);
            (organization.slug.clone(), started)
        });
        Ok(started.collect())
    }

    fn start_epoch(&self, organization: &Arc<Organization>, asked: &Asked<'_>) -> Result<Started> {
        let plan = self.db.read_blocking("log.plan_epoch", |conn| {
            checkpoint::plan(conn, &self.recorder, &self.signers(), organization, asked)
        })?;
        plan.reserve(self.recorder.sealer.marks())?;
        let started = self.db.write_blocking("log.new_epoch", |conn| {
            checkpoint::start_epoch(conn, &self.recorder, &plan, asked, (&self.actor, self.clock.now()))
        });
        // Where that cannot be seen, what is reserved stays so.
        let has_begun = || self.db.read_blocking("log.epoch_begun", |conn| plan.has_begun(conn));
        if started.is_err() && matches!(has_begun(), Ok(false)) {
            plan.give_back(self.recorder.sealer.marks())?;
        }
        started
    }

    /// Ends the organization's API key of this name: within seconds it works nowhere.
    pub fn revoke_key(&self, slug: &str, name: &str) -> Result<()> {
        self.revoke_key_of(Owner::Organization(slug), name)
    }

    /// Ends an API key, of an organization or of the platform.
    pub fn revoke_key_of(&self, owner: Owner<'_>, name: &str) -> Result<()> {
        self.db.write_blocking("keys.revoke", |conn| {
            self.keeper(conn, owner)?.revoke_named(conn, name).map(drop)
        })
    }
}

/// A customer's organization; the platform's own has neither members nor keys.
fn organization(conn: &mut Conn, slug: &str) -> Result<Arc<Organization>> {
    let found = any_organization(conn, slug)?;
    if found.is_platform { Err(no_organization(slug)) } else { Ok(Arc::new(found)) }
}

/// An organization that has a log: the platform's own, too.
fn any_organization(conn: &mut Conn, slug: &str) -> Result<Organization> {
    orgs::store::find(conn, &OrgRef::Slug(slug.to_owned()))?.ok_or_else(|| no_organization(slug))
}

fn no_organization(slug: &str) -> Error {
    Error::Config(format!("there is no organization {slug}"))
}
