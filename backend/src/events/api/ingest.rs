//! Events in: one, or a batch.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    post, web,
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    access::{OrgScope, Permit, Principal, permission::AppendEvents},
    app::App,
    clock::Time,
    error::{Error, FieldError, Problem, Result},
    events::{
        input::NewEvent,
        schema::EventInput,
        strict::{Items, Members, pointer},
    },
    http::{
        json::RawJson,
        problems,
        query::{NoQuery, Params},
    },
    id::{self, Id},
    log::{Appended, Receipt, SealedEvent, sealed::Context},
};

/// Most events in one batch.
const BATCH_EVENTS_MAX: usize = 1_000;

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
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
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
    permit: Permit<AppendEvents>,
    _query: Params<NoQuery>,
    body: RawJson<{ 64 * 1024 }>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let received_at = app.clock.now();
    let event = NewEvent::parse(body.parse()?, "", received_at).map_err(Error::Invalid)?;
    let sealed = seal(&app, &permit, event, received_at)?;
    let appended = app.writer.append(permit.scope.clone(), vec![sealed]).await?;
    match appended.into_iter().next() {
        Some(Appended::New(receipt)) => Ok(created(&permit.scope, &receipt)),
        Some(Appended::Duplicate(receipt)) => Ok(HttpResponse::Ok().json(ReceiptView::new(&receipt, true))),
        Some(Appended::Conflict) => Err(Error::IdConflict),
        None => Err(Error::Bug("an append without an outcome".into())),
    }
}

/// Record a batch of events
///
/// Answers after every accepted event is durable and has its place, in the order of the batch. Each event
/// stands for itself: look at `results`. A retry of the whole batch is safe when the events bring ids.
#[utoipa::path(
    tag = "events",
    params(("org" = String, Path, description = "Slug or id of the organization", example = "acme")),
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
    permit: Permit<AppendEvents>,
    _query: Params<NoQuery>,
    body: RawJson<{ 8 * 1024 * 1024 }>,
    app: web::Data<App>,
) -> Result<web::Json<BatchView>> {
    let received_at = app.clock.now();
    let (sealed, refused) = seal_batch(&app, &permit, body.parse()?, received_at)?;
    let appended =
        if sealed.is_empty() { Vec::new() } else { app.writer.append(permit.scope, sealed).await? };
    Ok(web::Json(report(refused, appended)))
}

fn created(scope: &OrgScope, receipt: &Receipt) -> HttpResponse {
    let location = format!("/v1/orgs/{}/events/{}", scope.slug(), receipt.id);
    HttpResponse::build(StatusCode::CREATED)
        .insert_header((header::LOCATION, location))
        .json(ReceiptView::new(receipt, false))
}

fn seal(app: &App, permit: &Permit<AppendEvents>, event: NewEvent, received_at: Time) -> Result<SealedEvent> {
    let source = match &permit.principal {
        Principal::Key(key) => &key.name,
        Principal::User(_) => return Err(Error::Bug("a person was permitted to append".into())),
    };
    let packs = &permit.scope.organization().packs;
    SealedEvent::seal(event, &Context { catalog: &app.catalog, packs, source, received_at })
}

/// For each event of the batch, in order: why it was refused, or nothing.
type Refused = Vec<Option<Error>>;

fn seal_batch(
    app: &App,
    permit: &Permit<AppendEvents>,
    body: &RawValue,
    received_at: Time,
) -> Result<(Vec<SealedEvent>, Refused)> {
    let mut sealed = Vec::new();
    let mut refused = Vec::new();
    for (index, raw) in batch_items(body)?.into_iter().enumerate() {
        match NewEvent::parse(raw, &format!("/events/{index}"), received_at) {
            Ok(event) => {
                sealed.push(seal(app, permit, event, received_at)?);
                refused.push(None);
            }
            Err(errors) => refused.push(Some(Error::Invalid(errors))),
        }
    }
    Ok((sealed, refused))
}

/// The items of `{"events":[…]}`.
fn batch_items(body: &RawValue) -> Result<Vec<&RawValue>> {
    let invalid =
        |pointer: String, code, message: &str| Error::Invalid(vec![FieldError::new(pointer, code, message)]);
    let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(body.get()) else {
        return Err(invalid(String::new(), "wrong_type", "must be an object with the events under `events`"));
    };
    let mut found = None;
    for (name, value) in &members {
        if name != "events" {
            return Err(invalid(
                pointer("", name),
                "unknown_field",
                "there is no such member; known is events",
            ));
        }
        if found.replace(*value).is_some() {
            return Err(invalid("/events".into(), "repeated_key", "the key stands in the object twice"));
        }
    }
    let events = found.ok_or_else(|| invalid("/events".into(), "required", "is required"))?;
    let Ok(Items(items)) = serde_json::from_str::<Items<'_>>(events.get()) else {
        return Err(invalid("/events".into(), "wrong_type", "must be an array"));
    };
    if items.is_empty() || items.len() > BATCH_EVENTS_MAX {
        return Err(invalid("/events".into(), "out_of_range", &format!("1 to {BATCH_EVENTS_MAX} events")));
    }
    Ok(items)
}

/// Puts the outcomes of the accepted events back among the refused ones.
fn report(refused: Refused, appended: Vec<Appended>) -> BatchView {
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
