//! From the headers of a request to the principal behind it.

use std::sync::Arc;

use actix_web::{HttpRequest, http::header};
use serde_json::{Map, Value};

use super::{
    Principal, User,
    token::{Kind, Token},
};
use crate::{
    app::App,
    clock::Time,
    error::{Error, Result},
    events::input::USER_AGENT_BYTES_MAX,
    sessions::jwt::Claims,
};

/// Longest credential that is looked at, in bytes.
const CREDENTIAL_BYTES_MAX: usize = 8 * 1024;

/// Where a request came from, as events record it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientContext {
    /// Address of the peer.
    pub ip: Option<String>,
    /// `User-Agent`, ASCII, cut to what an event may hold.
    pub user_agent: Option<String>,
}

impl ClientContext {
    /// The context of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            ip: request.peer_addr().map(|address| address.ip().to_canonical().to_string()),
            user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_BYTES_MAX).collect()),
        }
    }

    /// As the `context` member of an event.
    pub fn to_json(&self) -> Value {
        let mut context = Map::new();
        for (name, value) in [("ip", &self.ip), ("user_agent", &self.user_agent)] {
            if let Some(value) = value {
                context.insert(name.to_owned(), value.clone().into());
            }
        }
        Value::Object(context)
    }
}

/// The principal that a request's `Authorization` header proves.
pub(super) async fn authenticate(app: &App, request: &HttpRequest) -> Result<Principal> {
    let credential = bearer(request).ok_or(Error::Unauthenticated)?;
    if let Some(token) = Token::parse(Kind::ApiKey, credential) {
        return app.directory.key(&token).await?.map(Principal::Key).ok_or(Error::Unauthenticated);
    }
    let claims = app.access_tokens.verify(credential, app.clock.now()).ok_or(Error::Unauthenticated)?;
    let user = app.directory.session(claims.sid).await?;
    user.filter(|user| user.id == claims.sub && user.security_version == claims.sv)
        .map(|user| Principal::User(as_of(user, &claims)))
        .ok_or(Error::Unauthenticated)
}

/// The person as this token of theirs knows them: who has just proved themselves holds a token that says so
/// before every node has learned of it.
fn as_of(user: Arc<User>, claims: &Claims) -> Arc<User> {
    let authenticated_at = Time::from_unix_seconds(claims.auth_time);
    if authenticated_at <= user.authenticated_at {
        return user;
    }
    Arc::new(User { authenticated_at, ..(*user).clone() })
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let value = headers.next()?.to_str().ok()?;
    // Two credentials in one request: whichever was checked, somebody would act on the other.
    if headers.next().is_some() || value.len() > CREDENTIAL_BYTES_MAX {
        return None;
    }
    let (scheme, credential) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim())
}
