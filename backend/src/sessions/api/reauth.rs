//! Proving once more who one is, over HTTP.

use actix_web::{HttpRequest, post, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    access::{ClientContext, Granted, Person, User},
    app::App,
    clock::Time,
    error::{Error, FieldError, Problem, Result},
    http::{
        json::JsonBody,
        problems,
        query::{NoQuery, Params},
    },
    sessions::{jwt, mfa, reauth},
};

/// A proof of who one is. Send `password` or `code`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReauthInput {
    /// The person's password.
    #[schema(value_type = Option<String>, format = Password, example = "correct horse battery staple")]
    password: Option<SecretString>,
    /// A code of the person's authenticator app.
    #[schema(example = "287082")]
    code: Option<String>,
}

/// A new access token of the same session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessTokenView {
    /// Send as `Authorization: Bearer`, instead of the one before.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 600)]
    expires_in: u64,
}

impl AccessTokenView {
    /// A token for the session of `user`, who proved at that time who they are.
    pub(super) fn of(app: &App, user: &User, authenticated_at: Time) -> Result<Self> {
        let subject = jwt::Subject {
            user: user.id,
            session: user.session_id,
            security_version: user.security_version,
            authenticated_at,
            has_second_factor: user.has_second_factor,
        };
        Ok(Self {
            access_token: app.access_tokens.sign(&subject, app.clock.now())?,
            token_type: "Bearer",
            expires_in: jwt::LIFETIME.as_secs(),
        })
    }
}

/// Confirm that it is you
///
/// Operations marked `x-step-up` are done only within ten minutes of a proof of who you are; later they answer 403
/// `reauth_required`. This is the proof: the session counts as fresh from now on, also after a refresh. Wrong
/// passwords are counted and recorded like failed sign-ins. Whoever has a second factor sends a code of their app: for
/// them a password is answered 422.
#[utoipa::path(
    tag = "sessions",
    request_body(content = ReauthInput, content_type = "application/json"),
    responses(
        (status = 200, description = "Confirmed", body = AccessTokenView),
        (status = 429, description = "Too many failed attempts of this account or from this address; `Retry-After` says when", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person"))),
)]
#[post("/v1/auth/reauth")]
pub(crate) async fn reauthenticate(
    request: HttpRequest,
    granted: Granted<Person, (Params<NoQuery>, JsonBody<ReauthInput>)>,
    app: web::Data<App>,
) -> Result<web::Json<AccessTokenView>> {
    let Granted(Person(user), (_, JsonBody(input))) = granted;
    let client = ClientContext::of(&request);
    let (at, gave_code) = match (input.password, input.code) {
        (Some(password), None) => (reauth::reauthenticate(&app, &user, password, client).await?, false),
        (None, Some(code)) => (mfa::reauthenticate(&app, &user, code, client).await?, true),
        _ => {
            let message = "send `password` or `code`, and not both";
            return Err(Error::Invalid(vec![FieldError::new("/password", "required", message)]));
        }
    };
    let has_second_factor = user.has_second_factor || gave_code;
    AccessTokenView::of(&app, &User { has_second_factor, ..(*user).clone() }, at).map(web::Json)
}
