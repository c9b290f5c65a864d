//! `annals demo`: a service with two organizations full of example events, for people who want to look.

mod credentials;
mod story;

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use actix_web::web;
use secrecy::SecretString;

use crate::{
    access::{OrgScope, Role, Scope},
    app::App,
    cli::{Bound, DemoArgs, listen, run as serve, say},
    clock::Clock,
    config::Config,
    error::{Error, Result},
    events::input::{Author, NewEvent},
    host::Host,
    keys,
    log::{SealedEvent, sealed::Context},
    orgs::Organization,
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
}

/// Serves the demo until told to stop.
pub(crate) async fn run(config: Config, clock: Clock, args: DemoArgs) -> Result<()> {
    let listener = listen_nearby(config.listen)?;
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
            organizations.extend(app.directory.organization(company.slug).await?);
        }
        if organizations.len() == COMPANIES.len() {
            return Ok((known, organizations));
        }
        return Err(Error::Config(format!("{} belongs to another database; remove it", args.data.display())));
    }
    say("Making two organizations with example events …");
    let host = Host::of(app, "annals demo");
    let mut credentials = Credentials::random()?;
    let mut organizations = Vec::new();
    for company in &COMPANIES {
        let (organization, keys) = found(app, &host, company).map_err(|error| half_made(error, args))?;
        credentials.add_keys(company.slug, keys);
        tell_past(app, company, &organization).await?;
        organizations.push(organization);
    }
    for (email, name, is_operator, roles) in PEOPLE {
        host.create_user(&NewUser::new(email, name, is_operator)?, credentials.password(), roles)?;
    }
    credentials.write(&args.data)?;
    Ok((credentials, organizations))
}

/// Makes a company's organization, and its keys to write and to read.
fn found(app: &App, host: &Host, company: &Company) -> Result<(Arc<Organization>, [String; 2])> {
    let organization = host.create_organization(company.slug, company.name, &[company.pack.to_owned()])?;
    let expires_at = Some(app.clock.now().plus(keys::LIFETIME));
    let key = |name, scopes: &[Scope]| host.create_key(company.slug, name, scopes, expires_at);
    let writing = key(SOURCE, &[Scope::EventsWrite])?;
    let reading = key("demo-reader", &[Scope::EventsRead, Scope::OrgRead])?;
    Ok((organization, [writing, reading].map(|token| token.expose().to_owned())))
}

/// A demo that was stopped while it was being made has organizations but no credentials.
fn half_made(error: Error, args: &DemoArgs) -> Error {
    match error {
        Error::Conflict(_) => Error::Config(format!(
            "an earlier demo was stopped while it was being made; remove {} (and its database) and start again",
            args.data.display()
        )),
        other => other,
    }
}

/// Appends a month of events, the way that clients' events go.
async fn tell_past(app: &App, company: &Company, organization: &Arc<Organization>) -> Result<()> {
    let mut story = Story::new(&app.catalog, company.slug, company.pack, 7)?;
    let events = story.past(company.events, app.clock.now());
    for batch in events.chunks(BATCH) {
        append(app, organization, batch.to_vec()).await?;
    }
    Ok(())
}

async fn append(
    app: &App,
    organization: &Arc<Organization>,
    events: Vec<serde_json::Map<String, serde_json::Value>>,
) -> Result<()> {
    let received_at = app.clock.now();
    let context = Context { catalog: &app.catalog, packs: &organization.packs, source: SOURCE, received_at };
    let mut sealed = Vec::with_capacity(events.len());
    for event in events {
        let event = NewEvent::check(event, "", received_at, Author::Client)
            .map_err(|errors| Error::Bug(format!("a demo event breaks the rules: {errors:?}")))?;
        sealed.push(SealedEvent::seal(event, &context)?);
    }
    app.writer.append(OrgScope::of_service(organization), sealed).await.map(drop)
}

/// Posts an event every few seconds, until the service stops.
async fn keep_posting(app: web::Data<App>, company: Company, organization: Arc<Organization>) {
    let seed = u64::try_from(app.clock.now().micros()).unwrap_or(1);
    let mut story = match Story::new(&app.catalog, company.slug, company.pack, seed) {
        Ok(story) => story,
        Err(error) => return tracing::error!(%error, "the demo posts nothing"),
    };
    let mut ticks = tokio::time::interval(POST_EVERY);
    while !app.is_stopping() {
        ticks.tick().await;
        let event = story.next(app.clock.now());
        if let Err(error) = append(&app, &organization, vec![event]).await {
            tracing::warn!(%error, "a demo event was not appended");
        }
    }
}
