//! Runs a plan: lanes copy, workers make definitions, the journal remembers.
//!
//! ```text
//!                 ┌─▶ lane threads (source COPY OUT ▶ target COPY IN) ─┐
//!  dag ─ schedule ┤                                                    ├─▶ ended ─▶ schedule ─▶ state.tsv, report
//!                 └─▶ workers (SQL on the target) ────────────────────┘
//! ```
//! Every step's `DONE` row commits with the step's own work; what `state.tsv` and the report say follows. It knows no
//! catalog: a step carries all that it needs.
mod batch;
mod control;
mod copier;
mod crash;
mod dag;
mod database;
mod drop_journal;
mod duties;
mod end;
mod finished;
mod halt;
mod hold;
mod lane;
mod lanes;
mod late;
mod link;
mod mismatch;
mod opening;
mod parts;
mod pool;
mod pre_data;
mod quiet;
mod recopy;
mod retry;
mod sampler;
mod schedule;
mod setup;
mod share;
mod shutdown;
mod standing;
mod start;
mod watch;
mod worker;
mod workers;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    config::Endpoint,
    error::{Error, ErrorKind, Result},
    failpoint::Failpoint,
    journal::{Mark, StateFile, run_line},
    observe::{Attempted, Metrics, Progress, Recorder, Resource, USABLE},
    plan::{Plan, Step, StepId, StepKind},
    session::Session,
};

use self::{halt::Halt, sampler::Sampler};
pub use control::{Control, Recorded};
pub use database::create_database;
pub use drop_journal::{DroppedJournal, drop_journal};
pub use lane::{BatchTask, Buffers, Copied, CopyTask, Lane, LaneCounters, LaneOptions, StopHandle};
pub use pool::Pool;
pub use share::Power;
pub use shutdown::Shutdown;
pub use start::{Begun, Planned, Start};

/// What a run works with.
#[derive(Debug)]
pub struct Run {
    /// What is done.
    pub plan: Arc<Plan>,
    /// [`Plan::run_id`].
    pub run_id: String,
    /// Steps that an earlier attempt did.
    pub done: HashSet<StepId>,
    /// Where the rows come from.
    pub source: Endpoint,
    /// Where they go.
    pub target: Endpoint,
    /// The snapshot that the lanes read under.
    pub snapshot: String,
    /// [`Session::read_mark`] before it was taken.
    pub mark: String,
    /// Lanes and workers, shared with other runs or this one's alone.
    pub pool: Pool,
    /// At most so many lanes.
    pub lanes: u32,
    /// At most so many statements of the target at a time.
    pub index_jobs: u32,
    /// A lane in which nothing moves for so long is looked after; zero: never.
    pub stall_timeout: Duration,
    /// Whether the backends on source and target are looked at.
    pub sampled: [bool; 2],
    /// What the target can do.
    pub power: Power,
    /// Counters for the display.
    pub progress: Arc<Progress>,
    /// What becomes of each step, for the report.
    pub recorder: Arc<Recorder>,
    /// Notified when clients can work on the database while late rows follow.
    pub usable: Arc<Notify>,
    /// `state.tsv`
    pub state: Mutex<StateFile>,
}

impl Run {
    /// Runs everything that is not done. `source` is the session that holds the snapshot; it is let go with the last byte.
    pub async fn run(&self, control: &Control, source: Session, shutdown: &mut Shutdown) -> Result<()> {
        self.recorder.steps_skipped(self.done.len() as u64);
        self.tell_limits();
        let _sampler = Sampler::start(self);
        let mut halt = Halt::new(shutdown, control.keep(&self.run_id));
        self.recorder.begin_phase("pre-data");
        pre_data::run(self, control, &mut halt).await?;
        let is_usable = late::is_usable(&self.plan, &self.done);
        self.recorder.begin_phase(if is_usable { USABLE } else { "data" });
        let left = schedule::run(self, source, &mut halt).await?;
        if left > 0 {
            let message = format!("{left} of {} steps are not done", self.plan.steps.len());
            return Err(Error::new(ErrorKind::StepsFailed, message));
        }
        Ok(())
    }

    /// Tells the metrics what is to be done, and with how much of everything.
    fn tell_limits(&self) {
        let skipped = self.plan.steps.iter().filter(|step| self.done.contains(&step.id));
        let at_work = [(Resource::Lane, self.lanes), (Resource::Worker, self.index_jobs)];
        // Beside lanes and workers: the session of the snapshot, and that of the journal.
        let [source, target] = self.sampled.map(|spare| 1 + self.lanes + u32::from(spare));
        self.metrics().steps_begin(&self.progress, skipped, at_work, [source, target + self.index_jobs]);
    }

    fn metrics(&self) -> &Arc<Metrics> {
        self.recorder.metrics()
    }

    /// Ends a run whose steps are all done: makes sure that they still are, and drops the journal. `state.tsv` says so before,
    /// for afterwards nothing else does.
    pub async fn end(&self, control: &Control, shutdown: &mut Shutdown) -> Result<()> {
        self.recorder.begin_phase("end");
        Failpoint::RunEnded.reach();
        let line = run_line(&self.run_id);
        self.state.lock().unwrap_or_else(PoisonError::into_inner).record(&[(&line, Mark::Done)])?;
        let journalled = self.plan.steps.iter().filter(|step| step.kind != StepKind::Database).count();
        tokio::select! {
            ended = control.end(&self.run_id, journalled) => ended?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        }
        Failpoint::JournalDropped.reach();
        Ok(())
    }

    /// Writes down that steps are done; their work has committed.
    fn steps_done<'s>(&self, steps: impl IntoIterator<Item = (&'s Step, Attempted)>) -> Result<()> {
        let steps: Vec<(&Step, Attempted)> = steps.into_iter().collect();
        self.metrics().steps_done(&steps);
        let mut marks = Vec::new();
        for (step, attempted) in steps {
            tracing::info!(step = %step.id, rows = attempted.rows, bytes = attempted.bytes, "done");
            self.recorder.step_done(step, attempted);
            if step.makes_usable() {
                tracing::info!(database = %step.database, "the database is usable: late rows follow");
                self.recorder.begin_phase(USABLE);
                self.usable.notify_one();
                Failpoint::Usable.reach();
            }
            marks.push((&step.id, Mark::Done));
        }
        self.state.lock().unwrap_or_else(PoisonError::into_inner).record(&marks)
    }

    /// Writes down that a step failed for good.
    fn step_failed(&self, step: &Step, error: &Error) -> Result<()> {
        tracing::error!(step = %step.id, "{}", error.report());
        self.recorder.step_failed(step, error);
        self.state.lock().unwrap_or_else(PoisonError::into_inner).record(&[(&step.id, Mark::Failed)])
    }
}
