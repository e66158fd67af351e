//! What is given to whom: steps to lanes and workers, and lanes and workers to other runs.
use super::Schedule;
use crate::{
    error::Result,
    observe::Resource,
    plan::StepKind,
    run::{batch, duties::Around, lanes::Lanes},
};

impl Schedule<'_> {
    /// Whether a step could start, now or when another run gives back what it needs.
    pub(super) fn can_start(&self) -> bool {
        let steps = &self.run.plan.steps;
        let can_read = self.lost.is_none();
        self.halted.is_none()
            && self.dag.longest_way(|at| can_read || steps[at].kind != StepKind::Data).is_some()
    }

    pub(super) fn give_out(&mut self) -> Result<()> {
        if self.halted.is_none() {
            self.give_to_lanes()?;
            self.give_to_workers();
        } else {
            // Nobody is to make room for a run that stops.
            self.pool.wants(Resource::Lane, None);
            self.pool.wants(Resource::Worker, None);
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
        let (run, steps) = (self.run, &self.run.plan.steps);
        let wanted = loop {
            let mut around = Around { lanes: lanes + others.lanes, others, idle: self.workers.idle() };
            let fit = self.duties.fit(&run.power, run.index_jobs, around);
            // A connection for what must wait all the same would be one that another run lacks.
            let way = self.dag.longest_way(|at| fit.takes(&steps[at]));
            let Some(worker) = self.workers.take_idle(&self.pool, way) else { break way };
            around.idle = self.workers.idle();
            let Some(mut batch) = self.duties.choose(run, &mut self.dag, around, worker) else {
                self.workers.ended(worker);
                break None;
            };
            batch.persistent = self.persistent;
            let begun = batch.steps.iter().map(|at| &steps[*at]);
            run.metrics().task_begins(Resource::Worker, worker, begun);
            self.workers.start(worker, batch);
        };
        // With an idle worker it is not the connection that is missing.
        self.pool.wants(Resource::Worker, wanted.filter(|_| self.workers.idle() > 0));
    }
}
