//! What is looked up when somebody asks: how full the queue and the pools are, and how large the database's files.

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

use crate::{db::Db, log::admission::Waiting};

/// Gauges that are read when they are asked for.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) db: Db,
    pub(super) waiting: Arc<Waiting>,
}

impl Collector for Live {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (waiting, limits) = (self.waiting.now(), self.waiting.limits());
        let queue = [
            ("annals_queue_events", "Events that wait for the writer", waiting.events),
            ("annals_queue_events_limit", "Setting queue_events", limits.events),
            ("annals_queue_bytes", "Bytes that wait for the writer, and of bodies being read", waiting.bytes),
            ("annals_queue_bytes_limit", "Setting queue_bytes", limits.bytes),
        ];
        for (name, help, value) in queue {
            gauge(&mut encoder, name, help, value)?;
        }
        self.pools(&mut encoder)?;
        for (name, help, bytes) in self.db.file_sizes() {
            gauge(&mut encoder, name, help, bytes)?;
        }
        Ok(())
    }
}

impl Live {
    fn pools(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let pools = self.db.pools();
        let help = "Database connections by pool and by what they do";
        let mut metric = encoder.encode_descriptor("annals_db_connections", help, None, MetricType::Gauge)?;
        for pool in &pools {
            for (state, connections) in [("in_use", pool.in_use), ("idle", pool.idle)] {
                metric.encode_family(&[("pool", pool.name), ("state", state)])?.encode_gauge(&connections)?;
            }
        }
        let help = "Connections that each pool may hold";
        let mut metric =
            encoder.encode_descriptor("annals_db_connections_limit", help, None, MetricType::Gauge)?;
        for pool in &pools {
            metric.encode_family(&[("pool", pool.name)])?.encode_gauge(&pool.limit)?;
        }
        Ok(())
    }
}

/// A gauge without labels.
fn gauge<N>(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: N) -> fmt::Result
where
    ConstGauge<N>: EncodeMetric,
{
    let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    ConstGauge::new(value).encode(metric)
}
