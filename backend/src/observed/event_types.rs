//! The event types of an organization over HTTP, with how often each was observed.

#![expect(unused_qualifications, reason = "utoipa writes the types of parameters with a path")]

use std::collections::BTreeMap;

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{api::Observed, catch_up, listing, tally::Seen};
use crate::{
    access::{Granted, Permit, permission::ReadEvents},
    app::App,
    catalog::{Catalog, EventType, api::check_pack},
    error::Result,
    http::{problems, query::Params},
    log::sealed::fold,
};

/// Most actions without an event type in one answer, the most frequent ones. Anybody with a key can make up
/// as many as they like.
const UNKNOWN_MAX: usize = 1_000;

/// Which event types to list. Several conditions must all hold.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrganizationEventTypesQuery {
    /// Only this pack.
    #[param(example = "blink")]
    pack: Option<String>,
    /// Only this category, in any case.
    #[param(example = "Users")]
    category: Option<String>,
    /// Only those that occur in the log (true), or that do not (false).
    observed: Option<bool>,
}

/// An event type that describes an action of the organization's events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KnownAction {
    #[serde(flatten)]
    event_type: EventType,
    /// Always true.
    known: bool,
    /// How often it occurs in the log; absent when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<Observed>,
}

/// An action that occurs in the log, and that no event type of the organization describes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnknownAction {
    /// The action.
    #[schema(example = "report.opened")]
    action: String,
    /// Always false.
    known: bool,
    /// How often it occurs in the log.
    observed: Observed,
}

/// An action of the organization: one that is described, or one that only occurs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum OrganizationEventType {
    Known(Box<KnownAction>),
    Unknown(UnknownAction),
}

/// The actions of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrganizationEventTypeList {
    /// Pack by pack in the organization's order, `annals` last of them; then the actions without an event type.
    data: Vec<OrganizationEventType>,
    /// The counts are of the log below this sequence, and exact.
    #[schema(minimum = 0, example = 8123)]
    as_of: i64,
    /// Present, and true, when there are more actions without an event type than the 1,000 most frequent ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    more_unknown: Option<bool>,
}

/// List an organization's event types
///
/// The one event type per action that describes events from now on (of the first of the organization's packs that
/// has the action) and how often the action occurs in the log. Then the actions that occur without having an
/// event type; not when a pack or category is asked for, since they have none.
#[utoipa::path(
    tag = "catalog",
    params(
        ("org" = String, Path, description = "Slug or id of the organization", example = "acme"),
        OrganizationEventTypesQuery,
    ),
    responses(
        (status = 200, description = "The event types", body = OrganizationEventTypeList),
        problems::InOrganization,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("events:read"))),
)]
#[get("/v1/orgs/{org}/event-types")]
pub(crate) async fn list_organization_event_types(
    granted: Granted<Permit<ReadEvents>, Params<OrganizationEventTypesQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<OrganizationEventTypeList>> {
    let Granted(permit, query) = granted;
    let catalog = app.catalog.current(&app.db).await?;
    if let Some(pack) = &query.pack {
        check_pack(&catalog, pack)?;
    }
    catch_up(&app.db, &permit.scope).await?;
    let scope = permit.scope.clone();
    let (as_of, actions) =
        app.db.read("observed.actions", move |conn| listing::actions(conn, &scope)).await?;
    let mut observed: BTreeMap<String, Seen> = actions.into_iter().collect();
    let mut data = query.known(&catalog, &permit.scope.organization().packs, &mut observed);
    let (unknown, is_cut) = query.unknown(observed);
    data.extend(unknown);
    Ok(web::Json(OrganizationEventTypeList { data, as_of, more_unknown: is_cut.then_some(true) }))
}

impl OrganizationEventTypesQuery {
    /// The event types that are asked for. Takes the counts of every action that has one.
    fn known(
        &self,
        catalog: &Catalog,
        packs: &[String],
        observed: &mut BTreeMap<String, Seen>,
    ) -> Vec<OrganizationEventType> {
        let mut listed = Vec::new();
        for event_type in catalog.effective(packs) {
            let observed = observed.remove(&event_type.action).map(Observed::from);
            if self.wants(event_type) && self.observed.is_none_or(|wanted| wanted == observed.is_some()) {
                let known = KnownAction { event_type: event_type.clone(), known: true, observed };
                listed.push(OrganizationEventType::Known(Box::new(known)));
            }
        }
        listed
    }

    fn wants(&self, event_type: &EventType) -> bool {
        let category = self.category.as_deref().map(fold);
        self.pack.as_ref().is_none_or(|pack| *pack == event_type.pack)
            && category.is_none_or(|category| category == fold(&event_type.category))
    }

    /// What is left: actions without an event type, the most frequent ones in their order, and whether that
    /// leaves any out.
    fn unknown(&self, left: BTreeMap<String, Seen>) -> (Vec<OrganizationEventType>, bool) {
        if self.pack.is_some() || self.category.is_some() || self.observed == Some(false) {
            return (Vec::new(), false);
        }
        let mut left: Vec<(String, Seen)> = left.into_iter().collect();
        let is_cut = left.len() > UNKNOWN_MAX;
        if is_cut {
            left.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.events));
            left.truncate(UNKNOWN_MAX);
            left.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        let unknown = |(action, seen): (String, Seen)| {
            OrganizationEventType::Unknown(UnknownAction { action, known: false, observed: seen.into() })
        };
        (left.into_iter().map(unknown).collect(), is_cut)
    }
}
