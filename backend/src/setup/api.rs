//! The first run over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::Founding;
use crate::{
    access::{
        ClientContext,
        token::{Kind, Token},
    },
    app::App,
    error::{Error, FieldError, Problem, Result},
    http::{
        json::JsonBody,
        problems,
        query::{NoQuery, Params},
    },
    orgs::NewOrganization,
    sessions::api::{SessionView, respond},
    users::{NewUser, password::NewPassword},
};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_setup).service(complete_setup);
}

/// That the first run is still to come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetupView {
    /// Event-type packs that the first organization gets unless told otherwise.
    #[schema(example = json!(["blink", "pocketsoc"]))]
    packs: Vec<String>,
}

/// What the first run makes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupInput {
    /// The token of the file `setup-token` in the service's data folder.
    #[schema(value_type = String, format = Password, example = "ann_st_…")]
    token: SecretString,
    /// The first organization.
    organization: SetupOrganization,
    /// Name of the first person, who becomes the organization's admin and an operator of the service.
    #[schema(example = "Ada Byron", min_length = 1, max_length = 256)]
    name: String,
    /// Their e-mail address.
    #[schema(example = "ada@example.com", max_length = 256)]
    email: String,
    /// Their password, 12 to 128 characters.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: SecretString,
}

/// The first organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetupOrganization {
    /// Its name in paths, for ever: 2 to 63 of a-z, 0-9 and -.
    #[schema(example = "acme", min_length = 2, max_length = 63, pattern = r"^[a-z0-9-]{2,63}$")]
    slug: String,
    /// Its name for people.
    #[schema(example = "Acme Corp", min_length = 1, max_length = 256)]
    name: String,
}

/// Ask whether the service is still to be set up
///
/// 200 while there is nobody who could sign in, and the one-time token is valid; 404 ever after.
#[utoipa::path(
    tag = "service",
    responses(
        (status = 200, description = "It is", body = SetupView),
        (status = 404, description = "It is not", body = Problem, content_type = "application/problem+json"),
        problems::Public,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[get("/v1/setup")]
pub(crate) async fn get_setup(_query: Params<NoQuery>, app: web::Data<App>) -> Result<web::Json<SetupView>> {
    if super::is_open(&app).await? {
        Ok(web::Json(SetupView { packs: app.config.default_packs.clone() }))
    } else {
        Err(Error::NotFound)
    }
}

/// Set the service up
///
/// Makes the first organization and the first person, who is its admin and an operator of the service, and signs
/// them in. Works once, with the token that the service has written into its data folder; of several requests at
/// once exactly one is answered 201. Afterwards there is nothing here.
#[utoipa::path(
    tag = "service",
    request_body = SetupInput,
    responses(
        (status = 201, description = "Signed in; the refresh token is in the cookie", body = SessionView),
        (status = 401, description = "The token is another", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The service is set up", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tokens", body = Problem, content_type = "application/problem+json"),
        problems::Public,
        problems::WithBody,
    ),
    extensions(("x-permission" = json!("public"))),
)]
#[post("/v1/setup")]
pub(crate) async fn complete_setup(
    request: HttpRequest,
    _query: Params<NoQuery>,
    JsonBody(input): JsonBody<SetupInput>,
    app: web::Data<App>,
) -> Result<HttpResponse> {
    if !super::is_open(&app).await? {
        return Err(Error::NotFound);
    }
    let client = ClientContext::of(&request);
    // Counted by address: whoever guesses must not shut the door for the one who holds the token.
    let account = format!("setup {}", client.ip.as_deref().unwrap_or_default());
    app.throttle.admit(&account, client.ip.as_deref())?;
    let token = Token::parse(Kind::Setup, input.token.expose_secret().trim());
    let token = match token {
        Some(token) if super::is_valid(&app, token.clone()).await? => token,
        _ => {
            app.throttle.fail(&account, client.ip.as_deref());
            return Err(Error::WrongSetupToken);
        }
    };
    let founding = founding(&app, input).await?;
    let opened = super::found(&app, token, founding, client).await?;
    respond(&app, opened, StatusCode::CREATED)
}

/// What is to be made, every rule checked, and the password hashed.
async fn founding(app: &App, input: SetupInput) -> Result<Founding> {
    let SetupInput { token: _, organization, name, email, password } = input;
    let catalog = app.catalog.current(&app.db).await?;
    let packs = (app.config.default_packs.as_slice(), |pack: &str| catalog.check_pack(pack));
    let plan = (app.plans.default_name(), app.plans.as_ref());
    let names = [email.clone(), name.clone(), organization.name.clone()];
    let organization = NewOrganization::new(&organization.slug, &organization.name, packs, plan);
    let user = NewUser::new(&email, &name, true);
    let hasher = app.hasher.clone();
    let hash = move || {
        let names = names.each_ref().map(String::as_str);
        hasher.hash(&NewPassword::new(password, "/password", &names)?)
    };
    let hash = app.compute_password(hash).await?;
    let (organization, user, password_hash) = all(below("/organization", organization), user, hash)?;
    Ok(Founding { organization, user, password_hash })
}

/// The same, its broken rules inside the member at `pointer`.
fn below<T>(pointer: &str, checked: Result<T>) -> Result<T> {
    checked.map_err(|error| match error {
        Error::Invalid(errors) => Error::Invalid(
            errors
                .into_iter()
                .map(|error| FieldError { pointer: format!("{pointer}{}", error.pointer), ..error })
                .collect(),
        ),
        other => other,
    })
}

/// All three, or every broken rule of all of them.
fn all<A, B, C>(one: Result<A>, two: Result<B>, three: Result<C>) -> Result<(A, B, C)> {
    match (one, two, three) {
        (Ok(one), Ok(two), Ok(three)) => Ok((one, two, three)),
        (one, two, three) => {
            let mut broken = Vec::new();
            for error in [one.err(), two.err(), three.err()].into_iter().flatten() {
                match error {
                    Error::Invalid(errors) => broken.extend(errors),
                    other => return Err(other),
                }
            }
            Err(Error::Invalid(broken))
        }
    }
}
