//! The plans that organizations can be on.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    access::{Granted, Operator},
    app::App,
    error::Result,
    http::{
        problems,
        query::{NoQuery, Params},
    },
    orgs::Plan,
};

/// A plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    /// Its name.
    #[schema(example = "standard")]
    name: String,
    /// What it limits.
    limits: Plan,
}

/// The plans of this service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanList {
    /// The plans, in the order of their names.
    data: Vec<PlanView>,
    /// Which one an organization has that is made without naming one.
    #[schema(example = "enterprise")]
    default: String,
}

/// List the plans
///
/// The sets of limits that an organization can be on, as the service's settings name them.
#[utoipa::path(
    tag = "organizations",
    responses(
        (status = 200, description = "The plans", body = PlanList),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator"))),
)]
#[get("/v1/plans")]
pub(crate) async fn list_plans(
    _granted: Granted<Operator, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<PlanList>> {
    let plans = app.plans.iter().map(|(name, limits)| PlanView { name: name.to_owned(), limits });
    Ok(web::Json(PlanList { data: plans.collect(), default: app.plans.default_name().to_owned() }))
}
