//! Ending sessions before their time: one's own, all of them, or those of a member.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Sessions, store};
use crate::{
    access::{ClientContext, OrgScope, User, permission::WriteMembers},
    app::App,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    orgs::Organization,
    own::OwnEvent,
    users::{self, UserRow},
};

const ACTION: &str = "annals.session.ended";

/// Ends one session of the person.
///
/// # Errors
/// [`Error::NotFound`] when it is over, or another's.
pub(super) async fn end_one(
    app: &App,
    user: Arc<User>,
    id: Id<id::Session>,
    client: ClientContext,
) -> Result<()> {
    let sessions = app.sessions.clone();
    app.db
        .write("sessions.end", move |conn| {
            let now = sessions.recorder.clock.now();
            if !store::take_own(conn, user.id, id, now)? {
                return Err(Error::NotFound);
            }
            let organizations = store::touched(conn, id)?;
            let person = users::party(user.id, &user.name, &user.email);
            sessions.record_in_all(conn, organizations, || {
                OwnEvent::new(ACTION, person.clone()).parameters(json!({"session_id": id})).context(&client)
            })
        })
        .await?;
    app.directory.forget_session(id);
    Ok(())
}

/// Ends every session of the person, the one that asks too.
pub(super) async fn end_all(app: &App, user: Arc<User>, client: ClientContext) -> Result<()> {
    let sessions = app.sessions.clone();
    let ended = app
        .db
        .write("sessions.end_all", move |conn| {
            let person = users::party(user.id, &user.name, &user.email);
            sessions.end_all(conn, user.id, Vec::new(), |sessions, _| {
                OwnEvent::new(ACTION, person.clone())
                    .parameters(json!({"sessions": sessions}))
                    .context(&client)
            })
        })
        .await?;
    app.directory.forget_sessions(&ended);
    Ok(())
}

/// Ends every session of a member of the organization, wherever the person is signed in.
///
/// # Errors
/// [`Error::NotFound`] when the person is none.
pub(super) async fn end_all_of_member(
    app: &App,
    scope: OrgScope<WriteMembers>,
    admin: Value,
    member: Id<id::User>,
    client: ClientContext,
) -> Result<()> {
    let sessions = app.sessions.clone();
    let ended = app
        .db
        .write("sessions.end_of_member", move |conn| {
            let person = member_of(conn, &scope, member)?;
            let target = users::party(person.id, &person.name, &person.email);
            let home = Arc::clone(scope.organization());
            let event = |sessions: usize, organization: &Organization| {
                // Elsewhere nobody has to know who is an admin here.
                let is_here = organization.id == home.id;
                let actor = if is_here { admin.clone() } else { OwnEvent::system_actor("annals") };
                let event = OwnEvent::new(ACTION, actor)
                    .target(target.clone())
                    .parameters(json!({"sessions": sessions}));
                if is_here { event.context(&client) } else { event }
            };
            sessions.end_all(conn, member, vec![Arc::clone(&home)], event)
        })
        .await?;
    app.directory.forget_sessions(&ended);
    Ok(())
}

/// The account of a member of the organization.
pub(super) fn member_of(
    conn: &mut Conn,
    scope: &OrgScope<WriteMembers>,
    member: Id<id::User>,
) -> Result<UserRow> {
    users::store::find_role(conn, scope.org_id(), member)?.ok_or(Error::NotFound)?;
    users::store::find_enabled(conn, member)?.ok_or(Error::NotFound)
}

impl Sessions {
    /// Ends the person's sessions, and tells the organizations that had been told of the sign-ins, and `others`, with
    /// the event for so many sessions. Answers which have ended; nothing is told when none has.
    fn end_all(
        &self,
        conn: &mut Conn,
        user: Id<id::User>,
        others: Vec<Arc<Organization>>,
        event: impl Fn(usize, &Organization) -> OwnEvent,
    ) -> Result<Vec<Id<id::Session>>> {
        let mut organizations = others;
        organizations.extend(store::touched_by(conn, user, self.recorder.clock.now())?);
        let ended = self.end_quietly(conn, user, None)?;
        organizations.sort_by_key(|organization| organization.id); // one lock order for all
        organizations.dedup_by_key(|organization| organization.id);
        for organization in organizations.iter().filter(|_| !ended.is_empty()) {
            self.record(conn, organization, event(ended.len(), organization))?;
        }
        Ok(ended)
    }
}
