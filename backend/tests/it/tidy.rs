//! House rules that no compiler knows, over the source as text.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Longest file, in lines.
const LINES_MAX: usize = 400;
/// Files that may be longer, and why.
const LONG: [(&str, &str); 1] =
    [("db/schema.rs", "a list: one table after the other, and nothing between them")];

/// The features that keep something: each has its own `store`, and it is theirs alone.
const FEATURES: [&str; 15] = [
    "access",
    "break_glass",
    "catalog",
    "claims",
    "events",
    "invites",
    "keyring",
    "keys",
    "log",
    "members",
    "observed",
    "orgs",
    "sessions",
    "setup",
    "users",
];

/// Who reads another feature's store, which, and why that is right.
const NEIGHBOURS: [(&str, &str, &str); 22] = [
    ("access/directory.rs", "break_glass", "the one place where grants are looked up"),
    ("access/directory.rs", "keys", "the one place where credentials are looked up"),
    ("access/directory.rs", "orgs", "the one place where the organization of a path is looked up"),
    ("access/directory.rs", "sessions", "the one place where credentials are looked up"),
    ("access/directory.rs", "users", "the one place where roles are looked up"),
    ("claims", "orgs", "a claim is to an organization, which the link has to name"),
    ("claims", "users", "an organization can be claimed while it has no admin, with an account or for one"),
    ("host.rs", "orgs", "what the host may do spans features, in one transaction"),
    ("host.rs", "users", "what the host may do spans features, in one transaction"),
    ("invites/accept.rs", "orgs", "an invitation is to an organization, which the link has to name"),
    ("invites/accept.rs", "users", "who has an account proves that it is theirs"),
    ("invites/mod.rs", "users", "whoever is invited must still have room beside the members"),
    ("log/checkpoint", "orgs", "tells an organization of a new key, and operators of a damaged log"),
    ("members/joining.rs", "users", "joining makes an account and a membership in one transaction"),
    ("observed/store.rs", "orgs", "logs that have grown are answered with their organizations: a join"),
    ("orgs/api/mod.rs", "users", "an organization's answer names its admins"),
    ("orgs/store.rs", "observed", "a list of organizations says how many events each has"),
    ("orgs/store.rs", "users", "a list of organizations says how many members each has"),
    ("sessions", "orgs", "a session remembers which organizations it has touched: a join"),
    ("sessions", "users", "a session is a person's: sign-in reads the account, a refresh joins to it"),
    ("setup/mod.rs", "users", "the first run makes the first person, in the transaction that closes it"),
    ("users/store.rs", "orgs", "a membership is answered with its organization: a join"),
];

/// Files outside `db/` that may tell the two databases apart, as `db::Location` does.
const LOCATION_READERS: [(&str, &str); 2] = [
    ("app.rs", "a master key is made beside an embedded database only"),
    ("config.rs", "the default location is a file in the data folder"),
];

/// Files that act on a log without a permit: own events, and what whoever holds the host does.
const OF_SERVICE: [&str; 20] = [
    "access/mod.rs", // defines it
    "catalog/definition.rs",
    "demo/mod.rs",
    "host.rs",
    "invites/mod.rs",
    "keys/keeper.rs",
    "keys/refusals.rs",
    "log/checkpoint/epoch.rs",
    "log/checkpoint/refusing.rs",
    "log/checkpoint/signing.rs",
    "members/joining.rs",
    "members/mod.rs",
    "notices/denials.rs",
    "notices/reads.rs",
    "observed/worker.rs", // counts every log
    "orgs/mod.rs",
    "orgs/settings.rs",
    "own.rs",
    "sessions/telling.rs",
    "setup/mod.rs",
];

/// A source file: its path below `src/`, and its text.
struct Source {
    name: String,
    text: String,
}

impl Source {
    /// The lines that are code, numbered from 1: comments may say anything.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn is_in(&self, folder: &str) -> bool {
        self.name == folder || self.name.starts_with(&format!("{folder}/"))
    }
}

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn repository() -> PathBuf {
    crate_folder().join("..")
}

fn files_below(folder: &Path, keep: &impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !keep(&path) {
            continue;
        }
        if path.is_dir() { files.extend(files_below(&path, keep)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn sources_below(folder: &Path) -> Vec<Source> {
    let is_rust = |path: &Path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs");
    let read = |path: PathBuf| Source {
        name: path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned(),
        text: fs::read_to_string(&path).unwrap(),
    };
    files_below(folder, &is_rust).into_iter().map(read).collect()
}

fn sources() -> Vec<Source> {
    sources_below(&crate_folder().join("src"))
}

/// Fails with every finding at once.
#[track_caller]
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn no_file_has_more_than_400_lines() {
    let tests = sources_below(&crate_folder().join("tests"));
    let may_be_long = |source: &Source| LONG.iter().any(|(name, _)| source.name == *name);
    let files = sources().into_iter().chain(tests).filter(|source| !may_be_long(source));
    let long = files.filter(|source| source.text.lines().count() > LINES_MAX);

    none(
        &long
            .map(|source| format!("{}: {} lines", source.name, source.text.lines().count()))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_file_begins_with_its_job() {
    let tests = sources_below(&crate_folder().join("tests"));
    let silent = sources().into_iter().chain(tests).filter(|source| !source.text.starts_with("//! "));

    none(
        &silent
            .map(|source| format!("{}: say what it is for in a line of //!", source.name))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn only_db_knows_which_database_it_is() {
    const NAMES: [&str; 6] = ["Sqlite", "Postgres", "sqlite3", "rusqlite", "PgConnection", "is_sqlite"];
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.is_in("db")) {
        let may_match = LOCATION_READERS.iter().any(|(name, _)| source.name == *name);
        for (number, line) in source.code() {
            // "PostgreSQL" is the product's name, in texts for people.
            let line = line.replace("PostgreSQL", "");
            let line = if may_match {
                line.replace("Location::Sqlite", "").replace("Location::Postgres", "")
            } else {
                line
            };
            if NAMES.iter().any(|name| line.contains(name)) {
                found.push(format!("{}:{number}: {}", source.name, line.trim()));
            }
        }
    }

    none(&found);
}

#[test]
fn every_allowed_reader_of_the_location_still_is_one() {
    let sources = sources();
    let idle = LOCATION_READERS.iter().filter(|(name, _)| {
        !sources.iter().any(|source| source.name == *name && source.text.contains("Location::Sqlite"))
    });

    none(&idle.map(|(name, _)| format!("{name}: no longer needs to be allowed")).collect::<Vec<_>>());
}

/// Routes are declared beside their handlers, where the document sees them.
#[test]
fn no_route_is_registered_by_hand() {
    let routes =
        sources().into_iter().filter(|source| source.code().any(|(_, line)| line.contains(".route(")));

    none(&routes.map(|source| source.name).collect::<Vec<_>>());
}

/// Which other features' stores a file uses, by any of the spellings in use.
fn neighbours(source: &Source) -> BTreeSet<&'static str> {
    let own = source.name.split(['/', '.']).next().unwrap_or_default();
    let others = FEATURES.into_iter().filter(|feature| *feature != own);
    others
        .filter(|feature| {
            let direct = format!("{feature}::store");
            source.code().any(|(_, line)| {
                let is_named = line.match_indices(&direct).any(|(at, _)| {
                    // `events::store` is not `own_events::store`.
                    !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
                });
                let is_imported = line.contains(&format!("{feature}::{{")) && line.contains("store");
                is_named || is_imported
            })
        })
        .collect()
}

#[test]
fn features_keep_out_of_each_others_stores() {
    let mut found = Vec::new();
    for source in sources() {
        for feature in neighbours(&source) {
            let is_allowed =
                NEIGHBOURS.iter().any(|(place, allowed, _)| source.is_in(place) && *allowed == feature);
            if !is_allowed {
                found.push(format!("{} uses {feature}::store", source.name));
            }
        }
    }

    none(&found);
}

#[test]
fn every_allowed_use_of_a_neighbours_store_still_is_one() {
    let sources = sources();
    let idle = NEIGHBOURS.iter().filter(|(place, feature, _)| {
        !sources.iter().any(|source| source.is_in(place) && neighbours(source).contains(feature))
    });

    none(
        &idle
            .map(|(place, feature, _)| format!("{place} no longer uses {feature}::store"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn only_listed_files_act_on_a_log_without_a_permit() {
    let sources = sources();
    let users = sources.iter().filter(|source| source.code().any(|(_, line)| line.contains("of_service")));

    assert_eq!(users.map(|source| source.name.as_str()).collect::<Vec<_>>(), OF_SERVICE);
}

#[test]
fn every_migration_exists_for_both_databases_both_ways() {
    let names = |database: &str| {
        let folder = repository().join("migrations").join(database);
        let files = files_below(&folder, &|_| true);
        files
            .into_iter()
            .map(|path| path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned())
            .collect::<BTreeSet<_>>()
    };
    let (one, other) = (names("sqlite"), names("postgres"));

    assert_eq!(one, other);
    let ups = one.iter().filter(|name| name.ends_with("/up.sql")).count();
    let downs = one.iter().filter(|name| name.ends_with("/down.sql")).count();
    assert_eq!((ups, downs, ups + downs), (downs, ups, one.len()));
}

#[test]
fn nothing_is_left_for_later() {
    // Put together from halves: this file is looked at too.
    let marks =
        [("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("todo", "!("), ("unimplemented", "!("), ("dbg", "!(")]
            .map(|(half, other)| format!("{half}{other}"));
    let mut found = Vec::new();
    for source in sources().into_iter().chain(sources_below(&crate_folder().join("tests"))) {
        for (index, line) in source.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                found.push(format!("{}:{}: {}", source.name, index + 1, line.trim()));
            }
        }
    }

    none(&found);
}

/// A clone must be complete: nothing in it may point at the machine or the folder that it was written in.
#[test]
fn nothing_points_outside_of_the_repository() {
    const SKIPPED: [&str; 9] = [
        ".git",
        ".venv",
        "target",
        "node_modules",
        "dist",
        "data",
        "test-results",
        "playwright-report",
        "package-lock.json",
    ];
    let places = [("../sha", "red"), ("/wo", "rk/"), ("/ho", "me/"), ("/ro", "ot/")]
        .map(|(half, other)| format!("{half}{other}"));
    let keep =
        |path: &Path| !path.file_name().is_some_and(|name| SKIPPED.iter().any(|skipped| name == *skipped));
    let mut found = Vec::new();
    for path in files_below(&repository(), &keep) {
        // What is not text has no paths that anybody follows.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for (index, line) in text.lines().enumerate() {
            // A path begins somewhere: `src/home/` of an import is none.
            let leads_out = places.iter().any(|place| {
                line.match_indices(place.as_str()).any(|(at, _)| {
                    !line[..at]
                        .ends_with(|before: char| before.is_alphanumeric() || "._-@}$)".contains(before))
                })
            });
            if leads_out {
                found.push(format!("{}:{}: {}", path.display(), index + 1, line.trim()));
            }
        }
    }

    none(&found);
}
