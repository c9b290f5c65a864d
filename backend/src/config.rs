//! Every setting, its default and its meaning; the only reader of the environment.
//!
//! Settings come from three places, later ones winning: the defaults below, a TOML file (`--config`), and
//! environment variables `ANNALS_<SETTING>` in capitals, such as `ANNALS_DATABASE_URL`.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::{
    access::{ProxyHeader, token::Token},
    db::{Location, PoolSettings},
    error::{Error, Result},
    log::admission::QueueLimits,
    network::Network,
    orgs::{self, Plan, Plans},
    sessions::Lifetimes,
};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where the metrics are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsListen {
    /// Nowhere.
    Off,
    /// Where nobody asked for another address: if somebody else has it, there are none.
    Usual(SocketAddr),
    /// There, or the service does not start.
    Exactly(SocketAddr),
}

/// The settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on. Default: `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// Address and port of the metrics, which nobody but monitoring should reach; `off` for none. Default:
    /// `127.0.0.1:9464`, or none when that port is taken.
    pub metrics_listen: Option<String>,
    /// Where people and services reach Annals, such as `https://audit.example.com`: no path. Needed behind a
    /// proxy; with `https` cookies are tied to the host. Default: none, plain http on `listen`.
    pub public_url: Option<String>,
    /// Networks of the proxies in front, such as `["10.0.0.0/8"]`: who they say a request comes from is believed,
    /// of nobody else. Default: none, a request comes from its peer.
    pub trusted_proxies: Vec<Network>,
    /// The header in which they say so, the only one that is looked at: `x-forwarded-for` or `forwarded`.
    /// Default: `x-forwarded-for`.
    pub trusted_proxy_header: ProxyHeader,
    /// Folder of the embedded database and of the master key. Default: `data`.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://USER@HOST/DATABASE`. Default: `annals.db` in `data_dir`.
    #[serde(skip_serializing)]
    pub database_url: Option<SecretString>,
    /// Database connections (SQLite: for reading). Default: 8.
    pub database_connections: u32,
    /// Longest that PostgreSQL may work on one statement, in milliseconds. Default: 10000.
    pub database_statement_timeout_ms: u64,
    /// File with the master key: 32 random bytes in base64. SQLite: made at the first start, default
    /// `master.key` in `data_dir`. PostgreSQL: must be set and exist, the same on every node.
    pub master_key_file: Option<PathBuf>,
    /// Event-type packs of organizations that are made without naming any, in order of precedence.
    /// Default: `["blink", "pocketsoc"]`.
    pub default_packs: Vec<String>,
    /// Plans by name: what organizations may use (`members`, `api_keys`; what is left out has no limit).
    /// Default: `enterprise` without limits, `standard` with 10 members and 5 keys.
    pub plans: BTreeMap<String, Plan>,
    /// Plan of organizations that are made without naming one. Default: `enterprise`.
    pub default_plan: String,
    /// The first person of a service that has nobody: their e-mail address. They become an operator. Default:
    /// none, and the first run is done in the page.
    pub setup_email: Option<String>,
    /// Their name. Default: the e-mail address.
    pub setup_name: Option<String>,
    /// File with their password, 12 to 128 characters. Needed with `setup_email`.
    pub setup_password_file: Option<PathBuf>,
    /// Slug of an organization to make, with them as its admin. Default: none.
    pub setup_organization: Option<String>,
    /// Events that may wait for the writer before requests are answered 503. Default: 20000; at least
    /// 1000, one batch.
    pub queue_events: usize,
    /// Bytes that may wait for the writer, likewise. Default: 67108864 (64 MiB); at least
    /// 16777216, one batch.
    pub queue_bytes: usize,
    /// Seconds that a request's body may take in any case; beyond that it must come in at 8 KiB a second.
    /// Default: 10.
    pub body_grace_seconds: u64,
    /// Seconds between checkpoints of a log that grows. Default: 10.
    pub checkpoint_interval_seconds: u64,
    /// Memory of one password hash (Argon2id, three passes), in KiB. Default: 65536; at least 19456.
    pub argon2_memory_kib: u32,
    /// Minutes after which a session without a sign of life ends. Default: 30.
    pub session_idle_minutes: u64,
    /// Hours after which every session ends. Default: 12.
    pub session_absolute_hours: u64,
    /// Whether operators act only once they have set up a second factor. Default: true.
    pub operators_need_mfa: bool,
    /// Which log lines are written, in `tracing`'s filter syntax. Default: `info`.
    pub log_filter: String,
    /// `text` or `json`. Default: `text`.
    pub log_format: LogFormat,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: None,
            public_url: None,
            trusted_proxies: Vec::new(),
            trusted_proxy_header: ProxyHeader::XForwardedFor,
            data_dir: PathBuf::from("data"),
            database_url: None,
            database_connections: 8,
            database_statement_timeout_ms: 10_000,
            master_key_file: None,
            default_packs: vec!["blink".into(), "pocketsoc".into()],
            plans: orgs::usual_plans(),
            default_plan: orgs::DEFAULT_PLAN.into(),
            setup_email: None,
            setup_name: None,
            setup_password_file: None,
            setup_organization: None,
            queue_events: 20_000,
            queue_bytes: 64 * 1024 * 1024,
            body_grace_seconds: 10,
            checkpoint_interval_seconds: 10,
            argon2_memory_kib: 64 * 1024,
            session_idle_minutes: 30,
            session_absolute_hours: 12,
            operators_need_mfa: true,
            log_filter: "info".into(),
            log_format: LogFormat::Text,
        }
    }
}

/// The names of the settings.
fn names() -> Vec<String> {
    // Secrets are not serialized, so the one that is a secret is added.
    let value = serde_json::to_value(Config::default()).unwrap_or_default();
    let names = value.as_object().map(|settings| settings.keys().cloned().collect::<Vec<_>>());
    names.unwrap_or_default().into_iter().chain(["database_url".to_owned()]).collect()
}

/// Variables of the demo's scripts, which are nobody's mistake.
const NOT_SETTINGS: [&str; 11] = [
    "ANNALS_URL",
    "ANNALS_ORG",
    "ANNALS_ADMIN_EMAIL",
    "ANNALS_ADMIN_PASSWORD",
    "ANNALS_API_KEY",
    "ANNALS_READ_KEY",
    "ANNALS_AUDITOR_EMAIL",
    "ANNALS_MEMBER_EMAIL",
    "ANNALS_OPERATOR_EMAIL",
    "ANNALS_BIN",
    "ANNALS_TEST_DATABASE_URL",
];

/// Environment variables that look like settings and are none: most likely a misspelled one.
pub fn unknown_variables() -> Vec<String> {
    let known: Vec<String> = names().iter().map(|name| format!("ANNALS_{}", name.to_uppercase())).collect();
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("ANNALS_"))
        .filter(|name| !known.contains(name) && !NOT_SETTINGS.contains(&name.as_str()))
        .collect()
}

impl Config {
    /// Reads the settings from the defaults, the file if there is one, and the environment.
    ///
    /// # Errors
    /// [`Error::Config`] naming the setting that is unknown or malformed.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(Error::Config(format!("--config: there is no file {}", file.display())));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let names = names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let figment = figment.merge(Env::prefixed("ANNALS_").only(&names));
        let config: Self = figment.extract().map_err(|error| Error::Config(error.to_string()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        if let Some(url) = &self.public_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if !rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['/', '?', '#', '@'])) {
                return Err(Error::Config(
                    "public_url: must be http(s)://HOST[:PORT], without a path".into(),
                ));
            }
        }
        let ranges = [
            ("database_connections", u64::from(self.database_connections), 1..=1_000),
            ("queue_events", to_u64(self.queue_events), 1_000..=10_000_000),
            ("queue_bytes", to_u64(self.queue_bytes), 16 * 1024 * 1024..=u64::MAX),
            ("body_grace_seconds", self.body_grace_seconds, 1..=3_600),
            ("checkpoint_interval_seconds", self.checkpoint_interval_seconds, 1..=86_400),
            ("session_idle_minutes", self.session_idle_minutes, 1..=60 * 24 * 365),
            ("session_absolute_hours", self.session_absolute_hours, 1..=24 * 365),
        ];
        for (name, value, range) in ranges {
            if !range.contains(&value) {
                return Err(Error::Config(format!("{name}: {} to {}", range.start(), range.end())));
            }
        }
        self.plans()?;
        self.metrics_listen()?;
        self.location().map(drop)
    }

    /// Where the metrics are served.
    pub fn metrics_listen(&self) -> Result<MetricsListen> {
        let Some(text) = self.metrics_listen.as_deref() else {
            return Ok(MetricsListen::Usual(SocketAddr::from(([127, 0, 0, 1], 9464))));
        };
        if text.is_empty() || text == "off" {
            return Ok(MetricsListen::Off);
        }
        let address = text.parse().ok().ok_or_else(|| {
            Error::Config("metrics_listen: must be ADDRESS:PORT, like 127.0.0.1:9464, or off".into())
        })?;
        Ok(MetricsListen::Exactly(address))
    }

    /// Where the data is.
    pub fn location(&self) -> Result<Location> {
        match &self.database_url {
            Some(url) => url.expose_secret().parse(),
            None => Ok(Location::Sqlite(self.data_dir.join("annals.db"))),
        }
    }

    /// The pools' settings.
    pub const fn pools(&self) -> PoolSettings {
        PoolSettings {
            connections: self.database_connections,
            statement_timeout: Duration::from_millis(self.database_statement_timeout_ms),
        }
    }

    /// What organizations may use.
    pub(crate) fn plans(&self) -> Result<Plans> {
        Plans::new(self.plans.clone(), &self.default_plan)
    }

    /// The writer's limits.
    pub const fn queue(&self) -> QueueLimits {
        QueueLimits { events: self.queue_events, bytes: self.queue_bytes }
    }

    /// How often logs that grow are signed.
    pub const fn checkpoint_interval(&self) -> Duration {
        Duration::from_secs(self.checkpoint_interval_seconds)
    }

    /// The sessions' lifetimes.
    pub const fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle: Duration::from_secs(self.session_idle_minutes * 60),
            absolute: Duration::from_secs(self.session_absolute_hours * 60 * 60),
        }
    }

    /// Whether people reach the service over https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// A link to one of the service's pages that carries a token, in the fragment, which browsers send nowhere. It
    /// begins with the public URL and with nothing that a request says; where none is set it is a path.
    pub(crate) fn link(&self, page: &str, token: &Token) -> String {
        format!("{}/{page}#{}", self.public_url.as_deref().unwrap_or_default(), token.expose())
    }

    /// What authenticator apps call this service: where people reach it.
    pub(crate) fn issuer(&self) -> &str {
        let host = self.public_url.as_deref().and_then(|url| url.split_once("://")).map(|(_, host)| host);
        // A colon would end the name.
        host.and_then(|host| host.split(':').next()).unwrap_or("Annals")
    }

    /// Whether a browser's `Origin` is the service's own: the public URL, or, where none is set, the host
    /// that the request was sent to.
    pub fn is_own_origin(&self, origin: &str, host: &str) -> bool {
        match &self.public_url {
            Some(url) => origin == url,
            None => origin == format!("http://{host}"),
        }
    }
}

fn to_u64(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_enough() {
        let config: Config = Figment::from(Serialized::defaults(Config::default())).extract().unwrap();
        config.check().unwrap();
        assert!(names().contains(&"listen".to_owned()));
    }

    #[test]
    fn proxies_are_networks_or_addresses_and_nothing_else() {
        let read = |toml: &str| -> Result<Config, String> {
            let figment = Figment::from(Serialized::defaults(Config::default())).merge(Toml::string(toml));
            figment.extract().map_err(|error| error.to_string())
        };
        let config =
            read("trusted_proxies = ['10.0.0.0/8', '::1']\ntrusted_proxy_header = 'forwarded'").unwrap();
        assert_eq!(config.trusted_proxies.len(), 2);
        assert_eq!(config.trusted_proxy_header, ProxyHeader::Forwarded);

        for wrong in ["trusted_proxies = ['10.0.0.1/8']", "trusted_proxy_header = 'x-real-ip'"] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains(wrong.split(' ').next().unwrap()), "{error}");
        }
    }

    #[test]
    fn a_misspelled_setting_is_named() {
        let figment =
            Figment::from(Serialized::defaults(Config::default())).merge(Toml::string("databse_url = 'x'"));
        let error = figment.extract::<Config>().unwrap_err().to_string();
        assert!(error.contains("databse_url"), "{error}");
    }
}
