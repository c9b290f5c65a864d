//! The second address: metrics, for whoever watches the machines and for nobody else.

use std::net::TcpListener;

use actix_web::{HttpResponse, dev::Server, get, http::header, web};
use prometheus_client::encoding::prometheus_text;

use crate::{
    app::App,
    error::{Error, Result},
};

/// Starts serving the metrics on `listener`.
pub(crate) fn serve(app: web::Data<App>, listener: TcpListener) -> Result<Server> {
    let server = actix_web::HttpServer::new(move || {
        actix_web::App::new().app_data(app.clone()).service(get_metrics).service(get_health)
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .map_err(|error| Error::Config(format!("metrics_listen: cannot serve: {error}")))?
    .run();
    Ok(server)
}

#[get("/metrics")]
async fn get_metrics(app: web::Data<App>) -> Result<HttpResponse> {
    let text = app.metrics.text()?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)).body(text))
}

/// Whether the address answers at all.
#[get("/healthz")]
async fn get_health() -> HttpResponse {
    HttpResponse::Ok().finish()
}
