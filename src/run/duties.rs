//! What each worker is given: small steps many at a time, builds with their share of the machine, foreign keys one after another.
use std::{collections::HashMap, time::Instant};

use super::{
    Run,
    dag::Dag,
    pool::Occupied,
    share::{Load, Pace},
    worker::Batch,
    workers::{is_build, is_small},
};
use crate::plan::{Step, StepKind, adds_key};

/// Steps of a shared transaction; those before the data have another number.
const BATCH: usize = 32;

/// Who else is there while a worker is given something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// Lanes at work, those of other runs included.
    pub(super) lanes: u32,
    /// What other runs keep busy.
    pub(super) others: Occupied,
    /// Other workers without work.
    pub(super) idle: usize,
}

/// By worker at work: what others of ours have to know of it.
#[derive(Debug, Default)]
pub(super) struct Duties {
    busy: HashMap<usize, Busy>,
    pace: Pace,
}

/// What a worker is at.
#[derive(Debug)]
struct Busy {
    /// Processes of the target that build an index; 0 for other work.
    processes: u32,
    /// Whether it adds foreign keys.
    adds_key: bool,
    began: Instant,
    estimate: u64,
}

impl Duties {
    /// The next steps for a worker; `None` if none of those that are ready may run beside what runs.
    pub(super) fn choose(
        &mut self,
        run: &Run,
        dag: &mut Dag,
        around: Around,
        worker: usize,
    ) -> Option<Batch> {
        let steps = &run.plan.steps;
        let builds = self.busy.values().filter(|busy| busy.processes > 0).count();
        let builds = builds + around.others.builds as usize;
        let build_fits = builds < run.power.builds(run.index_jobs, around.lanes) as usize;
        let key_fits = !self.busy.values().any(|busy| busy.adds_key);
        let first = dag.take(|at| {
            steps[at].kind != StepKind::Data
                && (build_fits || !is_build(&steps[at]))
                && (key_fits || !adds_key(&steps[at]))
        })?;
        let step = &steps[first];
        let mut batch = Batch { steps: vec![first], settings: String::new(), persistent: false };
        let mut processes = 0;
        if is_small(step) {
            batch.steps.extend(dag.take_many(BATCH - 1, |at| goes_with(&steps[at], step)));
        } else if is_build(step) {
            (batch.settings, processes) = self.share(run, dag, around, step);
        }
        let busy =
            Busy { processes, adds_key: adds_key(step), began: Instant::now(), estimate: step.estimate };
        self.busy.insert(worker, busy);
        Some(batch)
    }

    /// The settings and the processes of a build that begins.
    fn share(&self, run: &Run, dag: &Dag, around: Around, step: &Step) -> (String, u32) {
        let (steps, estimate) = (&run.plan.steps, step.estimate);
        let ready = dag.count_ready(around.idle, |at| is_build(&steps[at]));
        let is_last = dag.count_ready(1, |at| is_build(&steps[at])) == 0;
        let beside = self.busy.values().map(|busy| busy.beside(&self.pace, estimate, is_last));
        let load = Load {
            lanes: around.lanes,
            processes: around.others.processes + beside.sum::<u32>(),
            ready,
            estimate,
        };
        let share = run.power.share(run.index_jobs, load);
        tracing::info!(step = %step.id, processes = share.processes(), memory = share.memory, "build begins");
        (share.settings(), share.processes())
    }

    /// What the run keeps busy, with so many lanes.
    pub(super) fn occupied(&self, lanes: u32) -> Occupied {
        let builds = || self.busy.values().filter(|busy| busy.processes > 0);
        Occupied {
            lanes,
            builds: u32::try_from(builds().count()).unwrap_or(u32::MAX),
            processes: builds().map(|busy| busy.processes).sum(),
        }
    }

    /// A worker has ended what it was at.
    pub(super) fn ended(&mut self, worker: usize) {
        if let Some(busy) = self.busy.remove(&worker).filter(|busy| busy.processes > 0) {
            self.pace.add(busy.estimate, busy.began.elapsed());
        }
    }
}

impl Busy {
    /// Its processes, as far as a build of this estimate has to share the machine with them.
    fn beside(&self, pace: &Pace, estimate: u64, is_last: bool) -> u32 {
        if is_last && pace.ends_soon(self.estimate, self.began.elapsed(), estimate) {
            0
        } else {
            self.processes
        }
    }
}

/// Whether a small step can be in one transaction with another.
fn goes_with(step: &Step, first: &Step) -> bool {
    step.kind == first.kind && is_small(step) && adds_key(step) == adds_key(first)
}
