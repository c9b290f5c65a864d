//! The first run: how an installation gets its first person, exactly once.
//!
//! While there is nobody, a node that starts writes a one-time token into a file that only who holds the host can
//! read. Whoever brings it makes the first organization and its admin, who is an operator as well; from then on
//! there is no such route.

pub(crate) mod api;
pub(crate) mod store;

use std::{
    fs::{self, OpenOptions},
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use secrecy::SecretString;
use serde_json::json;

use crate::{
    access::{
        ClientContext, OrgScope, Role,
        token::{Kind, Token},
    },
    app::App,
    config::Config,
    db::Conn,
    error::{Error, Result},
    host::Host,
    orgs::{self, NewOrganization, Organization},
    own::OwnEvent,
    sessions::{Opened, Sessions},
    users::{self, NewUser},
};

/// The file of the token, in the data folder.
const FILE_NAME: &str = "setup-token";
/// How long a token opens the door; the next start makes another.
const LIFETIME: Duration = Duration::from_hours(24);

/// What the first run makes.
#[derive(Debug)]
pub(crate) struct Founding {
    pub(crate) organization: NewOrganization,
    pub(crate) user: NewUser,
    pub(crate) password_hash: SecretString,
}

/// Opens the door where there is nobody yet, or makes the first person out of the settings, and says so.
/// Blocks.
pub fn prepare(app: &App, address: Option<SocketAddr>) -> Result<()> {
    let file = app.config.data_dir.join(FILE_NAME);
    if !app.db.read_blocking("setup.is_needed", |conn| users::store::any(conn).map(|any| !any))? {
        return remove(&file);
    }
    if let Some(email) = &app.config.setup_email {
        return found_from_settings(app, email);
    }
    let token = Token::random(Kind::Setup)?;
    let now = app.clock.now();
    app.db.write_blocking("setup.open", |conn| store::insert(conn, &token, now, now.plus(LIFETIME)))?;
    write(&file, &token)?;
    let here = || address.map(|address| format!("http://{address}")).unwrap_or_default();
    let base = app.config.public_url.clone().unwrap_or_else(here);
    tracing::warn!(
        file = %file.display(),
        "nobody can sign in yet: open {base}/setup and type the token of this file; it works for 24 hours, once"
    );
    Ok(())
}

/// Containers have no hands: who the first person is stands in the settings.
fn found_from_settings(app: &App, email: &str) -> Result<()> {
    let config = &app.config;
    let password = setup_password(config)?;
    let name = config.setup_name.as_deref().unwrap_or(email);
    let new = NewUser::new(email, name, true).map_err(|error| setting(&error))?;
    let host = Host::of(app, "annals setup");
    let slug = config.setup_organization.as_deref();
    if let Some(slug) = slug {
        host.create_organization(slug, slug, &config.default_packs).map_err(|error| setting(&error))?;
    }
    let roles: Vec<(&str, Role)> = slug.map(|slug| (slug, Role::Admin)).into_iter().collect();
    host.create_user(&new, &password, &roles).map_err(|error| setting(&error))?;
    tracing::info!(email = new.email, "the first person was made out of the settings");
    Ok(())
}

fn setup_password(config: &Config) -> Result<SecretString> {
    let file = config.setup_password_file.as_deref();
    let file =
        file.ok_or_else(|| Error::Config("setup_password_file: must be set with setup_email".into()))?;
    let text = fs::read_to_string(file).map_err(|error| {
        Error::Config(format!("setup_password_file: cannot read {}: {error}", file.display()))
    })?;
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A setting that breaks a rule of what is made from it.
fn setting(error: &Error) -> Error {
    match error {
        Error::Invalid(errors) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Error::Config(format!("setup_…: {}", errors.join("; ")))
        }
        other => Error::Config(format!("setup_…: {other}")),
    }
}

fn write(file: &Path, token: &Token) -> Result<()> {
    let new: PathBuf = file.with_extension("new");
    let failed = |error: std::io::Error| Error::Config(format!("cannot write {}: {error}", file.display()));
    let mut open = OpenOptions::new();
    open.write(true).create(true).truncate(true).mode(0o600);
    let mut handle = open.open(&new).map_err(failed)?;
    writeln!(handle, "{}", token.expose()).and_then(|()| handle.sync_all()).map_err(failed)?;
    fs::rename(&new, file).map_err(failed)
}

/// The token has had its day: the file goes as well.
fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Config(format!("cannot remove {}: {error}", file.display())))
        }
        _ => Ok(()),
    }
}

/// Whether the door is open: a live token, and nobody there.
pub(crate) async fn is_open(app: &App) -> Result<bool> {
    let now = app.clock.now();
    app.db
        .read("setup.is_open", move |conn| Ok(store::is_open(conn, now)? && !users::store::any(conn)?))
        .await
}

/// Whether the token is one that opens the door.
pub(crate) async fn is_valid(app: &App, token: Token) -> Result<bool> {
    let now = app.clock.now();
    let hashes = app.db.read("setup.tokens", move |conn| store::live(conn, now)).await?;
    Ok(hashes.iter().any(|hash| token.matches(hash)))
}

/// Makes the first organization and the first person, and signs them in.
///
/// # Errors
/// [`Error::NotFound`] when the door is closed, [`Error::WrongSetupToken`] when the token is another.
pub(crate) async fn found(
    app: &App,
    token: Token,
    founding: Founding,
    client: ClientContext,
) -> Result<Opened> {
    let (sessions, platform) = (app.sessions.clone(), Arc::clone(&app.platform));
    let opened = app
        .db
        .write("setup.found", move |conn| found_in(conn, &sessions, &platform, (&token, &founding, &client)))
        .await?;
    if let Err(error) = remove(&app.config.data_dir.join(FILE_NAME)) {
        tracing::warn!(%error, "the token is used up all the same");
    }
    Ok(opened)
}

fn found_in(
    conn: &mut Conn,
    sessions: &Sessions,
    platform: &Arc<Organization>,
    (token, founding, client): (&Token, &Founding, &ClientContext),
) -> Result<Opened> {
    let recorder = &sessions.recorder;
    let now = recorder.clock.now();
    // Whoever takes the tokens away is the one: another request, or another node, finds none.
    let hashes = store::take_all(conn, now)?;
    if hashes.is_empty() || users::store::any(conn)? {
        return Err(Error::NotFound);
    }
    if !hashes.iter().any(|hash| token.matches(hash)) {
        return Err(Error::WrongSetupToken);
    }
    let user = users::store::insert(conn, &founding.user, &founding.password_hash, now)?;
    let person = users::party(user, &founding.user.name, &founding.user.email);
    let made = orgs::create(conn, recorder, &founding.organization, &person, now)?;
    users::store::insert_membership(conn, made.id, user, Role::Admin, now)?;
    let completed = OwnEvent::new("annals.setup.completed", person.clone())
        .severity("high")
        .target(person.clone())
        .parameters(json!({"is_operator": true}))
        .context(client);
    recorder.record(conn, &OrgScope::of_service(platform), completed)?;
    let joined = OwnEvent::new("user.joined", person.clone())
        .target(person)
        .parameters(json!({"role": Role::Admin.name()}))
        .context(client);
    recorder.record(conn, &OrgScope::of_service(&made), joined)?;
    let account = users::store::find_enabled(conn, user)?.ok_or(Error::NotFound)?;
    sessions.start(conn, &account, client)
}
