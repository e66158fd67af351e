//! The scheduler: gives ready steps to idle lanes and workers, largest first, until nothing can start any more.
mod give_out;
mod no_room;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{
    Run,
    dag::Dag,
    duties::Duties,
    halt::Halt,
    hold::Hold,
    lanes::Lanes,
    pool::{Member, Slot},
    pre_data::is_pre_data,
    workers::Workers,
};
use crate::{
    error::{Error, ErrorKind, Result},
    failpoint::Failpoint,
    observe::{Attempted, Resource},
    plan::{Step, StepKind},
    session::Session,
};

/// How often the counters of the lanes go to the display.
const REPORT_EVERY: Duration = Duration::from_millis(200);

/// How long a lane may take to end once it is stopped. One that dials a server which does not answer takes longer; it
/// has nothing in flight.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// What lanes and workers say.
#[derive(Debug)]
pub(super) enum Ended {
    /// A lane is open.
    Opened {
        /// Which lane.
        lane: usize,
    },
    /// A lane could not be opened.
    NotOpened {
        /// Which lane.
        lane: usize,
        /// What its connections would have been.
        slot: Arc<Slot>,
        /// What may pass was waited for.
        tried: bool,
        /// Why.
        error: Error,
    },
    /// The target has no room for the connection of a worker.
    NoRoom {
        /// Which worker.
        worker: usize,
        /// What it was given.
        steps: Vec<usize>,
        /// What the target says.
        error: Error,
    },
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
pub(super) async fn run(run: &Run, source: Session, halt: &mut Halt<'_>) -> Result<usize> {
    let mut done = run.done.clone();
    done.extend(run.plan.steps.iter().filter(|step| is_early(step)).map(|step| step.id.clone()));
    let mut dag = Dag::new(&run.plan.steps, &done);
    dag.prefer(&run.plan.steps, &run.plan.meta.priorities);
    // Every lane and worker has at most one message under way.
    let (ended, inbox) = mpsc::channel((run.lanes + run.index_jobs) as usize);
    let hold = tokio::select! {
        hold = Hold::new(source, run) => hold?,
        error = halt.asked() => return Err(error),
    };
    let lanes = dag.has_open(StepKind::Data).then(|| Lanes::new(&ended));
    let workers = Workers::open(run, hold.link(), &ended);
    let mut schedule = Schedule {
        run,
        pool: run.pool.join(),
        dag,
        lanes,
        workers,
        duties: Duties::default(),
        hold,
        snapshot_held: true,
        lost: None,
        halted: None,
        persistent: false,
    };
    schedule.walk(inbox, halt).await
}

fn is_early(step: &Step) -> bool {
    step.kind == StepKind::Database || is_pre_data(step.kind)
}

struct Schedule<'r> {
    run: &'r Run,
    pool: Member,
    dag: Dag,
    lanes: Option<Lanes>,
    workers: Workers,
    duties: Duties,
    hold: Hold,
    snapshot_held: bool,
    /// Why no more rows can be read under the run's snapshot.
    lost: Option<Error>,
    /// Why the run stops.
    halted: Option<Error>,
    /// The target had no room for the last connection of a worker: it is asked again.
    persistent: bool,
}

impl Schedule<'_> {
    async fn walk(&mut self, mut inbox: mpsc::Receiver<Ended>, halt: &mut Halt<'_>) -> Result<usize> {
        let mut ticks = tokio::time::interval(REPORT_EVERY);
        let mut give_up = None;
        loop {
            let released = tokio::select! {
                () = self.release_source() => Ok(()),
                error = halt.asked() => Err(error),
            };
            if let Err(error) = released.and_then(|()| self.give_out())
                && !self.halt(error, halt, &mut give_up).await
            {
                break;
            }
            self.workers.tell(self.run, self.lanes.as_ref().map_or(0, Lanes::busy));
            if !self.is_busy() && !self.can_start() {
                break;
            }
            let went = tokio::select! {
                Some(ended) = inbox.recv() => self.take_in(ended),
                _ = ticks.tick() => self.look(),
                () = self.pool.changed() => Ok(()),
                error = halt.asked() => match self.halted.take() {
                    Some(first) => return Err(first),
                    None => Err(error),
                },
                () = until(give_up) => break,
            };
            if let Err(error) = went
                && !self.halt(error, halt, &mut give_up).await
            {
                break;
            }
        }
        // Those at work are given up: nobody waits for their threads.
        if !self.is_busy()
            && let Some(mut lanes) = self.lanes.take()
        {
            self.run.recorder.lanes_closed(lanes.close());
        }
        match self.halted.take().or(self.lost.take()) {
            Some(error) => Err(error),
            None => Ok(self.dag.left()),
        }
    }

    /// Stops what is at work, if nothing else has. `false`: nobody wants to wait for it any more.
    async fn halt(&mut self, error: Error, halt: &mut Halt<'_>, give_up: &mut Option<Instant>) -> bool {
        if self.halted.is_some() {
            return true;
        }
        self.halted = Some(error);
        tokio::select! {
            () = self.stop() => *give_up = Some(Instant::now() + STOP_PATIENCE),
            _ = halt.asked() => return false,
        }
        true
    }

    /// What has to be done from time to time.
    fn look(&mut self) -> Result<()> {
        if let Some(lanes) = &mut self.lanes {
            lanes.report(self.run);
            self.hold.keep();
        }
        let is_broken = self.workers.is_broken() || self.lanes.as_ref().is_some_and(Lanes::is_broken);
        if is_broken && self.halted.is_none() {
            return Err(Error::new(ErrorKind::Internal, "a lane or a worker has ended before its steps"));
        }
        Ok(())
    }

    fn is_busy(&self) -> bool {
        self.workers.is_busy() || self.lanes.as_ref().is_some_and(Lanes::is_busy)
    }

    fn take_in(&mut self, ended: Ended) -> Result<()> {
        match ended {
            Ended::Opened { lane } => {
                if let Some(lanes) = &mut self.lanes {
                    lanes.opened(lane);
                }
                Ok(())
            }
            Ended::NotOpened { lane, slot, tried, error } => self.not_opened(lane, slot, tried, error),
            Ended::NoRoom { worker, steps, error } => {
                self.no_room(worker, steps, &error);
                Ok(())
            }
            Ended::Lane { lane, results } => {
                Failpoint::ChunkCommitted.reach();
                self.run.metrics().task_ends(Resource::Lane, lane);
                if let Some(lanes) = &mut self.lanes {
                    lanes.ended(lane, &results);
                }
                self.settle(results)
            }
            Ended::Worker { worker, results } => {
                Failpoint::StepCommitted.reach();
                self.run.metrics().task_ends(Resource::Worker, worker);
                self.workers.ended(worker);
                self.duties.ended(worker);
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
                Err(_) if self.halted.is_some() => {}
                // Nor has what could not be read any more; what needs no rows goes on.
                Err(error) if error.kind() == ErrorKind::SnapshotLost => {
                    tracing::error!(step = %step.id, "{}", error.report());
                    self.lost = Some(error);
                }
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
            self.run.recorder.lanes_closed(lanes.close());
        }
        if let Err(error) = self.hold.release().await {
            tracing::error!("{}", error.report());
            self.lost = Some(error);
        }
        Failpoint::SnapshotReleased.reach();
        self.run.recorder.begin_phase("post-data");
    }

    async fn stop(&mut self) {
        tracing::warn!("the run stops: what is in flight is rolled back");
        if let Some(lanes) = &self.lanes {
            lanes.stop().await;
        }
        self.workers.stop().await;
    }
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
