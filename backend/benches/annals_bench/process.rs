//! Processes: `annals` with a database of its own, and what any process has used.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use annals::{db::Conn, keyring::MasterKey};
use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};

use crate::Result;

/// The kernel counts CPU time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// A database, empty but for one organization, `acme`.
pub(crate) struct Database {
    folder: tempfile::TempDir,
    /// On PostgreSQL.
    pub(crate) url: Option<String>,
}

impl Database {
    pub(crate) fn new(server: Option<&str>, name: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("annals-bench-").tempdir()?;
        let url = match server {
            None => None,
            Some(server) => {
                PgConnection::establish(server)?.batch_execute(&format!("CREATE DATABASE {name}"))?;
                MasterKey::create(&folder.path().join("master.key"))?;
                let (base, _) = server.rsplit_once('/').ok_or("a URL that ends in /DATABASE")?;
                Some(format!("{base}/{name}"))
            }
        };
        let database = Self { folder, url };
        database.run(&["admin", "create-org", "--slug", "acme", "--name", "Acme", "--pack", "blink"])?;
        Ok(database)
    }

    /// A connection past the service.
    pub(crate) fn connect(&self) -> Result<Conn> {
        Ok(match &self.url {
            None => {
                let file = self.folder.path().join("annals.db");
                Conn::Sqlite(SqliteConnection::establish(&file.to_string_lossy())?)
            }
            Some(url) => Conn::Postgres(PgConnection::establish(url)?),
        })
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
        command
            .args(args)
            .env_clear()
            .env("ANNALS_DATA_DIR", self.folder.path())
            .env("ANNALS_LISTEN", "127.0.0.1:0")
            .env("ANNALS_LOG_FORMAT", "json")
            .env("ANNALS_METRICS_LISTEN", "off")
            .stdin(Stdio::null());
        if let Some(url) = &self.url {
            command.env("ANNALS_DATABASE_URL", url);
            command.env("ANNALS_MASTER_KEY_FILE", self.folder.path().join("master.key"));
        }
        command
    }

    /// Runs `annals ARGS`, which must succeed, and returns what it printed.
    pub(crate) fn run(&self, args: &[&str]) -> Result<String> {
        let output = self.command(args).output()?;
        if !output.status.success() {
            return Err(format!("annals {args:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// `annals serve` on a database, with a key that writes and one that reads.
pub(crate) struct Service {
    pub(crate) address: String,
    pub(crate) write_key: String,
    pub(crate) read_key: String,
    child: Child,
}

impl Service {
    pub(crate) fn start(database: &Database) -> Result<Self> {
        let key = |name, scope| {
            database.run(&["admin", "create-key", "--org", "acme", "--name", name, "--scope", scope])
        };
        let (write_key, read_key) =
            (key("bench-writer", "events:write")?, key("bench-reader", "events:read")?);
        let mut child = database.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no pipe")?).lines();
        let listening = lines.by_ref().map_while(std::result::Result::ok).find_map(|line| {
            let (_, rest) = line.split_once(r#""address":""#)?;
            rest.split('"').next().map(ToOwned::to_owned)
        });
        // Read to the end: a full pipe would stop the service at its next log line.
        std::thread::spawn(move || lines.map_while(std::result::Result::ok).for_each(drop));
        Ok(Self { address: listening.ok_or("the service did not start")?, write_key, read_key, child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself, which nobody minds here.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// CPU time that a process has used.
pub(crate) fn cpu(id: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // After the name in parentheses: user time is the 12th field, system time the 13th.
    let (_, rest) = stat.rsplit_once(')').ok_or("no name")?;
    let ticks = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<u32>)
        .sum::<std::result::Result<u32, _>>()?;
    Ok(TICK * ticks)
}

/// Memory that a process holds now, in MiB.
pub(crate) fn memory_mib(id: u32) -> Result<f64> {
    status_mib(id, "VmRSS:")
}

/// The most memory that a process has held at any time, in MiB, as the kernel counted it.
pub(crate) fn memory_peak_mib(id: u32) -> Result<f64> {
    status_mib(id, "VmHWM:")
}

fn status_mib(id: u32, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find(|line| line.starts_with(name)).ok_or_else(|| format!("no {name}"))?;
    let kib: u32 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
    Ok(f64::from(kib) / 1024.0)
}
