//! The filters of the list that are measured, each with what it must find.

use crate::rows::Facts;

/// A filter, with a value that many events have, or only a few.
pub(crate) struct Filter {
    pub(crate) what: &'static str,
    pub(crate) query: &'static str,
    pub(crate) fits: fn(&Facts<'_>) -> bool,
}

const fn filter(what: &'static str, query: &'static str, fits: fn(&Facts<'_>) -> bool) -> Filter {
    Filter { what, query, fits }
}

fn is_invitation(facts: &Facts<'_>) -> bool {
    facts.kind.is_some_and(|kind| kind.action == "user.invited")
}

/// One that has an index of its own.
pub(crate) const ONE_ACTION: Filter = filter("action, common", "action=user.invited", is_invitation);

pub(crate) const FILTERS: [Filter; 17] = [
    ONE_ACTION,
    filter("action, rare", "action=custom.rare_act", |facts| facts.kind.is_none()),
    filter("actions by prefix", "action=user.*", |facts| {
        facts.kind.is_some_and(|kind| kind.action.starts_with("user."))
    }),
    filter("category", "category=Users", |facts| facts.kind.is_some_and(|kind| kind.category == "Users")),
    filter("activity type", "activity_type=setting_update", |facts| {
        facts.kind.is_some_and(|kind| kind.activity_type == "setting_update")
    }),
    filter("actor, common", "actor=u_1", |facts| facts.actor == Some(1)),
    filter("actor, rare", "actor=u_rare", |facts| facts.actor.is_none()),
    filter("target, common", "target=t_1", |facts| facts.target == Some(1)),
    filter("target, rare", "target=t_rare", |facts| facts.target.is_none()),
    filter("workspace, common", "workspace=ws_1", |facts| facts.workspace == Some(1)),
    filter("workspace, rare", "workspace=ws_rare", |facts| facts.workspace.is_none()),
    filter("outcome", "outcome=failure", |facts| facts.is_failure),
    filter("severity", "severity=high", |facts| facts.is_high),
    filter("source", "source=bench-writer", |_| true),
    filter("address", "ip=203.0.113.7", |facts| facts.address == 7),
    filter("actor and action", "actor=u_1&action=user.invited", |facts| {
        facts.actor == Some(1) && is_invitation(facts)
    }),
    filter("actor and outcome", "actor=u_1&outcome=failure", |facts| {
        facts.actor == Some(1) && facts.is_failure
    }),
];
