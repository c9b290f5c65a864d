//! Reads: every kind of page beside the newest page, in turns, and two beside the same query as plain SQL.

use std::time::{Duration, Instant};

use annals::{
    clock::Time,
    db::{Conn, schema::events},
    id::{self, Id},
};
use diesel::prelude::*;

use crate::{
    Bench, Result,
    answers::{PAGE_MAX, Right, at},
    filters::{FILTERS, Filter, ONE_ACTION},
    http::Client,
    report::{Report, Samples, milliseconds},
    rows::split_mix,
};

/// Kinds of pages take turns with the newest page so often.
const ROUNDS: usize = 5;
/// In one turn no kind is asked for longer than this.
const PATIENCE: Duration = Duration::from_secs(2);
/// Events on a page.
const LIMIT: usize = 50;
/// A page of the list as plain SQL reads it: one row more, to know whether there is a next page.
const ROWS: i64 = 51;
/// Different pages, events and places that are asked for, where it is not the same one again and again.
const DIFFERENT: u64 = 100;

type Row = (i64, Time, Vec<u8>, String);
const ROW: (events::sequence, events::occurred_at, events::leaf_hash, events::body) =
    (events::sequence, events::occurred_at, events::leaf_hash, events::body);

/// One kind of page.
struct Kind {
    what: &'static str,
    aim: &'static str,
    /// Paths that are asked for one after the other, over and over, and what is right.
    asked: Vec<(String, Right)>,
}

/// Asks over one connection.
struct Reader<'a> {
    bench: &'a Bench,
    client: Client,
}

impl<'a> Reader<'a> {
    async fn new(bench: &'a Bench) -> Result<Self> {
        Ok(Self { bench, client: Client::connect(&bench.service.address).await? })
    }

    /// Asks once; the answer must be the right one.
    async fn ask(&mut self, (path, right): &(String, Right)) -> Result<Duration> {
        let (answer, took) = self.client.get(&self.bench.service.read_key, path).await?;
        right.check(&answer, &self.bench.own).map_err(|error| format!("{path}: {error}"))?;
        Ok(took)
    }

    /// Asks again and again, within reason.
    async fn turn(&mut self, kind: &Kind, times: usize) -> Result<Samples> {
        let mut latencies = Vec::new();
        let begun = Instant::now();
        for asked in kind.asked.iter().cycle().take(times) {
            latencies.push(self.ask(asked).await?);
            if begun.elapsed() > PATIENCE {
                break;
            }
        }
        Ok(milliseconds(&latencies))
    }

    async fn page(&mut self, path: &str) -> Result<serde_json::Value> {
        Ok(self.client.get(&self.bench.service.read_key, path).await?.0)
    }
}

/// How long the newest page takes as it is now, warm.
pub(crate) async fn newest_page(bench: &Bench) -> Result<Samples> {
    let mut reader = Reader::new(bench).await?;
    let newest = newest(bench);
    reader.turn(&newest, LIMIT).await?;
    reader.turn(&newest, LIMIT).await
}

/// Measures every kind and reports. Nothing is written meanwhile, signed or counted.
pub(crate) async fn measure(bench: &Bench, times: usize, report: &mut Report) -> Result<()> {
    let mut reader = Reader::new(bench).await?;
    let newest = newest(bench);
    let mut kinds = vec![second(&mut reader).await?, deep(&mut reader).await?];
    kinds.extend([by_id(&mut reader).await?, tail(bench)]);
    kinds.push(half(bench));
    for filter in FILTERS {
        reader.ask(&filtered(bench, &filter, PAGE_MAX)).await?; // all that there are, if they fit on one page
        kinds.push(Kind { what: filter.what, aim: "≤ 6", asked: vec![filtered(bench, &filter, LIMIT)] });
    }
    report.table("Reads: each kind in turns with the newest page");
    reader.turn(&newest, times).await?; // warm
    let mut all_newest = Samples::default();
    for kind in kinds {
        reader.turn(&kind, times).await?; // warm
        let (mut ratio, mut took) = (Samples::default(), Samples::default());
        for _ in 0..ROUNDS {
            let (one, other) = (reader.turn(&newest, times).await?, reader.turn(&kind, times).await?);
            ratio.push(other.median() / one.median());
            took.extend(other);
            all_newest.extend(one);
        }
        report.line(format!("{} / newest page", kind.what), "ratio", ratio, kind.aim);
        report.line(kind.what, "ms", took, "");
    }
    report.line("newest page", "ms", all_newest, "");
    beside_sql(&mut reader, times, report).await
}

fn newest(bench: &Bench) -> Kind {
    Kind { what: "newest page", aim: "", asked: vec![(list(), Right::page(&newest_numbers(bench), LIMIT))] }
}

fn list() -> String {
    format!("/v1/orgs/acme/events?limit={LIMIT}")
}

/// Those of two pages, and one more.
fn newest_numbers(bench: &Bench) -> Vec<u64> {
    bench.rows.newest(2 * LIMIT + 1, |_| true)
}

async fn second(reader: &mut Reader<'_>) -> Result<Kind> {
    let first = reader.page(&list()).await?;
    let path = format!("{}&cursor={}", list(), cursor(&first)?);
    // The service's own events are the newest of all.
    let on_first = LIMIT.checked_sub(reader.bench.own.len()).ok_or("more own events than fit on a page")?;
    let numbers: Vec<u64> = newest_numbers(reader.bench).into_iter().skip(on_first).collect();
    Ok(Kind { what: "second page", aim: "≤ 3", asked: vec![(path, Right::page(&numbers, LIMIT))] })
}

/// Second pages of lists that begin at random times between the first event and the last.
async fn deep(reader: &mut Reader<'_>) -> Result<Kind> {
    let (two, made) = (u64::try_from(2 * LIMIT)?, reader.bench.rows.made());
    let mut asked = Vec::new();
    for number in 0..DIFFERENT {
        let end = two + 1 + split_mix(number) % (made - two);
        let path = format!("{}&until={}", list(), reader.bench.rows.time(end));
        let first = reader.page(&path).await?;
        let last = end - u64::try_from(LIMIT)?;
        let numbers: Vec<u64> = (0..last).rev().take(LIMIT + 1).collect();
        asked.push((format!("{path}&cursor={}", cursor(&first)?), Right::page(&numbers, LIMIT)));
    }
    Ok(Kind { what: "page at a random depth", aim: "≤ 3", asked })
}

async fn by_id(reader: &mut Reader<'_>) -> Result<Kind> {
    let page = reader.page(&format!("/v1/orgs/acme/events?limit={PAGE_MAX}")).await?;
    let ids = at(&page, "/data")?.as_array().into_iter().flatten().filter_map(|one| one.get("id")?.as_str());
    let asked = ids.map(|id| (format!("/v1/orgs/acme/events/{id}"), Right::One(id.to_owned()))).collect();
    Ok(Kind { what: "one event by its id", aim: "", asked })
}

fn tail(bench: &Bench) -> Kind {
    let limit = 50;
    let ends = bench.rows.made() - limit; // and the service's own events
    let asked = (0..DIFFERENT).map(|number| {
        let from = split_mix(number) % ends;
        (format!("/v1/orgs/acme/events/tail?limit={limit}&from={from}"), Right::Tail { from, events: limit })
    });
    Kind { what: "tail from a random sequence", aim: "", asked: asked.collect() }
}

/// The middle half of the time in which events occurred.
fn half(bench: &Bench) -> Kind {
    let (rows, made) = (&bench.rows, bench.rows.made());
    let (since, until) = (made / 4, made / 4 * 3);
    let path = format!("{}&since={}&until={}", list(), rows.time(since), rows.time(until));
    let numbers: Vec<u64> = (since..until).rev().take(LIMIT + 1).collect();
    Kind { what: "half of the time", aim: "≤ 6", asked: vec![(path, Right::page(&numbers, LIMIT))] }
}

fn filtered(bench: &Bench, filter: &Filter, limit: usize) -> (String, Right) {
    let path = format!("/v1/orgs/acme/events?limit={limit}&{}", filter.query);
    (path, Right::page(&bench.rows.newest(limit + 1, filter.fits), limit))
}

fn cursor(page: &serde_json::Value) -> Result<&str> {
    Ok(at(page, "/page/next_cursor")?.as_str().ok_or("no next page")?)
}

/// Two pages beside the same rows by one statement, in turns.
async fn beside_sql(reader: &mut Reader<'_>, times: usize, report: &mut Report) -> Result<()> {
    let mut conn = reader.bench.database.connect()?;
    let org = reader.bench.progress.org;
    let action =
        Kind { what: "one action", aim: "", asked: vec![filtered(reader.bench, &ONE_ACTION, LIMIT)] };
    for (kind, is_one_action) in [(newest(reader.bench), false), (action, true)] {
        let (mut ratio, mut took) = (Samples::default(), Samples::default());
        for _ in 0..ROUNDS {
            let http = reader.turn(&kind, times).await?;
            let sql = plain(&mut conn, org, is_one_action, times)?;
            ratio.push(http.median() / sql.median());
            took.extend(sql);
        }
        let Kind { what, .. } = kind;
        report.line(format!("{what} over HTTP / the same rows by plain SQL"), "ratio", ratio, "");
        report.line(format!("{what} by plain SQL"), "ms", took, "");
    }
    Ok(())
}

/// The rows of a page, as the service's database gives them to whoever asks it directly.
fn plain(conn: &mut Conn, org: Id<id::Org>, is_one_action: bool, times: usize) -> Result<Samples> {
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
            .load(conn)?;
        latencies.push(begun.elapsed());
        if rows.is_empty() {
            return Err("plain SQL found nothing".into());
        }
    }
    Ok(milliseconds(&latencies))
}
