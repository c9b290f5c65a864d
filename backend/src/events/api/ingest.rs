//! Events in: one, or a batch.

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    post, web,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    access::{Granted, OrgScope, Permit, Principal, permission::AppendEvents},
    app::App,
    clock::Time,
    error::{Error, Problem, Result},
    events::{
        idempotency::IdempotencyKey,
        intake::{Batch, Intake},
        schema::EventInput,
    },
    http::{
        json::RawJson,
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    log::{Appended, Receipt},
};

/// What is read of a request with one event, once it may append.
type OneEvent = (Params<NoQuery>, IdempotencyKey, RawJson<{ 64 * 1024 }>);
/// What is read of a request with many.
type ManyEvents = (Params<NoQuery>, IdempotencyKey, RawJson<{ 8 * 1024 * 1024 }>);

/// Proof that an event is in the log: it was durable and in its place before this was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReceiptView {
    /// The event's id.
    #[schema(value_type = String, format = Uuid)]
    id: Id<id::Event>,
    /// Its position in the organization's log.
    #[schema(minimum = 0, example = 812)]
    sequence: i64,
    /// Hash of its Merkle leaf, base64.
    #[schema(example = "2ASuUK9zVadmBVrLFiJNc5nziUgtmPY94BGkfCj+wMc=")]
    leaf_hash: String,
    /// When the server had read the first request that brought it.
    #[schema(value_type = String, format = DateTime)]
    received_at: Time,
    /// Whether it was in the log already, from an earlier request.
    duplicate: bool,
}

impl ReceiptView {
    fn new(receipt: &Receipt, duplicate: bool) -> Self {
        use base64::{Engine, prelude::BASE64_STANDARD};
        Self {
            id: receipt.id,
            sequence: receipt.sequence,
            leaf_hash: BASE64_STANDARD.encode(&receipt.leaf_hash),
            received_at: receipt.received_at,
            duplicate,
        }
    }
}

/// Events to be recorded, in order.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body in openapi.yaml; it is read item by item")]
pub(crate) struct BatchInput {
    /// The events.
    #[schema(min_items = 1, max_items = 1000)]
    events: Vec<EventInput>,
}

/// What became of a batch. Each event stands for itself: a rejected one keeps no other out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchView {
    /// How many are in the log now.
    accepted: usize,
    /// How many were there already.
    duplicates: usize,
    /// How many are not in the log.
    rejected: usize,
    /// One result per event, in the order of the request.
    results: Vec<ItemView>,
}

/// What became of one event of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// Its place in the request.
    index: usize,
    /// What became of it.
    status: ItemStatus,
    /// Its receipt, when it is in the log.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptView>,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// What became of one event of a batch, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemStatus {
    /// It is in the log now.
    Accepted,
    /// It was in the log already.
    Duplicate,
    /// It is not in the log.
    Rejected,
}

/// Record an event
///
/// Answers after the event is durable and has its place in the organization's log. Sent again with the same
/// id and content it is answered 200 with the first receipt; an id is unique only while its event is retained.
#[utoipa::path(
    tag = "events",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the ids of events that bring none, so that the same request sent again is recognised; 1 to 255 visible ASCII characters, unique to the request", example = "order-4711"),
    ),
    request_body(content = EventInput, content_type = "application/json"),
    responses(
        (status = 201, description = "Recorded", body = ReceiptView,
            headers(("Location" = String, description = "Where to read the event"))),
        (status = 200, description = "Recorded before", body = ReceiptView),
        (status = 409, description = "The id is taken by another event", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:write"))),
)]
#[post("/v1/orgs/{org}/events")]
pub(crate) async fn append_event(
    granted: Granted<Permit<AppendEvents>, OneEvent>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (_, key, body)) = granted;
    let intake = intake(&app, permit, key)?;
    let sealed = intake.one(body.parse()?)?;
    let appended = app.append(intake.scope.clone(), vec![sealed]).await?;
    match appended.into_iter().next() {
        Some(Appended::New(receipt)) => Ok(created(&intake.scope, &receipt)),
        Some(Appended::Duplicate(receipt)) => Ok(HttpResponse::Ok().json(ReceiptView::new(&receipt, true))),
        Some(Appended::Conflict) => Err(Error::IdConflict),
        None => Err(Error::Bug("an append without an outcome".into())),
    }
}

/// Record a batch of events
///
/// Answers after every accepted event is durable and has its place, in the order of the batch. Each event
/// stands for itself: look at `results`. A retry is safe when the events bring ids, or with an `Idempotency-Key`.
#[utoipa::path(
    tag = "events",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the ids of events that bring none, so that the same request sent again is recognised; 1 to 255 visible ASCII characters, unique to the request", example = "order-4711"),
    ),
    request_body(content = BatchInput, content_type = "application/json"),
    responses(
        (status = 200, description = "What became of each event", body = BatchView),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:write"))),
)]
#[post("/v1/orgs/{org}/events/batch")]
pub(crate) async fn append_events(
    granted: Granted<Permit<AppendEvents>, ManyEvents>,
    app: web::Data<App>,
) -> Result<web::Json<BatchView>> {
    let Granted(permit, (_, key, body)) = granted;
    let intake = intake(&app, permit, key)?;
    let scope = intake.scope.clone();
    let Batch { sealed, refused } = app.compute(move || intake.batch(body.parse()?)).await??;
    let appended = if sealed.is_empty() { Vec::new() } else { app.append(scope, sealed).await? };
    Ok(web::Json(report(refused, appended)))
}

fn created(scope: &OrgScope<AppendEvents>, receipt: &Receipt) -> HttpResponse {
    let location = format!("/v1/orgs/{}/events/{}", scope.slug(), receipt.id);
    HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, location))
        .json(ReceiptView::new(receipt, false))
}

/// What the events of this request have in common; taken when the whole request has been read.
fn intake(app: &App, permit: Permit<AppendEvents>, idempotency: IdempotencyKey) -> Result<Intake> {
    let Principal::Key(key) = permit.principal else {
        return Err(Error::Bug("a person was permitted to append".into()));
    };
    Ok(Intake {
        catalog: Arc::clone(&app.catalog),
        scope: permit.scope,
        source: key.name.clone(),
        key_id: key.id,
        idempotency,
        received_at: app.clock.now(),
    })
}

/// Puts the outcomes of the accepted events back among the refused ones.
fn report(refused: Vec<Option<Error>>, appended: Vec<Appended>) -> BatchView {
    let mut appended = appended.into_iter();
    let mut view =
        BatchView { accepted: 0, duplicates: 0, rejected: 0, results: Vec::with_capacity(refused.len()) };
    for (index, refused) in refused.into_iter().enumerate() {
        let outcome = match refused {
            Some(error) => Err(error),
            None => match appended.next() {
                Some(Appended::New(receipt)) => Ok((ItemStatus::Accepted, ReceiptView::new(&receipt, false))),
                Some(Appended::Duplicate(receipt)) => {
                    Ok((ItemStatus::Duplicate, ReceiptView::new(&receipt, true)))
                }
                Some(Appended::Conflict) => Err(Error::IdConflict),
                None => Err(Error::Bug("an append without an outcome".into())),
            },
        };
        let item = match outcome {
            Ok((status, receipt)) => ItemView { index, status, receipt: Some(receipt), problem: None },
            Err(error) => ItemView {
                index,
                status: ItemStatus::Rejected,
                receipt: None,
                problem: Some(error.problem()),
            },
        };
        match item.status {
            ItemStatus::Accepted => view.accepted += 1,
            ItemStatus::Duplicate => view.duplicates += 1,
            ItemStatus::Rejected => view.rejected += 1,
        }
        view.results.push(item);
    }
    view
}
