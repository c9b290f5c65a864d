//! The service's own events: every change of its state is recorded in the transaction that makes it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::{
    access::{ClientContext, OrgScope, permission::AppendEvents},
    catalog::{LiveCatalog, OWN_PACK},
    clock::Clock,
    db::{self, Conn},
    error::{Error, Result},
    events::input::{Author, NewEvent},
    id::{self, Id},
    log::{self, Appended, Parcel, Receipt, SealedEvent, Sealer, sealed::Context},
    orgs::Organization,
};

/// Who acts, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) party: Value,
    pub(crate) client: ClientContext,
}

/// An event about the service itself.
#[derive(Debug, Clone)]
pub(crate) struct OwnEvent(Map<String, Value>);

impl OwnEvent {
    /// An act that succeeded.
    pub(crate) fn new(action: &str, actor: impl Into<Value>) -> Self {
        let mut members = Map::new();
        members.insert("action".into(), action.into());
        members.insert("actor".into(), actor.into());
        members.insert("outcome".into(), "success".into());
        Self(members)
    }

    /// An act that succeeded, of a request.
    pub(crate) fn by(action: &str, actor: &Actor) -> Self {
        Self::new(action, actor.party.clone()).context(&actor.client)
    }

    /// The actor of what the service, or somebody at its command line, does.
    pub(crate) fn system_actor(id: &str) -> Value {
        json!({"type": "system", "id": id})
    }

    /// An attempt that failed, and why.
    pub(crate) fn failed(mut self, reason: &str) -> Self {
        self.0.insert("outcome".into(), "failure".into());
        self.reason(reason)
    }

    /// An attempt that was not allowed, and why.
    pub(crate) fn denied(mut self, reason: &str) -> Self {
        self.0.insert("outcome".into(), "denied".into());
        self.reason(reason)
    }

    /// Why it was done.
    pub(crate) fn reason(mut self, reason: &str) -> Self {
        self.0.insert("reason".into(), reason.into());
        self
    }

    /// Recorded at most once: whoever is not sure that it was may record it again under the same id.
    pub(crate) fn once(mut self, id: Id<id::Event>) -> Self {
        self.0.insert("id".into(), id.to_string().into());
        self
    }

    /// What was acted on.
    pub(crate) fn target(mut self, target: Value) -> Self {
        self.0.insert("targets".into(), Value::Array(vec![target]));
        self
    }

    /// What else there is to say.
    pub(crate) fn parameters(mut self, parameters: Value) -> Self {
        self.0.insert("parameters".into(), parameters);
        self
    }

    /// What changed, as (field, old, new).
    pub(crate) fn changes(mut self, changes: &[(&str, Value, Value)]) -> Self {
        let change =
            |(field, old, new): &(&str, Value, Value)| json!({"field": field, "old": old, "new": new});
        self.0.insert("changes".into(), changes.iter().map(change).collect());
        self
    }

    /// Where the request came from.
    pub(crate) fn context(mut self, context: &ClientContext) -> Self {
        self.0.insert("context".into(), context.to_json());
        self
    }

    /// How serious it is, in OCSF's words.
    pub(crate) fn severity(mut self, severity: &str) -> Self {
        self.0.insert("severity".into(), severity.into());
        self
    }
}

/// Appends own events, as the last statements of the acting transaction.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    pub(crate) catalog: Arc<LiveCatalog>,
    pub(crate) sealer: Sealer,
    pub(crate) clock: Clock,
}

impl Recorder {
    /// Appends one event to the log of `scope`.
    pub(crate) fn record(
        &self,
        conn: &mut Conn,
        scope: &OrgScope<AppendEvents>,
        event: OwnEvent,
    ) -> Result<Receipt> {
        let sealed = self.seal(scope, event)?;
        match log::append(conn, &self.sealer, scope, &[Parcel::of(vec![sealed])]) {
            Err(Error::Database(cause)) if db::is_unique_violation(&cause) => {
                Err(Error::Integrity("a row stands where the next event belongs".into()))
            }
            outcomes => appended(outcomes?),
        }
    }

    /// Appends the same event to several logs, in the order of their organizations' ids: one lock order for all.
    pub(crate) fn record_in_each<const LOGS: usize>(
        &self,
        conn: &mut Conn,
        mut logs: [&Arc<Organization>; LOGS],
        event: &OwnEvent,
    ) -> Result<()> {
        logs.sort_by_key(|organization| organization.id);
        for organization in logs {
            self.record(conn, &OrgScope::of_service(organization), event.clone())?;
        }
        Ok(())
    }

    /// Starts a log with its first event.
    pub(crate) fn create_log(
        &self,
        conn: &mut Conn,
        scope: &OrgScope<AppendEvents>,
        event: OwnEvent,
    ) -> Result<Receipt> {
        let sealed = self.seal(scope, event)?;
        appended(log::create(conn, &self.sealer, scope, Parcel::of(vec![sealed]), self.clock.now())?)
    }

    fn seal(&self, scope: &OrgScope<AppendEvents>, OwnEvent(members): OwnEvent) -> Result<SealedEvent> {
        let received_at = self.clock.now();
        // Through the same gate as everybody's: what is sealed here is as hard to take back.
        let raw = serde_json::value::to_raw_value(&members).map_err(|error| Error::Bug(error.to_string()))?;
        let event = NewEvent::parse(&raw, "", received_at, Author::Service)
            .map_err(|errors| Error::Bug(format!("an own event breaks the rules: {errors:?}")))?;
        let packs = &scope.organization().packs;
        let catalog = self.catalog.latest();
        SealedEvent::seal(event, &Context { catalog: &catalog, packs, source: OWN_PACK, received_at })
    }
}

fn appended(outcomes: Vec<Vec<Appended>>) -> Result<Receipt> {
    match outcomes.into_iter().flatten().next() {
        // Only an event that may be recorded again has an id that was there before.
        Some(Appended::New(receipt) | Appended::Duplicate(receipt)) => Ok(receipt),
        Some(Appended::Conflict | Appended::Withheld) | None => {
            Err(Error::Bug("an own event was not appended".into()))
        }
    }
}
