//! Events in: one, or a batch.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

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
        intake::{Batch, Flag, Intake, Taken},
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
    /// What is odd about it; absent when nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
}

impl ReceiptView {
    fn new(receipt: &Receipt, duplicate: bool, flags: Vec<Flag>) -> Self {
        use base64::{Engine, prelude::BASE64_STANDARD};
        Self {
            id: receipt.id,
            sequence: receipt.sequence,
            leaf_hash: BASE64_STANDARD.encode(&receipt.leaf_hash),
            received_at: receipt.received_at,
            duplicate,
            flags,
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
    /// What is odd about it; absent when nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
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
    /// Its receipt, when it is in the log.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptView>,
    /// What is odd about it, though it is or would be recorded; absent when nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<Flag>,
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
    let Granted(permit, (query, key, Admitted { body, place })) = granted;
    let intake = intake(&app, permit, key).await?;
    let Taken { sealed, flags } = intake.one(&body.into_text()?)?;
    if query.dry_run == Some(true) {
        let event = RawValue::from_string(sealed.body).map_err(|error| Error::Bug(error.to_string()))?;
        return Ok(HttpResponse::Ok().json(DryRunView { dry_run: true, event, flags }));
    }
    let appended = app.append(intake.scope.clone(), Parcel::of(vec![sealed]), place).await?;
    match appended.into_iter().next() {
        Some(Appended::New(receipt)) => Ok(created(&intake.scope, &receipt, flags)),
        Some(Appended::Duplicate(receipt)) => {
            Ok(HttpResponse::Ok().json(ReceiptView::new(&receipt, true, flags)))
        }
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
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the ids of events that bring none, so that the same request sent again is recognised; 1 to 255 visible ASCII characters, unique to the request", example = "order-4711"),
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
    let intake = intake(&app, permit, key).await?;
    let (scope, format) = (intake.scope.clone(), body.format);
    let batch = app.compute(move || intake.batch(&body.into_text()?, format)).await??;
    let is_atomic = query.atomic == Some(true);
    if is_atomic {
        check_whole(&batch)?;
    }
    if query.dry_run == Some(true) {
        return Ok(web::Json(dry_report(batch)));
    }
    let (events, entered) = entries(batch);
    let parcel = Parcel { events, is_atomic };
    let appended =
        if parcel.events.is_empty() { Vec::new() } else { app.append(scope, parcel, place).await? };
    if is_atomic {
        check_appended(&appended)?;
    }
    Ok(web::Json(report(entered, appended)))
}

/// The events of a batch that are to be appended, and of each of its events its flags or why it is refused.
fn entries(batch: Batch) -> (Vec<SealedEvent>, Vec<Result<Vec<Flag>>>) {
    let mut events = Vec::with_capacity(batch.len());
    let mut enter = |Taken { sealed, flags }: Taken| {
        events.push(sealed);
        flags
    };
    let entered = batch.into_iter().map(|taken| taken.map(&mut enter)).collect();
    (events, entered)
}

/// An atomic batch is refused for all that is wrong with any of it.
fn check_whole(batch: &Batch) -> Result<()> {
    let errors: Vec<FieldError> = batch
        .iter()
        .filter_map(|taken| taken.as_ref().err())
        .flat_map(|error| error.problem().errors)
        .collect();
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

fn created(scope: &OrgScope<AppendEvents>, receipt: &Receipt, flags: Vec<Flag>) -> HttpResponse {
    let location = format!("/v1/orgs/{}/events/{}", scope.slug(), receipt.id);
    HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, location))
        .json(ReceiptView::new(receipt, false, flags))
}

/// What the events of this request have in common; taken when the whole request has been read.
async fn intake(app: &App, permit: Permit<AppendEvents>, idempotency: IdempotencyKey) -> Result<Intake> {
    let Principal::Key(key) = permit.principal else {
        return Err(Error::Bug("a person was permitted to append".into()));
    };
    Ok(Intake {
        catalog: app.catalog.current(&app.db).await?,
        scope: permit.scope,
        source: key.name.clone(),
        key_id: key.id,
        idempotency,
        received_at: app.clock.now(),
    })
}

/// An event of a batch that is in the log, or would be.
struct Item {
    status: ItemStatus,
    receipt: Option<ReceiptView>,
    flags: Vec<Flag>,
}

impl Item {
    fn recorded(status: ItemStatus, receipt: &Receipt, flags: Vec<Flag>) -> Self {
        let duplicate = status == ItemStatus::Duplicate;
        // The flags stand beside the receipt, where they also stand in a dry run.
        Self { status, receipt: Some(ReceiptView::new(receipt, duplicate, Vec::new())), flags }
    }
}

/// Puts the outcomes of the accepted events back among the refused ones.
fn report(entered: Vec<Result<Vec<Flag>>>, appended: Vec<Appended>) -> BatchView {
    let mut appended = appended.into_iter();
    BatchView::of(entered.into_iter().map(|entered| {
        let flags = entered?;
        match appended.next() {
            Some(Appended::New(receipt)) => Ok(Item::recorded(ItemStatus::Accepted, &receipt, flags)),
            Some(Appended::Duplicate(receipt)) => Ok(Item::recorded(ItemStatus::Duplicate, &receipt, flags)),
            Some(Appended::Conflict) => Err(Error::IdConflict),
            Some(Appended::Withheld) | None => Err(Error::Bug("an append without an outcome".into())),
        }
    }))
}

/// What would become of each event, as far as can be told without the log.
fn dry_report(batch: Batch) -> BatchView {
    let valid = |Taken { flags, .. }| Item { status: ItemStatus::Valid, receipt: None, flags };
    let mut view = BatchView::of(batch.into_iter().map(|taken| taken.map(valid)));
    view.valid = Some(view.results.len() - view.rejected);
    view
}

impl BatchView {
    fn of(items: impl Iterator<Item = Result<Item>>) -> Self {
        let mut view = Self { accepted: 0, duplicates: 0, rejected: 0, valid: None, results: Vec::new() };
        for (index, item) in items.enumerate() {
            let (item, problem) = match item {
                Ok(item) => (item, None),
                Err(error) => {
                    let rejected = Item { status: ItemStatus::Rejected, receipt: None, flags: Vec::new() };
                    (rejected, Some(error.problem()))
                }
            };
            let Item { status, receipt, flags } = item;
            match status {
                ItemStatus::Accepted => view.accepted += 1,
                ItemStatus::Duplicate => view.duplicates += 1,
                ItemStatus::Rejected => view.rejected += 1,
                ItemStatus::Valid => {}
            }
            view.results.push(ItemView { index, status, receipt, flags, problem });
        }
        view
    }
}
