//! Events in: one, or a batch.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    post, web,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::{Granted, OrgScope, Permit, Principal, permission::AppendEvents},
    app::App,
    clock::Time,
    error::{Error, FieldError, Problem, Result},
    events::{
        idempotency::IdempotencyKey,
        intake::{Batch, Intake},
        schema::EventInput,
    },
    http::{body::Admitted, problems, query::Params},
    id::{self, Id},
    log::{Appended, Parcel, Receipt, SealedEvent},
};

/// What is read of a request with one event, once it may append.
type OneEvent = (Params<AppendQuery>, IdempotencyKey, Admitted<{ 64 * 1024 }, false>);
/// What is read of a request with many.
type ManyEvents = (Params<BatchQuery>, IdempotencyKey, Admitted<{ 8 * 1024 * 1024 }, true>);

/// How to record an event.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppendQuery {
    /// Only check the event, and answer how it would be recorded. Default: false.
    dry_run: Option<bool>,
}

/// How to record a batch.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BatchQuery {
    /// Record all events or none: if one is refused the answer is a problem, and nothing is recorded.
    /// Default: false.
    atomic: Option<bool>,
    /// Only check the events; nothing is recorded, and nothing compared with what is. Default: false.
    dry_run: Option<bool>,
}

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

/// How an event would be recorded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DryRunView {
    /// Always true.
    dry_run: bool,
    /// The event as it would be sealed, but for the times and an id that the server makes.
    #[schema(value_type = Object)]
    event: Box<RawValue>,
}

/// What became of an event; with `dry_run`, what would.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum AppendView {
    /// It is in the log.
    Receipt(ReceiptView),
    /// It would be.
    DryRun(DryRunView),
}

/// Events to be recorded, in order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
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
    /// How many would be recorded; only in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<usize>,
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
    /// The event's id, when it is in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    id: Option<Id<id::Event>>,
    /// Its position in the organization's log, when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, example = 812)]
    sequence: Option<i64>,
    /// Hash of its Merkle leaf, base64, when it is in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2ASuUK9zVadmBVrLFiJNc5nziUgtmPY94BGkfCj+wMc=")]
    leaf_hash: Option<String>,
    /// When the server had read the first request that brought it, when it is in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    received_at: Option<Time>,
    /// Whether it was in the log already, from an earlier request; when it is in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate: Option<bool>,
    /// Why it is not in the log.
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
    /// It would be recorded: the answer of a dry run.
    Valid,
}

/// Record an event
///
/// Answers after the event is durable and has its place in the organization's log. Sent again with the same
/// id and content it is answered 200 with the first receipt; an id is unique only while its event is retained.
#[utoipa::path(
    tag = "events",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        AppendQuery,
        ("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]([ -~]{0,253}[!-~])?$", description = "Makes the ids of events that bring none, so that the same request sent again is recognised; 1 to 255 visible ASCII characters, unique to the request", example = "order-4711"),
    ),
    request_body(content = EventInput, content_type = "application/json"),
    responses(
        (status = 201, description = "Recorded", body = ReceiptView,
            headers(("Location" = String, description = "Where to read the event"))),
        (status = 200, description = "Recorded before; with `dry_run`: it would be recorded", body = AppendView),
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
    let Granted(permit, (query, key, Admitted { body, place })) = granted;
    let intake = intake(&app, permit, key)?;
    let sealed = intake.one(&body.into_text()?)?;
    if query.dry_run == Some(true) {
        return Ok(HttpResponse::Ok().json(AppendView::DryRun(dry_run(sealed)?)));
    }
    let appended = app.append(intake.scope.clone(), Parcel::of(vec![sealed]), place).await?;
    match appended.into_iter().next() {
        Some(Appended::New(receipt)) => Ok(created(&intake.scope, &receipt)),
        Some(Appended::Duplicate(receipt)) => Ok(duplicate(&receipt)),
        Some(Appended::Conflict) => Err(Error::IdConflict),
        Some(Appended::Withheld) | None => Err(Error::Bug("an append without an outcome".into())),
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
        BatchQuery,
        ("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]([ -~]{0,253}[!-~])?$", description = "Makes the ids of events that bring none, so that the same request sent again is recognised; 1 to 255 visible ASCII characters, unique to the request", example = "order-4711"),
    ),
    request_body(content(
        (BatchInput = "application/json"),
        (String = "application/x-ndjson"),
    ), description = "Up to 1,000 events and 8 MiB; `Content-Encoding: gzip` is understood"),
    responses(
        (status = 200, description = "What became of each event", body = BatchView),
        (status = 409, description = "With `atomic`: an id is taken by another event; nothing was recorded", body = Problem, content_type = "application/problem+json"),
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
    let Granted(permit, (query, key, Admitted { body, place })) = granted;
    let intake = intake(&app, permit, key)?;
    let (scope, format) = (intake.scope.clone(), body.format);
    let batch = app.compute(move || intake.batch(&body.into_text()?, format)).await??;
    let is_atomic = query.atomic == Some(true);
    if is_atomic {
        check_whole(&batch)?;
    }
    if query.dry_run == Some(true) {
        return Ok(web::Json(dry_report(batch)));
    }
    let Batch { sealed, refused } = batch;
    let parcel = Parcel { events: sealed, is_atomic };
    let appended =
        if parcel.events.is_empty() { Vec::new() } else { app.append(scope, parcel, place).await? };
    if is_atomic {
        check_appended(&appended)?;
    }
    Ok(web::Json(report(refused, appended)))
}

fn dry_run(sealed: SealedEvent) -> Result<DryRunView> {
    let event = RawValue::from_string(sealed.body).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(DryRunView { dry_run: true, event })
}

/// An atomic batch is refused for all that is wrong with any of it.
fn check_whole(batch: &Batch) -> Result<()> {
    let errors: Vec<FieldError> =
        batch.refused.iter().flatten().flat_map(|error| error.problem().errors).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// An atomic batch with an id that is taken was not recorded.
fn check_appended(appended: &[Appended]) -> Result<()> {
    let is_taken = |(index, outcome): (usize, &Appended)| {
        (*outcome == Appended::Conflict)
            .then(|| FieldError::new(format!("/events/{index}/id"), "id_conflict", "the id is taken"))
    };
    let errors: Vec<FieldError> = appended.iter().enumerate().filter_map(is_taken).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::IdConflicts(errors)) }
}

fn created(scope: &OrgScope<AppendEvents>, receipt: &Receipt) -> HttpResponse {
    let location = format!("/v1/orgs/{}/events/{}", scope.slug(), receipt.id);
    HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, location))
        .json(ReceiptView::new(receipt, false))
}

fn duplicate(receipt: &Receipt) -> HttpResponse {
    HttpResponse::Ok().json(AppendView::Receipt(ReceiptView::new(receipt, true)))
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
    BatchView::of(refused.into_iter().map(|refused| match refused {
        Some(error) => Err(error),
        None => match appended.next() {
            Some(Appended::New(receipt)) => {
                Ok((ItemStatus::Accepted, Some(ReceiptView::new(&receipt, false))))
            }
            Some(Appended::Duplicate(receipt)) => {
                Ok((ItemStatus::Duplicate, Some(ReceiptView::new(&receipt, true))))
            }
            Some(Appended::Conflict) => Err(Error::IdConflict),
            Some(Appended::Withheld) | None => Err(Error::Bug("an append without an outcome".into())),
        },
    }))
}

/// What would become of each event, as far as can be told without the log.
fn dry_report(batch: Batch) -> BatchView {
    let items = batch.refused.into_iter().map(|refused| refused.map_or(Ok((ItemStatus::Valid, None)), Err));
    let mut view = BatchView::of(items);
    view.valid = Some(view.results.len() - view.rejected);
    view
}

impl ItemView {
    fn new(index: usize, status: ItemStatus, receipt: Option<ReceiptView>, problem: Option<Problem>) -> Self {
        let item = Self {
            index,
            status,
            id: None,
            sequence: None,
            leaf_hash: None,
            received_at: None,
            duplicate: None,
            problem,
        };
        match receipt {
            None => item,
            Some(ReceiptView { id, sequence, leaf_hash, received_at, duplicate }) => Self {
                id: Some(id),
                sequence: Some(sequence),
                leaf_hash: Some(leaf_hash),
                received_at: Some(received_at),
                duplicate: Some(duplicate),
                ..item
            },
        }
    }
}

impl BatchView {
    fn of(items: impl Iterator<Item = Result<(ItemStatus, Option<ReceiptView>)>>) -> Self {
        let mut view = Self { accepted: 0, duplicates: 0, rejected: 0, valid: None, results: Vec::new() };
        for (index, item) in items.enumerate() {
            let (status, receipt, problem) = match item {
                Ok((status, receipt)) => (status, receipt, None),
                Err(error) => (ItemStatus::Rejected, None, Some(error.problem())),
            };
            match status {
                ItemStatus::Accepted => view.accepted += 1,
                ItemStatus::Duplicate => view.duplicates += 1,
                ItemStatus::Rejected => view.rejected += 1,
                ItemStatus::Valid => {}
            }
            view.results.push(ItemView::new(index, status, receipt, problem));
        }
        view
    }
}
