//! Why a log is not signed.

use std::fmt;

/// What contradicts what was signed before. Nothing more is signed until it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The head is not as we sealed it.
    Seal(String),
    /// The log is shorter than what was signed of it: its end is lost.
    Behind { size: u64, signed: u64 },
    /// An event is not there.
    Missing { sequence: i64 },
    /// The log does not begin with what was signed.
    Forked { signed: u64 },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seal(reason) => write!(f, "the log head: {reason}"),
            Self::Behind { size, signed } => {
                write!(f, "the log has {size} events but was signed with {signed}: its end is lost")
            }
            Self::Missing { sequence } => write!(f, "event {sequence} is missing"),
            Self::Forked { signed } => {
                write!(f, "the log is no continuation of the {signed} events that were signed")
            }
        }
    }
}
