//! The part of a status that says who is at what: lanes, tasks of the target, tables.
use serde::{Deserialize, Serialize};

use super::State;

/// Which side the lanes wait for, as shares of the time that they had something to do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bottleneck {
    /// Their writers waited for the source.
    pub source_wait_share: f64,
    /// Their readers waited for the target, or their writers were in its socket: sending, or waiting for an answer.
    pub target_wait_share: f64,
    /// The side that is waited for, if one clearly is.
    pub side: Option<WaitsFor>,
}

/// A side that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// The source is the slower side.
    Source,
    /// The target is the slower side.
    Target,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LaneStatus {
    /// Counted from 1, as in the metrics.
    pub lane: u64,
    /// What it copies; idle lanes copy nothing.
    pub task: Option<TaskStatus>,
    /// COPY payload written to the target, failed attempts included.
    pub bytes_done: u64,
    /// Rows read from the source, failed attempts included.
    pub rows_done: u64,
    /// Of the last seconds, and after the end of all the time that it had something to do.
    pub bytes_per_second: f64,
    /// Blocks in its queue: none waits for the source, 10 for the target.
    pub queue_frames: u64,
    /// How it spent its time.
    pub waits: Option<Bottleneck>,
}

/// Something under way: one step, or several small ones that share a transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskStatus {
    /// The id of the step, or of the first of them.
    pub step: String,
    /// Its kind, as `plan.tsv` writes it.
    pub kind: String,
    /// Its object.
    pub object: String,
    /// How many steps share the transaction.
    pub steps: u64,
    /// Size of the work, about; 0 if unknown or small.
    pub bytes_estimated: u64,
    /// Since when it is under way, pauses of retries included.
    pub seconds: f64,
}

/// The tables that are copied in this run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TablesStatus {
    /// How many.
    pub total: u64,
    /// No chunk has begun.
    pub waiting: u64,
    /// Some chunks are under way, or done while others wait.
    pub copying: u64,
    /// Every chunk has committed.
    pub done: u64,
    /// A chunk failed for good.
    pub failed: u64,
    /// At most 50: those being copied, those that failed, then the largest.
    pub listed: Vec<TableStatus>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableStatus {
    /// Its qualified name.
    pub name: String,
    /// How far it is.
    pub state: TableProgress,
    /// Estimated bytes of its chunks.
    pub bytes_estimated: u64,
    /// How much of that estimate is behind us.
    pub bytes_estimated_done: u64,
    /// Bytes of COPY payload that were sent to the target.
    pub bytes_done: u64,
    /// Rows that were sent to the target.
    pub rows_done: u64,
    /// Chunks to be copied.
    pub chunks: u64,
    /// Chunks that have committed.
    pub chunks_done: u64,
}

/// A database among several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseStatus {
    /// Its name on the source.
    pub name: String,
    /// Whether it goes on, and how it ended.
    pub state: State,
    /// The phase under way.
    pub phase: Option<String>,
    /// Estimated bytes of its chunks.
    pub bytes_estimated: u64,
    /// How much of that estimate is behind us.
    pub bytes_estimated_done: u64,
    /// Bytes of COPY payload that were sent to the target.
    pub bytes_done: u64,
    /// Rows that were sent to the target.
    pub rows_done: u64,
}

/// How far a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableProgress {
    /// No chunk has begun.
    Waiting,
    /// Some chunks are under way, or done while others wait.
    Copying,
    /// Every chunk has committed.
    Done,
    /// A chunk failed for good and none is under way.
    Failed,
}
