//! From the JSON of a request to sealed events, for whoever has permission to append.

use std::sync::Arc;

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{
    idempotency::IdempotencyKey,
    input::{Author, NewEvent},
    strict::{Items, Members, listed, pointer},
};
use crate::{
    access::{OrgScope, permission::AppendEvents},
    catalog::Catalog,
    clock::Time,
    error::{Error, FieldError, Result},
    http::{body::Format, json},
    id::{self, Id},
    log::{SealedEvent, sealed::Context},
    orgs::UnknownActions,
};

/// Most events in one batch.
const BATCH_EVENTS_MAX: usize = 1_000;

/// What all events of one request have in common.
#[derive(Debug)]
pub(crate) struct Intake {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) scope: OrgScope<AppendEvents>,
    /// The API key's, which every event carries.
    pub(crate) source: String,
    pub(crate) key_id: Id<id::Key>,
    pub(crate) idempotency: IdempotencyKey,
    /// When the whole request had been read.
    pub(crate) received_at: Time,
}

/// What is odd about an event that was taken all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Flag {
    /// No event type of the organization's packs describes its action.
    UnknownAction,
}

/// A well-formed event, and what its type makes of it.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) sealed: SealedEvent,
    /// The flags that it is recorded with; or why it is refused, unless it was recorded before that was so.
    pub(crate) verdict: Result<Vec<Flag>>,
}

/// A batch, taken apart: what became of each of its events, in order.
pub(crate) type Batch = Vec<Result<Judged>>;

impl Intake {
    /// The one event of a request, not yet judged.
    pub(crate) fn read(&self, text: &str) -> Result<NewEvent> {
        self.parse(json::lex(text)?, "")
    }

    /// The events of a batch: `{"events": […]}`, or one a line. Each stands for itself.
    pub(crate) fn batch(&self, text: &str, format: Format) -> Result<Batch> {
        let items = match format {
            Format::Json => batch_items(json::lex(text)?)?.into_iter().map(Ok).collect(),
            Format::Ndjson => lines(text)?,
        };
        let mut batch = Batch::new();
        for (index, item) in items.into_iter().enumerate() {
            let at = format!("/events/{index}");
            let event = match item {
                Ok(raw) => self.parse(raw, &at).and_then(|event| self.judge(event, &at, index)),
                Err(reason) => Err(Error::Invalid(vec![FieldError::new(at, "malformed_json", reason)])),
            };
            match event {
                judged @ (Ok(_) | Err(Error::Invalid(_))) => batch.push(judged),
                Err(error) => return Err(error),
            }
        }
        Ok(batch)
    }

    fn parse(&self, raw: &RawValue, at: &str) -> Result<NewEvent> {
        NewEvent::parse(raw, at, self.received_at, Author::Client).map_err(Error::Invalid)
    }

    /// Whether judging the event is work for a thread that may be busy.
    pub(crate) fn is_work_to_judge(&self, event: &NewEvent) -> bool {
        let entry = self.catalog.find(&self.scope.organization().packs, event.action());
        entry.is_some_and(|entry| entry.parameters.is_some())
    }

    /// Judges an event by its type, and seals it. One that is refused and brings no id is done with.
    pub(crate) fn judge(&self, mut event: NewEvent, at: &str, index: usize) -> Result<Judged> {
        let verdict = self.check_type(&event, at);
        event.id = event.id.or_else(|| self.idempotency.event_id(self.scope.org_id(), self.key_id, index));
        if event.id.is_none()
            && let Err(refusal) = verdict
        {
            return Err(refusal);
        }
        let context = Context {
            catalog: &self.catalog,
            packs: &self.scope.organization().packs,
            source: &self.source,
            received_at: self.received_at,
        };
        Ok(Judged { sealed: SealedEvent::seal(event, &context)?, verdict })
    }

    /// Holds the event against its type, or against what the organization makes of actions that have none.
    fn check_type(&self, event: &NewEvent, at: &str) -> Result<Vec<Flag>> {
        let (organization, action) = (self.scope.organization(), event.action());
        if let Some(entry) = self.catalog.find(&organization.packs, action) {
            let Some(schema) = &entry.parameters else { return Ok(Vec::new()) };
            let errors = schema.check(event.members.get("parameters"), &format!("{at}/parameters"));
            return if errors.is_empty() { Ok(Vec::new()) } else { Err(Error::Invalid(listed(errors, at))) };
        }
        match organization.unknown_actions {
            UnknownActions::Allow => Ok(Vec::new()),
            UnknownActions::Flag => Ok(vec![Flag::UnknownAction]),
            UnknownActions::Reject => {
                let message = match self.catalog.nearest(&organization.packs, action) {
                    Some(known) => format!("no event type has this action; did you mean {known}?"),
                    None => "no event type has this action, and the organization takes no others".into(),
                };
                Err(invalid(&format!("{at}/action"), "unknown_action", &message))
            }
        }
    }
}

/// An item of a batch, or why it is none.
type Item<'a> = Result<&'a RawValue, &'static str>;

/// The lines of NDJSON; empty ones say nothing.
fn lines(text: &str) -> Result<Vec<Item<'_>>> {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty()).take(BATCH_EVENTS_MAX + 1).collect();
    check_count(lines.len())?;
    let lexed =
        lines.into_iter().map(|line| serde_json::from_str(line).ok().ok_or("the line is not valid JSON"));
    Ok(lexed.collect())
}

fn batch_items(body: &RawValue) -> Result<Vec<&RawValue>> {
    let Ok(Members(members)) = serde_json::from_str::<Members<'_>>(body.get()) else {
        return Err(invalid("", "wrong_type", "must be an object with the events under `events`"));
    };
    let mut found = None;
    for (name, value) in &members {
        if name != "events" {
            let message = "there is no such member; known is events";
            return Err(invalid(&pointer("", name), "unknown_field", message));
        }
        if found.replace(*value).is_some() {
            return Err(invalid("/events", "repeated_key", "the key stands in the object twice"));
        }
    }
    let events = found.ok_or_else(|| invalid("/events", "required", "is required"))?;
    let Ok(Items(items)) = serde_json::from_str::<Items<'_>>(events.get()) else {
        return Err(invalid("/events", "wrong_type", "must be an array"));
    };
    check_count(items.len())?;
    Ok(items)
}

fn check_count(events: usize) -> Result<()> {
    if (1..=BATCH_EVENTS_MAX).contains(&events) {
        return Ok(());
    }
    Err(invalid("/events", "out_of_range", &format!("1 to {BATCH_EVENTS_MAX} events")))
}

fn invalid(pointer: &str, code: &'static str, message: &str) -> Error {
    Error::Invalid(vec![FieldError::new(pointer, code, message)])
}
