//! The schema: the same on both databases, there and back again, and never that of a newer version.

use std::collections::BTreeMap;

use annals::{
    config::Config,
    db::{Conn, Db, migrate},
};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};

use crate::support::{
    Database, TestApp,
    process::{run, succeed, superuser},
};

/// EX_CONFIG: the service cannot start with what it was given.
const EXIT_CONFIG: Option<i32> = Some(78);

const SCHEMA: &str = include_str!("../../src/db/schema.rs");
/// Every migration of PostgreSQL, in order.
const POSTGRES: [&str; 11] = [
    include_str!("../../../migrations/postgres/0001_init/up.sql"),
    include_str!("../../../migrations/postgres/0002_event_types/up.sql"),
    include_str!("../../../migrations/postgres/0003_checkpoints/up.sql"),
    include_str!("../../../migrations/postgres/0004_refusals/up.sql"),
    include_str!("../../../migrations/postgres/0005_seen_by_occurrence/up.sql"),
    include_str!("../../../migrations/postgres/0006_statistics/up.sql"),
    include_str!("../../../migrations/postgres/0007_api_keys/up.sql"),
    include_str!("../../../migrations/postgres/0008_members/up.sql"),
    include_str!("../../../migrations/postgres/0009_sessions/up.sql"),
    include_str!("../../../migrations/postgres/0010_organizations/up.sql"),
    include_str!("../../../migrations/postgres/0011_claims/up.sql"),
];
/// Tables that a distributed database keeps whole on every node: looked up before the organization is known.
const REFERENCE_TABLES: [&str; 10] = [
    "installation",
    "service_keys",
    "organizations",
    "users",
    "memberships",
    "api_keys",
    "api_key_secrets",
    "invites",
    "claims",
    "setup_tokens",
];

fn open(database: &Database) -> Db {
    let config = database.config();
    Db::open(config.location().expect("a location"), config.pools()).expect("a database")
}

#[test]
fn both_databases_have_the_same_migrations() {
    let (sqlite, postgres) = migrate::names().expect("names");

    assert_eq!(sqlite, postgres);
    assert_eq!(postgres.len(), POSTGRES.len(), "list the new migration in this test");
}

#[tokio::test(flavor = "multi_thread")]
async fn up_down_up_arrives_where_it_began() {
    let database = Database::empty();
    let db = open(&database);
    let names = migrate::exclusively(&db, migrate::up).expect("up");
    let columns = stored_columns(&db);

    migrate::exclusively(&db, migrate::down).expect("down");
    assert_eq!(stored_columns(&db), BTreeMap::new(), "nothing is left");
    assert_eq!(migrate::exclusively(&db, migrate::up).expect("up again"), names);

    assert_eq!(stored_columns(&db), columns);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_database_has_nothing_left_to_do() {
    let database = Database::empty();
    let db = open(&database);
    migrate::exclusively(&db, migrate::up).expect("up");

    assert_eq!(migrate::exclusively(&db, migrate::up).expect("up again"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_and_columns_are_those_that_the_code_knows() {
    let database = Database::empty();
    let db = open(&database);
    migrate::exclusively(&db, migrate::up).expect("up");

    let mut stored = stored_columns(&db);
    // The row id of the full-text index, where the database needs one: no query names it.
    stored.remove(&("events".to_owned(), "doc_id".to_owned()));

    let is_sqlite =
        db.read_blocking("which", |conn| Ok(matches!(conn, Conn::Sqlite(_)))).expect("a database");
    assert_eq!(stored, known_columns(|kind| if is_sqlite { sqlite_type(kind) } else { postgres_type(kind) }));
}

/// (table, column) to (type, whether it may be NULL).
type Columns = BTreeMap<(String, String), (String, bool)>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    nullable: String,
}

fn stored_columns(db: &Db) -> Columns {
    let sqlite = "SELECT m.name AS relation, c.name AS name, lower(c.type) AS kind, \
            CASE WHEN c.\"notnull\" = 0 AND c.pk = 0 THEN 'YES' ELSE 'NO' END AS nullable \
        FROM sqlite_master m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";
    let postgres = "SELECT table_name::text AS relation, column_name::text AS name, data_type::text AS kind, is_nullable::text AS nullable \
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%'";
    let columns: Vec<Column> = db
        .read_blocking("columns", |conn| match conn {
            Conn::Sqlite(inner) => Ok(sql_query(sqlite).load(inner)?),
            Conn::Postgres(inner) => Ok(sql_query(postgres).load(inner)?),
        })
        .expect("columns");
    columns
        .into_iter()
        .map(|column| ((column.relation, column.name), (column.kind, column.nullable == "YES")))
        .collect()
}

/// The columns of `db/schema.rs`, out of its text.
fn known_columns(type_of: impl Fn(&str) -> &'static str) -> Columns {
    let mut columns = Columns::new();
    for table in SCHEMA.split("diesel::table! {").skip(1) {
        let lines: Vec<&str> = table.lines().map(str::trim).collect();
        let name = lines.iter().find_map(|line| line.strip_suffix(" {")?.split_once(" (")).expect("a name").0;
        for (column, kind) in lines.iter().filter_map(|line| line.strip_suffix(',')?.split_once(" -> ")) {
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let stored = (type_of(inner.unwrap_or(kind)).to_owned(), inner.is_some());
            columns.insert((name.to_owned(), column.to_owned()), stored);
        }
    }
    assert!(columns.len() > 50, "db/schema.rs was read");
    columns
}

fn sqlite_type(kind: &str) -> &'static str {
    match kind {
        "DbId" | "Binary" => "blob",
        "DbTime" | "Integer" | "BigInt" | "Bool" => "integer",
        "DbJson" | "Text" => "text",
        other => panic!("map {other} in this test"),
    }
}

fn postgres_type(kind: &str) -> &'static str {
    match kind {
        "DbId" => "uuid",
        "DbTime" => "timestamp with time zone",
        "DbJson" => "jsonb",
        "Binary" => "bytea",
        "Integer" => "integer",
        "BigInt" => "bigint",
        "Bool" => "boolean",
        "Text" => "text",
        other => panic!("map {other} in this test"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused() {
    let app = TestApp::start().await;
    let config = &app.app.config;
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    superuser(config).batch_execute(newer).expect("a newer migration");

    for command in [&["serve"][..], &["migrate"], &["admin", "create-org", "--slug", "new", "--name", "New"]]
    {
        let ended = run(config, command);

        assert_eq!(ended.code, EXIT_CONFIG, "{command:?}: {}", ended.stderr);
        let said = "annals: the database was migrated by a newer version of Annals (migration 9999); \
                    install that version";
        assert!(ended.stderr.contains(said), "{command:?}: {}", ended.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn data_without_its_master_key_is_refused_and_the_key_is_not_replaced() {
    let database = Database::empty();
    let config = database.config();
    succeed(&config, &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp"]);
    let key = master_key(&config);
    let kept = std::fs::read(&key).expect("the key");
    std::fs::remove_file(&key).expect("the key");

    let ended = run(&config, &["serve"]);

    assert_eq!(ended.code, EXIT_CONFIG, "{}", ended.stderr);
    assert!(ended.stderr.contains("annals: master_key_file: "), "{}", ended.stderr);
    assert!(!key.exists());
    std::fs::write(&key, kept).expect("the key, put back");
    succeed(&config, &["verify"]);
}

fn master_key(config: &Config) -> std::path::PathBuf {
    config.master_key_file.clone().unwrap_or_else(|| config.data_dir.join("master.key"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_may_follow_a_migration_by_hand() {
    let database = Database::empty();
    let config = database.config();
    succeed(&config, &["migrate"]);

    succeed(&config, &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp"]);
}

#[test]
fn keys_of_an_organizations_tables_begin_with_it() {
    for (name, lines) in tables() {
        if REFERENCE_TABLES.contains(&name.as_str()) || !lines.iter().any(|line| line.starts_with("org_id "))
        {
            continue;
        }
        for key in keys(&lines) {
            assert!(key.starts_with("org_id"), "{name}: ({key})");
        }
    }
}

#[test]
fn foreign_keys_have_names() {
    for (name, lines) in tables() {
        for line in lines.iter().filter(|line| line.contains("REFERENCES ")) {
            assert!(line.contains("CONSTRAINT "), "{name}: {line}");
        }
    }
}

#[test]
fn nothing_is_there_that_a_distributed_database_cannot_have() {
    for sql in POSTGRES.map(without_comments) {
        let sql = sql.to_uppercase();
        for words in ["TRIGGER", "SERIAL", "CREATE SEQUENCE", "IDENTITY", "NEXTVAL"] {
            assert!(!sql.contains(words), "{words}");
        }
    }
}

#[test]
fn a_migration_after_the_first_is_one_statement() {
    for sql in POSTGRES.into_iter().skip(1).map(without_comments) {
        assert!(sql.trim_start().starts_with("DO "), "{sql}");
        assert_eq!(sql.matches("DO $").count(), 1, "{sql}");
    }
}

fn without_comments(sql: &str) -> String {
    sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Each table of PostgreSQL's migrations with its lines.
fn tables() -> Vec<(String, Vec<String>)> {
    let sql = POSTGRES.map(without_comments).concat();
    let parts = sql.split("CREATE TABLE ").skip(1).map(|part| {
        let (name, rest) = part.split_once(" (").expect("a table");
        let (lines, _) = rest.split_once("\n);").expect("its end");
        (name.to_owned(), lines.lines().map(|line| line.trim().to_owned()).collect())
    });
    let tables: Vec<(String, Vec<String>)> = parts.collect();
    assert!(tables.len() >= 10, "the migrations were read");
    tables
}

/// The columns of each PRIMARY KEY and UNIQUE of a table, whether of one column or of the table.
fn keys(lines: &[String]) -> Vec<String> {
    let of_line = |line: &String| {
        let at = ["PRIMARY KEY", "UNIQUE"].iter().find_map(|word| line.split_once(word))?;
        Some(match (at.0.trim(), at.1.trim().strip_prefix('(')) {
            ("", Some(columns)) => columns.split(')').next().unwrap_or_default().to_owned(),
            (column, _) => column.split(' ').next().unwrap_or_default().to_owned(),
        })
    };
    lines.iter().filter_map(of_line).collect()
}
