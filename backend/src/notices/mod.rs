//! What happens too often to be an event each time: who reads a log, and who is refused. It is counted while requests
//! are answered, and told once in a while with how often it was.

pub(crate) mod coalescer;
pub(crate) mod denials;
pub(crate) mod reads;
pub mod worker;

pub(crate) use coalescer::Coalescer;

/// What this node has counted, and not told yet.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    pub(crate) reads: reads::Reads,
    pub(crate) denials: denials::Denials,
}
