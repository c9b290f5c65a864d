//! Members: who belongs to an organization, as what, and how that changes.

pub mod api;
pub(crate) mod joining;
mod store;

use serde_json::json;

use crate::{
    access::{
        OrgScope,
        permission::{LeaveOrganization, WriteMembers},
    },
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    orgs,
    own::{Actor, OwnEvent, Recorder},
    sessions,
    users::{self, MemberRole},
};

/// A person in an organization.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    id: Id<id::User>,
    name: String,
    email: String,
    role: MemberRole,
    joined_at: Time,
}

impl Member {
    fn party(&self) -> serde_json::Value {
        users::party(self.id, &self.name, &self.email)
    }
}

/// Gives a member another role and records it. Nothing is recorded when it is theirs already.
fn change_role(
    conn: &mut Conn,
    recorder: &Recorder,
    scope: &OrgScope<WriteMembers>,
    (person, role): (Id<id::User>, MemberRole),
    actor: &Actor,
) -> Result<Member> {
    orgs::take_turn(conn, scope.org_id())?;
    let mut member = store::find(conn, scope.org_id(), person)?.ok_or(Error::NotFound)?;
    if member.role == role {
        return Ok(member);
    }
    keep_an_admin(conn, scope.org_id(), &member)?;
    store::set_role(conn, scope.org_id(), person, role)?;
    let event = OwnEvent::by("user.role_changed", actor).target(member.party()).changes(&[(
        "role",
        json!(member.role),
        json!(role),
    )]);
    recorder.record(conn, &OrgScope::of_service(scope.organization()), event)?;
    member.role = role;
    Ok(member)
}

/// Ends a membership and records it.
fn remove(
    conn: &mut Conn,
    recorder: &Recorder,
    scope: &OrgScope<WriteMembers>,
    person: Id<id::User>,
    actor: &Actor,
) -> Result<()> {
    end(conn, recorder, scope, person, actor)
}

/// Ends somebody's own membership and records it.
fn leave(
    conn: &mut Conn,
    recorder: &Recorder,
    scope: &OrgScope<LeaveOrganization>,
    person: Id<id::User>,
    actor: &Actor,
) -> Result<()> {
    end(conn, recorder, scope, person, actor)
}

fn end<P>(
    conn: &mut Conn,
    recorder: &Recorder,
    scope: &OrgScope<P>,
    person: Id<id::User>,
    actor: &Actor,
) -> Result<()> {
    orgs::take_turn(conn, scope.org_id())?;
    let member = store::find(conn, scope.org_id(), person)?.ok_or(Error::NotFound)?;
    keep_an_admin(conn, scope.org_id(), &member)?;
    store::delete(conn, scope.org_id(), person)?;
    sessions::password::withdraw_link(conn, person)?;
    let event =
        OwnEvent::by("user.removed", actor).target(member.party()).parameters(json!({"role": member.role}));
    recorder.record(conn, &OrgScope::of_service(scope.organization()), event)?;
    Ok(())
}

/// Refuses to take the role of the last admin who can sign in. Exact, because the organization's turn is taken.
fn keep_an_admin(conn: &mut Conn, org: Id<id::Org>, member: &Member) -> Result<()> {
    if member.role == MemberRole::Admin && !store::has_other_admin(conn, org, member.id)? {
        return Err(Error::LastAdmin);
    }
    Ok(())
}
