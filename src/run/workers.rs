//! The workers of a run: a task each, fed by the scheduler one batch at a time.
use std::{collections::BTreeSet, sync::Arc};

use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    Run,
    batch::SMALL,
    link::Link,
    schedule::Ended,
    worker::{Batch, Worker},
};
use crate::{
    observe::Resource,
    plan::{Step, StepKind},
};

/// Workers, idle and at work.
pub(super) struct Workers {
    workers: Vec<Handle>,
    idle: BTreeSet<usize>,
}

struct Handle {
    batches: mpsc::Sender<Batch>,
    task: JoinHandle<()>,
}

impl Workers {
    /// Starts the run's number of workers; each tells `ended` of every batch it was given. They connect when they
    /// get their first.
    pub(super) fn open(run: &Run, source: &Arc<Link>, ended: &mpsc::Sender<Ended>) -> Self {
        let workers: Vec<Handle> = (0..run.index_jobs as usize)
            .map(|number| {
                // One batch at a time: a worker is given one when it has none.
                let (batches, queue) = mpsc::channel(1);
                let worker = Worker::new(run, number, Arc::clone(source), ended.clone());
                Handle { batches, task: tokio::spawn(worker.run(queue)) }
            })
            .collect();
        let idle = (0..workers.len()).collect();
        Self { workers, idle }
    }

    /// Whether a worker is at work.
    pub(super) fn is_busy(&self) -> bool {
        self.idle.len() < self.workers.len()
    }

    /// Tells the metrics how many are at work, beside so many lanes.
    pub(super) fn tell(&self, run: &Run, lanes: u32) {
        let busy = u32::try_from(self.workers.len() - self.idle.len()).unwrap_or(u32::MAX);
        run.metrics().at_work(Resource::Lane, lanes);
        run.metrics().at_work(Resource::Worker, busy);
    }

    /// Whether one has ended, by a panic: it will not say what became of its steps.
    pub(super) fn is_broken(&self) -> bool {
        self.workers.iter().any(|worker| worker.task.is_finished())
    }

    /// How many have nothing to do.
    pub(super) fn idle(&self) -> usize {
        self.idle.len()
    }

    /// A worker that has nothing to do; it counts as at work until [`Workers::ended`].
    pub(super) fn take_idle(&mut self) -> Option<usize> {
        self.idle.pop_first()
    }

    /// Gives a batch to a worker taken by [`Workers::take_idle`].
    pub(super) fn start(&self, worker: usize, batch: Batch) {
        // An idle worker's queue is empty; whether it lives, `is_broken` tells.
        _ = self.workers[worker].batches.try_send(batch);
    }

    /// A worker has nothing to do any more. What it said just before [`Workers::stop`] is heard after it.
    pub(super) fn ended(&mut self, worker: usize) {
        self.idle.insert(worker);
    }

    /// Ends what is in flight: the statements are cancelled, the connections closed, the transactions so rolled back.
    pub(super) async fn stop(&mut self) {
        for worker in &self.workers {
            worker.task.abort();
        }
        for worker in &mut self.workers {
            // Cut off or not, it is no longer at work.
            _ = (&mut worker.task).await;
        }
        self.idle = (0..self.workers.len()).collect();
    }
}

/// Whether it keeps a processor of the target busy for long.
pub(super) fn is_build(step: &Step) -> bool {
    matches!(step.kind, StepKind::Index | StepKind::Refresh) && step.estimate > SMALL
}

/// Whether it goes into one transaction with others of its kind.
pub(super) fn is_small(step: &Step) -> bool {
    let batched =
        matches!(step.kind, StepKind::Index | StepKind::SchemaPost | StepKind::Carry | StepKind::Analyze);
    batched && step.estimate <= SMALL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_that_ends_while_it_is_stopped_is_idle_once() {
        let (batches, _queue) = mpsc::channel::<Batch>(1);
        let workers = vec![Handle { batches, task: tokio::spawn(async {}) }];
        let mut workers = Workers { workers, idle: BTreeSet::from([0]) };
        assert_eq!(workers.take_idle(), Some(0));
        workers.stop().await;
        workers.ended(0);
        assert_eq!((workers.idle(), workers.is_busy()), (1, false));
    }

    #[tokio::test]
    async fn one_that_panics_is_noticed() {
        let (batches, mut queue) = mpsc::channel::<Batch>(1);
        let task = tokio::spawn(async move {
            assert!(queue.recv().await.is_none(), "a batch that it does not bear");
        });
        let workers = Workers { workers: vec![Handle { batches, task }], idle: BTreeSet::new() };
        assert!(!workers.is_broken());
        workers.start(0, Batch { steps: Vec::new(), settings: String::new() });
        while !workers.is_broken() {
            tokio::task::yield_now().await;
        }
    }
}
