//! Reads: every kind of page beside the newest page, and beside the same query as plain SQL.

use std::time::{Duration, Instant};

use annals::{
    clock::Time,
    db::{
        Conn,
        schema::{events, organizations},
    },
    id::{self, Id},
};
use diesel::{Connection, PgConnection, SqliteConnection, prelude::*};
use serde_json::Value;

use crate::{
    Bench, Result,
    http::Client,
    report::{Report, Samples, milliseconds},
    rows::split_mix,
};

/// A page of the list as plain SQL reads it: one row more, to know whether there is a next page.
const ROWS: i64 = 51;
/// No query is asked for longer than this in all.
const PATIENCE: Duration = Duration::from_secs(10);

type Row = (i64, Time, Vec<u8>, String);
const ROW: (events::sequence, events::occurred_at, events::leaf_hash, events::body) =
    (events::sequence, events::occurred_at, events::leaf_hash, events::body);

/// Filters, each with a value that many events have, or none but a few.
const FILTERS: [(&str, &str); 15] = [
    ("action, common", "action=user.invited"),
    ("action, rare", "action=custom.rare_act"),
    ("actions by prefix", "action=user.*"),
    ("actor, common", "actor=u_1"),
    ("actor, rare", "actor=u_rare"),
    ("target, common", "target=t_1"),
    ("target, rare", "target=t_rare"),
    ("workspace, common", "workspace=ws_1"),
    ("workspace, rare", "workspace=ws_rare"),
    ("outcome", "outcome=failure"),
    ("severity", "severity=high"),
    ("address", "ip=203.0.113.7"),
    ("a week of time", "since=-14d&until=-7d"),
    ("actor and action", "actor=u_1&action=user.invited"),
    ("actor and outcome", "actor=u_1&outcome=failure"),
];

/// Asks over one connection.
struct Reader<'a> {
    client: Client,
    key: &'a str,
    times: usize,
}

impl Reader<'_> {
    async fn get(&mut self, path: &str) -> Result<(Value, Duration)> {
        self.client.get(self.key, path).await
    }

    /// Asks again and again, within reason.
    async fn measure(&mut self, paths: impl Iterator<Item = String>) -> Result<Samples> {
        let mut latencies = Vec::new();
        let begun = Instant::now();
        for path in paths.take(self.times) {
            latencies.push(self.get(&path).await?.1);
            if begun.elapsed() > PATIENCE {
                break;
            }
        }
        Ok(milliseconds(&latencies))
    }
}

pub(crate) async fn measure(bench: &Bench, times: usize, report: &mut Report) -> Result<()> {
    let client = Client::connect(&bench.service.address).await?;
    let mut reader = Reader { client, key: &bench.service.read_key, times };
    let list = "/v1/orgs/acme/events?limit=50";
    report.table("Reads: p50 beside the newest page");
    let newest = reader.measure(std::iter::repeat_with(|| list.to_owned())).await?;
    line(report, "newest page", &newest, &newest, "");

    let (first, _) = reader.get(list).await?;
    let second = format!("{list}&cursor={}", cursor(&first)?);
    let paths = std::iter::repeat_with(|| second.clone());
    line(report, "second page", &reader.measure(paths).await?, &newest, "≤ 3");
    let deep = deep_pages(&mut reader, &first, times).await?;
    line(report, "page at a random depth", &reader.measure(deep.into_iter()).await?, &newest, "≤ 3");
    let (events, _) = reader.get("/v1/orgs/acme/events?limit=1000").await?;
    let ids: Vec<&str> = at(&events, "/data")?
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("id")?.as_str())
        .collect();
    let paths = ids.iter().map(|id| format!("/v1/orgs/acme/events/{id}"));
    line(report, "one event by its id", &reader.measure(paths).await?, &newest, "");
    let size = at(&first, "/page/as_of")?.as_u64().unwrap_or(1);
    let paths =
        (0..).map(|number| format!("/v1/orgs/acme/events/tail?limit=50&from={}", split_mix(number) % size));
    line(report, "tail from a random sequence", &reader.measure(paths).await?, &newest, "");
    for (what, filter) in FILTERS {
        let paths = std::iter::repeat_with(|| format!("{list}&{filter}"));
        line(report, what, &reader.measure(paths).await?, &newest, "≤ 6");
    }
    report.one("newest page: p50", "ms", newest.median(), "");
    report.one("newest page: p99", "ms", newest.quantile(0.99), "");
    for (what, path) in
        [("newest page", list), ("one action", "/v1/orgs/acme/events?limit=50&action=user.invited")]
    {
        let http = reader.measure(std::iter::repeat_with(|| path.to_owned())).await?;
        let raw = raw(bench, path.contains("action"), times)?;
        report.one(
            format!("{what} over HTTP / the same rows by plain SQL"),
            "ratio",
            http.median() / raw.median(),
            "",
        );
        report.line(format!("{what} by plain SQL"), "ms", raw, "");
    }
    Ok(())
}

fn line(report: &mut Report, what: &str, samples: &Samples, newest: &Samples, aim: &str) {
    report.one(format!("{what} / newest page"), "ratio", samples.median() / newest.median(), aim);
    report.line(what, "ms", samples.clone(), "");
}

/// What an answer holds at a JSON pointer.
pub(crate) fn at<'a>(answer: &'a Value, pointer: &str) -> Result<&'a Value> {
    Ok(answer.pointer(pointer).ok_or_else(|| format!("no {pointer} in the answer"))?)
}

fn cursor(page: &Value) -> Result<&str> {
    Ok(at(page, "/page/next_cursor")?.as_str().ok_or("no next page")?)
}

/// Second pages of lists that begin at random times between the first event and the last.
async fn deep_pages(reader: &mut Reader<'_>, newest: &Value, times: usize) -> Result<Vec<String>> {
    let time = |page: &Value| -> Result<i64> {
        let text = at(page, "/data/0/occurred_at")?.as_str().unwrap_or_default();
        Ok(Time::parse_rfc3339(text)?.micros())
    };
    let (oldest, _) = reader.get("/v1/orgs/acme/events?limit=1&order=asc").await?;
    let (from, to) = (time(&oldest)?, time(newest)?);
    let mut paths = Vec::new();
    for number in 0..u64::try_from(times.min(100))? {
        let into = i64::try_from(split_mix(number) >> 1)?.checked_rem((to - from).max(1)).unwrap_or(0);
        let path = format!("/v1/orgs/acme/events?limit=50&until={}", Time::from_micros(from + into));
        let (page, _) = reader.get(&path).await?;
        if let Ok(cursor) = cursor(&page) {
            paths.push(format!("{path}&cursor={cursor}"));
        }
    }
    Ok(paths)
}

/// The rows of a page by one statement, as the service's database gives them to whoever asks it directly.
fn raw(bench: &Bench, is_one_action: bool, times: usize) -> Result<Samples> {
    let mut conn = match &bench.database.url {
        None => Conn::Sqlite(SqliteConnection::establish(&bench.database.file().to_string_lossy())?),
        Some(url) => Conn::Postgres(PgConnection::establish(url)?),
    };
    let org: Id<id::Org> = organizations::table
        .filter(organizations::slug.eq("acme"))
        .select(organizations::id)
        .first(&mut conn)?;
    let mut latencies = Vec::new();
    for _ in 0..times {
        let mut query = events::table.filter(events::org_id.eq(org)).into_boxed();
        if is_one_action {
            query = query.filter(events::action.eq("user.invited"));
        }
        let begun = Instant::now();
        let rows: Vec<Row> = query
            .order((events::occurred_at.desc(), events::sequence.desc()))
            .limit(ROWS)
            .select(ROW)
            .load(&mut conn)?;
        latencies.push(begun.elapsed());
        if rows.is_empty() {
            return Err("plain SQL found nothing".into());
        }
    }
    Ok(milliseconds(&latencies))
}
