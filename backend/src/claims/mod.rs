//! Claims: a link that makes whoever holds it the first admin of an organization that has none.
//!
//! Organizations are made by operators and by programs, which belong to none of them; the link is how one gets into
//! the hands of its people, without a mail server and without anybody else ever having been inside.

mod accept;
pub mod api;
mod store;

use std::{sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    access::token::{Kind, Token},
    app::App,
    clock::Time,
    db::Conn,
    error::{Error, Result},
    id::{self, Id},
    orgs::{self, Organization},
    own::{Actor, OwnEvent, Recorder},
    users,
};

/// How long an organization can be claimed with a link.
const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// A link that was not used yet. An organization has one at most.
#[derive(Debug, Clone, Copy)]
struct Claim {
    org_id: Id<id::Org>,
    expires_at: Time,
}

/// Tells the platform's log what it tells an organization's: who got into an organization must be known outside.
#[derive(Debug, Clone)]
pub(crate) struct Telling {
    pub(crate) recorder: Recorder,
    pub(crate) platform: Arc<Organization>,
}

impl Telling {
    /// Of this service.
    pub(crate) fn of(app: &App) -> Self {
        Self { recorder: app.recorder.clone(), platform: Arc::clone(&app.platform) }
    }
}

/// Makes a link for an organization that was just made, and records it.
pub(crate) fn create(
    conn: &mut Conn,
    telling: &Telling,
    organization: &Arc<Organization>,
    actor: &Actor,
) -> Result<Token> {
    let (token, now) = (Token::random(Kind::Claim)?, telling.recorder.clock.now());
    let claim = Claim { org_id: organization.id, expires_at: now.plus(LIFETIME) };
    let has_replaced = store::replace(conn, claim, &token, now)?;
    let event = OwnEvent::by("annals.claim_link.created", actor)
        .target(organization.party())
        .parameters(json!({"expires_at": claim.expires_at, "replaces_another": has_replaced}));
    telling.recorder.record_in_each(conn, [organization, &telling.platform], &event)?;
    Ok(token)
}

/// Makes another link, as long as the organization has no admin, and records it. The one before dies.
///
/// # Errors
/// [`Error::Conflict`] when it has an admin.
fn renew(
    conn: &mut Conn,
    telling: &Telling,
    organization: &Arc<Organization>,
    actor: &Actor,
) -> Result<Token> {
    orgs::take_turn(conn, organization.id)?;
    if has_admin(conn, organization.id)? {
        return Err(Error::Conflict("the organization has an admin, who can invite others".into()));
    }
    create(conn, telling, organization, actor)
}

/// Whether there is somebody whom a claim would pass over. Exact once the organization's turn is taken.
fn has_admin(conn: &mut Conn, org: Id<id::Org>) -> Result<bool> {
    Ok(!users::store::admins(conn, org)?.is_empty())
}
