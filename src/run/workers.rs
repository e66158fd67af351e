//! The workers of a run: a task each, fed by the scheduler one batch at a time.
//!
//! A worker connects with its first batch, and lets its connection go when another run has more for it to do.
use std::{collections::BTreeSet, sync::Arc};

use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    Run,
    batch::SMALL,
    link::Link,
    pool::{Member, Slot},
    schedule::Ended,
    worker::{Batch, Order, Worker},
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
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
    /// What its connection is, or may be.
    slot: Option<Arc<Slot>>,
}

impl Workers {
    /// Starts the run's number of workers; each tells `ended` of every batch it was given. They connect when they
    /// get their first.
    pub(super) fn open(run: &Run, source: &Arc<Link>, ended: &mpsc::Sender<Ended>) -> Self {
        let workers: Vec<Handle> = (0..run.index_jobs as usize)
            .map(|number| {
                // One batch at a time: a worker is given one when it has none; before that it may be told to rest.
                let (orders, queue) = mpsc::channel(2);
                let worker = Worker::new(run, number, Arc::clone(source), ended.clone());
                Handle { orders, task: tokio::spawn(worker.run(queue)), slot: None }
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

    /// A worker that has nothing to do, to go a way of so many bytes; it counts as at work until [`Workers::ended`]. Those that
    /// are better given to another run are.
    pub(super) fn take_idle(&mut self, pool: &Member, way: Option<u64>) -> Option<usize> {
        while let Some(worker) = self.idle.iter().copied().find(|idle| self.workers[*idle].slot.is_some()) {
            if !pool.is_wanted(Resource::Worker, way) {
                way?;
                self.idle.remove(&worker);
                return Some(worker);
            }
            self.rest(worker);
        }
        let worker = self.idle.first().copied()?;
        self.workers[worker].slot = Some(Arc::new(pool.take(Resource::Worker, way?)?));
        self.idle.remove(&worker);
        Some(worker)
    }

    /// Has an idle worker let its connection go.
    pub(super) fn rest(&mut self, worker: usize) {
        if let Some(slot) = self.workers[worker].slot.take() {
            slot.leave();
            _ = self.workers[worker].orders.try_send(Order::Rest(slot));
        }
    }

    /// The server has no room for the connection of a worker: there is one less. `false` if it is the last.
    pub(super) fn forfeit(&mut self, worker: usize) -> bool {
        let slot = self.workers[worker].slot.as_ref();
        let forfeited = slot.is_some_and(|slot| slot.forfeit());
        if forfeited {
            self.workers[worker].slot = None;
        }
        forfeited
    }

    /// Gives a batch to a worker taken by [`Workers::take_idle`].
    pub(super) fn start(&self, worker: usize, batch: Batch) {
        // An idle worker's queue has room; whether it lives, `is_broken` tells.
        _ = self.workers[worker].orders.try_send(Order::Run(batch));
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
    use crate::run::Pool;

    #[tokio::test]
    async fn one_that_ends_while_it_is_stopped_is_idle_once() {
        let (orders, _queue) = mpsc::channel::<Order>(1);
        let workers = vec![Handle { orders, task: tokio::spawn(async {}), slot: None }];
        let mut workers = Workers { workers, idle: BTreeSet::from([0]) };
        assert_eq!(workers.take_idle(&Pool::new(0, 1).join(), Some(1)), Some(0));
        workers.stop().await;
        workers.ended(0);
        assert_eq!((workers.idle(), workers.is_busy()), (1, false));
    }

    #[tokio::test]
    async fn a_connection_goes_to_who_needs_it_more() {
        let (orders, mut queue) = mpsc::channel::<Order>(2);
        let workers = vec![Handle { orders, task: tokio::spawn(async {}), slot: None }];
        let mut workers = Workers { workers, idle: BTreeSet::from([0]) };
        let pool = Pool::new(0, 1);
        let (ours, theirs) = (pool.join(), pool.join());
        assert_eq!(workers.take_idle(&ours, Some(1)), Some(0));
        workers.ended(0);
        assert!(theirs.take(Resource::Worker, 1 << 30).is_none());
        theirs.wants(Resource::Worker, Some(1 << 30));
        assert_eq!(workers.take_idle(&ours, Some(1)), None);
        assert!(matches!(queue.recv().await, Some(Order::Rest(_))), "its slot goes with the connection");
        assert!(theirs.take(Resource::Worker, 1 << 30).is_some());
    }

    /// However short the other's way: who has nothing that may run now does not need it.
    #[tokio::test]
    async fn a_connection_that_cannot_be_used_now_goes_to_who_can() {
        let (orders, mut queue) = mpsc::channel::<Order>(2);
        let workers = vec![Handle { orders, task: tokio::spawn(async {}), slot: None }];
        let mut workers = Workers { workers, idle: BTreeSet::from([0]) };
        let pool = Pool::new(0, 1);
        let (ours, theirs) = (pool.join(), pool.join());
        assert_eq!(workers.take_idle(&ours, Some(1 << 40)), Some(0));
        workers.ended(0);
        theirs.wants(Resource::Worker, Some(1));
        assert_eq!(workers.take_idle(&ours, None), None);
        assert!(matches!(queue.recv().await, Some(Order::Rest(_))));
        assert!(theirs.take(Resource::Worker, 1).is_some());
    }

    #[tokio::test]
    async fn one_that_panics_is_noticed() {
        let (orders, mut queue) = mpsc::channel::<Order>(1);
        let task = tokio::spawn(async move {
            assert!(queue.recv().await.is_none(), "a batch that it does not bear");
        });
        let workers = Workers { workers: vec![Handle { orders, task, slot: None }], idle: BTreeSet::new() };
        assert!(!workers.is_broken());
        workers.start(0, Batch { steps: Vec::new(), settings: String::new(), persistent: true });
        while !workers.is_broken() {
            tokio::task::yield_now().await;
        }
    }
}
