//! What an answer must hold, known from what was posted.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{Result, http::Client, process::Service, rows::ticket};

/// Most events that a page may have.
pub(crate) const PAGE_MAX: usize = 1_000;

/// The answer that is right.
#[derive(Clone)]
pub(crate) enum Right {
    /// A page of a list: these events in this order, and maybe more, which the list goes on with. Before the first
    /// come events that the service recorded of itself, if they fit; they are newer than all that were posted.
    Page { tickets: Vec<String>, limit: usize },
    /// One event with this id.
    One(String),
    /// The tail: sequences from this one on, so many.
    Tail { from: u64, events: u64 },
}

impl Right {
    /// A page of events with these numbers, in this order.
    pub(crate) fn page(numbers: &[u64], limit: usize) -> Self {
        Self::Page { tickets: numbers.iter().copied().map(ticket).collect(), limit }
    }

    /// Fails when the answer is another one.
    pub(crate) fn check(&self, answer: &Value, own: &BTreeSet<String>) -> Result<()> {
        let is_right = match self {
            Self::Page { tickets, limit } => is_page(answer, tickets, *limit, own)?,
            Self::One(id) => at(answer, "/id")? == id.as_str(),
            Self::Tail { from, events } => {
                let sequences: Vec<_> = data(answer)?.iter().map(|event| event.get("sequence")).collect();
                let right = (*from..from + events).map(Some);
                sequences.iter().map(|sequence| sequence.and_then(Value::as_u64)).eq(right)
            }
        };
        if is_right { Ok(()) } else { Err("it is not what was posted".into()) }
    }
}

fn is_page(answer: &Value, tickets: &[String], limit: usize, own: &BTreeSet<String>) -> Result<bool> {
    let events = data(answer)?;
    let is_own = |event: &&Value| event.get("id").and_then(Value::as_str).is_some_and(|id| own.contains(id));
    let own = events.iter().take_while(is_own).count();
    let posted = events.iter().skip(own).map(|event| event.pointer("/parameters/ticket"));
    let right = tickets.iter().take(limit - own);
    let has_more = at(answer, "/page/has_more")?.as_bool();
    Ok(posted.map(|ticket| ticket.and_then(Value::as_str)).eq(right.map(|ticket| Some(ticket.as_str())))
        && has_more == Some(own + tickets.len() > limit))
}

/// What an answer holds at a JSON pointer.
pub(crate) fn at<'a>(answer: &'a Value, pointer: &str) -> Result<&'a Value> {
    Ok(answer.pointer(pointer).ok_or_else(|| format!("no {pointer} in the answer"))?)
}

fn data(answer: &Value) -> Result<&Vec<Value>> {
    Ok(at(answer, "/data")?.as_array().ok_or("data is no list")?)
}

/// The ids on the newest page: of everything, while there is little.
pub(crate) async fn ids(service: &Service) -> Result<BTreeSet<String>> {
    let mut client = Client::connect(&service.address).await?;
    let path = format!("/v1/orgs/acme/events?limit={PAGE_MAX}");
    let (page, _) = client.get(&service.read_key, &path).await?;
    let ids = data(&page)?.iter().filter_map(|event| event.get("id")?.as_str());
    Ok(ids.map(ToOwned::to_owned).collect())
}
