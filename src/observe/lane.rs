//! What a lane counts, for progress and metrics: atomics, read by anyone at any time.
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::{LaneReport, Stopwatch};

/// Counters of a lane, or of several that share them. They only grow; what a failed chunk moved stays counted.
///
/// A lane has two threads, and each splits its time: the writer's tasks are `task`, of which it waits
/// `source_wait` for a block and `target_io_ns` in its socket; the reader waits `target_wait` for a block and
/// `source_io_ns` in its socket. What is left is our own work.
#[derive(Debug, Default)]
pub struct LaneCounters {
    /// Payload read from the source.
    pub read_bytes: AtomicU64,
    /// Blocks that the reader put into the queue.
    pub read_blocks: AtomicU64,
    /// Blocks that the writer took out of it; together with the former the depth of the queue.
    pub taken_blocks: AtomicU64,
    /// Payload sent to the target.
    pub bytes: AtomicU64,
    /// Rows read from the source; exact once a chunk has ended.
    pub rows: AtomicU64,
    /// With a task, from its begin to its COMMIT.
    pub task: Stopwatch,
    /// The writer waited for the source: it had nothing to send.
    pub source_wait: Stopwatch,
    /// The reader waited for the target: all blocks were full.
    pub target_wait: Stopwatch,
    /// Nanoseconds the reader spent in the source's socket; booked at the end of a task.
    pub source_io_ns: AtomicU64,
    /// Nanoseconds the writer spent in the target's socket, sending or waiting for an answer; booked at the end of a task.
    pub target_io_ns: AtomicU64,
}

impl LaneCounters {
    /// Adds a time.
    pub(crate) fn add(counter: &AtomicU64, time: Duration) {
        counter.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }

    /// The reader hands a block on.
    pub(crate) fn put(&self, bytes: u64) {
        self.read_bytes.fetch_add(bytes, Relaxed);
        self.read_blocks.fetch_add(1, Relaxed);
    }

    /// The writer has taken a block.
    pub(crate) fn taken(&self) {
        self.taken_blocks.fetch_add(1, Relaxed);
    }

    /// Blocks in the queue. The two counters are read one after the other, so it may be off by what moves meanwhile.
    pub fn queued(&self) -> u64 {
        let taken = self.taken_blocks.load(Relaxed);
        self.read_blocks.load(Relaxed).saturating_sub(taken)
    }

    /// What a lane did that was open for so long.
    pub fn report(&self, open: Duration) -> LaneReport {
        let seconds = |counter: &AtomicU64| Duration::from_nanos(counter.load(Relaxed)).as_secs_f64();
        let busy_seconds = self.task.read().as_secs_f64();
        LaneReport {
            busy_seconds,
            idle_seconds: (open.as_secs_f64() - busy_seconds).max(0.0),
            source_wait_seconds: self.source_wait.read().as_secs_f64(),
            target_wait_seconds: self.target_wait.read().as_secs_f64(),
            source_io_seconds: seconds(&self.source_io_ns),
            target_io_seconds: seconds(&self.target_io_ns),
            bytes: self.bytes.load(Relaxed),
            rows: self.rows.load(Relaxed),
        }
    }
}
