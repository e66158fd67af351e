//! The scheduler: gives ready steps to idle lanes and workers, largest first, until nothing can start any more.
use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;

use super::{Run, Shutdown, batch, dag::Dag, lanes::Lanes, pre_data::is_pre_data, workers::Workers};
use crate::{
    error::{Error, ErrorKind, Result},
    observe::Attempted,
    plan::{Step, StepKind},
    session::Session,
};

/// How often the counters of the lanes go to the display.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// Steps up to this size share transactions: their own work is less than a round trip and a commit.
const SMALL: u64 = 256 << 10;

/// Steps of a shared transaction; see also `pre_data::BATCH`.
const BATCH: usize = 32;

/// What lanes and workers say.
#[derive(Debug)]
pub(super) enum Ended {
    /// A lane has copied what it was given, or not.
    Lane {
        /// Which lane.
        lane: usize,
        /// By step: what it copied.
        results: Vec<(usize, Result<Attempted>)>,
    },
    /// A worker has run a batch.
    Worker {
        /// Which worker.
        worker: usize,
        /// What became of each step.
        results: Vec<(usize, Result<Attempted>)>,
    },
}

/// Runs all steps after the pre-data; gives the number of steps that are not done.
pub(super) async fn run(run: &Run, source: Session, shutdown: &mut Shutdown) -> Result<usize> {
    let mut done = run.done.clone();
    done.extend(run.plan.steps.iter().filter(|step| is_early(step)).map(|step| step.id.clone()));
    let dag = Dag::new(&run.plan.steps, &done);
    // Every lane and worker has at most one message under way.
    let (ended, inbox) = mpsc::channel((run.lanes + run.index_jobs) as usize);
    let lanes = if dag.has_open(StepKind::Data) {
        tokio::select! {
            lanes = Lanes::open(run, run.lanes, &ended) => Some(lanes?),
            () = shutdown.asked() => return Err(Shutdown::error()),
        }
    } else {
        None
    };
    let source = Arc::new(source);
    let workers = Workers::open(run, &source, &ended);
    drop(ended);
    let mut schedule = Schedule { run, dag, lanes, workers, source, snapshot_held: true, stopping: false };
    schedule.walk(inbox, shutdown).await
}

fn is_early(step: &Step) -> bool {
    step.kind == StepKind::Database || is_pre_data(step.kind)
}

struct Schedule<'r> {
    run: &'r Run,
    dag: Dag,
    lanes: Option<Lanes>,
    workers: Workers,
    source: Arc<Session>,
    snapshot_held: bool,
    stopping: bool,
}

impl Schedule<'_> {
    async fn walk(&mut self, mut inbox: mpsc::Receiver<Ended>, shutdown: &mut Shutdown) -> Result<usize> {
        let mut ticks = tokio::time::interval(REPORT_EVERY);
        loop {
            self.release_source().await;
            if !self.stopping {
                self.give_out();
            }
            if !self.is_busy() {
                break;
            }
            tokio::select! {
                ended = inbox.recv() => match ended {
                    Some(ended) => self.take_in(ended)?,
                    None => return Err(Error::new(ErrorKind::Internal, "all lanes and workers have ended")),
                },
                _ = ticks.tick() => if let Some(lanes) = &mut self.lanes { lanes.report() },
                () = shutdown.asked() => {
                    if self.stopping {
                        return Err(Shutdown::error());
                    }
                    self.stop().await;
                }
            }
        }
        if let Some(mut lanes) = self.lanes.take() {
            lanes.close();
        }
        if shutdown.was_asked() { Err(Shutdown::error()) } else { Ok(self.dag.left()) }
    }

    fn is_busy(&self) -> bool {
        self.workers.is_busy() || self.lanes.as_ref().is_some_and(Lanes::is_busy)
    }

    fn give_out(&mut self) {
        let steps = &self.run.plan.steps;
        while let Some(lanes) = self.lanes.as_mut().filter(|lanes| lanes.idle() > 0) {
            let batch = batch::take(&mut self.dag, steps, lanes.idle());
            if batch.is_empty() {
                break;
            }
            lanes.start(self.run, batch);
        }
        while let Some(worker) = self.workers.take_idle() {
            let Some(first) = self.dag.take(|at| steps[at].kind != StepKind::Data) else {
                self.workers.ended(worker);
                break;
            };
            let mut batch = vec![first];
            if is_small(&steps[first]) {
                let fits = |at: usize| steps[at].kind == steps[first].kind && is_small(&steps[at]);
                batch.extend(self.dag.take_many(BATCH - 1, fits));
            }
            self.workers.start(worker, batch);
        }
    }

    fn take_in(&mut self, ended: Ended) -> Result<()> {
        match ended {
            Ended::Lane { lane, results } => {
                if let Some(lanes) = &mut self.lanes {
                    lanes.ended(lane, &results);
                }
                self.settle(results)
            }
            Ended::Worker { worker, results } => {
                self.workers.ended(worker);
                self.settle(results)
            }
        }
    }

    fn settle(&mut self, results: Vec<(usize, Result<Attempted>)>) -> Result<()> {
        let mut done = Vec::new();
        for (at, result) in results {
            let step = &self.run.plan.steps[at];
            match result {
                Ok(attempted) => {
                    self.dag.done(at);
                    done.push((step, attempted));
                }
                // What a stop cut off has not failed: it is as if it had not begun.
                Err(_) if self.stopping => {}
                Err(error) => {
                    self.dag.failed(at);
                    self.run.step_failed(step, &error)?;
                }
            }
        }
        self.run.steps_done(done)
    }

    /// Lets the snapshot go as soon as the last row is read: index builds must not hold back the source's vacuum.
    async fn release_source(&mut self) {
        let open = self.lanes.as_ref().is_some_and(Lanes::is_busy) || self.dag.has_open(StepKind::Data);
        if open || !self.snapshot_held {
            return;
        }
        self.snapshot_held = false;
        if let Some(mut lanes) = self.lanes.take() {
            lanes.close();
        }
        if let Err(error) = self.source.execute("COMMIT").await {
            tracing::warn!("the source's snapshot could not be closed: {}", error.report());
        }
        self.run.recorder.begin_phase("post-data");
    }

    async fn stop(&mut self) {
        tracing::warn!("asked to stop: what is in flight is rolled back");
        self.stopping = true;
        if let Some(lanes) = &self.lanes {
            lanes.stop();
        }
        self.workers.stop().await;
    }
}

fn is_small(step: &Step) -> bool {
    let batched =
        matches!(step.kind, StepKind::Index | StepKind::SchemaPost | StepKind::Carry | StepKind::Analyze);
    batched && step.estimate <= SMALL
}
