//! What a lane counts, for progress and metrics: atomics, read by anyone at any time.
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use crate::observe::LaneReport;

/// Counters of a lane, or of several that share them. They only grow; what a failed chunk moved stays counted.
///
/// A lane has two threads, and each splits its time: the writer's tasks are `task_ns`, of which it waits
/// `source_wait_ns` for a block and `target_io_ns` in its socket; the reader waits `target_wait_ns` for a block and
/// `source_io_ns` in its socket. What is left is our own work.
#[derive(Debug, Default)]
pub struct LaneCounters {
    /// Payload sent to the target.
    pub bytes: AtomicU64,
    /// Rows read from the source; exact once a chunk has ended.
    pub rows: AtomicU64,
    /// Nanoseconds with a task, from its begin to its COMMIT.
    pub task_ns: AtomicU64,
    /// Nanoseconds the writer waited for the source: it had nothing to send.
    pub source_wait_ns: AtomicU64,
    /// Nanoseconds the reader waited for the target: all blocks were full.
    pub target_wait_ns: AtomicU64,
    /// Nanoseconds the reader spent in the source's socket; booked at the end of a task.
    pub source_io_ns: AtomicU64,
    /// Nanoseconds the writer spent in the target's socket, sending or waiting for an answer; booked at the end of a task.
    pub target_io_ns: AtomicU64,
}

impl LaneCounters {
    /// Adds the time since `start`.
    pub(super) fn book(counter: &AtomicU64, start: Instant) {
        Self::add(counter, start.elapsed());
    }

    /// Adds a time.
    pub(super) fn add(counter: &AtomicU64, time: Duration) {
        counter.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }

    /// What a lane did that was open for so long.
    pub fn report(&self, open: Duration) -> LaneReport {
        let seconds = |counter: &AtomicU64| Duration::from_nanos(counter.load(Relaxed)).as_secs_f64();
        let busy_seconds = seconds(&self.task_ns);
        LaneReport {
            busy_seconds,
            idle_seconds: (open.as_secs_f64() - busy_seconds).max(0.0),
            source_wait_seconds: seconds(&self.source_wait_ns),
            target_wait_seconds: seconds(&self.target_wait_ns),
            source_io_seconds: seconds(&self.source_io_ns),
            target_io_seconds: seconds(&self.target_io_ns),
            bytes: self.bytes.load(Relaxed),
            rows: self.rows.load(Relaxed),
        }
    }
}
