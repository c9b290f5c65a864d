//! Figures: each with how often it was measured, the median and the range; as text and as Markdown.

use std::{fmt::Write, time::Duration};

/// Of fewer measurements the 99th percentile is just the greatest.
const TELLS_P99: usize = 100;

/// Measurements of one thing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn push(&mut self, value: f64) {
        self.extend([value]);
    }

    /// The value below which `share` of the samples lie.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = share * f64::from(u32::try_from(last).unwrap_or(u32::MAX));
        self.0
            .iter()
            .enumerate()
            .find(|(index, _)| f64::from(u32::try_from(*index).unwrap_or(0)) >= at)
            .map_or(f64::NAN, |(_, value)| *value)
    }

    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    fn range(&self) -> (f64, f64) {
        (self.quantile(0.0), self.quantile(1.0))
    }
}

impl Extend<f64> for Samples {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        self.0.extend(values);
        self.0.sort_by(f64::total_cmp);
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut samples = Self::default();
        samples.extend(values);
        samples
    }
}

impl IntoIterator for Samples {
    type Item = f64;
    type IntoIter = std::vec::IntoIter<f64>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// In milliseconds.
pub(crate) fn milliseconds(latencies: &[Duration]) -> Samples {
    latencies.iter().map(|latency| latency.as_secs_f64() * 1_000.0).collect()
}

struct Row {
    what: String,
    unit: &'static str,
    samples: Samples,
    aim: String,
}

struct Table {
    title: String,
    rows: Vec<Row>,
}

/// Everything that was measured on one database.
#[derive(Default)]
pub(crate) struct Report {
    tables: Vec<Table>,
}

impl Report {
    pub(crate) fn table(&mut self, title: impl Into<String>) {
        self.tables.push(Table { title: title.into(), rows: Vec::new() });
    }

    /// A line of the table begun last. `aim` is empty where there is none.
    pub(crate) fn line(&mut self, what: impl Into<String>, unit: &'static str, samples: Samples, aim: &str) {
        if let Some(table) = self.tables.last_mut() {
            table.rows.push(Row { what: what.into(), unit, samples, aim: aim.to_owned() });
        }
    }

    pub(crate) fn one(&mut self, what: impl Into<String>, unit: &'static str, value: f64, aim: &str) {
        self.line(what, unit, std::iter::once(value).collect(), aim);
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = String::new();
        for table in &self.tables {
            let _never_fails = write!(
                text,
                "\n### {}\n\n| | unit | n | median | p99 | range | aim |\n|---|---|--:|--:|--:|--:|--:|\n",
                table.title
            );
            for Row { what, unit, samples, aim } in &table.rows {
                let (low, high) = samples.range();
                let range = if samples.0.len() > 1 {
                    format!("{}–{}", brief(low), brief(high))
                } else {
                    String::new()
                };
                let median = brief(samples.median());
                let n = samples.0.len();
                let p99 = if n >= TELLS_P99 { brief(samples.quantile(0.99)) } else { String::new() };
                let _never_fails =
                    writeln!(text, "| {what} | {unit} | {n} | {median} | {p99} | {range} | {aim} |");
            }
        }
        text
    }
}

/// Three digits that count.
fn brief(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
