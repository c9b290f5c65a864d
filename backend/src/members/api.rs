//! Members over HTTP.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, delete, get,
    http::{StatusCode, header},
    patch, web,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Member, joining::Joined, store};
use crate::{
    access::{
        Granted, Permit, Role, User, authenticate,
        permission::{LeaveOrganization, ReadMembers, WriteMembers},
    },
    app::App,
    clock::Time,
    error::{Error, Problem, Result},
    http::{
        json::Document,
        page::{LIMIT_MAX, Limit, List, ListPage},
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    sessions::api::{ChallengeView, MeView, respond},
    users::MemberRole,
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_members).service(update_member).service(remove_member).service(leave_organization);
}

/// Organization and person, out of the path.
type Place = web::Path<(String, String)>;

/// Which page of members to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MembersQuery {
    /// Members per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// A role to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleInput {
    /// What they are from now on.
    role: MemberRole,
}

/// Somebody who belongs to an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// Who.
    user: PersonView,
    /// As what.
    role: MemberRole,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Time,
    /// When one of their sessions that have come to this organization was last used, to about ten minutes; absent
    /// when there was none, and for members, who see names and roles only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    last_active_at: Option<Time>,
}

/// A person in an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PersonView {
    /// Their id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::User>,
    /// Their name.
    #[schema(example = "Ada Byron")]
    name: String,
    /// Their e-mail address; absent for members, who see names and roles only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ada@example.com")]
    email: Option<String>,
}

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberList {
    /// The members, in the order in which they joined.
    data: Vec<MemberView>,
    /// Where this page stands.
    page: ListPage,
}

impl MemberView {
    fn of(member: Member, last_active_at: Option<Time>, role: Option<Role>) -> Self {
        let is_colleague = role == Some(Role::Member);
        let Member { id, name, email, role, joined_at } = member;
        let email = Some(email).filter(|_| !is_colleague);
        let last_active_at = last_active_at.filter(|_| !is_colleague);
        Self { user: PersonView { id, name, email }, role, joined_at, last_active_at }
    }
}

/// List members
///
/// Everybody who belongs to the organization, in the order in which they joined. Admins and auditors see e-mail
/// addresses and who was last active when; members see names and roles.
#[utoipa::path(
    tag = "members",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), MembersQuery),
    responses(
        (status = 200, description = "A page", body = MemberList,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:read"))),
)]
#[get("/v1/orgs/{org}/members")]
pub(crate) async fn list_members(
    request: HttpRequest,
    granted: Granted<Permit<ReadMembers>, Params<MembersQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, query) = granted;
    let limit = Limit::of(query.limit, LIMIT_MAX)?;
    let org = permit.scope.org_id();
    let list = List::of(&[&org.bytes(), b"members"]);
    let after = query.cursor.as_deref().map(|cursor| list.open_at(&app.keyring, cursor)).transpose()?;
    let read = move |conn: &mut _| {
        let members = store::page(conn, org, after, limit.and_one())?;
        let people: Vec<_> = members.iter().map(|member| member.id).collect();
        Ok((members, store::last_active(conn, org, &people)?))
    };
    let (mut members, active) = app.db.read("members.page", read).await?;
    let page = list.page_at(&app.keyring, &mut members, limit, |last| (last.joined_at, last.id))?;
    let view = |member: Member| {
        let at = active.get(&member.id).copied();
        MemberView::of(member, at, permit.role)
    };
    let mut response = HttpResponse::Ok();
    if let Some(link) = page.link(&request) {
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(MemberList { data: members.into_iter().map(view).collect(), page }))
}

/// Change a member's role
///
/// Works at once on the node that answers and within two seconds on every other; their sessions go on. The last
/// admin keeps the role: 409 `last_admin`. Recorded as `user.role_changed` with the old and the new role.
#[utoipa::path(
    tag = "members",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("user_id" = String, Path, description = "Id of the person", format = Uuid),
    ),
    request_body = RoleInput,
    responses(
        (status = 200, description = "The member as they are now", body = MemberView),
        (status = 409, description = "They are the last admin", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:write")), ("x-step-up" = json!(true))),
)]
#[patch("/v1/orgs/{org}/members/{user_id}")]
pub(crate) async fn update_member(
    request: HttpRequest,
    granted: Granted<Permit<WriteMembers>, (Place, Params<NoQuery>, Document<RoleInput, { 16 * 1024 }>)>,
    app: web::Data<App>,
) -> Result<web::Json<MemberView>> {
    let Granted(permit, (place, _, Document(input))) = granted;
    let person = Id::parse(&place.1).ok_or(Error::NotFound)?;
    let (org, recorder, actor) = (permit.scope.org_id(), app.recorder.clone(), permit.actor(&request));
    let scope = permit.scope;
    let change = move |conn: &mut _| {
        let member = super::change_role(conn, &recorder, &scope, (person, input.role), &actor)?;
        let active = store::last_active(conn, org, &[person])?;
        Ok((member, active.get(&person).copied()))
    };
    let (member, last_active_at) = app.db.write("members.change_role", change).await?;
    app.directory.forget_role(org, person);
    Ok(web::Json(MemberView::of(member, last_active_at, permit.role)))
}

/// Remove a member
///
/// They lose their access to this organization at once on the node that answers and within two seconds on every
/// other; their account, their other organizations and their sessions stay. The last admin stays: 409
/// `last_admin`. Recorded as `user.removed` with the role that they had.
#[utoipa::path(
    tag = "members",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("user_id" = String, Path, description = "Id of the person", format = Uuid),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 409, description = "They are the last admin", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:write")), ("x-step-up" = json!(true))),
)]
#[delete("/v1/orgs/{org}/members/{user_id}")]
pub(crate) async fn remove_member(
    request: HttpRequest,
    granted: Granted<Permit<WriteMembers>, (Place, Params<NoQuery>)>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (place, _)) = granted;
    let person = Id::parse(&place.1).ok_or(Error::NotFound)?;
    let (org, recorder, actor) = (permit.scope.org_id(), app.recorder.clone(), permit.actor(&request));
    let scope = permit.scope;
    let remove = move |conn: &mut _| super::remove(conn, &recorder, &scope, person, &actor);
    app.db.write("members.remove", remove).await?;
    app.directory.forget_role(org, person);
    Ok(HttpResponse::NoContent().finish())
}

/// Leave an organization
///
/// Ends the asking person's own membership, whatever their role. Their account and their sessions stay. The last
/// admin stays: 409 `last_admin`. Recorded as `user.removed`, by themselves.
#[utoipa::path(
    tag = "members",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 204, description = "Left"),
        (status = 409, description = "You are the last admin", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("members:leave"))),
)]
#[delete("/v1/orgs/{org}/membership")]
pub(crate) async fn leave_organization(
    request: HttpRequest,
    granted: Granted<Permit<LeaveOrganization>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, _) = granted;
    let (org, person) = (permit.scope.org_id(), permit.person()?.id);
    let (recorder, actor) = (app.recorder.clone(), permit.actor(&request));
    let leave = move |conn: &mut _| super::leave(conn, &recorder, &permit.scope, person, &actor);
    app.db.write("members.leave", leave).await?;
    app.directory.forget_role(org, person);
    Ok(HttpResponse::NoContent().finish())
}

/// The person who is signed in, where a link may be used by one who is and by one who is not.
pub(crate) async fn signed_in(app: &App, request: &HttpRequest) -> Result<Option<Arc<User>>> {
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    Ok(Some(Arc::clone(authenticate(app, request).await?.person()?)))
}

/// What somebody is answered who came with a link.
pub(crate) async fn joined(app: &App, joined: Joined) -> Result<HttpResponse> {
    match joined {
        Joined::SignedIn(opened) => respond(app, *opened, StatusCode::CREATED),
        Joined::NeedsSecondFactor(token) => Ok(HttpResponse::Accepted().json(ChallengeView::of(&token))),
        Joined::AsSignedIn(user) => Ok(HttpResponse::Ok().json(MeView::of(app, &user).await?)),
    }
}
