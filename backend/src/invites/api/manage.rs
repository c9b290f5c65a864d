//! Invitations over HTTP, for those who invite.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, delete, get, http::header, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::{
        Granted, Permit,
        permission::{ReadInvites, WriteMembers},
        token::Token,
    },
    app::App,
    clock::Time,
    error::{Error, Problem, Result},
    http::{
        json::{Document, present},
        page::{LIMIT_MAX, Limit, List, ListPage},
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    invites::{self, Invite, NewInvite, store},
    users::MemberRole,
};

/// Organization and invitation, out of the path.
type Place = web::Path<(String, String)>;

/// Which page of invitations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InvitesQuery {
    /// Invitations per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteInput {
    /// Their e-mail address, in any case; it becomes that of their account.
    #[schema(
        example = "bob@example.com",
        max_length = 256,
        pattern = r"^[^\s@\u0000-\u001f\u007f-\u009f]+@[^\s@\u0000-\u001f\u007f-\u009f]+$"
    )]
    email: String,
    /// What they will be.
    role: MemberRole,
    /// What they are called; they can still change it when they accept.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, example = "Bob Kahn", min_length = 1, max_length = 256, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$")]
    name: Option<String>,
}

/// An invitation that was not accepted yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InviteView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::Invite>,
    /// Who is invited.
    #[schema(example = "bob@example.com")]
    email: String,
    /// What they are called, as far as was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Bob Kahn")]
    name: Option<String>,
    /// What they will be.
    role: MemberRole,
    /// Whether it can still be accepted. An expired one can be renewed.
    state: InviteState,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Until when its link works.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Time,
    /// Who invited.
    invited_by: InviterView,
}

/// Whether an invitation can be accepted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InviteState {
    /// It can be accepted.
    Open,
    /// It was not accepted in time.
    Expired,
}

/// Who invited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InviterView {
    /// Their id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::User>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ada Byron")]
    name: Option<String>,
}

/// A page of invitations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InviteList {
    /// The invitations, newest first.
    data: Vec<InviteView>,
    /// Where this page stands.
    page: ListPage,
}

/// An invitation with its link, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewInviteView {
    #[serde(flatten)]
    invite: InviteView,
    /// The link to hand over: whoever opens it can accept. Begins with the setting `public_url`; where that is not
    /// set, with the path.
    #[schema(example = "https://audit.example.com/join#ann_in_7Hq3Zk9B_…")]
    link: String,
}

impl InviteView {
    fn of(invite: Invite, inviter: Option<String>, now: Time) -> Self {
        let Invite { id, org_id: _, email, name, role, invited_by, created_at, expires_at } = invite;
        let state = if now < expires_at { InviteState::Open } else { InviteState::Expired };
        let invited_by = InviterView { id: invited_by, name: inviter };
        Self { id, email, name, role, state, created_at, expires_at, invited_by }
    }
}

/// List invitations
///
/// Those that were not accepted yet, newest first, expired ones among them. What became of the others stands in the
/// log: `user.joined`, `annals.invite.revoked`.
#[utoipa::path(
    tag = "members",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), InvitesQuery),
    responses(
        (status = 200, description = "A page", body = InviteList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("invites:read"))),
)]
#[get("/v1/orgs/{org}/invites")]
pub(crate) async fn list_invites(
    request: HttpRequest,
    granted: Granted<Permit<ReadInvites>, Params<InvitesQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, query) = granted;
    let limit = Limit::of(query.limit, LIMIT_MAX)?;
    let org = permit.scope.org_id();
    let list = List::of(&[&org.bytes(), b"invites"]);
    let before = query.cursor.as_deref().map(|cursor| list.open_at(&app.keyring, cursor)).transpose()?;
    let read = move |conn: &mut _| store::page(conn, org, before, limit.and_one());
    let mut rows = app.db.read("invites.page", read).await?;
    let page = list.page_at(&app.keyring, &mut rows, limit, |(last, _)| (last.created_at, last.id))?;
    let now = app.clock.now();
    let data = rows.into_iter().map(|(invite, inviter)| InviteView::of(invite, inviter, now)).collect();
    let mut response = HttpResponse::Ok();
    if let Some(link) = page.link(&request) {
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(InviteList { data, page }))
}

/// Invite somebody
///
/// Answers a link that makes whoever opens it a member, once, within seven days; hand it over on a channel that you
/// trust. It is shown this once; `renew` makes another. Nobody has any rights before they accept. Somebody who was
/// invited before gets this invitation instead, and the old link dies. At most 1,000 wait to be accepted. Recorded as
/// `user.invited`.
#[utoipa::path(
    tag = "members",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    request_body = InviteInput,
    responses(
        (status = 201, description = "Invited", body = NewInviteView),
        (status = 409, description = "They are a member already, or too many invitations wait", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:write")), ("x-step-up" = json!(true))),
)]
#[post("/v1/orgs/{org}/invites")]
pub(crate) async fn create_invite(
    request: HttpRequest,
    granted: Granted<Permit<WriteMembers>, (Params<NoQuery>, Document<InviteInput, { 16 * 1024 }>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (_, Document(input))) = granted;
    let new = NewInvite::new(&input.email, input.name.as_deref(), input.role)?;
    let (user, actor) = (Arc::clone(permit.person()?), permit.actor(&request));
    let (recorder, plans) = (app.recorder.clone(), Arc::clone(&app.plans));
    let (scope, name) = (permit.scope, user.name.clone());
    let create =
        move |conn: &mut _| invites::create(conn, (&recorder, &plans), &scope, &new, (&user, &actor));
    let created = app.db.write("invites.create", create).await?;
    Ok(HttpResponse::Created().json(NewInviteView::of(&app, created, Some(name))))
}

impl NewInviteView {
    fn of(app: &App, (invite, token): (Invite, Token), inviter: Option<String>) -> Self {
        let link = app.config.link("join", &token);
        Self { invite: InviteView::of(invite, inviter, app.clock.now()), link }
    }
}

/// Renew an invitation
///
/// Answers a new link, which works for seven days; the old one dies. Recorded as `annals.invite.renewed`.
#[utoipa::path(
    tag = "members",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("id" = String, Path, description = "Id of the invitation", format = Uuid),
    ),
    responses(
        (status = 200, description = "Renewed", body = NewInviteView),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:write")), ("x-step-up" = json!(true))),
)]
#[post("/v1/orgs/{org}/invites/{id}/renew")]
pub(crate) async fn renew_invite(
    request: HttpRequest,
    granted: Granted<Permit<WriteMembers>, (Place, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<web::Json<NewInviteView>> {
    let Granted(permit, (place, _)) = granted;
    let id = Id::parse(&place.1).ok_or(Error::NotFound)?;
    let (recorder, plans) = (app.recorder.clone(), Arc::clone(&app.plans));
    let (actor, scope) = (permit.actor(&request), permit.scope);
    let renew = move |conn: &mut _| {
        let (invite, token) = invites::renew(conn, (&recorder, &plans), &scope, id, &actor)?;
        let inviter = store::inviter(conn, &invite)?;
        Ok(((invite, token), inviter))
    };
    let (renewed, inviter) = app.db.write("invites.renew", renew).await?;
    Ok(web::Json(NewInviteView::of(&app, renewed, inviter)))
}

/// Withdraw an invitation
///
/// Its link dies at once. Recorded as `annals.invite.revoked`.
#[utoipa::path(
    tag = "members",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("id" = String, Path, description = "Id of the invitation", format = Uuid),
    ),
    responses(
        (status = 204, description = "Withdrawn"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:write")), ("x-step-up" = json!(true))),
)]
#[delete("/v1/orgs/{org}/invites/{id}")]
pub(crate) async fn revoke_invite(
    request: HttpRequest,
    granted: Granted<Permit<WriteMembers>, (Place, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (place, _)) = granted;
    let id = Id::parse(&place.1).ok_or(Error::NotFound)?;
    let (recorder, actor, scope) = (app.recorder.clone(), permit.actor(&request), permit.scope);
    let revoke = move |conn: &mut _| invites::revoke(conn, &recorder, &scope, id, &actor);
    app.db.write("invites.revoke", revoke).await?;
    Ok(HttpResponse::NoContent().finish())
}
