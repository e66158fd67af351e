//! The scheduler: gives ready steps to idle lanes and workers, largest first, until nothing can start any more.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{
    Pool, Run, batch,
    dag::Dag,
    duties::{Around, Duties},
    halt::Halt,
    hold::Hold,
    lanes::Lanes,
    pool::{Member, Slot},
    pre_data::is_pre_data,
    workers::Workers,
};
use crate::{
    error::{Error, ErrorKind, NOTICE, Result},
    failpoint::Failpoint,
    observe::{Attempted, Resource},
    plan::{Step, StepKind},
    policy,
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
    let dag = Dag::new(&run.plan.steps, &done);
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

    /// Whether a step could start, now or when another run gives back what it needs.
    fn can_start(&self) -> bool {
        let steps = &self.run.plan.steps;
        let can_read = self.lost.is_none();
        self.halted.is_none()
            && self.dag.longest_way(|at| can_read || steps[at].kind != StepKind::Data).is_some()
    }

    fn give_out(&mut self) -> Result<()> {
        if self.halted.is_none() {
            self.give_to_lanes()?;
            self.give_to_workers();
        }
        let lanes = self.lanes.as_ref().map_or(0, Lanes::busy);
        self.pool.occupies(self.duties.occupied(lanes));
        Ok(())
    }

    /// Steps to idle lanes; lanes where there are none and steps wait; lanes to another run where it has more for them to do.
    fn give_to_lanes(&mut self) -> Result<()> {
        let (run, steps) = (self.run, &self.run.plan.steps);
        let can_read = self.lost.is_none();
        let mut wanted = None;
        while let Some(lanes) = &mut self.lanes {
            let is_data = |at: usize| can_read && steps[at].kind == StepKind::Data;
            let way = self.dag.longest_way(is_data);
            if lanes.idle() > 0 {
                if self.pool.is_wanted(Resource::Lane, way) {
                    lanes.let_go();
                    continue;
                }
                if way.is_none() {
                    break;
                }
                // Those that are being opened will want their share.
                let batch = batch::take(&mut self.dag, steps, lanes.idle() + lanes.opening());
                lanes.start(run, batch);
                continue;
            }
            let Some(way) = way else { break };
            let opening = lanes.opening();
            if self.dag.count_ready(opening + 1, is_data) as usize <= opening {
                break;
            }
            let Some(slot) = self.pool.take(Resource::Lane, way) else {
                wanted = Some(way);
                break;
            };
            lanes.open(run, slot, false)?;
        }
        self.pool.wants(Resource::Lane, wanted);
        Ok(())
    }

    fn give_to_workers(&mut self) {
        let lanes = self.lanes.as_ref().map_or(0, Lanes::busy);
        let others = self.pool.others();
        let steps = &self.run.plan.steps;
        let wanted = loop {
            let way = self.dag.longest_way(|at| steps[at].kind != StepKind::Data);
            let Some(worker) = self.workers.take_idle(&self.pool, way) else { break way };
            let around = Around { lanes: lanes + others.lanes, others, idle: self.workers.idle() };
            let Some(mut batch) = self.duties.choose(self.run, &mut self.dag, around, worker) else {
                self.workers.ended(worker);
                break None;
            };
            batch.persistent = self.persistent;
            let begun = batch.steps.iter().map(|at| &self.run.plan.steps[*at]);
            self.run.metrics().task_begins(Resource::Worker, worker, begun);
            self.workers.start(worker, batch);
        };
        // With an idle worker it is not the connection that is missing.
        self.pool.wants(Resource::Worker, wanted.filter(|_| self.workers.idle() > 0));
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
                self.run.metrics().task_ends(Resource::Worker, worker);
                self.workers.ended(worker);
                self.duties.ended(worker);
                for at in steps {
                    self.dag.put_back(at);
                }
                self.persistent = !self.workers.forfeit(worker);
                fewer(Resource::Worker, &self.run.pool, &error);
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

    /// A lane could not be opened: a full server is no reason to fail as long as there is another.
    fn not_opened(&mut self, lane: usize, slot: Arc<Slot>, tried: bool, error: Error) -> Result<()> {
        let Some(lanes) = &mut self.lanes else { return Ok(()) };
        lanes.not_opened(lane);
        if self.halted.is_some() {
            return Ok(());
        }
        if error.kind() == ErrorKind::SnapshotLost {
            tracing::error!("{}", error.report());
            self.lost = Some(error);
            return Ok(());
        }
        if tried || !policy::of(&error).retry {
            return Err(error);
        }
        if policy::is_full(&error) && slot.forfeit() {
            fewer(Resource::Lane, &self.run.pool, &error);
            return Ok(());
        }
        lanes.open(self.run, slot, true)
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

/// Tells that there are fewer than before.
fn fewer(resource: Resource, pool: &Pool, error: &Error) {
    let (left, what) = match resource {
        Resource::Lane => (pool.total(resource), "lanes"),
        Resource::Worker => (pool.total(resource), "workers"),
    };
    tracing::warn!(target: NOTICE, "a server has no room for more connections; going on with {left} {what}: {}", error.report());
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
