//! How the database answers: every statement on the log that any request makes runs along an index, in order.
//!
//! The statements are those that the running service shows in its log. Their plans are the database's own,
//! with everything turned off that could hide a missing index on a small table.

use std::collections::BTreeSet;

use annals::{config::Config, db::Conn};
use diesel::{QueryableByName, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{
    eventually,
    process::{Installation, Service, succeed, superuser},
};

/// Queries of the list; each is also asked for oldest first and for a second page.
const LISTS: [&str; 19] = [
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

/// Asks for everything that can be asked of a log.
async fn ask_everything(service: &Service, write: &str, verify: &str) {
    let client = client();
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
    get(&client, service, write, "event-types").await;
    get(&client, service, write, "sources").await;
    // A checkpoint is there once the log has been read to be signed.
    eventually("a checkpoint", async || {
        let request = client.get(format!("{}/v1/orgs/acme/log/checkpoint", service.url)).bearer_auth(verify);
        (request.send().await.unwrap().status() == 200).then_some(())
    })
    .await;
    get(&client, service, verify, "log/checkpoints?limit=1").await;
}

/// The distinct statements in a log that name one of the log's tables.
fn statements(log: &[String]) -> BTreeSet<String> {
    let lines = log.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let texts = lines.filter_map(|line| line["statement"].as_str().map(ToOwned::to_owned));
    let tables = ["events", "checkpoints", "log_tiles"];
    let is_on_log = |text: &String| {
        text.starts_with("SELECT")
            && tables.iter().any(|table| {
                let spellings =
                    [format!("FROM `{table}`"), format!("FROM \"{table}\""), format!("FROM {table} ")];
                spellings.iter().any(|spelling| text.contains(spelling))
            })
    };
    texts.filter(is_on_log).collect()
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

/// The steps of the statement's plan, and what in it must not be.
fn plan(conn: &mut Conn, statement: &str) -> (String, Vec<&'static str>) {
    match conn {
        Conn::Sqlite(inner) => {
            let steps: Vec<SqliteStep> =
                sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(inner).expect(statement);
            let steps: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
            (steps.join("\n"), vec!["SCAN ", "TEMP B-TREE"])
        }
        Conn::Postgres(inner) => {
            let values = (1..=1_000).take_while(|n| statement.contains(&format!("${n}"))).count();
            let nulls =
                if values == 0 { String::new() } else { format!("({})", vec!["NULL"; values].join(",")) };
            inner.batch_execute(&format!("PREPARE asked AS {statement}")).expect(statement);
            let steps: Vec<PostgresStep> =
                sql_query(format!("EXPLAIN EXECUTE asked{nulls}")).load(inner).expect(statement);
            inner.batch_execute("DEALLOCATE asked").expect("it was prepared");
            let steps: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
            (steps.join("\n"), vec!["Seq Scan", "Sort"])
        }
    }
}

fn explaining(config: &Config) -> Conn {
    let mut conn = superuser(config);
    if let Conn::Postgres(inner) = &mut conn {
        inner
            .batch_execute(
                "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; \
                 SET enable_incremental_sort = off; SET plan_cache_mode = force_generic_plan",
            )
            .expect("settings");
    }
    conn
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_on_the_log_runs_along_an_index() {
    let mut home = Installation::new();
    home.config.log_filter = "annals=info,annals::sql=trace".into();
    home.config.checkpoint_interval_seconds = 1;
    let verify = succeed(
        &home.config,
        &["admin", "create-key", "--org", "acme", "--name", "inspection", "--scope", "events:verify"],
    );
    let mut service = Service::start(&home.config);
    ask_everything(&service, &home.key, &verify).await;
    service.terminate();
    let statements = statements(&service.log());

    let mut conn = explaining(&home.config);
    let mut bad = Vec::new();
    for statement in &statements {
        let (steps, forbidden) = plan(&mut conn, statement);
        if forbidden.iter().any(|step| steps.contains(step)) || !steps.contains("org_id") {
            bad.push(format!("{statement}\n{steps}"));
        }
    }
    // Each kind of list, page and tail is a statement of its own.
    assert!(statements.len() > 60, "{statements:#?}");
    assert!(bad.is_empty(), "{} of {}:\n\n{}", bad.len(), statements.len(), bad.join("\n\n"));
}
