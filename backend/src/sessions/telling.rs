//! Telling organizations in their logs of what happens to people's accounts.

use std::sync::Arc;

use crate::{
    access::OrgScope,
    db::{Conn, dialect},
    error::{Error, Result},
    id::{self, Id},
    orgs::Organization,
    own::{OwnEvent, Recorder},
    users::{self, Membership},
};

/// Records events about people where those who should know will look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Telling<'a> {
    pub(crate) recorder: &'a Recorder,
    pub(crate) platform: &'a Arc<Organization>,
}

impl Telling<'_> {
    /// Records what happened to a person's account in the logs of their organizations; an operator's also, and that
    /// of somebody without any only, in the platform's.
    pub(crate) fn at_home(
        &self,
        conn: &mut Conn,
        (user, is_operator): (Id<id::User>, bool),
        event: impl Fn() -> OwnEvent,
    ) -> Result<()> {
        let memberships = users::store::memberships_of(conn, user)?;
        let organizations =
            memberships.into_iter().map(|Membership { organization, .. }| Arc::new(organization));
        let platform = is_operator.then(|| Arc::clone(self.platform));
        self.in_all(conn, organizations.chain(platform).collect(), event)
    }

    /// Records an event in each of the logs, or in the platform's when there is none.
    pub(crate) fn in_all(
        &self,
        conn: &mut Conn,
        mut organizations: Vec<Arc<Organization>>,
        event: impl Fn() -> OwnEvent,
    ) -> Result<()> {
        if organizations.is_empty() {
            organizations.push(Arc::clone(self.platform));
        }
        organizations.sort_by_key(|organization| organization.id); // one lock order for all
        for organization in &organizations {
            self.one(conn, organization, event())?;
        }
        Ok(())
    }

    /// Records an event in the organization's log. A damaged log takes none, and those who must look into it
    /// have to get in all the same: then it goes into the platform's.
    pub(crate) fn one(
        &self,
        conn: &mut Conn,
        organization: &Arc<Organization>,
        event: OwnEvent,
    ) -> Result<()> {
        let scope = OrgScope::of_service(organization);
        match dialect::savepoint(conn, |conn| self.recorder.record(conn, &scope, event.clone())) {
            Err(Error::Integrity(reason)) if organization.id != self.platform.id => {
                tracing::error!(org = organization.slug, reason, "recorded in the platform's log instead");
                self.recorder.record(conn, &OrgScope::of_service(self.platform), event).map(drop)
            }
            recorded => recorded.map(drop),
        }
    }
}
