//! What a reader of the counters sees: the numbers of one moment, as plain values.
use std::{sync::Arc, time::Duration};

use crate::plan::StepKind;

/// The numbers of one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Since the counters were made.
    pub elapsed: Duration,
    /// Estimated bytes of all chunks of this run.
    pub bytes_planned: u64,
    /// How much of that estimate is behind us.
    pub bytes_worked: u64,
    /// Bytes really moved.
    pub bytes: u64,
    /// Rows moved.
    pub rows: u64,
    /// Steps by kind, every kind, in the order of their phases.
    pub kinds: Vec<KindSnapshot>,
    /// Tables in the order of the plan.
    pub tables: Vec<TableSnapshot>,
}

impl Snapshot {
    /// The sum of what several databases are at, each with its name as SQL writes it; their tables are called by it too.
    pub fn of_several(databases: impl Iterator<Item = (String, Self)>) -> Self {
        let kinds = StepKind::ALL.map(|kind| KindSnapshot { kind, total: 0, running: 0, done: 0, failed: 0 });
        let mut sum = Self {
            elapsed: Duration::ZERO,
            bytes_planned: 0,
            bytes_worked: 0,
            bytes: 0,
            rows: 0,
            kinds: kinds.to_vec(),
            tables: Vec::new(),
        };
        for (database, one) in databases {
            // The one that began first says for how long.
            sum.elapsed = sum.elapsed.max(one.elapsed);
            sum.bytes_planned += one.bytes_planned;
            sum.bytes_worked += one.bytes_worked;
            sum.bytes += one.bytes;
            sum.rows += one.rows;
            for (sum, kind) in sum.kinds.iter_mut().zip(one.kinds) {
                sum.total += kind.total;
                sum.running += kind.running;
                sum.done += kind.done;
                sum.failed += kind.failed;
            }
            let named = |table: TableSnapshot| TableSnapshot {
                name: format!("{database}.{}", table.name).into(),
                ..table
            };
            sum.tables.extend(one.tables.into_iter().map(named));
        }
        sum
    }
}

/// The steps of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindSnapshot {
    /// The kind.
    pub kind: StepKind,
    /// Steps to be done in this run.
    pub total: u64,
    /// Under way.
    pub running: u64,
    /// Done.
    pub done: u64,
    /// Failed for good.
    pub failed: u64,
}

/// A table that is copied.
#[derive(Debug, Clone)]
pub struct TableSnapshot {
    /// Its qualified name.
    pub name: Arc<str>,
    /// How far it is.
    pub state: TableState,
    /// Estimated bytes of its chunks.
    pub bytes_planned: u64,
    /// How much of that estimate is behind us.
    pub bytes_worked: u64,
    /// Bytes really moved.
    pub bytes: u64,
    /// Rows moved.
    pub rows: u64,
    /// Chunks to be copied in this run.
    pub chunks_total: u64,
    /// Chunks that have committed.
    pub chunks_done: u64,
}

/// How far a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableState {
    /// No chunk has begun.
    Waiting,
    /// Some chunks are under way, or done while others wait.
    Copying,
    /// Every chunk has committed.
    Done,
    /// A chunk failed for good and none is under way.
    Failed,
}
