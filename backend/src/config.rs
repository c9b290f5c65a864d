//! Every setting, its default and its meaning; the only reader of the environment.
//!
//! Settings come from three places, later ones winning: the defaults below, a TOML file (`--config`), and
//! environment variables `ANNALS_<SETTING>` in capitals, such as `ANNALS_DATABASE_URL`.

use std::{
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
    db::{Location, PoolSettings},
    error::{Error, Result},
    log::writer::QueueLimits,
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

/// The settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on. Default: `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// Where people and services reach Annals, such as `https://audit.example.com`: no path. Needed behind a
    /// proxy; with `https` cookies are tied to the host. Default: none, plain http on `listen`.
    pub public_url: Option<String>,
    /// Folder of the embedded database and of the master key. Default: `data`.
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://USER@HOST/DATABASE`. Default: `annals.db` in `data_dir`.
    pub database_url: Option<SecretString>,
    /// Database connections (SQLite: for reading). Default: 8.
    pub database_connections: u32,
    /// Longest that PostgreSQL may work on one statement, in milliseconds. Default: 10000.
    pub database_statement_timeout_ms: u64,
    /// File with the master key: 32 random bytes in base64. SQLite: made at the first start, default
    /// `master.key` in `data_dir`. PostgreSQL: must be set and exist, the same on every node.
    pub master_key_file: Option<PathBuf>,
    /// Events that may wait for the writer before requests are answered 503. Default: 20000.
    pub queue_events: usize,
    /// Bytes that may wait for the writer, likewise. Default: 67108864 (64 MiB).
    pub queue_bytes: usize,
    /// Memory of one password hash (Argon2id, three passes), in KiB. Default: 65536; at least 19456.
    pub argon2_memory_kib: u32,
    /// Minutes after which a session without a sign of life ends. Default: 30.
    pub session_idle_minutes: u64,
    /// Hours after which every session ends. Default: 12.
    pub session_absolute_hours: u64,
    /// Which log lines are written, in `tracing`'s filter syntax. Default: `info`.
    pub log_filter: String,
    /// `text` or `json`. Default: `text`.
    pub log_format: LogFormat,
}

/// The defaults, as a provider of settings: a secret cannot be serialized, so they are listed.
#[derive(Serialize)]
struct Defaults {
    listen: SocketAddr,
    data_dir: PathBuf,
    database_connections: u32,
    database_statement_timeout_ms: u64,
    queue_events: usize,
    queue_bytes: usize,
    argon2_memory_kib: u32,
    session_idle_minutes: u64,
    session_absolute_hours: u64,
    log_filter: &'static str,
    log_format: LogFormat,
}

const DEFAULTS: fn() -> Defaults = || Defaults {
    listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
    data_dir: PathBuf::from("data"),
    database_connections: 8,
    database_statement_timeout_ms: 10_000,
    queue_events: 20_000,
    queue_bytes: 64 * 1024 * 1024,
    argon2_memory_kib: 64 * 1024,
    session_idle_minutes: 30,
    session_absolute_hours: 12,
    log_filter: "info",
    log_format: LogFormat::Text,
};

/// The settings that have an environment variable: all. Other `ANNALS_` variables are not ours to judge.
const SETTINGS: [&str; 14] = [
    "listen",
    "public_url",
    "data_dir",
    "database_url",
    "database_connections",
    "database_statement_timeout_ms",
    "master_key_file",
    "queue_events",
    "queue_bytes",
    "argon2_memory_kib",
    "session_idle_minutes",
    "session_absolute_hours",
    "log_filter",
    "log_format",
];

impl Config {
    /// Reads the settings from the defaults, the file if there is one, and the environment.
    ///
    /// # Errors
    /// [`Error::Config`] naming the setting that is unknown or malformed.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(DEFAULTS()));
        if let Some(file) = file {
            if !file.is_file() {
                return Err(Error::Config(format!("--config: there is no file {}", file.display())));
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        let figment = figment.merge(Env::prefixed("ANNALS_").only(&SETTINGS));
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
        if self.database_connections == 0 {
            return Err(Error::Config("database_connections: at least 1".into()));
        }
        self.location().map(drop)
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

    /// The writer's limits.
    pub const fn queue(&self) -> QueueLimits {
        QueueLimits { events: self.queue_events, bytes: self.queue_bytes }
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

    /// Who issues access tokens.
    pub fn issuer(&self) -> &str {
        self.public_url.as_deref().unwrap_or("annals")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_enough() {
        let config: Config = Figment::from(Serialized::defaults(DEFAULTS())).extract().unwrap();
        config.check().unwrap();
    }

    #[test]
    fn a_misspelled_setting_is_named() {
        let figment =
            Figment::from(Serialized::defaults(DEFAULTS())).merge(Toml::string("databse_url = 'x'"));
        let error = figment.extract::<Config>().unwrap_err().to_string();
        assert!(error.contains("databse_url"), "{error}");
    }
}
