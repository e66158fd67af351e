//! The counters behind the progress display.
//!
//! ```text
//! lanes, workers ──atomic adds──▶ Progress ──snapshot()──▶ bars or lines (a thread of `cli`)
//! ```
//! The shape (tables, kinds) is fixed when the run begins, so an update is a few relaxed atomic adds and takes no
//! lock. The numbers are for people: two counters of a snapshot may be a frame apart. What counts is in the journal
//! and the report.
mod snapshot;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

pub use self::snapshot::{KindSnapshot, Snapshot, TableSnapshot, TableState};
use crate::plan::{Step, StepId, StepKind};

/// The counters of one run.
#[derive(Debug)]
pub struct Progress {
    started: Instant,
    total: Volume,
    kinds: [Kind; StepKind::ALL.len()],
    tables: Vec<Table>,
    by_name: HashMap<Arc<str>, TableId>,
}

/// A table of a [`Progress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableId(usize);

/// What was moved, of one table or of all.
#[derive(Debug, Default)]
struct Volume {
    /// Estimated bytes of all chunks that this run copies.
    planned: u64,
    /// How much of `planned` is behind us. A chunk counts for its estimate, whatever it really weighs, so that the
    /// share that is done grows steadily to exactly one.
    worked: AtomicU64,
    /// Bytes really moved.
    bytes: AtomicU64,
    rows: AtomicU64,
}

#[derive(Debug, Default)]
struct Kind {
    total: u64,
    running: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
}

#[derive(Debug)]
struct Table {
    name: Arc<str>,
    volume: Volume,
    chunks: Kind,
}

impl Progress {
    /// Counters for the steps that are still to be done.
    pub fn new(steps: &[Step], done: &HashSet<StepId>) -> Arc<Self> {
        let mut progress = Self {
            started: Instant::now(),
            total: Volume::default(),
            kinds: Default::default(),
            tables: Vec::new(),
            by_name: HashMap::new(),
        };
        for step in steps.iter().filter(|step| !done.contains(&step.id)) {
            progress.kinds[rank(step.kind)].total += 1;
            if step.kind == StepKind::Data {
                progress.plan_chunk(step);
            }
        }
        Arc::new(progress)
    }

    fn plan_chunk(&mut self, step: &Step) {
        let name: Arc<str> = step.object.as_str().into();
        let id = *self.by_name.entry(Arc::clone(&name)).or_insert_with(|| {
            self.tables.push(Table { name, volume: Volume::default(), chunks: Kind::default() });
            TableId(self.tables.len() - 1)
        });
        let table = &mut self.tables[id.0];
        table.chunks.total += 1;
        table.volume.planned += step.estimate;
        self.total.planned += step.estimate;
    }

    /// The table of a `DATA` step, by the step's `object`.
    pub fn table(&self, object: &str) -> Option<TableId> {
        self.by_name.get(object).copied()
    }

    /// A step begins (of any kind but `DATA`: there [`Self::chunk`] counts).
    pub fn step_started(&self, kind: StepKind) {
        self.kinds[rank(kind)].started();
    }

    /// A step that began is done.
    pub fn step_done(&self, kind: StepKind) {
        self.kinds[rank(kind)].done();
    }

    /// A step that began failed for good.
    pub fn step_failed(&self, kind: StepKind) {
        self.kinds[rank(kind)].failed();
    }

    /// A step that began will be tried again.
    pub fn step_retried(&self, kind: StepKind) {
        sub(&self.kinds[rank(kind)].running, 1);
    }

    /// One attempt to copy a chunk begins.
    pub fn chunk(self: &Arc<Self>, table: TableId, estimate: u64) -> Chunk {
        self.kinds[rank(StepKind::Data)].started();
        self.tables[table.0].chunks.started();
        Chunk {
            progress: Arc::clone(self),
            table,
            estimate,
            bytes: AtomicU64::new(0),
            rows: AtomicU64::new(0),
            kept: false,
        }
    }

    /// The numbers now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            elapsed: self.started.elapsed(),
            bytes_planned: self.total.planned,
            bytes_worked: self.total.worked.load(Relaxed),
            bytes: self.total.bytes.load(Relaxed),
            rows: self.total.rows.load(Relaxed),
            kinds: StepKind::ALL
                .into_iter()
                .zip(&self.kinds)
                .map(|(kind, counts)| counts.snapshot(kind))
                .collect(),
            tables: self.tables.iter().map(Table::snapshot).collect(),
        }
    }

    /// Bytes and rows moved so far.
    pub(super) fn moved(&self) -> (u64, u64) {
        (self.total.bytes.load(Relaxed), self.total.rows.load(Relaxed))
    }

    fn volumes(&self, table: TableId) -> [&Volume; 2] {
        [&self.total, &self.tables[table.0].volume]
    }

    fn counts(&self, table: TableId) -> [&Kind; 2] {
        [&self.kinds[rank(StepKind::Data)], &self.tables[table.0].chunks]
    }
}

/// One attempt to copy a chunk. Dropped without [`Chunk::done`] or [`Chunk::failed`], it takes back what it counted
/// and the chunk will be tried again.
#[derive(Debug)]
pub struct Chunk {
    progress: Arc<Progress>,
    table: TableId,
    estimate: u64,
    bytes: AtomicU64,
    rows: AtomicU64,
    kept: bool,
}

impl Chunk {
    /// So many bytes more were sent to the target.
    pub fn add_bytes(&self, bytes: u64) {
        let before = self.bytes.fetch_add(bytes, Relaxed);
        let worked = (before + bytes).min(self.estimate) - before.min(self.estimate);
        for volume in self.progress.volumes(self.table) {
            volume.bytes.fetch_add(bytes, Relaxed);
            volume.worked.fetch_add(worked, Relaxed);
        }
    }

    /// So many rows more were sent to the target.
    pub fn add_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Relaxed);
        for volume in self.progress.volumes(self.table) {
            volume.rows.fetch_add(rows, Relaxed);
        }
    }

    /// The chunk has committed with so many bytes and rows. Some of them may be counted already, and more, by attempts that
    /// failed.
    pub fn done(mut self, bytes: u64, rows: u64) {
        if self.bytes() > bytes || self.rows.load(Relaxed) > rows {
            self.take_back();
        }
        self.add_bytes(bytes.saturating_sub(self.bytes()));
        self.add_rows(rows.saturating_sub(self.rows.load(Relaxed)));
        let left = self.estimate.saturating_sub(self.bytes.load(Relaxed));
        for volume in self.progress.volumes(self.table) {
            volume.worked.fetch_add(left, Relaxed);
        }
        self.progress.counts(self.table).into_iter().for_each(Kind::done);
        self.kept = true;
    }

    /// The chunk failed for good.
    pub fn failed(mut self) {
        self.take_back();
        self.progress.counts(self.table).into_iter().for_each(Kind::failed);
        self.kept = true;
    }

    /// Bytes of this attempt.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    fn take_back(&self) {
        let (bytes, rows) = (self.bytes.swap(0, Relaxed), self.rows.swap(0, Relaxed));
        for volume in self.progress.volumes(self.table) {
            sub(&volume.bytes, bytes);
            sub(&volume.rows, rows);
            sub(&volume.worked, bytes.min(self.estimate));
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        if !self.kept {
            self.take_back();
            for counts in self.progress.counts(self.table) {
                sub(&counts.running, 1);
            }
        }
    }
}

impl Kind {
    fn started(&self) {
        self.running.fetch_add(1, Relaxed);
    }

    fn done(&self) {
        self.done.fetch_add(1, Relaxed);
        sub(&self.running, 1);
    }

    fn failed(&self) {
        self.failed.fetch_add(1, Relaxed);
        sub(&self.running, 1);
    }

    fn snapshot(&self, kind: StepKind) -> KindSnapshot {
        KindSnapshot {
            kind,
            total: self.total,
            running: self.running.load(Relaxed),
            done: self.done.load(Relaxed),
            failed: self.failed.load(Relaxed),
        }
    }
}

impl Table {
    fn snapshot(&self) -> TableSnapshot {
        let chunks = self.chunks.snapshot(StepKind::Data);
        let state = match chunks {
            KindSnapshot { running: 1.., .. } => TableState::Copying,
            KindSnapshot { failed: 1.., .. } => TableState::Failed,
            KindSnapshot { done, total, .. } if done >= total => TableState::Done,
            KindSnapshot { done: 0, .. } => TableState::Waiting,
            KindSnapshot { .. } => TableState::Copying,
        };
        TableSnapshot {
            name: Arc::clone(&self.name),
            state,
            bytes_planned: self.volume.planned,
            bytes_worked: self.volume.worked.load(Relaxed),
            bytes: self.volume.bytes.load(Relaxed),
            rows: self.volume.rows.load(Relaxed),
            chunks_total: chunks.total,
            chunks_done: chunks.done,
        }
    }
}

fn rank(kind: StepKind) -> usize {
    kind as usize
}

/// Subtracts without ever wrapping to a huge number: a display that is off by a little is better than one in exabytes.
fn sub(counter: &AtomicU64, amount: u64) {
    _ = counter.fetch_update(Relaxed, Relaxed, |value| Some(value.saturating_sub(amount)));
}

#[cfg(test)]
pub(crate) mod tests;
