//! What senders are answered: receipts, and what became of each event of a batch.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    clock::Time,
    error::{Error, Problem, Result},
    events::{intake::Flag, schema::EventInput},
    id::{self, Id},
    log::{Appended, Receipt},
};

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
    pub(super) fn new(receipt: &Receipt, duplicate: bool, flags: Vec<Flag>) -> Self {
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
    pub(super) dry_run: bool,
    /// The event as it would be sealed, but for the times and an id that the server makes.
    #[schema(value_type = Object)]
    pub(super) event: Box<RawValue>,
    /// What is odd about it; absent when nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) flags: Vec<Flag>,
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

/// What is known of an event that is not refused, before anything is appended.
#[derive(Debug)]
pub(super) enum Entered {
    /// It is to be appended; what is odd about it.
    New(Vec<Flag>),
    /// It is in the log already.
    Before(Receipt),
}

/// Puts the outcomes of the events that were appended among the others.
pub(super) fn report(entered: Vec<Result<Entered>>, appended: Vec<Appended>) -> BatchView {
    let mut appended = appended.into_iter();
    BatchView::of(entered.into_iter().map(|entered| {
        let flags = match entered? {
            Entered::New(flags) => flags,
            Entered::Before(receipt) => {
                return Ok(Item::recorded(ItemStatus::Duplicate, &receipt, Vec::new()));
            }
        };
        match appended.next() {
            Some(Appended::New(receipt)) => Ok(Item::recorded(ItemStatus::Accepted, &receipt, flags)),
            Some(Appended::Duplicate(receipt)) => Ok(Item::recorded(ItemStatus::Duplicate, &receipt, flags)),
            Some(Appended::Conflict) => Err(Error::IdConflict),
            Some(Appended::Withheld) | None => Err(Error::Bug("an append without an outcome".into())),
        }
    }))
}

/// What would become of each event, as far as can be told without the log.
pub(super) fn dry_report(entered: Vec<Result<Entered>>) -> BatchView {
    let valid = |entered| match entered {
        Entered::New(flags) => Item { status: ItemStatus::Valid, receipt: None, flags },
        Entered::Before(receipt) => Item::recorded(ItemStatus::Duplicate, &receipt, Vec::new()),
    };
    let mut view = BatchView::of(entered.into_iter().map(|entered| entered.map(valid)));
    view.valid = Some(view.results.len() - view.rejected);
    view
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

impl ItemView {
    fn new(index: usize, Item { status, receipt, flags }: Item, problem: Option<Problem>) -> Self {
        let item = Self {
            index,
            status,
            id: None,
            sequence: None,
            leaf_hash: None,
            received_at: None,
            duplicate: None,
            flags,
            problem,
        };
        match receipt {
            None => item,
            Some(ReceiptView { id, sequence, leaf_hash, received_at, duplicate, flags: _ }) => Self {
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
            match item.status {
                ItemStatus::Accepted => view.accepted += 1,
                ItemStatus::Duplicate => view.duplicates += 1,
                ItemStatus::Rejected => view.rejected += 1,
                ItemStatus::Valid => {}
            }
            view.results.push(ItemView::new(index, item, problem));
        }
        view
    }
}
