//! What each worker is given: small steps many at a time, builds with their share of the machine, foreign keys one after another.
use std::{collections::HashMap, time::Instant};

use super::{
    Run,
    dag::Dag,
    pool::Occupied,
    share::{Load, Pace, Power},
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

/// What a worker may begin beside what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fit {
    builds: bool,
    keys: bool,
}

impl Fit {
    /// Whether this is for a worker, and may begin now.
    pub(super) fn takes(self, step: &Step) -> bool {
        step.kind != StepKind::Data && (self.builds || !is_build(step)) && (self.keys || !adds_key(step))
    }
}

impl Duties {
    /// What fits, with so many workers at most.
    pub(super) fn fit(&self, power: &Power, jobs: u32, around: Around) -> Fit {
        let builds = self.busy.values().filter(|busy| busy.processes > 0).count();
        let builds = builds + around.others.builds as usize;
        Fit {
            builds: builds < power.builds(jobs, around.lanes) as usize,
            keys: !self.busy.values().any(|busy| busy.adds_key),
        }
    }

    /// The next steps for a worker; `None` if none of those that are ready may run beside what runs.
    pub(super) fn choose(
        &mut self,
        run: &Run,
        dag: &mut Dag,
        around: Around,
        worker: usize,
    ) -> Option<Batch> {
        let steps = &run.plan.steps;
        let fit = self.fit(&run.power, run.index_jobs, around);
        let first = dag.take(|at| fit.takes(&steps[at]))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plan::Machine, run::batch::SMALL};

    fn around(lanes: u32, builds: u32) -> Around {
        Around { lanes, others: Occupied { builds, ..Occupied::default() }, idle: 0 }
    }

    #[test]
    fn what_another_run_builds_counts() {
        let power = Power { machine: Machine { cores: Some(2), ..Machine::default() }, ..Power::default() };
        let step = |kind, estimate| Step { estimate, ..Step::new(kind, "i", "d", "t") };
        let (build, small) = (step(StepKind::Index, SMALL + 1), step(StepKind::Index, SMALL));
        let fit = |lanes, builds| Duties::default().fit(&power, 4, around(lanes, builds));
        assert!(fit(2, 0).takes(&build), "one may run whatever is copied");
        assert!(!fit(2, 1).takes(&build) && fit(2, 1).takes(&small));
        assert!(fit(0, 3).takes(&build) && !fit(0, 4).takes(&build));
        assert!(!fit(0, 0).takes(&step(StepKind::Data, 0)));
    }
}
