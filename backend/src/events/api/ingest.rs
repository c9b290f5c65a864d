//! Events in: one, or a batch.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    post, web,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::IntoParams;

use super::receipts::{
    AppendView, BatchInput, BatchView, DryRunView, Entered, ReceiptView, dry_report, report,
};
use crate::{
    access::{Granted, Key, OrgScope, Permit, Principal, permission::AppendEvents},
    app::App,
    error::{Error, FieldError, Problem, Result},
    events::{
        idempotency::IdempotencyKey,
        intake::{Batch, Flag, Intake, Judged},
        schema::EventInput,
    },
    http::{body::Admitted, problems, query::Params},
    log::{self, Appended, Parcel, Receipt, SealedEvent, admission::Place},
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

/// Record an event
///
/// Answers after the event is durable and has its place in the organization's log. Sent again with the same
/// id and content it is answered 200 with the first receipt, also when its type would refuse it by now; an id is
/// unique only while its event is retained.
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
        (status = 429, description = "The key's rate limit; `Retry-After` says when to send the same again", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:write")), ("x-platform-scope" = json!("events:write"))),
)]
#[post("/v1/orgs/{org}/events")]
pub(crate) async fn append_event(
    granted: Granted<Permit<AppendEvents>, OneEvent>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(permit, (query, key, Admitted { body, place })) = granted;
    let sender = sender(&permit)?;
    let intake = intake(&app, permit.scope, &sender, key).await?;
    let scope = intake.scope.clone();
    let judged = judge(&app, intake, &body.into_text()?).await?;
    if query.dry_run == Some(true) {
        return dry_run(judged);
    }
    append_one(&app, (&scope, &sender), judged, place).await
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
        (status = 429, description = "The key's rate limit; `Retry-After` says when to send the same again", body = Problem, content_type = "application/problem+json"),
        problems::InOrganization,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:write")), ("x-platform-scope" = json!("events:write"))),
)]
#[post("/v1/orgs/{org}/events/batch")]
pub(crate) async fn append_events(
    granted: Granted<Permit<AppendEvents>, ManyEvents>,
    app: web::Data<App>,
) -> Result<web::Json<BatchView>> {
    let Granted(permit, (query, key, Admitted { body, place })) = granted;
    let sender = sender(&permit)?;
    let intake = intake(&app, permit.scope, &sender, key).await?;
    let (scope, format) = (intake.scope.clone(), body.format);
    let batch = app.compute(move || intake.batch(&body.into_text()?, format)).await??;
    let (is_atomic, is_dry_run) = (query.atomic == Some(true), query.dry_run == Some(true));
    let known = if is_dry_run { Vec::new() } else { recognize(&app, &scope, &batch).await? };
    let (events, entered) = enter(batch, known);
    if is_atomic {
        check_whole(&entered)?;
    }
    if is_dry_run {
        return Ok(web::Json(dry_report(entered)));
    }
    app.keys.limits.admit(&sender, events.len())?;
    let parcel = Parcel { events, is_atomic };
    let appended =
        if parcel.events.is_empty() { Vec::new() } else { app.append(scope, parcel, place).await? };
    if is_atomic {
        check_appended(&entered, &appended)?;
    }
    Ok(web::Json(report(entered, appended)))
}

/// Reads and judges the one event of a request; on a thread that may be busy, where that can take long.
async fn judge(app: &App, intake: Intake, text: &str) -> Result<Judged> {
    let event = intake.read(text)?;
    if intake.is_work_to_judge(&event) {
        return app.compute(move || intake.judge(event, "", 0)).await?;
    }
    intake.judge(event, "", 0)
}

/// Appends an event, unless it is refused or was recorded before.
async fn append_one(
    app: &App,
    (scope, sender): (&OrgScope<AppendEvents>, &Key),
    judged: Judged,
    place: Place,
) -> Result<HttpResponse> {
    let batch = vec![Ok(judged)];
    let known = recognize(app, scope, &batch).await?;
    let (events, mut entered) = enter(batch, known);
    let flags = match entered.pop() {
        Some(Ok(Entered::New(flags))) => flags,
        Some(Ok(Entered::Before(receipt))) => return Ok(duplicate(&receipt, Vec::new())),
        Some(Err(refusal)) => return Err(refusal),
        None => return Err(Error::Bug("an event without an outcome".into())),
    };
    app.keys.limits.admit(sender, events.len())?;
    let appended = app.append(scope.clone(), Parcel::of(events), place).await?;
    match appended.into_iter().next() {
        Some(Appended::New(receipt)) => Ok(created(scope, &receipt, flags)),
        Some(Appended::Duplicate(receipt)) => Ok(duplicate(&receipt, flags)),
        Some(Appended::Conflict) => Err(Error::IdConflict),
        Some(Appended::Withheld) | None => Err(Error::Bug("an append without an outcome".into())),
    }
}

fn dry_run(Judged { sealed, verdict }: Judged) -> Result<HttpResponse> {
    let flags = verdict?;
    let event = RawValue::from_string(sealed.body).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(HttpResponse::Ok().json(AppendView::DryRun(DryRunView { dry_run: true, event, flags })))
}

/// Of each event that is refused for its type, the receipt that it has if it was recorded before that was so:
/// whoever sends again what was taken must hear so, however the catalog has changed meanwhile.
async fn recognize(
    app: &App,
    scope: &OrgScope<AppendEvents>,
    batch: &[Result<Judged>],
) -> Result<Vec<Option<Receipt>>> {
    let refused = batch.iter().flatten().filter(|judged| judged.verdict.is_err());
    let events: Vec<SealedEvent> = refused.map(|judged| judged.sealed.clone()).collect();
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let scope = scope.clone();
    app.db.read("events.recognize", move |conn| log::recognize(conn, &scope, &events)).await
}

/// The events that are to be appended, and what is known of each of the batch. `known` are the receipts of those
/// that are refused for their type, in order.
fn enter(batch: Batch, known: Vec<Option<Receipt>>) -> (Vec<SealedEvent>, Vec<Result<Entered>>) {
    let mut events = Vec::with_capacity(batch.len());
    let mut known = known.into_iter();
    let mut enter = |Judged { sealed, verdict }: Judged| match verdict {
        Ok(flags) => {
            events.push(sealed);
            Ok(Entered::New(flags))
        }
        Err(refusal) => known.next().flatten().map(Entered::Before).ok_or(refusal),
    };
    let entered = batch.into_iter().map(|judged| judged.and_then(&mut enter)).collect();
    (events, entered)
}

/// An atomic batch is refused for all that is wrong with any of it.
fn check_whole(entered: &[Result<Entered>]) -> Result<()> {
    let errors: Vec<FieldError> = entered
        .iter()
        .filter_map(|entered| entered.as_ref().err())
        .flat_map(|error| error.problem().errors)
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// An atomic batch with an id that is taken was not recorded.
fn check_appended(entered: &[Result<Entered>], appended: &[Appended]) -> Result<()> {
    let is_new = |entered: &Result<Entered>| matches!(entered, Ok(Entered::New(_)));
    let indexes = entered.iter().enumerate().filter(|(_, entered)| is_new(entered)).map(|(index, _)| index);
    let is_taken = |(index, outcome): (usize, &Appended)| {
        (*outcome == Appended::Conflict)
            .then(|| FieldError::new(format!("/events/{index}/id"), "id_conflict", "the id is taken"))
    };
    let errors: Vec<FieldError> = indexes.zip(appended).filter_map(is_taken).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::IdConflicts(errors)) }
}

fn created(scope: &OrgScope<AppendEvents>, receipt: &Receipt, flags: Vec<Flag>) -> HttpResponse {
    let location = format!("/v1/orgs/{}/events/{}", scope.slug(), receipt.id);
    HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, location))
        .json(ReceiptView::new(receipt, false, flags))
}

fn duplicate(receipt: &Receipt, flags: Vec<Flag>) -> HttpResponse {
    HttpResponse::Ok().json(AppendView::Receipt(ReceiptView::new(receipt, true, flags)))
}

/// The key that sends the events.
fn sender(permit: &Permit<AppendEvents>) -> Result<Arc<Key>> {
    match &permit.principal {
        Principal::Key(key) | Principal::Platform(key) => Ok(Arc::clone(key)),
        Principal::User(_) => Err(Error::Bug("a person was permitted to append".into())),
    }
}

/// What the events of this request have in common; taken when the whole request has been read.
async fn intake(
    app: &App,
    scope: OrgScope<AppendEvents>,
    key: &Key,
    idempotency: IdempotencyKey,
) -> Result<Intake> {
    Ok(Intake {
        catalog: app.catalog.current(&app.db).await?,
        scope,
        source: key.source.clone(),
        key_id: key.id,
        idempotency,
        received_at: app.clock.now(),
    })
}
