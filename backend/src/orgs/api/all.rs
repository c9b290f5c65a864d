//! All organizations, as operators see them.

use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OrganizationView;
use crate::{
    access::{CreateOrganizations, Granted, ListOrganizations, Platform},
    app::App,
    claims,
    clock::Time,
    error::{Error, FieldError, Problem, Result},
    http::{
        json::Document,
        page::{Limit, List, ListPage},
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    orgs::{self, NewOrganization, Suspension, store},
};

/// Longest `q`, in characters.
const Q_CHARS_MAX: usize = 256;
/// Most organizations on one page: each is answered with the state of its log.
const ROWS_MAX: u32 = 200;

/// Which organizations to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrganizationsQuery {
    /// Part of the slug or of the name, in any case.
    #[param(max_length = 256, example = "acm")]
    q: Option<String>,
    /// Organizations per page. Default: 50.
    #[param(minimum = 1, maximum = 200, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// An organization, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrganizationSummary {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::Org>,
    /// Its name in paths.
    #[schema(example = "acme")]
    slug: String,
    /// Its name for people.
    #[schema(example = "Acme Corp")]
    name: String,
    /// What it may use: the name of a plan.
    #[schema(example = "enterprise")]
    plan: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// Why nothing is recorded for it, while it is suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspension: Option<Suspension>,
    /// People who belong to it.
    #[schema(minimum = 0, example = 12)]
    members: i64,
    /// Events that were ever recorded in its log, as counted up to a few seconds ago.
    #[schema(minimum = 0, example = 81_204)]
    events: i64,
    /// When the newest event was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_event_at: Option<Time>,
}

impl OrganizationSummary {
    fn of(listed: store::Listed) -> Self {
        let store::Listed { organization, created_at, members, events, last_event_at } = listed;
        Self {
            id: organization.id,
            slug: organization.slug,
            name: organization.name,
            plan: organization.plan,
            created_at,
            suspension: organization.suspension,
            members,
            events,
            last_event_at,
        }
    }
}

/// A page of organizations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrganizationPage {
    /// The organizations, in the order of their slugs.
    data: Vec<OrganizationSummary>,
    /// Where this page stands.
    page: ListPage,
}

/// List the organizations
///
/// All of them but the platform's own, in the order of their slugs, with the state of their logs and nothing of
/// what is in them.
#[utoipa::path(
    tag = "organizations",
    params(OrganizationsQuery),
    responses(
        (status = 200, description = "A page", body = OrganizationPage,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-platform-scope" = json!("orgs:read"))),
)]
#[get("/v1/orgs")]
pub(crate) async fn list_organizations(
    request: HttpRequest,
    granted: Granted<Platform<ListOrganizations>, Params<OrganizationsQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(_, query) = granted;
    let limit = Limit::of(query.limit, ROWS_MAX)?;
    let part = query.q.clone().unwrap_or_default();
    if part.chars().count() > Q_CHARS_MAX {
        let message = format!("at most {Q_CHARS_MAX} characters");
        return Err(Error::InvalidQuery(vec![FieldError::new("q", "too_long", message)]));
    }
    let list = List::of(&[b"orgs", part.as_bytes()]);
    let after = query.cursor.as_deref().map(|cursor| list.open(&app.keyring, cursor)).transpose()?;
    let read = move |conn: &mut _| store::list(conn, &part, after.as_deref(), limit.and_one());
    let mut rows = app.db.read("orgs.list", read).await?;
    let page = list.page(&app.keyring, &mut rows, limit, |last| last.organization.slug.clone())?;
    let mut response = HttpResponse::Ok();
    if let Some(link) = page.link(&request) {
        response.insert_header((header::LINK, link));
    }
    Ok(response
        .json(OrganizationPage { data: rows.into_iter().map(OrganizationSummary::of).collect(), page }))
}

/// A new organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrganizationInput {
    /// Its name in paths, for ever: 2 to 63 of a-z, 0-9 and -, not like a UUID.
    #[schema(example = "acme", min_length = 2, max_length = 63, pattern = r"^[a-z0-9-]{2,63}$")]
    slug: String,
    /// Its name for people.
    #[schema(
        example = "Acme Corp",
        min_length = 1,
        max_length = 256,
        pattern = r"^[^\u0000]*[^\u0000\s][^\u0000]*$"
    )]
    name: String,
    /// Event-type packs in order of precedence; without them those of the service's settings.
    #[serde(default)]
    #[schema(example = json!(["blink"]), max_items = 32)]
    packs: Option<Vec<String>>,
    /// What it may use; without it the plan that the service's settings give to all.
    #[serde(default)]
    #[schema(example = "enterprise")]
    plan: Option<String>,
}

/// A new organization, with the link that hands it over, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewOrganizationView {
    #[serde(flatten)]
    organization: OrganizationView,
    /// The link to hand over: whoever opens it can become the first admin, once, within 30 days. Begins with the setting
    /// `public_url`; where that is not set, with the path.
    #[schema(example = "https://audit.example.com/claim#ann_cl_7Hq3Zk9B_…")]
    claim_link: String,
}

/// Create an organization
///
/// With its log, whose first event tells of it. It has no members yet: the answer holds a link that makes whoever opens
/// it the first admin, this once; `POST /v1/orgs/{org}/claim-link` makes another.
#[utoipa::path(
    tag = "organizations",
    request_body = NewOrganizationInput,
    responses(
        (status = 201, description = "The organization", body = NewOrganizationView,
            headers(("Location" = String, description = "Where it is"))),
        (status = 409, description = "There is one with this slug", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-platform-scope" = json!("orgs:create"))),
)]
#[post("/v1/orgs")]
pub(crate) async fn create_organization(
    request: HttpRequest,
    granted: Granted<
        Platform<CreateOrganizations>,
        (Params<NoQuery>, Document<NewOrganizationInput, { 16 * 1024 }>),
    >,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(founder, (_, Document(input))) = granted;
    let new = input.check(&app).await?;
    let (telling, actor) = (claims::Telling::of(&app), founder.actor(&request));
    let create = move |conn: &mut _| {
        let made = orgs::create(conn, &telling.recorder, &new, &actor.party, telling.recorder.clock.now())?;
        let token = claims::create(conn, &telling, &made, &actor)?;
        Ok((made, token))
    };
    let (made, token) = app.db.write("orgs.create", create).await?;
    app.directory.forget_organization(&made);
    let organization = OrganizationView::of(&app, &made, None).await?;
    let location = format!("/v1/orgs/{}", made.slug);
    let view = NewOrganizationView { organization, claim_link: app.config.link("claim", &token) };
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(view))
}

impl NewOrganizationInput {
    /// What is to be made, every rule checked.
    async fn check(self, app: &App) -> Result<NewOrganization> {
        let catalog = app.catalog.current(&app.db).await?;
        let packs = self.packs.as_deref().unwrap_or(&app.config.default_packs);
        let plan = self.plan.as_deref().unwrap_or(app.plans.default_name());
        let check_pack = |pack: &str| catalog.check_pack(pack);
        NewOrganization::new(&self.slug, &self.name, (packs, check_pack), (plan, &app.plans))
    }
}
