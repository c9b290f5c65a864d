//! Invitations: a link that makes whoever holds it a member, once, for seven days.
//!
//! Nobody has any rights before they accept. The link carries a random token, of which only the hash is stored; it
//! is handed over by whoever invites, so no mail server is needed.

mod accept;
pub mod api;
mod store;

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    access::{
        OrgScope, User,
        permission::WriteMembers,
        token::{Kind, Token},
    },
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    orgs::{self, Limited, Organization, Plans},
    own::{Actor, OwnEvent, Recorder},
    users::{self, MemberRole},
};

/// How long an invitation can be accepted.
const LIFETIME: Duration = Duration::from_hours(7 * 24);
/// Most invitations of an organization that wait to be accepted.
const INVITES_MAX: i64 = 1_000;

/// An invitation that was not accepted yet.
#[derive(Debug, Clone)]
pub(crate) struct Invite {
    id: Id<id::Invite>,
    org_id: Id<id::Org>,
    /// Case-folded.
    email: String,
    name: Option<String>,
    role: MemberRole,
    invited_by: Id<id::User>,
    created_at: Time,
    expires_at: Time,
}

impl Invite {
    /// The invited person as the target of an event. Whether they have an account is not the organization's to know.
    fn party(&self) -> Value {
        json!({"type": "user", "name": self.name, "email": self.email})
    }
}

/// What an invitation is made from.
#[derive(Debug, Clone)]
struct NewInvite {
    /// Case-folded.
    email: String,
    name: Option<String>,
    role: MemberRole,
}

impl NewInvite {
    fn new(email: &str, name: Option<&str>, role: MemberRole) -> Result<Self> {
        let mut errors = Vec::new();
        let email = users::checked_email(email, &mut errors);
        let name = name.map(|name| users::checked_name(name, &mut errors));
        if errors.is_empty() { Ok(Self { email, name, role }) } else { Err(Error::Invalid(errors)) }
    }
}

/// Invites somebody and records it. The token is the only copy of the secret there will ever be. An invitation of
/// the same person that was not accepted yet is replaced.
fn create(
    conn: &mut Conn,
    (recorder, plans): (&Recorder, &Plans),
    scope: &OrgScope<WriteMembers>,
    new: &NewInvite,
    (inviter, actor): (&User, &Actor),
) -> Result<(Invite, Token)> {
    let (org_id, now) = (scope.org_id(), recorder.clock.now());
    let organization = orgs::take_turn(conn, org_id)?;
    if store::is_member(conn, org_id, &new.email)? {
        return Err(Error::Conflict("this person is a member already".into()));
    }
    let replaced = store::delete_of(conn, org_id, &new.email)?;
    if store::count(conn, org_id)? >= INVITES_MAX {
        let message = format!("{INVITES_MAX} invitations wait to be accepted; withdraw some of them first");
        return Err(Error::Conflict(message));
    }
    require_room(conn, plans, &organization, (None, now))?;
    let (token, NewInvite { email, name, role }) = (Token::random(Kind::Invite)?, new.clone());
    let expires_at = now.plus(LIFETIME);
    let (id, invited_by) = (Id::new(now), inviter.id);
    let invite = Invite { id, org_id, email, name, role, invited_by, created_at: now, expires_at };
    store::insert(conn, &invite, &token)?;
    let event = OwnEvent::by("user.invited", actor).target(invite.party()).parameters(json!({
        "role": role,
        "invite_id": id,
        "expires_at": expires_at,
        "replaces_invite_id": replaced,
    }));
    recorder.record(conn, &OrgScope::of_service(scope.organization()), event)?;
    Ok((invite, token))
}

/// Checks that the plan has room for one more beside the members and those who can still accept; `but` is the
/// invitation that is to be renewed.
fn require_room(
    conn: &mut Conn,
    plans: &Plans,
    organization: &Organization,
    (but, now): (Option<Id<id::Invite>>, Time),
) -> Result<()> {
    let members = users::store::count_members(conn, organization.id)?;
    let open = store::open(conn, organization.id, now)?;
    let invited = open.into_iter().filter(|id| Some(*id) != but).count();
    let used = members.saturating_add(i64::try_from(invited).unwrap_or(i64::MAX));
    plans.require_room(organization, Limited::Members, used)
}

/// Gives an invitation a new link and another seven days, and records it. The old link dies.
fn renew(
    conn: &mut Conn,
    (recorder, plans): (&Recorder, &Plans),
    scope: &OrgScope<WriteMembers>,
    id: Id<id::Invite>,
    actor: &Actor,
) -> Result<(Invite, Token)> {
    let organization = orgs::take_turn(conn, scope.org_id())?;
    require_room(conn, plans, &organization, (Some(id), recorder.clock.now()))?;
    let (token, expires_at) = (Token::random(Kind::Invite)?, recorder.clock.now().plus(LIFETIME));
    let invite = store::renew(conn, scope.org_id(), id, &token, expires_at)?.ok_or(Error::NotFound)?;
    let event = OwnEvent::by("annals.invite.renewed", actor)
        .target(invite.party())
        .parameters(json!({"role": invite.role, "invite_id": id, "expires_at": expires_at}));
    recorder.record(conn, &OrgScope::of_service(scope.organization()), event)?;
    Ok((invite, token))
}

/// Withdraws an invitation and records it. Its link dies.
fn revoke(
    conn: &mut Conn,
    recorder: &Recorder,
    scope: &OrgScope<WriteMembers>,
    id: Id<id::Invite>,
    actor: &Actor,
) -> Result<()> {
    let invite = store::delete(conn, scope.org_id(), id)?.ok_or(Error::NotFound)?;
    let event = OwnEvent::by("annals.invite.revoked", actor)
        .target(invite.party())
        .parameters(json!({"role": invite.role, "invite_id": id}));
    recorder.record(conn, &OrgScope::of_service(scope.organization()), event)?;
    Ok(())
}
