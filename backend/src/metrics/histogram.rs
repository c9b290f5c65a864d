//! A histogram that is observed without a lock.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::{MetricType, TypedMetric},
};

/// Upper bounds for durations, in seconds: from a look-up in memory to a request that gives up.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Upper bounds for numbers of events in a group.
const EVENTS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0];

/// How many observations fell below which bound. Cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Each bound with how many fell between it and the one before; the last bound is infinite.
    buckets: Vec<(f64, AtomicU64)>,
    /// The bits of an `f64`.
    sum: AtomicU64,
}

impl Histogram {
    /// For durations in seconds.
    pub(super) fn of_seconds() -> Self {
        Self::new(SECONDS)
    }

    /// For numbers of events.
    pub(super) fn of_events() -> Self {
        Self::new(EVENTS)
    }

    fn new(bounds: &[f64]) -> Self {
        let bounds = bounds.iter().copied().chain([f64::INFINITY]);
        let buckets = bounds.map(|bound| (bound, AtomicU64::new(0))).collect();
        Self { inner: Arc::new(Inner { buckets, sum: AtomicU64::new(0) }) }
    }

    /// Counts a value.
    pub(super) fn observe(&self, value: f64) {
        if let Some((_, bucket)) = self.inner.buckets.iter().find(|(bound, _)| value <= *bound) {
            bucket.fetch_add(1, Relaxed);
            self.inner.sum.update(Relaxed, Relaxed, |sum| (f64::from_bits(sum) + value).to_bits());
        }
    }
}

impl TypedMetric for Histogram {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Histogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let buckets: Vec<(f64, u64)> =
            self.inner.buckets.iter().map(|(bound, count)| (*bound, count.load(Relaxed))).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = f64::from_bits(self.inner.sum.load(Relaxed));
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}
