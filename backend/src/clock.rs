//! Time as a value: instants of microsecond precision, and the clock that hands them out.

use std::{
    fmt,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, Datelike, Timelike, Utc};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};

use crate::db::types::DbTime;

/// An instant: microseconds since 1970-01-01T00:00:00Z, between the years 0001 and 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = DbTime)]
pub struct Time(i64);

impl Time {
    /// 0001-01-01T00:00:00Z.
    pub const FIRST: Self = Self(-62_135_596_800_000_000);
    /// 9999-12-31T23:59:59.999999Z.
    pub const LAST: Self = Self(253_402_300_799_999_999);

    /// The instant `micros` microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant `seconds` seconds after the Unix epoch, between [`Time::FIRST`] and [`Time::LAST`].
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000)).clamp(Self::FIRST, Self::LAST)
    }

    /// Whole seconds since the Unix epoch, as JWTs count them.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Seconds and nanoseconds since the Unix epoch; times before it count as the epoch.
    pub(crate) fn unix_parts(self) -> (u64, u32) {
        let micros = u64::try_from(self.0).unwrap_or(0);
        (micros / 1_000_000, u32::try_from(micros % 1_000_000).unwrap_or(0) * 1_000)
    }

    /// This instant, `span` later; not past [`Time::LAST`].
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros).min(Self::LAST.0))
    }

    /// This instant, `span` earlier; not before [`Time::FIRST`].
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros).max(Self::FIRST.0))
    }

    /// Parses RFC 3339 with an offset. Digits past the microsecond are cut off.
    ///
    /// # Errors
    /// What is wrong with the text, in words: no offset, a leap second, a year outside 0001–9999.
    pub fn parse_rfc3339(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "must be an RFC 3339 time with an offset, like 2026-11-02T10:15:30Z";
        if !text.as_bytes().get(10).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'T')) {
            return Err(FORM);
        }
        let Ok(parsed) = DateTime::parse_from_rfc3339(text) else { return Err(FORM) };
        if parsed.nanosecond() >= 1_000_000_000 {
            return Err("second 60 is not supported; send second 59");
        }
        let utc = parsed.with_timezone(&Utc);
        if !(1..=9999).contains(&utc.year()) {
            return Err("the year must be between 0001 and 9999");
        }
        Ok(Self(utc.timestamp_micros()))
    }

    /// RFC 3339 in UTC with exactly six fractional digits and `Z`.
    pub fn to_rfc3339(self) -> String {
        DateTime::from_timestamp_micros(self.0).map_or_else(
            || "0001-01-01T00:00:00.000000Z".into(),
            |t| t.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        )
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}
impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}
impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Hands out the current time. Cloning shares the clock.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    /// A clock that stands still until a test moves it.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that starts at `at` and only moves when told to.
    pub fn manual(at: Time) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(at.micros()))))
    }

    /// Now, cut to the microsecond.
    pub fn now(&self) -> Time {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Source::System => Time(Utc::now().timestamp_micros()),
            Source::Manual(micros) => Time(micros.load(Ordering::SeqCst)),
        }
    }

    /// How long it has been since some moment, the same one for as long as the process lives: for spans, because
    /// it never goes back, as the time of the machine may.
    pub(crate) fn steady(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match &self.0 {
            Source::System => START.elapsed(),
            Source::Manual(_) => Duration::from_micros(u64::try_from(self.now().micros()).unwrap_or(0)),
        }
    }

    /// Moves a manual clock forward; the machine's clock cannot be moved.
    pub fn advance(&self, span: Duration) {
        match &self.0 {
            Source::System => {}
            Source::Manual(micros) => {
                micros.fetch_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn times_are_stored_in_utc_with_six_digits() {
        for (sent, stored) in [
            ("2026-11-02T11:15:30.123456789+01:00", "2026-11-02T10:15:30.123456Z"),
            ("2026-11-02T10:15:30Z", "2026-11-02T10:15:30.000000Z"),
            ("2026-11-02t10:15:30.5z", "2026-11-02T10:15:30.500000Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
            ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(Time::parse_rfc3339(sent).unwrap().to_rfc3339(), stored, "{sent}");
        }
    }

    #[test]
    fn times_without_offset_leap_seconds_and_odd_years_are_refused() {
        for sent in [
            "2026-11-02T10:15:30",
            "2026-11-02 10:15:30Z",
            "2026-11-02",
            "2026-12-31T23:59:60Z",
            "0000-12-31T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "0001-01-01T00:00:00+01:00",
            "1762078530",
            "",
        ] {
            assert!(Time::parse_rfc3339(sent).is_err(), "{sent}");
        }
    }
}
