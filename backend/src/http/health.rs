//! Whether the service is alive, whether it can answer, and what it can be asked.

use actix_web::{HttpResponse, get, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    problems,
    query::{NoQuery, Params},
};
use crate::{
    app::App,
    error::{Error, Result},
    log,
};

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_health).service(get_readiness).service(get_openapi);
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// Always `ok`: what is not ok is a problem.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Check liveness
///
/// Answers while the process runs.
#[utoipa::path(
    tag = "service",
    responses(
        (status = 200, description = "Alive", body = HealthView),
        problems::Public,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[get("/healthz")]
pub(crate) async fn get_health(_query: Params<NoQuery>) -> web::Json<HealthView> {
    web::Json(HealthView { status: "ok" })
}

/// Check readiness
///
/// Answers 200 while the database answers and the service is not about to stop.
#[utoipa::path(
    tag = "service",
    responses(
        (status = 200, description = "Ready", body = HealthView),
        problems::Public,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[get("/readyz")]
pub(crate) async fn get_readiness(
    _query: Params<NoQuery>,
    app: web::Data<App>,
) -> Result<web::Json<HealthView>> {
    if app.is_stopping() {
        return Err(Error::Unavailable("stopping".into()));
    }
    let platform = app.platform.id;
    app.db.read("health.ready", move |conn| log::head(conn, platform).map(drop)).await?;
    Ok(web::Json(HealthView { status: "ok" }))
}

/// Get this document
///
/// The description of the API that this service serves.
#[utoipa::path(
    tag = "service",
    responses(
        (status = 200, description = "The document", body = String, content_type = "application/yaml"),
        problems::Public,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[get("/openapi.yaml")]
pub(crate) async fn get_openapi(_query: Params<NoQuery>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/yaml"))
        .body(include_str!("../../../openapi.yaml"))
}
