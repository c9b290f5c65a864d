//! From the headers of a request to the principal behind it.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, http::header};
use serde_json::{Map, Value};

use super::{
    Key, Principal, User, Verdict, address,
    token::{Kind, Token},
};
use crate::{
    app::App,
    clock::Time,
    error::{Error, Result},
    events::input::USER_AGENT_BYTES_MAX,
    id::{self, Id},
    keys,
    sessions::jwt::Claims,
};

/// Longest credential that is looked at, in bytes.
const CREDENTIAL_BYTES_MAX: usize = 8 * 1024;

/// The kinds of keys, and who each proves to be.
type Proof = fn(Arc<Key>) -> Principal;
const KEYS: [(Kind, Proof); 2] = [(Kind::ApiKey, Principal::Key), (Kind::PlatformKey, Principal::Platform)];

/// Where a request came from, as events record it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientContext {
    /// Address of the peer, or of whom a trusted proxy speaks for.
    pub ip: Option<String>,
    /// `User-Agent`, ASCII, cut to what an event may hold.
    pub user_agent: Option<String>,
    /// The break-glass grant that the request was permitted under.
    pub break_glass: Option<Id<id::BreakGlass>>,
}

/// Left in a request by the permit that was granted under break-glass: whatever is recorded of the request from
/// then on says so, and no handler can forget to.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnderBreakGlass(pub(super) Id<id::BreakGlass>);

impl ClientContext {
    /// The context of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            ip: address::of(request).map(|address| address.to_string()),
            user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_BYTES_MAX).collect()),
            break_glass: request.extensions().get().map(|UnderBreakGlass(id)| *id),
        }
    }

    /// As the `context` member of an event.
    pub fn to_json(&self) -> Value {
        let mut context = Map::new();
        let break_glass = self.break_glass.map(|id| format!("break-glass:{id}"));
        let members = [("ip", &self.ip), ("user_agent", &self.user_agent), ("correlation_id", &break_glass)];
        for (name, value) in members {
            if let Some(value) = value {
                context.insert(name.to_owned(), value.clone().into());
            }
        }
        Value::Object(context)
    }
}

/// The principal that a request's `Authorization` header proves.
pub(crate) async fn authenticate(app: &App, request: &HttpRequest) -> Result<Principal> {
    let credential = bearer(request).ok_or(Error::Unauthenticated)?;
    for (kind, principal) in KEYS {
        if let Some(token) = Token::parse(kind, credential) {
            return live_key(app, request, &token).await.map(principal);
        }
    }
    let claims = app.access_tokens.verify(credential, app.clock.now()).ok_or(Error::Unauthenticated)?;
    let user = app.directory.session(claims.sid).await?;
    user.filter(|user| user.id == claims.sub && user.security_version == claims.sv)
        .map(|user| Principal::User(as_of(user, &claims)))
        .ok_or(Error::Unauthenticated)
}

/// The live key that the token is. Why one is refused is told to those who can mend it, in the log, and not to
/// whoever holds it.
async fn live_key(app: &App, request: &HttpRequest, token: &Token) -> Result<Arc<Key>> {
    let address = address::of(request);
    match app.directory.key(token, address).await? {
        Verdict::Accepted(key) => {
            app.keys.uses.note(&key, token.public_id(), app.clock.now(), address);
            Ok(key)
        }
        Verdict::Refused(key, refusal) => {
            keys::refusals::tell(app, &key, refusal, ClientContext::of(request)).await;
            Err(Error::Unauthenticated)
        }
        Verdict::Unknown => Err(Error::Unauthenticated),
    }
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
