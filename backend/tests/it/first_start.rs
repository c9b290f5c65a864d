//! The first start: from nothing to a service, alone or several at once, with files for nobody else.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use annals::{
    config::Config,
    db::{Location, schema::organizations},
};
use diesel::prelude::*;
use serde_json::Value;

use crate::support::{
    Database, eventually,
    process::{Ended, Service, annals, run, succeed, superuser},
};

const SERVICES: usize = 3;
/// Settings for a data folder that is not there yet. `None` where the data is not in a folder.
fn in_a_new_folder(database: &Database) -> Option<Config> {
    let mut config = database.config();
    config.data_dir = database.folder.path().join("new").join("data");
    matches!(config.location().expect("a location"), Location::Sqlite(_)).then_some(config)
}

#[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
async fn get(url: &str, key: Option<&str>) -> (u16, Value) {
    let request = reqwest::Client::new().get(url);
    let request = if let Some(key) = key { request.bearer_auth(key) } else { request };
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

/// Runs `annals migrate` with a variable more.
fn migrate_with(name: &str, value: &str) -> Ended {
    let database = Database::empty();
    let mut command = annals(&database.config(), &["migrate"]);
    let output = command.env(name, value).stdin(Stdio::null()).output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_migrated_first_is_served() {
    let database = Database::empty();
    let config = database.config();

    let first = succeed(&config, &["migrate"]);
    let second = succeed(&config, &["migrate"]);
    let service = Service::start(&config);

    assert!(first.starts_with("applied "), "{first}");
    assert_eq!(second, "nothing to do");
    assert_eq!(get(&format!("{}/readyz", service.url), None).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_start_at_once_on_an_empty_database_all_become_ready() {
    let database = Database::empty();
    let config = database.config();

    let starting: Vec<_> = (0..SERVICES)
        .map(|_| {
            let config = config.clone();
            std::thread::spawn(move || Service::start(&config))
        })
        .collect();
    let services = tokio::task::block_in_place(|| {
        starting.into_iter().map(|service| service.join().expect("a service")).collect::<Vec<_>>()
    });

    succeed(&config, &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp", "--pack", "blink"]);
    let create = ["admin", "create-key", "--org", "acme", "--name", "reader", "--scope", "events:read"];
    let key = succeed(&config, &create);
    for service in services {
        assert_eq!(get(&format!("{}/readyz", service.url), None).await.0, 200);
        // They have the same keys and the same data.
        let (status, page) = get(&format!("{}/v1/orgs/acme/events", service.url), Some(&key)).await;
        assert_eq!((status, page["data"].as_array().map(Vec::len)), (200, Some(2)), "{page}");
    }
    succeed(&config, &["verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_start_at_once_on_an_empty_database_all_succeed() {
    let database = Database::empty();
    let config = database.config();

    let running: Vec<_> = (0..SERVICES)
        .map(|number| {
            let config = config.clone();
            std::thread::spawn(move || {
                run(
                    &config,
                    &["admin", "create-org", "--slug", &format!("org-{number}"), "--name", "An organization"],
                )
            })
        })
        .collect();

    for ended in running {
        let ended = tokio::task::block_in_place(|| ended.join().expect("a command"));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let logs = format!("{} logs checked", SERVICES + 1);
    assert!(succeed(&config, &["verify"]).contains(&logs), "every organization has its log");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_is_for_its_owner_only() {
    let database = Database::empty();
    let Some(config) = in_a_new_folder(&database) else { return };

    let _service = Service::start(&config);

    for folder in [config.data_dir.as_path(), config.data_dir.parent().unwrap()] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    for name in ["master.key", "annals.db", "annals.db-wal", "annals.db-shm"] {
        assert!(config.data_dir.join(name).is_file(), "{name}");
    }
    for file in std::fs::read_dir(&config.data_dir).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_there_keeps_its_mode() {
    let database = Database::empty();
    let Some(config) = in_a_new_folder(&database) else { return };
    std::fs::create_dir_all(&config.data_dir).unwrap();
    std::fs::set_permissions(&config.data_dir, std::fs::Permissions::from_mode(0o750)).unwrap();

    succeed(&config, &["migrate"]);

    assert_eq!(mode(&config.data_dir), 0o750);
    assert_eq!(mode(&config.data_dir.join("master.key")), 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_without_its_master_key_is_left_alone() {
    let database = Database::empty();
    let Some(config) = in_a_new_folder(&database) else { return };
    succeed(&config, &["migrate"]);
    std::fs::remove_file(config.data_dir.join("master.key")).unwrap();

    let ended = run(&config, &["migrate"]);

    assert_eq!(ended.code, Some(78), "{}", ended.stderr);
    assert!(ended.stderr.contains("master_key_file: "), "{}", ended.stderr);
    assert!(!config.data_dir.join("master.key").exists());
}

/// `annals demo`, killed when dropped.
struct Demo {
    child: Child,
    env_file: PathBuf,
}

impl Demo {
    fn start(config: &Config) -> Self {
        let env_file = config.data_dir.with_extension("env");
        let (data, env) = (config.data_dir.to_string_lossy(), env_file.to_string_lossy());
        let args = ["demo", "--quiet", "--listen", "127.0.0.1:0", "--data", &data, "--env-file", &env];
        let mut command = annals(config, &args);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: quiet.spawn().expect("the binary starts"), env_file }
    }

    /// Ends it as the kernel does: at once.
    fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("a child of ours");
    }

    /// What it says to scripts, once it is ready.
    async fn says(&mut self) -> String {
        let (child, file) = (&mut self.child, &self.env_file);
        eventually("the demo", async || {
            assert_eq!(child.try_wait().expect("a child of ours"), None, "the demo ended");
            std::fs::read_to_string(file).ok()
        })
        .await
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have been killed already; that is what was wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A value out of the file for scripts.
fn value<'a>(env: &'a str, name: &str) -> &'a str {
    env.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_else(|| panic!("{env}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_that_was_killed_while_it_was_being_made_starts_again() {
    let database = Database::empty();
    let Some(config) = in_a_new_folder(&database) else { return };
    let mut demo = Demo::start(&config);
    eventually("half a demo", async || {
        config.data_dir.join("being-made").exists().then_some(())?;
        let acme = organizations::table.filter(organizations::slug.eq("acme")).count();
        (acme.get_result::<i64>(&mut superuser(&config)).ok()? == 1).then_some(())
    })
    .await;
    demo.kill();
    assert!(!demo.env_file.exists(), "it was killed too late");

    let mut again = Demo::start(&config);
    let env = again.says().await;

    let url = format!("{}/v1/orgs/acme/events?limit=1", value(&env, "ANNALS_URL"));
    let (status, page) = get(&url, Some(value(&env, "ANNALS_READ_KEY"))).await;
    assert_eq!((status, page["data"].as_array().map(Vec::len)), (200, Some(1)), "{page}");
    assert!(!config.data_dir.join("being-made").exists());
    succeed(&config, &["verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_no_setting_is_named() {
    let ended = migrate_with("ANNALS_LISTN", "0.0.0.0:80");

    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("ANNALS_LISTN"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_of_the_demos_scripts_is_nobodys_mistake() {
    let ended = migrate_with("ANNALS_API_KEY", "secret");

    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("ANNALS_API_KEY"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_out_of_its_range_is_refused_by_its_name() {
    for (name, value, setting) in [
        ("ANNALS_QUEUE_EVENTS", "1", "queue_events"),
        ("ANNALS_QUEUE_BYTES", "1", "queue_bytes"),
        ("ANNALS_DATABASE_CONNECTIONS", "0", "database_connections"),
        ("ANNALS_SESSION_IDLE_MINUTES", "0", "session_idle_minutes"),
        ("ANNALS_PUBLIC_URL", "audit.example.com", "public_url"),
        ("ANNALS_QUEUE_EVENTS", "many", "queue_events"),
    ] {
        let ended = migrate_with(name, value);

        assert_eq!((ended.code, ended.stdout.as_str()), (Some(78), ""), "{name}: {}", ended.stderr);
        assert!(ended.stderr.to_lowercase().contains(setting), "{name}: {}", ended.stderr);
    }
}
