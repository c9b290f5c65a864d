//! `annals demo`: a service with two organizations full of example events, for people who want to look.

mod credentials;
mod story;

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use actix_web::web;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::{
    access::{OrgScope, Role, Scope},
    app::App,
    cli::{Bound, DemoArgs, listen, run as serve, say},
    clock::Clock,
    config::Config,
    error::{Error, Result},
    events::{
        idempotency::IdempotencyKey,
        intake::{Intake, Judged},
    },
    host::Host,
    http::body::Format,
    id::Id,
    keys,
    log::Parcel,
    orgs::{OrgRef, Organization},
    users::{self, NewUser},
};
use credentials::Credentials;
use story::Story;

/// Events appended at a time.
const BATCH: usize = 500;
/// Ports tried when the wanted one is busy.
const PORTS_TRIED: u16 = 20;
/// How often the running demo posts an event.
const POST_EVERY: Duration = Duration::from_secs(4);
/// Name of the key that the demo's events come from.
const SOURCE: &str = "demo-app";
/// Name of the mark in the data folder while the demo is being made.
const BEING_MADE: &str = "being-made";

/// One of the demo's organizations.
struct Company {
    slug: &'static str,
    name: &'static str,
    pack: &'static str,
    events: usize,
}

const COMPANIES: [Company; 2] = [
    Company { slug: "acme", name: "Acme Corp", pack: "blink", events: 4_000 },
    Company { slug: "harbor", name: "Harbor Security", pack: "pocketsoc", events: 2_500 },
];

/// E-mail, name, whether an operator, and what they are where.
type Person = (&'static str, &'static str, bool, &'static [(&'static str, Role)]);

/// The demo's people.
const PEOPLE: [Person; 4] = [
    (credentials::ADMIN, "Ada Byron", false, &[("acme", Role::Admin), ("harbor", Role::Admin)]),
    (credentials::AUDITOR, "Grace Hopper", false, &[("acme", Role::Auditor)]),
    (credentials::MEMBER, "Alan Turing", false, &[("acme", Role::Member)]),
    (credentials::OPERATOR, "Radia Perlman", true, &[]),
];

/// The demo's settings, out of its arguments.
pub(crate) fn configure(config: &mut Config, args: &DemoArgs) {
    config.data_dir.clone_from(&args.data);
    config.listen = args.listen;
    if let Some(url) = &args.database {
        config.database_url = Some(SecretString::from(url.clone()));
        config.master_key_file.get_or_insert_with(|| args.data.join("master.key"));
    }
    // The demo's accounts guard nothing; sign-in should not wait for the strongest hash.
    config.argon2_memory_kib = users::password::MEMORY_KIB_MIN;
    config.operators_need_mfa = false;
}

/// Serves the demo until told to stop.
pub(crate) async fn run(config: Config, clock: Clock, args: DemoArgs) -> Result<()> {
    let listener = listen_nearby(config.listen)?;
    clear_half_made(&config)?;
    if args.database.is_some() {
        prepare_master_key(&config)?;
    }
    let bound = Bound::on(listener, config, clock)?;
    let address = bound.listener.local_addr().map_err(|error| Error::Config(format!("listen: {error}")))?;
    let (credentials, organizations) = populate(&bound.app, &args).await?;
    let url = format!("http://{}", shown_address(address));
    if let Some(file) = &args.env_file {
        credentials.write_env(file, &url)?;
    }
    credentials.print(&url, address.ip().is_unspecified());
    if !args.quiet {
        for (company, organization) in COMPANIES.into_iter().zip(organizations) {
            tokio::spawn(keep_posting(bound.app.clone(), company, organization));
        }
    }
    serve(bound).await
}

/// Listens on the wanted address, or on the next one whose port is free.
fn listen_nearby(wanted: SocketAddr) -> Result<TcpListener> {
    let mut address = wanted;
    for _ in 0..PORTS_TRIED {
        match TcpListener::bind(address) {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                let next = address.port().saturating_add(1);
                say(&format!("Port {} is busy, trying {next}.", address.port()));
                address.set_port(next);
            }
            Ok(listener) => return Ok(listener),
            Err(_) => return listen(address),
        }
    }
    Err(Error::Config(format!("listen: no free port from {} on; choose one with --listen", wanted.port())))
}

/// With its own PostgreSQL database the demo makes a key, as it would beside SQLite.
fn prepare_master_key(config: &Config) -> Result<()> {
    match &config.master_key_file {
        Some(file) if !file.exists() => {
            let folder = file.parent().map_or_else(PathBuf::new, PathBuf::from);
            std::fs::create_dir_all(&folder)
                .map_err(|error| Error::Config(format!("cannot make {}: {error}", folder.display())))?;
            crate::keyring::MasterKey::create(file)
        }
        _ => Ok(()),
    }
}

/// What a browser on this machine can reach.
fn shown_address(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address }
}

/// Makes the organizations, people, keys and events, or finds those of an earlier run.
async fn populate(app: &web::Data<App>, args: &DemoArgs) -> Result<(Credentials, Vec<Arc<Organization>>)> {
    if let Some(known) = Credentials::read(&args.data)? {
        let mut organizations = Vec::new();
        for company in &COMPANIES {
            organizations.extend(app.directory.organization(&OrgRef::Slug(company.slug.into())).await?);
        }
        if organizations.len() == COMPANIES.len() {
            return Ok((known, organizations));
        }
        return Err(Error::Config(format!("{} belongs to another database; remove it", args.data.display())));
    }
    say("Making two organizations with example events …");
    mark_being_made(&args.data, true)?;
    let host = Host::of(app, "annals demo");
    let mut credentials = Credentials::random()?;
    let mut organizations = Vec::new();
    for company in &COMPANIES {
        let (organization, keys) = found(app, &host, company)?;
        credentials.add_keys(company.slug, keys);
        tell_past(app, company, &organization).await?;
        organizations.push(organization);
    }
    for (email, name, is_operator, roles) in PEOPLE {
        host.create_user(&NewUser::new(email, name, is_operator)?, credentials.password(), roles)?;
    }
    credentials.write(&args.data)?;
    mark_being_made(&args.data, false)?;
    Ok((credentials, organizations))
}

/// Makes a company's organization, and its keys to write and to read.
fn found(app: &App, host: &Host, company: &Company) -> Result<(Arc<Organization>, [String; 2])> {
    let organization = host.create_organization(company.slug, company.name, &[company.pack.to_owned()])?;
    let expires_at = Some(app.clock.now().plus(keys::LIFETIME));
    let key = |name, scopes: &[Scope]| host.create_key(company.slug, name, scopes, expires_at);
    let writing = key(SOURCE, &[Scope::EventsWrite])?;
    let reading = key("demo-reader", &[Scope::EventsRead, Scope::EventsVerify, Scope::OrgRead])?;
    Ok((organization, [writing, reading].map(|token| token.expose().to_owned())))
}

/// Removes what a demo left that was stopped while it was being made. Only the demo's own SQLite files are
/// touched, and only beside its own mark.
fn clear_half_made(config: &Config) -> Result<()> {
    if !config.data_dir.join(BEING_MADE).exists() {
        return Ok(());
    }
    if config.database_url.is_some() {
        return Err(Error::Config(format!(
            "an earlier demo was stopped while it was being made: empty its database, remove {} and start again",
            config.data_dir.display()
        )));
    }
    for name in ["annals.db", "annals.db-wal", "annals.db-shm", "master.key"] {
        match std::fs::remove_file(config.data_dir.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Config(format!("cannot remove {name}: {error}")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Marks the data folder while the demo is being made.
fn mark_being_made(folder: &Path, is_being_made: bool) -> Result<()> {
    let mark = folder.join(BEING_MADE);
    let result = if is_being_made { std::fs::write(&mark, "") } else { std::fs::remove_file(&mark) };
    result.map_err(|error| Error::Config(format!("cannot write {}: {error}", mark.display())))
}

/// Appends a month of events, the way that clients' events go.
async fn tell_past(app: &App, company: &Company, organization: &Arc<Organization>) -> Result<()> {
    let mut story = Story::new(&app.catalog.latest(), company.slug, company.pack, 7)?;
    let events = story.past(company.events, app.clock.now());
    for batch in events.chunks(BATCH) {
        append(app, organization, batch).await?;
    }
    Ok(())
}

/// Takes the events in as a client's request would be, and appends them.
async fn append(app: &App, organization: &Arc<Organization>, events: &[Map<String, Value>]) -> Result<()> {
    let intake = Intake {
        catalog: app.catalog.current(&app.db).await?,
        scope: OrgScope::of_service(organization),
        source: SOURCE.to_owned(),
        key_id: Id::new(app.clock.now()),
        idempotency: IdempotencyKey::default(),
        received_at: app.clock.now(),
    };
    let body = json!({"events": events}).to_string();
    let accepted = |judged: Judged| judged.verdict.map(|_| judged.sealed);
    let sealed = intake.batch(&body, Format::Json)?.into_iter().map(|judged| judged.and_then(accepted));
    let sealed = sealed.collect::<Result<Vec<_>>>().map_err(|error| {
        Error::Bug(format!("a demo event breaks the rules: {:?}", error.problem().errors))
    })?;
    let place = app.writer.admit(body.len())?;
    app.append(intake.scope, Parcel::of(sealed), place).await.map(drop)
}

/// Posts an event every few seconds, until the service stops.
async fn keep_posting(app: web::Data<App>, company: Company, organization: Arc<Organization>) {
    let seed = u64::try_from(app.clock.now().micros()).unwrap_or(1);
    let mut story = match Story::new(&app.catalog.latest(), company.slug, company.pack, seed) {
        Ok(story) => story,
        Err(error) => return tracing::error!(%error, "the demo posts nothing"),
    };
    let mut ticks = tokio::time::interval(POST_EVERY);
    while !app.is_stopping() {
        ticks.tick().await;
        let event = story.next(app.clock.now());
        if let Err(error) = append(&app, &organization, &[event]).await {
            tracing::warn!(%error, "a demo event was not appended");
        }
    }
}
