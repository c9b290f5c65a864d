//! What a reader wants to see, as one value: compiled to SQL by the store, evaluated in memory elsewhere.

use std::{net::IpAddr, time::Duration};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::input::{OUTCOMES, SEVERITIES, has_form_of_action};
use crate::{
    catalog::ActivityType,
    clock::Time,
    error::FieldError,
    log::sealed::{Columns, enclosed, fold},
};

/// Most values in one comma list.
pub(super) const VALUES_MAX: usize = 100;

/// An action, or all that begin with a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionMatch {
    /// `user.invited`
    Exactly(String),
    /// `user.*`: holds `user.`
    Prefix(String),
}

/// A conjunction: an event matches when every part that is not empty has a value that fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Any of these actions.
    pub actions: Vec<ActionMatch>,
    /// Any of these categories, case-folded.
    pub categories: Vec<String>,
    /// Any of these: the actor's id, name or e-mail, case-folded.
    pub actors: Vec<String>,
    /// Any of these: the id, name or e-mail of any target, case-folded.
    pub targets: Vec<String>,
    /// Any of these: the workspace's id or name, case-folded.
    pub workspaces: Vec<String>,
    /// Any of these activity types.
    pub activity_types: Vec<String>,
    /// Any of these outcomes.
    pub outcomes: Vec<String>,
    /// Any of these severities.
    pub severities: Vec<String>,
    /// Any of these sources, case-folded.
    pub sources: Vec<String>,
    /// Any of these addresses, in canonical form.
    pub ips: Vec<String>,
    /// Occurred at or after.
    pub since: Option<Time>,
    /// Occurred before.
    pub until: Option<Time>,
}

/// A filter as the parameters of a query spell it.
#[derive(Debug, Clone, Copy, Default)]
pub struct FilterText<'a> {
    pub action: Option<&'a str>,
    pub category: Option<&'a str>,
    pub actor: Option<&'a str>,
    pub target: Option<&'a str>,
    pub workspace: Option<&'a str>,
    pub activity_type: Option<&'a str>,
    pub outcome: Option<&'a str>,
    pub severity: Option<&'a str>,
    pub source: Option<&'a str>,
    pub ip: Option<&'a str>,
    pub since: Option<&'a str>,
    pub until: Option<&'a str>,
}

impl FilterText<'_> {
    /// Parses the parameters. Relative times are taken from `now`.
    pub fn parse(&self, now: Time) -> Result<Filter, Vec<FieldError>> {
        let mut errors = Vec::new();
        let filter = Filter {
            actions: list("action", self.action, &mut errors, action),
            categories: list("category", self.category, &mut errors, |text| Ok(fold(text))),
            actors: list("actor", self.actor, &mut errors, |text| Ok(fold(text))),
            targets: list("target", self.target, &mut errors, |text| Ok(fold(text))),
            workspaces: list("workspace", self.workspace, &mut errors, |text| Ok(fold(text))),
            activity_types: list("activity_type", self.activity_type, &mut errors, |text| {
                one_of(text, &ActivityType::ALL.map(ActivityType::name))
            }),
            outcomes: list("outcome", self.outcome, &mut errors, |text| one_of(text, &OUTCOMES)),
            severities: list("severity", self.severity, &mut errors, |text| one_of(text, &SEVERITIES)),
            sources: list("source", self.source, &mut errors, |text| Ok(fold(text))),
            ips: list("ip", self.ip, &mut errors, address),
            since: instant("since", self.since, now, &mut errors),
            until: instant("until", self.until, now, &mut errors),
        };
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }

    const fn parts(&self) -> [Option<&str>; 12] {
        [
            self.action,
            self.category,
            self.actor,
            self.target,
            self.workspace,
            self.activity_type,
            self.outcome,
            self.severity,
            self.source,
            self.ip,
            self.since,
            self.until,
        ]
    }

    /// A hash of the parameters as they were sent, for cursors: the same query is the same text.
    pub fn hash(&self) -> [u8; 16] {
        let mut hash = Sha256::new();
        for part in self.parts() {
            // Absent and empty differ, and no two lists of parts run together.
            hash.update(part.map_or(u64::MAX, |text| u64::try_from(text.len()).unwrap_or(0)).to_be_bytes());
            hash.update(part.unwrap_or_default());
        }
        first_half(hash)
    }
}

fn first_half(hash: Sha256) -> [u8; 16] {
    let hash: [u8; 32] = hash.finalize().into();
    let (half, _) = hash.split_first_chunk().unwrap_or((&[0; 16], &[]));
    *half
}

/// What is wrong with a value: which rule it breaks, and the way out.
type Wrong = (&'static str, String);

fn action(text: &str) -> Result<ActionMatch, Wrong> {
    let action = fold(text);
    let prefix = action.strip_suffix(".*").filter(|words| has_form_of_action(&format!("{words}.x")));
    if let Some(words) = prefix {
        return Ok(ActionMatch::Prefix(format!("{words}.")));
    }
    if has_form_of_action(&action) {
        return Ok(ActionMatch::Exactly(action));
    }
    let message = "an action like user.invited, or all that begin with some of its words like user.*";
    Err(("invalid_format", message.to_owned()))
}

fn one_of(text: &str, known: &[&str]) -> Result<String, Wrong> {
    let text = fold(text);
    if known.contains(&text.as_str()) {
        return Ok(text);
    }
    Err(("unknown_value", format!("must be one of {}", known.join(", "))))
}

fn address(text: &str) -> Result<String, Wrong> {
    let message = "a whole IPv4 or IPv6 address, like 203.0.113.7 or 2001:db8::7; no ranges";
    let address: IpAddr = text.parse().ok().ok_or(("invalid_format", message.to_owned()))?;
    Ok(address.to_canonical().to_string())
}

/// The values of a comma list, or the first thing that is wrong with one of them.
fn list<T>(
    name: &'static str,
    text: Option<&str>,
    errors: &mut Vec<FieldError>,
    parse: impl Fn(&str) -> Result<T, Wrong>,
) -> Vec<T> {
    let Some(text) = text else { return Vec::new() };
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() > VALUES_MAX {
        errors.push(FieldError::new(name, "too_many", format!("at most {VALUES_MAX} values")));
        return Vec::new();
    }
    let mut values = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        match value(part).and_then(&parse) {
            Ok(value) => values.push(value),
            Err((code, message)) => {
                let which = if parts.len() > 1 { format!("value {}: ", index + 1) } else { String::new() };
                errors.push(FieldError::new(name, code, format!("{which}{message}")));
                break;
            }
        }
    }
    values
}

fn value(part: &str) -> Result<&str, Wrong> {
    if part.is_empty() {
        let message = "must not be empty; leave the parameter out to see everything";
        return Err(("invalid_format", message.to_owned()));
    }
    if part.contains('\0') {
        return Err(("invalid_string", "must not hold a NUL character".to_owned()));
    }
    Ok(part)
}

fn instant(name: &'static str, text: Option<&str>, now: Time, errors: &mut Vec<FieldError>) -> Option<Time> {
    let text = text?;
    let time = relative(text, now).or_else(|| midnight(text)).or_else(|| Time::parse_rfc3339(text).ok());
    if time.is_none() {
        errors.push(FieldError::new(
            name,
            "invalid_format",
            "an RFC 3339 time (2026-11-02T10:15:30Z), a date (2026-11-02, in UTC), or a span back from now (-15m, -24h, -7d)",
        ));
    }
    time
}

/// `-15m`, `-24h`, `-7d`
fn relative(text: &str, now: Time) -> Option<Time> {
    let text = text.strip_prefix('-')?;
    let unit = text.chars().last()?;
    let count: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let back = count.checked_mul(seconds).filter(|seconds| *seconds <= 10_000 * 366 * 24 * 60 * 60)?;
    Some(now.minus(Duration::from_secs(back)))
}

fn midnight(text: &str) -> Option<Time> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)?;
    Time::parse_rfc3339(&format!("{date}T00:00:00Z")).ok()
}

impl ActionMatch {
    fn matches(&self, action: &str) -> bool {
        match self {
            Self::Exactly(wanted) => action == wanted,
            Self::Prefix(prefix) => action.starts_with(prefix),
        }
    }
}

impl Filter {
    /// Whether an event with these columns passes: the same answer as the SQL that the store makes of it.
    pub fn matches(&self, columns: &Columns, occurred_at: Time) -> bool {
        fn any_of<T>(wanted: &[T], fits: impl Fn(&T) -> bool) -> bool {
            wanted.is_empty() || wanted.iter().any(fits)
        }
        any_of(&self.actions, |action| action.matches(&columns.action))
            && any_of(&self.categories, |category| columns.category.as_ref() == Some(category))
            && any_of(&self.actors, |actor| {
                columns.actor_id == *actor
                    || columns.actor_name.as_ref() == Some(actor)
                    || columns.actor_email.as_ref() == Some(actor)
            })
            && any_of(&self.targets, |target| {
                columns.targets.as_ref().is_some_and(|targets| targets.contains(&enclosed(target)))
            })
            && any_of(&self.workspaces, |workspace| {
                columns.workspace_id.as_ref() == Some(workspace)
                    || columns.workspace_name.as_ref() == Some(workspace)
            })
            && any_of(&self.activity_types, |kind| columns.activity_type.as_ref() == Some(kind))
            && any_of(&self.outcomes, |outcome| columns.outcome == *outcome)
            && any_of(&self.severities, |severity| columns.severity == *severity)
            && any_of(&self.sources, |source| columns.source == *source)
            && any_of(&self.ips, |ip| columns.ip.as_ref() == Some(ip))
            && self.since.is_none_or(|since| since <= occurred_at)
            && self.until.is_none_or(|until| occurred_at < until)
    }

    /// A hash of the filter, for cursors: the same scope is narrowed the same way.
    pub fn hash(&self) -> [u8; 16] {
        first_half(Sha256::new().chain_update(format!("{self:?}")))
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Time {
        Time::parse_rfc3339("2026-11-25T12:00:00Z").unwrap()
    }

    fn since(text: &str) -> Option<String> {
        let filter = FilterText { since: Some(text), ..FilterText::default() }.parse(now()).ok()?;
        filter.since.map(Time::to_rfc3339)
    }

    #[test]
    fn times_are_absolute_dates_or_spans() {
        assert_eq!(since("-15m").unwrap(), "2026-11-25T11:45:00.000000Z");
        assert_eq!(since("-7d").unwrap(), "2026-11-18T12:00:00.000000Z");
        assert_eq!(since("2026-11-02").unwrap(), "2026-11-02T00:00:00.000000Z");
        assert_eq!(since("2026-11-02T10:00:00+02:00").unwrap(), "2026-11-02T08:00:00.000000Z");
        for text in ["", "-", "-7", "7d", "-7w", "-é", "2026-11-2", "2026-13-01", "tomorrow", "-99999999999d"]
        {
            assert_eq!(since(text), None, "{text}");
        }
    }

    #[test]
    fn actions_are_exact_or_prefixes() {
        let parse = |text| FilterText { action: Some(text), ..FilterText::default() }.parse(now());
        assert_eq!(
            parse("user.invited, User.*").unwrap().actions,
            [ActionMatch::Exactly("user.invited".into()), ActionMatch::Prefix("user.".into())]
        );
        for text in ["", "user", "*", ".*", "user*", "user.*.x", "user.invited,", "us er.x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
