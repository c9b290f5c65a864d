//! The keys with which others verify access tokens, over HTTP.

use actix_web::{HttpResponse, get, http::header, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    error::Result,
    http::{
        problems,
        query::{NoQuery, Params},
    },
    sessions::jwt::Jwk,
};

/// Public keys (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jwks {
    /// The keys that verify access tokens.
    keys: Vec<Jwk>,
}

/// Get the keys of access tokens
///
/// For services that receive access tokens of this one and verify them by themselves: EdDSA, `typ` `at+jwt`, `aud`
/// `annals-api`. A new key stands here a minute before it signs, an old one until its tokens have expired; look again
/// when a token names a key that you do not know. A token that verifies may still be of a session that has ended:
/// only this service knows.
#[utoipa::path(
    tag = "sessions",
    responses(
        (status = 200, description = "The keys; may be kept for 30 seconds", body = Jwks),
        problems::Public,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[get("/.well-known/jwks.json")]
pub(crate) async fn get_jwks(_query: Params<NoQuery>, app: web::Data<App>) -> Result<HttpResponse> {
    let keys = app.access_tokens.public_keys(app.clock.now())?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=30")).json(Jwks { keys }))
}
