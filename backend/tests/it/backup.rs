//! A backup taken while the service writes: complete, checked by `annals verify`, and good to go on from.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use annals::{config::Config, db::Location};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::{
    Database, eventually,
    process::{Ended, Installation, Service, run, succeed},
};

/// Events that must be acknowledged before the backup begins, and again while it is or was made.
const ENOUGH: u64 = 150;
const WRITERS: u64 = 6;

/// Takes a backup as the operator's manual says.
fn back_up(config: &Config, file: &Path) {
    match config.location().unwrap() {
        Location::Sqlite(_) => {
            let said = succeed(config, &["backup", "--to", file.to_str().unwrap()]);
            assert!(said.contains("without the master key"), "{said}");
        }
        Location::Postgres(url) => {
            postgres("pg_dump", &["--no-owner", "--file", file.to_str().unwrap(), url.expose_secret()]);
        }
    }
}

/// Restores it into a fresh place as the manual says, with the master key of the installation.
fn restore(home: &Config, file: &Path) -> (Database, Config) {
    let fresh = Database::empty();
    let key = home.master_key_file.clone().unwrap_or_else(|| home.data_dir.join("master.key"));
    fs::copy(key, fresh.folder.path().join("master.key")).unwrap();
    let config = fresh.config();
    match config.location().unwrap() {
        Location::Sqlite(database) => drop(fs::copy(file, database).unwrap()),
        Location::Postgres(url) => postgres(
            "psql",
            &[
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--single-transaction",
                "--file",
                file.to_str().unwrap(),
                url.expose_secret(),
            ],
        ),
    }
    (fresh, config)
}

/// Runs one of the PostgreSQL server's own programs.
fn postgres(program: &str, args: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/postgres");
    let folder = Command::new(script).arg("bin").output().expect("where PostgreSQL is").stdout;
    let program = Path::new(String::from_utf8(folder).unwrap().trim()).join(program);
    let output = Command::new(program).args(args).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn event(number: u64) -> Value {
    json!({
        "id": format!("0199f3c2-7a10-7c3e-8b1d-{number:012}"),
        "action": "user.invited",
        "actor": {"type": "user", "id": "u_1"},
        "details": format!("needle {number} in the hay"),
    })
}

/// Clients that write until they are told to stop.
struct Load {
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicU64>,
    writers: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    #[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
    fn start(service: &Service, key: &str) -> Self {
        let (is_over, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let client = reqwest::Client::new();
        let url = format!("{}/v1/orgs/acme/events", service.url);
        let write = |writer: u64| {
            let (client, url, key) = (client.clone(), url.clone(), key.to_owned());
            let (is_over, acknowledged) = (Arc::clone(&is_over), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                for round in 0.. {
                    if is_over.load(Relaxed) {
                        break;
                    }
                    let request = client.post(&url).bearer_auth(&key).json(&event(round * WRITERS + writer));
                    assert_eq!(request.send().await.expect("an answer").status(), 201);
                    acknowledged.fetch_add(1, Relaxed);
                }
            })
        };
        let writers = (0..WRITERS).map(write).collect();
        Self { is_over, acknowledged, writers }
    }

    /// Waits until so many more were acknowledged; how many in all.
    async fn goes_on(&self, more: u64) -> u64 {
        let enough = self.acknowledged.load(Relaxed) + more;
        eventually("events to be acknowledged", async || {
            assert!(!self.writers.iter().any(tokio::task::JoinHandle::is_finished), "a writer gave up");
            let acknowledged = self.acknowledged.load(Relaxed);
            (acknowledged >= enough).then_some(acknowledged)
        })
        .await
    }

    /// Stops; how many were acknowledged in all.
    async fn stop(self) -> u64 {
        self.is_over.store(true, Relaxed);
        for writer in self.writers {
            writer.await.expect("its end");
        }
        self.acknowledged.load(Relaxed)
    }
}

/// How many events acme's log has by `annals verify`, which must find nothing wrong.
fn verified(ended: &Ended) -> u64 {
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let line = ended.stdout.lines().find_map(|line| line.strip_prefix("acme: ")).expect("acme's line");
    assert!(line.contains("all accounted for"), "{line}");
    line.split(' ').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_whole_and_the_service_goes_on_from_it() {
    let home = Installation::new();
    let made_by_itself = verified(&run(&home.config, &["verify"]));
    let service = Service::start(&home.config);
    let load = Load::start(&service, &home.key);
    let before = load.goes_on(ENOUGH).await;
    let file = home.config.data_dir.join("backup");

    tokio::task::block_in_place(|| back_up(&home.config, &file));

    load.goes_on(ENOUGH).await;
    let in_all = load.stop().await;
    drop(service);
    let (_fresh, restored) = restore(&home.config, &file);
    let events = verified(&run(&restored, &["verify"]));
    let clients = events - made_by_itself;
    assert!((before..=in_all).contains(&clients), "{clients} of {before} to {in_all}");

    let service = Service::start(&restored);
    #[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
    let client = reqwest::Client::new();
    let request = client.post(format!("{}/v1/orgs/acme/events", service.url)).bearer_auth(&home.key);
    let answer = request.json(&event(999_999)).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.json::<Value>().await.unwrap()["sequence"], events);
    drop(service);
    assert_eq!(verified(&run(&restored, &["verify"])), events + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_byte_changed_in_a_backup_is_named() {
    let home = Installation::new();
    let made_by_itself = verified(&run(&home.config, &["verify"]));
    let service = Service::start(&home.config);
    let load = Load::start(&service, &home.key);
    load.goes_on(20).await;
    load.stop().await;
    let file = home.config.data_dir.join("backup");
    back_up(&home.config, &file);

    let mut bytes = fs::read(&file).unwrap();
    let needle = b"\"details\":\"needle 7 in the hay\"";
    let at = bytes.windows(needle.len()).position(|window| window == needle).expect("the event's body");
    bytes[at + 13] ^= 1;
    fs::write(&file, bytes).unwrap();

    let (_fresh, restored) = restore(&home.config, &file);
    let ended = run(&restored, &["verify"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    let line = ended.stdout.lines().find_map(|line| line.strip_prefix("acme: ")).expect("acme's line");
    assert!(line.starts_with("DAMAGED after "), "{line}");
    assert!(line.contains("0199f3c2-7a10-7c3e-8b1d-000000000007) was altered: its body"), "{line}");
    assert!(made_by_itself > 0);
}

/// Of the embedded database; the other has its own tools, and is told so.
#[test]
fn a_backup_is_a_new_private_file_or_a_complaint() {
    let mut home = Installation::new();
    let file = home.config.data_dir.join("backup");
    let to = file.to_str().unwrap();

    let ended = run(&home.config, &["backup", "--to", to]);

    if ended.code != Some(0) {
        assert_eq!(ended.code, Some(78), "{}", ended.stderr);
        assert!(ended.stderr.contains("pg_dump") && home.config.database_url.is_some(), "{}", ended.stderr);
        return;
    }
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&file).unwrap();
    let again = run(&home.config, &["backup", "--to", to]);
    assert_eq!(again.code, Some(78), "{}", again.stderr);
    assert!(again.stderr.contains("exists; name a new file"), "{}", again.stderr);
    let nowhere = home.config.data_dir.join("nowhere/backup");
    assert_eq!(run(&home.config, &["backup", "--to", nowhere.to_str().unwrap()]).code, Some(78));
    // Checking it leaves it as it is.
    let config = &mut home.config;
    config.master_key_file = Some(config.data_dir.join("master.key"));
    config.database_url = Some(format!("sqlite:{to}").into());
    verified(&run(config, &["verify"]));
    assert!(fs::read(&file).unwrap() == bytes, "it was changed");
    let left: Vec<String> = fs::read_dir(&config.data_dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!left.iter().any(|name| name.starts_with("backup") && name != "backup"), "{left:?}");
}
