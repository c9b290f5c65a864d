//! HTTP: the one list of features, from which both the server and openapi.yaml are made.

pub(crate) mod body;
mod fallback;
mod fault;
pub(crate) mod headers;
mod health;
pub mod json;
pub(crate) mod page;
pub(crate) mod problems;
pub mod query;
mod spa;

use std::time::Duration;

use actix_web::{dev::Server, middleware::from_fn, web};
use utoipa::{
    OpenApi,
    openapi::{
        self, OpenApi as Document,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use crate::{
    app::App,
    break_glass, catalog, claims,
    error::{Error, Problem, Result},
    events, invites, keys,
    log::checkpoint,
    members, observed, orgs, sessions, setup,
};

/// What the document says about itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Annals",
        description = "Audit log service: one durable, gapless, provable log per organization.\n\n\
            Errors are `application/problem+json` (RFC 9457); `code` is stable. Unknown fields and unknown or \
            repeated query parameters are errors. Times are RFC 3339 in UTC with microseconds. A foreign \
            organization answers exactly like an absent one.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem)),
    tags(
        (name = "events", description = "Record events and read them"),
        (name = "log", description = "Check that nothing was lost, altered or slipped in"),
        (name = "catalog", description = "What events are called and where they belong"),
        (name = "organizations", description = "The tenants"),
        (name = "members", description = "Who belongs to an organization, as what, and who may look in from outside"),
        (name = "keys", description = "API keys: of an organization, and of the platform"),
        (name = "sessions", description = "Signing in and out"),
        (name = "service", description = "The service itself"),
    ),
)]
struct Base;

/// Every feature's routes: the only list.
fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(events::api::routes)
        .configure(checkpoint::api::routes)
        .configure(catalog::api::routes)
        .configure(observed::api::routes)
        .configure(orgs::api::routes)
        .configure(members::api::routes)
        .configure(invites::api::routes)
        .configure(claims::api::routes)
        .configure(break_glass::api::routes)
        .configure(keys::api::routes)
        .configure(keys::platform::routes)
        .configure(sessions::api::routes)
        .configure(setup::api::routes)
        .configure(health::routes);
}

/// The OpenAPI document, collected from the routes that are served.
pub fn document() -> Document {
    let (_, mut document) =
        actix_web::App::new().into_utoipa_app().openapi(Base::openapi()).configure(routes).split_for_parts();
    let bearer = SecurityScheme::Http(
        Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An access token from sign-in, or an API key (`ann_sk_…`, of the platform `ann_pk_…`).",
            ))
            .build(),
    );
    document
        .components
        .get_or_insert_with(openapi::Components::default)
        .add_security_scheme("bearer", bearer);
    events::accepted::complete(&mut document);
    document
}

/// How long the rest of a body is still taken in, and dropped, after its request was refused. Closing earlier resets
/// the connection, and a client that is still sending never reads why.
const LINGER: Duration = Duration::from_secs(3);
/// Most connections of one worker thread; more wait until one ends. Each holds some tens of kilobytes.
const CONNECTIONS_MAX: usize = 4_096;

/// The document as text, always the same. The library keeps an operation's extensions in no order.
pub fn document_yaml() -> Result<String> {
    let yaml = document().to_yaml().map_err(|error| Error::Bug(error.to_string()))?;
    let mut lines: Vec<&str> = yaml.lines().collect();
    let is_extension = |line: &&str| line.trim_start().starts_with("x-");
    for run in lines.chunk_by_mut(|one, other| is_extension(one) && is_extension(other)) {
        run.sort_unstable();
    }
    Ok(lines.join("\n") + "\n")
}

/// Starts serving on `listener`.
pub fn serve(app: web::Data<App>, listener: std::net::TcpListener) -> Result<Server> {
    let failed = |error: std::io::Error| Error::Config(format!("cannot serve: {error}"));
    let table = web::Data::new(fallback::RouteTable::new(&document()));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let server = actix_web::HttpServer::new(move || {
        let (service, _) = actix_web::App::new()
            .app_data(app.clone())
            .app_data(table.clone())
            .into_utoipa_app()
            .configure(routes)
            .split_for_parts();
        service.default_service(web::to(fallback::answer)).wrap(from_fn(headers::apply))
    })
    .workers(workers)
    .max_connections(CONNECTIONS_MAX)
    .client_request_timeout(Duration::from_secs(5))
    .client_disconnect_timeout(LINGER)
    .shutdown_timeout(3)
    .disable_signals()
    .listen(listener)
    .map_err(failed)?
    .run();
    Ok(server)
}
