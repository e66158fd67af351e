//! Connections that a server refuses: the run goes on with fewer.
use std::sync::Arc;

use super::Schedule;
use crate::{
    error::{Error, ErrorKind, NOTICE, Result},
    observe::Resource,
    policy,
    run::{Pool, pool::Slot},
};

impl Schedule<'_> {
    /// A lane could not be opened: a full server is no reason to fail as long as there is another.
    pub(super) fn not_opened(
        &mut self,
        lane: usize,
        slot: Arc<Slot>,
        tried: bool,
        error: Error,
    ) -> Result<()> {
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

    /// The target has no room for a worker's connection: another one runs the steps.
    pub(super) fn no_room(&mut self, worker: usize, steps: Vec<usize>, error: &Error) {
        self.run.metrics().task_ends(Resource::Worker, worker);
        self.workers.ended(worker);
        self.duties.ended(worker);
        for at in steps {
            self.dag.put_back(at);
        }
        self.persistent = !self.workers.forfeit(worker);
        fewer(Resource::Worker, &self.run.pool, error);
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
