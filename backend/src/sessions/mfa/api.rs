//! Second factors over HTTP.

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Factor, complete, enrolment, recovery::RecoveryCode};
use crate::{
    access::{ClientContext, FreshOperator, FreshPerson, Granted, Operator, Person},
    app::App,
    error::{Error, FieldError, Problem, Result},
    http::{
        json::JsonBody,
        problems,
        query::{NoQuery, Params},
    },
    id::Id,
    sessions::api::{SessionView, respond},
};

/// The second half of a sign-in. Send `code` or `recovery_code`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactorInput {
    /// What the sign-in answered.
    #[schema(example = "ann_mf_…")]
    mfa_token: String,
    /// The code that the app shows.
    #[schema(example = "287082")]
    code: Option<String>,
    /// One of the recovery codes.
    #[schema(example = "7Q3K9X-2M4N8P-A1B2C3-D4E5F6")]
    recovery_code: Option<String>,
}

/// A code of the app.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeInput {
    /// The code that the app shows.
    #[schema(example = "287082")]
    code: String,
}

/// What a person has set up besides the password.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecondFactorView {
    /// Whether an authenticator app is in force.
    totp: bool,
    /// Recovery codes that were not used yet.
    #[schema(example = 10)]
    recovery_codes_left: i64,
}

/// A secret for an authenticator app. It cannot be shown again.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotpSecretView {
    /// To be typed into the app: base32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same, with account and issuer: show it as a QR code.
    #[schema(
        example = "otpauth://totp/Annals:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Annals"
    )]
    otpauth_url: String,
}

/// Codes for whoever has lost the app. They cannot be shown again.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodesView {
    /// Ten codes, each good once.
    #[schema(example = json!(["7Q3K9X-2M4N8P-A1B2C3-D4E5F6"]), min_items = 10, max_items = 10)]
    recovery_codes: Vec<String>,
}

impl RecoveryCodesView {
    fn of(codes: &[RecoveryCode]) -> web::Json<Self> {
        web::Json(Self { recovery_codes: codes.iter().map(RecoveryCode::shown).collect() })
    }
}

impl SecondFactorInput {
    fn factor(self) -> Result<(String, Factor)> {
        let factor = match (self.code, self.recovery_code) {
            (Some(code), None) => Factor::Code(code),
            (None, Some(code)) => Factor::RecoveryCode(code),
            _ => {
                let message = "send `code` or `recovery_code`, and not both";
                return Err(Error::Invalid(vec![FieldError::new("/code", "required", message)]));
            }
        };
        Ok((self.mfa_token, factor))
    }
}

/// Sign in: second factor
///
/// Goes on with a sign-in that was answered `mfa_required`, within five minutes and five attempts. Each code is good
/// once. Wrong ones are recorded, and slow the account down like wrong passwords.
#[utoipa::path(
    tag = "sessions",
    request_body(content = SecondFactorInput, content_type = "application/json"),
    responses(
        (status = 200, description = "Signed in", body = SessionView),
        (status = 401, description = "A wrong code, or the sign-in has to begin again", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts of this account or from this address; `Retry-After` says when", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/auth/mfa")]
pub(crate) async fn give_second_factor(
    request: HttpRequest,
    _query: Params<NoQuery>,
    input: JsonBody<SecondFactorInput>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let (token, factor) = input.0.factor()?;
    let opened = complete(&app, &token, factor, ClientContext::of(&request)).await?;
    respond(&app, opened, StatusCode::OK)
}

/// See your second factor
///
/// Whether you have one, and how many recovery codes are left.
#[utoipa::path(
    tag = "sessions",
    responses(
        (status = 200, description = "What is set up", body = SecondFactorView),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person"))),
)]
#[get("/v1/auth/mfa")]
pub(crate) async fn get_second_factor(
    granted: Granted<Person, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<SecondFactorView>> {
    let Granted(Person(user), _) = granted;
    let enrolment::Factors { is_enrolled, recovery_codes_left } = enrolment::look(&app, user.id).await?;
    Ok(web::Json(SecondFactorView { totp: is_enrolled, recovery_codes_left }))
}

/// Set up an authenticator app
///
/// Answers a secret for the app (TOTP: SHA-1, six digits, 30 seconds). It is in force once a code of it was
/// confirmed; until then this can be asked again.
#[utoipa::path(
    tag = "sessions",
    responses(
        (status = 201, description = "The secret, not in force yet", body = TotpSecretView),
        (status = 409, description = "There is a second factor already", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person")), ("x-step-up" = json!(true))),
)]
#[post("/v1/auth/mfa/totp")]
pub(crate) async fn begin_totp(
    granted: Granted<FreshPerson, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(FreshPerson(user), _) = granted;
    let secret = enrolment::begin(&app, user.id).await?;
    let otpauth_url = secret.otpauth_url(app.config.issuer(), &user.email)?;
    Ok(HttpResponse::Created().json(TotpSecretView { secret: secret.text(), otpauth_url }))
}

/// Confirm the authenticator app
///
/// From now on signing in needs a code of it. Ends your other sessions, and answers ten recovery codes to keep apart
/// from the app.
#[utoipa::path(
    tag = "sessions",
    request_body(content = CodeInput, content_type = "application/json"),
    responses(
        (status = 200, description = "In force", body = RecoveryCodesView),
        (status = 409, description = "There is none to confirm", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
        problems::WithBody,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person")), ("x-step-up" = json!(true))),
)]
#[post("/v1/auth/mfa/totp/confirm")]
pub(crate) async fn confirm_totp(
    request: HttpRequest,
    granted: Granted<FreshPerson, (Params<NoQuery>, JsonBody<CodeInput>)>,
    app: web::Data<App>,
) -> Result<web::Json<RecoveryCodesView>> {
    let Granted(FreshPerson(user), (_, JsonBody(input))) = granted;
    let codes = enrolment::confirm(&app, user, input.code, ClientContext::of(&request)).await?;
    Ok(RecoveryCodesView::of(&codes))
}

/// Turn your second factor off
///
/// Ends your other sessions; the recovery codes work no more.
#[utoipa::path(
    tag = "sessions",
    responses(
        (status = 204, description = "Turned off"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person")), ("x-step-up" = json!(true))),
)]
#[delete("/v1/auth/mfa/totp")]
pub(crate) async fn turn_totp_off(
    request: HttpRequest,
    granted: Granted<FreshPerson, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(FreshPerson(user), _) = granted;
    enrolment::turn_off(&app, user, ClientContext::of(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Make new recovery codes
///
/// The ones before work no more.
#[utoipa::path(
    tag = "sessions",
    responses(
        (status = 200, description = "The new ones", body = RecoveryCodesView),
        (status = 404, description = "There is no second factor", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("person")), ("x-step-up" = json!(true))),
)]
#[post("/v1/auth/mfa/recovery-codes")]
pub(crate) async fn renew_recovery_codes(
    request: HttpRequest,
    granted: Granted<FreshPerson, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<web::Json<RecoveryCodesView>> {
    let Granted(FreshPerson(user), _) = granted;
    let codes = enrolment::renew_codes(&app, user, ClientContext::of(&request)).await?;
    Ok(RecoveryCodesView::of(&codes))
}

/// Remove somebody's second factor
///
/// For operators, when a person has lost both app and recovery codes: make sure who asks. Ends all their sessions;
/// their organizations are told of it in their logs. The password stays.
#[utoipa::path(
    tag = "sessions",
    params(("id" = String, Path, description = "Id of the person", example = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")),
    responses(
        (status = 204, description = "Removed"),
        (status = 404, description = "There is no such person, or they have none", body = Problem, content_type = "application/problem+json"),
        problems::SignedIn,
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("operator")), ("x-step-up" = json!(true))),
)]
#[delete("/v1/platform/users/{id}/mfa")]
pub(crate) async fn remove_second_factor(
    request: HttpRequest,
    granted: Granted<FreshOperator, Params<NoQuery>>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    let Granted(FreshOperator(Operator(principal)), _) = granted;
    let user = request.match_info().get("id").and_then(Id::parse).ok_or(Error::NotFound)?;
    enrolment::remove_of(&app, user, (principal.party(), ClientContext::of(&request))).await?;
    Ok(HttpResponse::NoContent().finish())
}
