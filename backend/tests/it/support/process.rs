//! Around a service: the real binary, run with its settings as an operator runs it, and its database as
//! the database's superuser sees it.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use annals::{
    config::Config,
    db::{Conn, Location},
};
use diesel::{Connection, PgConnection, SqliteConnection, connection::SimpleConnection};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::Database;

/// `annals ARGS` with the settings of `config` and nothing else from this process's environment.
pub(crate) fn annals(config: &Config, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_annals"));
    command
        .args(args)
        .env_clear()
        .env("ANNALS_DATA_DIR", &config.data_dir)
        .env("ANNALS_LISTEN", config.listen.to_string())
        .env("ANNALS_DATABASE_CONNECTIONS", config.database_connections.to_string())
        .env("ANNALS_ARGON2_MEMORY_KIB", config.argon2_memory_kib.to_string())
        .env("ANNALS_CHECKPOINT_INTERVAL_SECONDS", config.checkpoint_interval_seconds.to_string())
        .env("ANNALS_LOG_FILTER", &config.log_filter)
        .env("ANNALS_QUEUE_EVENTS", config.queue_events.to_string())
        .env("ANNALS_QUEUE_BYTES", config.queue_bytes.to_string())
        .env("ANNALS_BODY_GRACE_SECONDS", config.body_grace_seconds.to_string())
        .env("ANNALS_OPERATORS_NEED_MFA", config.operators_need_mfa.to_string())
        .env("ANNALS_LOG_FORMAT", "json");
    if let Some(address) = &config.metrics_listen {
        command.env("ANNALS_METRICS_LISTEN", address);
    }
    if let Some(url) = &config.database_url {
        command.env("ANNALS_DATABASE_URL", url.expose_secret());
    }
    if let Some(file) = &config.master_key_file {
        command.env("ANNALS_MASTER_KEY_FILE", file);
    }
    command
}

/// A connection past the service: it may do whatever the database lets its owner do.
pub(crate) fn superuser(config: &Config) -> Conn {
    match config.location().expect("a location") {
        Location::Sqlite(file) => {
            let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("the file");
            conn.batch_execute("PRAGMA busy_timeout=5000").expect("a pragma");
            Conn::Sqlite(conn)
        }
        Location::Postgres(url) => {
            Conn::Postgres(PgConnection::establish(url.expose_secret()).expect("the server"))
        }
    }
}

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs `annals ARGS` to its end.
pub(crate) fn run(config: &Config, args: &[&str]) -> Ended {
    Ended::of(annals(config, args).stdin(Stdio::null()).output().expect("the binary runs"))
}

impl Ended {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// Runs `annals ARGS` to its end with something to read.
pub(crate) fn run_with_input(config: &Config, args: &[&str], input: &str) -> Ended {
    let mut command = annals(config, args);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    Ended::of(child.wait_with_output().expect("its end"))
}

/// Runs `annals ARGS`, which must succeed, and returns what it printed.
#[track_caller]
pub(crate) fn succeed(config: &Config, args: &[&str]) -> String {
    let ended = run(config, args);
    assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.stderr);
    ended.stdout.trim().to_owned()
}

/// An installation with one organization and a key that writes and reads.
pub(crate) struct Installation {
    pub(crate) config: Config,
    pub(crate) key: String,
    _database: Database,
}

impl Installation {
    pub(crate) fn new() -> Self {
        let database = Database::empty();
        let config = database.config();
        succeed(
            &config,
            &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp", "--pack", "blink"],
        );
        let scopes = ["--scope", "events:write", "--scope", "events:read"];
        let create = [&["admin", "create-key", "--org", "acme", "--name", "writer"][..], &scopes].concat();
        let key = succeed(&config, &create);
        Self { config, key, _database: database }
    }
}

/// `annals serve`, ready for requests. Killed when dropped.
pub(crate) struct Service {
    pub(crate) url: String,
    /// Where its metrics are, if anywhere.
    pub(crate) metrics_url: Option<String>,
    child: Child,
    /// What it has logged so far.
    logged: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Service {
    /// Starts the service and waits until it has its port.
    pub(crate) fn start(config: &Config) -> Self {
        let mut child = annals(config, &["serve"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let mut seen = Vec::new();
        let address = lines.by_ref().find_map(|line| {
            let line = line.expect("a log line");
            let address = address(&line, "listening");
            seen.push(line);
            address
        });
        let url = format!("http://{}", address.unwrap_or_else(|| panic!("it did not start: {seen:#?}")));
        let metrics = seen.iter().find_map(|line| self::address(line, "metrics"));
        let metrics_url = metrics.map(|address| format!("http://{address}"));
        // Read to the end: a full pipe would stop the service at its next log line.
        let logged = Arc::new(Mutex::new(seen));
        let log = Arc::clone(&logged);
        let note = move |line| log.lock().expect("nobody panicked").push(line);
        let reader = std::thread::spawn(move || lines.map_while(Result::ok).for_each(note));
        Self { url, metrics_url, child, logged, reader: Some(reader) }
    }

    /// Whether it has logged a line with this text.
    pub(crate) fn has_logged(&self, text: &str) -> bool {
        self.logged.lock().expect("nobody panicked").iter().any(|line| line.contains(text))
    }

    /// Ends the service as the kernel does when memory is short: at once, with nothing left to say.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.wait();
    }

    /// Asks the service to stop, as a supervisor does.
    pub(crate) fn terminate(&mut self) {
        let kill = format!("kill -TERM {}", self.child.id());
        let status = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
        assert!(status.success(), "the service was running");
    }

    /// Most memory that it has held at any time.
    pub(crate) fn memory_peak_bytes(&self) -> usize {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        let kib: usize = peak.trim().trim_end_matches(" kB").parse().expect("a number");
        kib * 1024
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("a child of ours")
    }

    /// What it logged. Waits for its end.
    pub(crate) fn log(&mut self) -> Vec<String> {
        self.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the log's reader");
        }
        std::mem::take(&mut self.logged.lock().expect("nobody panicked"))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended by itself; that is what was wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The address in the log line with this message.
fn address(line: &str, message: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line["message"] == message).then(|| line["address"].as_str().map(ToOwned::to_owned)).flatten()
}
