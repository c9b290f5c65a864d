//! Checkpoints over HTTP: all that somebody needs to hold us to what we signed.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    note, origin,
    store::{self, Stored},
};
use crate::{
    access::{Granted, Permit, permission::VerifyLog},
    app::App,
    clock::Time,
    error::{Error, Result},
    http::{
        page::{LIMIT_MAX, Limit, List, ListPage},
        problems,
        query::{NoQuery, Params},
    },
    keyring::Purpose,
    log::{self, store::Head},
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_log).service(get_checkpoint).service(list_checkpoints).service(list_log_keys);
}

/// The state of an organization's log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogView {
    /// The log's name in its checkpoints.
    #[schema(example = "annals.0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01/0199f3c2-7a11-7d42-9c1b-2f6a7b8c9d0e")]
    origin: String,
    /// 1; one more each time the end of the log was lost and given up.
    #[schema(minimum = 1, example = 1)]
    epoch: i32,
    /// First sequence that is retained.
    #[schema(minimum = 0, example = 0)]
    first_sequence: i64,
    /// The next event's sequence.
    #[schema(minimum = 0, example = 8123)]
    next_sequence: i64,
    /// Leaves of the newest checkpoint's tree; 0 before the first.
    #[schema(minimum = 0, example = 8120)]
    signed_size: i64,
    /// When the newest checkpoint was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    signed_at: Option<Time>,
    /// Why the log as it is now is not signed; absent when all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    refused_at: Option<Time>,
}

/// Get the state of the log
///
/// How long the log is, how much of it is signed, and whether something contradicts what was signed.
#[utoipa::path(
    tag = "log",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 200, description = "The state", body = LogView),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:verify"))),
)]
#[get("/v1/orgs/{org}/log")]
pub(crate) async fn get_log(
    granted: Granted<Permit<VerifyLog>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<LogView>> {
    let Granted(permit, _) = granted;
    let org = permit.scope.org_id();
    let read = move |conn: &mut _| {
        Ok((log::head(conn, org)?, store::signing(conn, org)?, store::refusals::of_log(conn, org)?))
    };
    let (head, signing, refusals) = app.db.read("log.state", read).await?;
    let current = signing.as_ref().filter(|signing| signing.epoch == head.epoch);
    let now = app.clock.now();
    let refusal = refusals.into_iter().find(|refusal| refusal.stands(&head.extent(), now));
    Ok(web::Json(LogView {
        origin: origin_of(&app, &head),
        epoch: head.epoch,
        first_sequence: head.first_sequence,
        next_sequence: head.next_sequence,
        signed_size: current.map_or(0, |signing| signing.size),
        signed_at: current.and_then(|signing| signing.signed_at),
        refused_at: refusal.as_ref().map(|refusal| refusal.refused_at),
        refusal: refusal.map(|refusal| refusal.reason),
    }))
}

/// Get the newest checkpoint
///
/// A C2SP tlog-checkpoint: origin, size and root hash of the log's Merkle tree, signed with Ed25519 as a C2SP
/// signed-note. Keep it: with it anybody can prove later that events were removed or altered. A log that grows
/// gets one every few seconds; a new log has none for as long.
#[utoipa::path(
    tag = "log",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 200, description = "The checkpoint", body = String, content_type = "text/plain"),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:verify"))),
)]
#[get("/v1/orgs/{org}/log/checkpoint")]
pub(crate) async fn get_checkpoint(
    granted: Granted<Permit<VerifyLog>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, _) = granted;
    let org = permit.scope.org_id();
    let read = move |conn: &mut _| {
        let epoch = log::head(conn, org)?.epoch;
        store::newest(conn, org, epoch)
    };
    let newest = app.db.read("checkpoint.newest", read).await?.ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(newest.note))
}

/// Which checkpoints to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CheckpointsQuery {
    /// Checkpoints per page. Default: 50.
    #[param(minimum = 1, maximum = 1000, example = 50)]
    limit: Option<u32>,
    /// `page.next_cursor` of the page before.
    cursor: Option<String>,
}

/// A checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckpointView {
    /// The epoch of the log that it is of.
    #[schema(minimum = 1, example = 1)]
    epoch: i32,
    /// Leaves of the tree.
    #[schema(minimum = 1, example = 8120)]
    size: i64,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The signed note.
    #[schema(
        example = "annals.0199f3c2-…/0199f3c2-…\n8120\n2ASuUK9zVadmBVrLFiJNc5nziUgtmPY94BGkfCj+wMc=\n\n— annals.0199f3c2-…/0199f3c2-… Uw2QOkn8…\n"
    )]
    note: String,
}

/// A page of checkpoints, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckpointPage {
    /// The checkpoints.
    data: Vec<CheckpointView>,
    /// Where this page stands.
    page: ListPage,
}

/// List checkpoints
///
/// Newest first. All of the last seven days, and of the time before that the last one of every hour.
#[utoipa::path(
    tag = "log",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme"), CheckpointsQuery),
    responses(
        (status = 200, description = "A page", body = CheckpointPage,
            headers(("Link" = String, description = "rel=\"next\" (RFC 8288), when there is a next page"))),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:verify"))),
)]
#[get("/v1/orgs/{org}/log/checkpoints")]
pub(crate) async fn list_checkpoints(
    request: HttpRequest,
    granted: Granted<Permit<VerifyLog>, Params<CheckpointsQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, query) = granted;
    let limit = Limit::of(query.limit, LIMIT_MAX)?;
    let org = permit.scope.org_id();
    let list = List::of(&[&org.bytes(), b"log.checkpoints"]);
    let before = query.cursor.as_deref().map(|cursor| list.open(&app.keyring, cursor)).transpose()?;
    let before =
        before.map(|text| serde_json::from_str(&text).ok().ok_or(Error::CursorInvalid)).transpose()?;
    let read = move |conn: &mut _| store::page(conn, org, before, limit.and_one());
    let mut rows = app.db.read("checkpoint.page", read).await?;
    let page = list.page(&app.keyring, &mut rows, limit, |last| format!("[{},{}]", last.epoch, last.size))?;
    let data: Vec<CheckpointView> = rows.into_iter().map(CheckpointView::of).collect();
    let mut response = HttpResponse::Ok();
    if let Some(link) = page.link(&request) {
        response.insert_header((header::LINK, link));
    }
    Ok(response.json(CheckpointPage { data, page }))
}

impl CheckpointView {
    fn of(Stored { epoch, size, note, created_at }: Stored) -> Self {
        Self { epoch, size, created_at, note }
    }
}

/// A key that signs, or signed, checkpoints of this log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogKeyView {
    /// The public key as C2SP verifiers take it: name, key id, and the Ed25519 key in base64.
    #[schema(example = "annals.0199f3c2-…/0199f3c2-…+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    verifier_key: String,
    /// Since when it signs.
    #[schema(value_type = String, format = DateTime)]
    active_from: Time,
    /// From when on it signs no more; absent while nothing replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    retired_at: Option<Time>,
}

/// The keys of a log, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogKeys {
    /// The keys.
    data: Vec<LogKeyView>,
}

/// List the keys that sign the log
///
/// Write the newest one down somewhere else: whoever has it can check checkpoints without trusting this service.
/// After a rotation the old and the new key both sign for a while, and the log holds an event that names the new
/// one.
#[utoipa::path(
    tag = "log",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
    responses(
        (status = 200, description = "The keys", body = LogKeys),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:verify"))),
)]
#[get("/v1/orgs/{org}/log/keys")]
pub(crate) async fn list_log_keys(
    granted: Granted<Permit<VerifyLog>, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<LogKeys>> {
    let Granted(permit, _) = granted;
    let org = permit.scope.org_id();
    let head = app.db.read("log.head", move |conn| log::head(conn, org)).await?;
    let origin = origin_of(&app, &head);
    let keys = app.keyring.versions(Purpose::Checkpoint).into_iter().map(|version| {
        Ok(LogKeyView {
            verifier_key: note::verifier_key(&origin, &version.key)?,
            active_from: version.active_from(),
            retired_at: version.retired_at,
        })
    });
    Ok(web::Json(LogKeys { data: keys.collect::<Result<_>>()? }))
}

fn origin_of(app: &App, head: &Head) -> String {
    origin(app.checkpoints.installation, head.log_id, head.epoch)
}
