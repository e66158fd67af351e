//! What runs in a lane's thread: copies batches, and goes one by one where a batch fails.
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};

use crossbeam_channel::Receiver;
use tokio::sync::mpsc;

use super::{
    BatchTask, CopyTask, Lane,
    lane::Copied,
    late,
    retry::{self, After},
    schedule::Ended,
};
use crate::{
    error::{Error, ErrorKind, Result},
    journal::table::{self, DoneStep},
    observe::{Attempted, Metrics},
    plan::{Plan, Step, guard},
};

/// What a lane needs of the run.
pub(super) struct Copier {
    pub(super) number: usize,
    pub(super) plan: Arc<Plan>,
    pub(super) run_id: String,
    pub(super) metrics: Arc<Metrics>,
    pub(super) ended: mpsc::Sender<Ended>,
}

impl Copier {
    /// Copies through a lane until the queue closes.
    pub(super) fn run(self, mut lane: Lane, queue: &Receiver<Vec<usize>>) {
        while let Ok(batch) = queue.recv() {
            let plan = Arc::clone(&self.plan);
            let steps: Vec<&Step> = batch.iter().map(|at| &plan.steps[*at]).collect();
            // A panic must not leave the scheduler waiting for steps that never end.
            let results = catch_unwind(AssertUnwindSafe(|| self.copy(&mut lane, &steps)))
                .unwrap_or_else(|_| steps.iter().map(|_| Err(panicked())).collect());
            let results = batch.into_iter().zip(results).collect();
            if self.ended.blocking_send(Ended::Lane { lane: self.number, results }).is_err() {
                return;
            }
        }
    }

    /// What became of each step.
    fn copy(&self, lane: &mut Lane, steps: &[&Step]) -> Vec<Result<Attempted>> {
        let batched = steps.len() > 1;
        if batched {
            let started = Instant::now();
            match self.together(lane, steps) {
                Ok(copied) => {
                    return copied.into_iter().map(|copied| Ok(attempted(started, copied))).collect();
                }
                Err(error) => {
                    self.metrics.retried(&error);
                    tracing::debug!("a batch failed, its steps follow one by one: {}", error.report());
                }
            }
        }
        steps.iter().map(|step| self.single(lane, step, batched)).collect()
    }

    /// All steps in one transaction with their `DONE` rows.
    fn together(&self, lane: &mut Lane, steps: &[&Step]) -> Result<Vec<Copied>> {
        let copies: Vec<(&str, &str)> =
            steps.iter().map(|step| (step.source_sql.as_str(), step.sql.as_str())).collect();
        let end = |copied: &[Copied]| {
            let done: Vec<DoneStep<'_>> = steps
                .iter()
                .zip(copied)
                .map(|(step, copied)| DoneStep { id: &step.id, rows: copied.rows, bytes: copied.bytes })
                .collect();
            format!("{};\nCOMMIT", table::steps_done_sql(&self.run_id, &done))
        };
        let begin = format!("BEGIN;\n{}", guarded(steps));
        lane.copy_batch(&BatchTask { copies: &copies, target_begin: &begin, target_end: &end })
    }

    /// One step; `tried`: an attempt at it may have committed, and only its answer was lost.
    fn single(&self, lane: &mut Lane, step: &Step, tried: bool) -> Result<Attempted> {
        let started = Instant::now();
        let mut without_lz4 = false;
        for attempt in 1.. {
            let end = |rows, bytes| {
                format!("{};\nCOMMIT", table::step_done_sql(&self.run_id, &step.id, rows, bytes))
            };
            let begin = self.begin(step, tried || attempt > 1, without_lz4);
            let task = CopyTask {
                source_sql: &step.source_sql,
                target_begin: &begin,
                target_sql: &step.sql,
                target_end: &end,
            };
            match retry::after(lane.copy(&task), attempt) {
                After::Done(Some(copied)) => return Ok(attempted(started, copied)),
                After::Done(None) => return Ok(Attempted { started, rows: 0, bytes: 0 }),
                After::Failed(error) if !without_lz4 && self.is_beyond_lz4(&error) => {
                    tracing::warn!(step = %step.id, "trying again without lz4: {}", error.report());
                    without_lz4 = true;
                }
                After::Failed(error) => {
                    return Err(late::explained(&self.plan, step, error).context(place(step)));
                }
                After::Again(pause, error) => {
                    self.metrics.retried(&error);
                    tracing::warn!(step = %step.id, "trying again: {}", error.report());
                    lane.stop_handle().nap(pause);
                }
            }
        }
        Err(Error::new(ErrorKind::Internal, "attempts ran out"))
    }

    /// What opens the transaction. After an attempt that may have committed, the journal is asked first, by a `DONE` row
    /// that is taken back: the rows alone would meet a unique index of the target before they meet the journal.
    fn begin(&self, step: &Step, tried: bool, without_lz4: bool) -> String {
        let compression = if without_lz4 { "SET LOCAL default_toast_compression = 'pglz';\n" } else { "" };
        let guard = guarded(&[step]);
        if tried {
            let done = table::step_done_sql(&self.run_id, &step.id, 0, 0);
            format!("BEGIN;\n{done};\nROLLBACK;\nBEGIN;\n{compression}{guard}")
        } else {
            format!("BEGIN;\n{compression}{guard}")
        }
    }

    /// Whether the target failed on a value that it can hold, and cannot compress as we asked it to: it needs room for
    /// `LZ4_compressBound` of it, 0.4 % more than the value, which is beyond 1 GB for one of more than 1069 MB.
    fn is_beyond_lz4(&self, error: &Error) -> bool {
        let report = error.report();
        self.plan.meta.compresses_by_lz4()
            && report.starts_with("target ")
            && report.contains("invalid memory alloc request size")
    }
}

/// The step, and which blocks it copies. Bounds of a column are values of rows: these are in the plan alone.
fn place(step: &Step) -> String {
    if step.chunk.starts_with("ctid ") {
        format!("step `{}` ({})", step.id, step.chunk)
    } else {
        format!("step `{}`", step.id)
    }
}

/// What keeps triggers of the target from firing for the plain COPYs among these; a step of another form carries its own.
fn guarded(steps: &[&Step]) -> String {
    let tables: Vec<&str> = steps.iter().filter_map(|step| guard::loaded(&step.sql)).collect();
    if tables.is_empty() { String::new() } else { guard::before_copy(&tables) }
}

fn attempted(started: Instant, copied: Copied) -> Attempted {
    Attempted { started, rows: copied.rows, bytes: copied.bytes }
}

/// What is told of a panic in a lane's thread.
pub(super) fn panicked() -> Error {
    Error::new(ErrorKind::Internal, "a lane panicked")
}
