//! What a lane counts, for progress and metrics: atomics, read by anyone at any time.
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// Counters of a lane, or of several that share them. They only grow; what a failed chunk moved stays counted.
#[derive(Debug, Default)]
pub struct LaneCounters {
    /// Payload sent to the target.
    pub bytes: AtomicU64,
    /// Rows read from the source; exact once a chunk has ended.
    pub rows: AtomicU64,
    /// Nanoseconds the writer waited for the source.
    pub source_wait_ns: AtomicU64,
    /// Nanoseconds the reader waited for the target.
    pub target_wait_ns: AtomicU64,
}

impl LaneCounters {
    /// Adds the time since `start`.
    pub(super) fn book(counter: &AtomicU64, start: Instant) {
        let waited = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        counter.fetch_add(waited, Ordering::Relaxed);
    }
}
