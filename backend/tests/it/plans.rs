//! How the database answers: every statement runs along the index that is written down for it, in order.
//!
//! The statements are those that the running service shows in its log. Their plans are the database's own,
//! with everything turned off that could hide a missing index on a small table. They are written down in
//! `fixtures/plans`; `UPDATE=1` writes them anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use annals::{
    config::Config,
    db::{
        Conn,
        schema::{log_heads, log_signing, observations},
    },
};
use diesel::{QueryableByName, connection::SimpleConnection, prelude::*, sql_query, sql_types::Text};
use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{
    eventually,
    process::{Installation, Service, succeed, superuser},
};

/// Queries of the list; each is also asked for oldest first and for a second page.
const LISTS: [&str; 20] = [
    "",
    "action=report.opened",
    "action=report.*",
    "action=report.opened,report.closed",
    "category=users",
    "actor=ada@example.com",
    "target=bob",
    "workspace=production",
    "activity_type=user_action",
    "outcome=success",
    "severity=high",
    "source=writer",
    "ip=203.0.113.7",
    "since=-1h",
    "until=2999-01-01",
    "since=-1h&until=2999-01-01",
    "action=report.opened&since=-1h",
    "action=report.opened&since=-1h&until=2999-01-01",
    "action=report.opened&outcome=success,denied",
    "actor=ada@example.com&workspace=production&severity=high,critical",
];

#[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
fn client() -> Client {
    Client::new()
}

async fn get(client: &Client, service: &Service, key: &str, path: &str) -> Value {
    let url = format!("{}/v1/orgs/acme/{path}", service.url);
    let answer = client.get(url).bearer_auth(key).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// Waits until every log is signed and counted to its end.
async fn settle(config: &Config) {
    let conn = &mut superuser(config);
    eventually("every log to be signed and counted", async || {
        let logs: Vec<(i64, Option<i64>, Option<i64>)> = log_heads::table
            .left_join(log_signing::table.on(log_signing::org_id.eq(log_heads::org_id)))
            .left_join(observations::table.on(observations::org_id.eq(log_heads::org_id)))
            .select((
                log_heads::next_sequence,
                log_signing::size.nullable(),
                observations::next_sequence.nullable(),
            ))
            .load(conn)
            .ok()?;
        let is_settled = |(end, signed, counted): &_| *signed == Some(*end) && *counted == Some(*end);
        logs.iter().all(is_settled).then_some(())
    })
    .await;
}

/// Asks for everything that can be asked of a log, and sees to it that the service does by itself whatever it does:
/// which statements there are must not depend on who is quicker.
async fn ask_everything(service: &Service, config: &Config, write: &str, verify: &str) {
    let client = client();
    settle(config).await;
    let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    let batch = json!({"events": vec![event; 5]});
    let url = format!("{}/v1/orgs/acme/events/batch", service.url);
    let posted = client.post(url).bearer_auth(write).json(&batch).send().await.unwrap();
    let posted: Value = posted.json().await.unwrap();
    get(&client, service, write, &format!("events/{}", posted["results"][0]["id"].as_str().unwrap())).await;
    for list in LISTS {
        for order in ["order=desc", "order=asc"] {
            let page = get(&client, service, write, &format!("events?limit=1&{order}&{list}")).await;
            if let Some(cursor) = page["page"]["next_cursor"].as_str() {
                get(&client, service, write, &format!("events?limit=1&{order}&{list}&cursor={cursor}")).await;
            }
        }
        if !list.contains("since") && !list.contains("until") {
            get(&client, service, write, &format!("events/tail?from=1&{list}")).await;
        }
    }
    for path in ["event-types", "sources", "sources/writer/gaps"] {
        get(&client, service, write, path).await;
    }
    settle(config).await;
    for path in ["log", "log/keys", "log/checkpoint", "log/checkpoints?limit=1"] {
        get(&client, service, verify, path).await;
    }
    eventually("the keys to be read again", async || service.has_logged("keyring.refresh").then_some(()))
        .await;
}

/// A statement that the service made, and in which transaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    transaction: String,
    text: String,
}

impl Statement {
    /// What a log line shows, if it is a statement in a transaction that reads rows of ours, be it to change them.
    fn of(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let transaction = line["span"]["transaction"].as_str()?.to_owned();
        let text = line["statement"].as_str()?.to_owned();
        let reads = text.starts_with("SELECT ") && text.contains(" FROM ");
        let changes = ["UPDATE ", "DELETE "].iter().any(|verb| text.starts_with(verb));
        // Each connection asks once what the server's types are.
        ((reads || changes) && !text.contains("pg_type")).then_some(Self { transaction, text })
    }

    fn plain(&self) -> String {
        self.text.replace(['`', '"'], "")
    }

    /// Its transaction and what distinguishes it there: not the columns that it reads, nor how each database
    /// spells names and values, nor how many values a list has.
    fn name(&self) -> String {
        let plain = self.plain();
        let what = match plain.strip_prefix("SELECT ").and_then(|rest| rest.split_once(" FROM ")) {
            Some((_, from)) => from,
            None => &plain,
        };
        let table = what.split_whitespace().next().unwrap_or_default();
        let mut name = without_numbers(&what.replace(&format!("{table}."), ""));
        while name.contains("?, ?") {
            name = name.replace("?, ?", "?");
        }
        format!("{}: {name}", self.transaction)
    }

    fn is_on_log(&self) -> bool {
        let plain = self.plain();
        ["events", "checkpoints", "log_tiles"].iter().any(|table| plain.contains(&format!(" FROM {table} ")))
    }
}

/// `$1` as `?`.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split('$');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push('?');
        plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    plain
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    detail: String,
}

/// The steps of the statement's plan, as the database tells them.
fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    match conn {
        Conn::Sqlite(inner) => {
            let steps: Vec<SqliteStep> =
                sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(inner).expect(statement);
            steps.into_iter().map(|step| step.detail).collect()
        }
        Conn::Postgres(inner) => {
            let values = (1..=1_000).take_while(|n| statement.contains(&format!("${n}"))).count();
            let nulls =
                if values == 0 { String::new() } else { format!("({})", vec!["NULL"; values].join(",")) };
            inner.batch_execute(&format!("PREPARE asked AS {statement}")).expect(statement);
            let steps: Vec<PostgresStep> =
                sql_query(format!("EXPLAIN (COSTS OFF) EXECUTE asked{nulls}")).load(inner).expect(statement);
            inner.batch_execute("DEALLOCATE asked").expect("it was prepared");
            steps.into_iter().map(|step| step.detail).collect()
        }
    }
}

/// What the steps use, as `table.index (condition)`; whatever is not a look into an index, as it is.
fn used(steps: &[String]) -> Vec<String> {
    let mut used: Vec<String> = Vec::new();
    for step in steps {
        let step = without_numbers(step.trim().trim_start_matches("->").trim());
        if let Some(condition) = step.strip_prefix("Index Cond: ") {
            let last = used.last_mut().expect("an index before its condition");
            *last = format!("{last} {condition}");
        } else if let Some((_, (index, table))) =
            step.split_once(" using ").and_then(|(kind, rest)| Some((kind, rest.split_once(" on ")?)))
        {
            used.push(format!("{table}.{index}"));
        } else if let Some((table, index)) =
            step.strip_prefix("SEARCH ").and_then(|s| s.split_once(" USING "))
        {
            used.push(format!(
                "{table}.{}",
                index.trim_start_matches("COVERING ").trim_start_matches("INDEX ")
            ));
        } else if !["Limit", "Filter: ", "Update on ", "Delete on "].iter().any(|dull| step.starts_with(dull))
        {
            used.push(step);
        }
    }
    used
}

/// Steps that read a whole table or sort what they have read.
const FORBIDDEN: [&str; 4] = ["SCAN ", "TEMP B-TREE", "Seq Scan", "Sort"];

fn explaining(config: &Config) -> Conn {
    let mut conn = superuser(config);
    if let Conn::Postgres(inner) = &mut conn {
        inner
            .batch_execute(
                // What the server may find out about its tables by itself, at any time, it finds out here instead.
                "DO $off$ DECLARE own text; BEGIN \
                 FOR own IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP \
                 EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = off)', own); END LOOP; END $off$; \
                 INSERT INTO events (org_id, sequence, id, occurred_at, received_at, action, outcome, severity, \
                 source, actor_type, actor_id, leaf_hash, body) \
                 SELECT id, 1000 + n, gen_random_uuid(), to_timestamp(n), to_timestamp(n), 'action.' || n % 50, \
                 'success', 'low', 'writer', 'user', 'user' || n % 500, '', '{}' \
                 FROM organizations, generate_series(1, 20000) AS n WHERE slug = 'acme'",
            )
            .expect("rows: in a table of a few one index is as good as another");
        inner.batch_execute("VACUUM (ANALYZE)").expect("statistics");
        inner
            .batch_execute(
                "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; \
                 SET enable_incremental_sort = off; SET plan_cache_mode = force_generic_plan",
            )
            .expect("settings");
    }
    conn
}

/// Plans by the names of their statements.
type Plans = BTreeMap<String, Vec<String>>;

fn written_down(text: &str) -> Plans {
    let mut plans = Plans::new();
    let mut name = "";
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(step) => plans.entry(name.to_owned()).or_default().push(step.to_owned()),
            None => name = line,
        }
    }
    plans
}

fn text_of(plans: &Plans) -> String {
    let entry = |(name, steps): (&String, &Vec<String>)| format!("{name}\n    {}\n", steps.join("\n    "));
    plans.iter().map(entry).collect()
}

/// What differs, statement by statement: lines that were written down, and those that are found instead.
fn difference(old: &Plans, new: &Plans) -> String {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut text = String::new();
    for name in names.into_iter().filter(|name| old.get(*name) != new.get(*name)) {
        let lines = |sign: &str, plans: &Plans| {
            let steps =
                plans.get(name).map_or_else(|| "(no such statement)".to_owned(), |steps| steps.join("; "));
            format!("  {sign} {steps}\n")
        };
        text.extend([name, "\n", &lines("-", old), &lines("+", new)]);
    }
    text
}

/// Where the plans of this database are written down.
fn file(conn: &Conn) -> PathBuf {
    let name = match conn {
        Conn::Sqlite(_) => "sqlite.txt",
        Conn::Postgres(_) => "postgres.txt",
    };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/plans").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_runs_along_the_index_that_is_written_down() {
    let mut home = Installation::new();
    home.config.log_filter = "annals=info,annals::sql=trace".into();
    home.config.checkpoint_interval_seconds = 1;
    let verify = succeed(
        &home.config,
        &["admin", "create-key", "--org", "acme", "--name", "inspection", "--scope", "events:verify"],
    );
    let mut service = Service::start(&home.config);
    ask_everything(&service, &home.config, &home.key, &verify).await;
    service.terminate();
    let statements: BTreeSet<Statement> =
        service.log().iter().filter_map(|line| Statement::of(line)).collect();

    let mut conn = explaining(&home.config);
    let (mut plans, mut bad) = (Plans::new(), Vec::new());
    for statement in &statements {
        let steps = plan(&mut conn, &statement.text);
        let all = steps.join("\n");
        if statement.is_on_log()
            && (FORBIDDEN.iter().any(|step| all.contains(step)) || !all.contains("org_id"))
        {
            bad.push(format!("{}\n{all}", statement.text));
        }
        plans.insert(statement.name(), used(&steps));
    }

    // Each kind of list, page and tail is a statement of its own.
    assert!(plans.len() > 60, "{statements:#?}");
    assert!(bad.is_empty(), "{} of {}:\n\n{}", bad.len(), statements.len(), bad.join("\n\n"));
    let file = file(&conn);
    #[expect(clippy::disallowed_methods, reason = "how this test is run is not a setting of the service")]
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        std::fs::write(&file, text_of(&plans)).expect("the plans");
    }
    let old = written_down(&std::fs::read_to_string(&file).unwrap_or_default());
    assert!(
        old == plans,
        "not what is written down in {}; if it is better, run `UPDATE=1 cargo test --test it plans`:\n{}",
        file.display(),
        difference(&old, &plans)
    );
}
