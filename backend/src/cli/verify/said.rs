//! What `annals verify` says: lines for people, or JSON for programs.

use serde::Serialize;
use serde_json::json;

use crate::log::verify::{GivenUp, Report};

/// How it is said.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Text,
    Json,
}

/// All logs together.
#[derive(Debug, Default)]
pub(super) struct Summary {
    logs: usize,
    events: u64,
    damaged: Vec<String>,
    notes: usize,
}

impl Summary {
    pub(super) fn add(&mut self, report: &Report) {
        self.logs += 1;
        self.events += report.events;
        self.damaged.extend((!report.findings.is_empty()).then(|| report.name.clone()));
        self.notes += report.notes.len();
    }

    pub(super) const fn is_good(&self) -> bool {
        self.damaged.is_empty()
    }

    pub(super) const fn has_notes(&self) -> bool {
        self.notes > 0
    }
}

impl Form {
    /// One log.
    pub(super) fn report(self, report: &Report) -> String {
        match self {
            Self::Text => text(report),
            Self::Json => json!({
                "organization": report.org.map(|_| &report.name),
                "organization_id": report.org,
                "log_id": report.log,
                "epoch": report.epoch,
                "result": result(report.findings.is_empty()),
                "events": report.events,
                "root": report.root,
                "checkpoints": report.checkpoints,
                "given_up": report.given_up.iter().map(given_up_json).collect::<Vec<_>>(),
                "findings": report.findings.iter().map(Said::of).collect::<Vec<_>>(),
                "notes": report.notes.iter().map(Said::of).collect::<Vec<_>>(),
            })
            .to_string(),
        }
    }

    /// All logs together.
    pub(super) fn summary(self, summary: &Summary) -> String {
        let Summary { logs, events, damaged, notes } = summary;
        match self {
            Self::Text => {
                let noun = if *logs == 1 { "log" } else { "logs" };
                let checked = format!("{logs} {noun} checked, {events} events");
                let notes = if *notes == 0 { String::new() } else { format!("; notes: {notes}") };
                if damaged.is_empty() {
                    format!("{checked}: all accounted for{notes}")
                } else {
                    format!("{checked}: {} DAMAGED: {}{notes}", damaged.len(), damaged.join(", "))
                }
            }
            Self::Json => json!({
                "result": result(damaged.is_empty()),
                "logs": logs,
                "events": events,
                "damaged": damaged.len(),
                "notes": notes,
            })
            .to_string(),
        }
    }
}

const fn result(is_good: bool) -> &'static str {
    if is_good { "good" } else { "damaged" }
}

/// A finding or note with its words.
#[derive(Serialize)]
struct Said<'a, T> {
    #[serde(flatten)]
    what: &'a T,
    message: String,
}

impl<'a, T: ToString> Said<'a, T> {
    fn of(what: &'a T) -> Self {
        Self { what, message: what.to_string() }
    }
}

fn given_up_json(GivenUp { epoch, sequences, checkpoints }: &GivenUp) -> serde_json::Value {
    json!({
        "epoch": epoch,
        "first_sequence": sequences.map(|(first, _)| first),
        "last_sequence": sequences.map(|(_, last)| last),
        "checkpoints": checkpoints,
    })
}

fn text(report: &Report) -> String {
    let Report { name, events, root, checkpoints, findings, notes, .. } = report;
    let given_up: String = report.given_up.iter().map(given_up_text).collect();
    let first = if findings.is_empty() {
        format!(
            "{name}: {events} events, all accounted for; root {root}; {checkpoints} checkpoints agree{given_up}"
        )
    } else {
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        format!("{name}: DAMAGED after {events} good events: {}{given_up}", findings.join("; "))
    };
    notes.iter().fold(first, |lines, note| format!("{lines}\n{name}: note: {note}"))
}

fn given_up_text(GivenUp { epoch, sequences, checkpoints }: &GivenUp) -> String {
    let what = match sequences {
        Some((first, last)) => format!("events {first} to {last} were given up"),
        None => format!("epoch {epoch} was given up"),
    };
    match checkpoints {
        0 => format!("; {what}"),
        1 => format!("; {what}, and a checkpoint with them"),
        many => format!("; {what}, and {many} checkpoints with them"),
    }
}
