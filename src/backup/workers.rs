//! Several threads that work off tasks, each with a connection or whatever else it opens for itself.
//!
//! ```text
//! tasks ─▶ ready, in their order ─┬▶ thread 1 ─┐
//!   ▲                             ├▶ thread 2 ─┼▶ results
//!   └── what waited for one ◀─────┴▶ thread N ─┘
//! ```
//! The first error ends it: nobody takes a further task, and who is at a long one asks [`Stop`]. So does giving up the future.
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    blocking,
    error::{Error, ErrorKind, Result},
};

/// One thing to do.
#[derive(Debug)]
pub(super) struct Task<T> {
    pub(super) work: T,
    /// Tasks before it, by their place in the list; all smaller than its own.
    pub(super) needs: Vec<usize>,
    /// No other task of this sort runs at the same time.
    pub(super) alone: bool,
}

impl<T> Task<T> {
    /// One that waits for nothing.
    pub(super) fn free(work: T) -> Self {
        Self { work, needs: Vec::new(), alone: false }
    }
}

/// Whether to go on.
#[derive(Debug, Default)]
pub(super) struct Stop(AtomicBool);

impl Stop {
    /// An error once nobody wants the result.
    pub(super) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Interrupted, "the work was given up"));
        }
        Ok(())
    }
}

/// Runs all tasks on at most `jobs` threads; results come in any order.
pub(super) async fn run<T, W, R>(
    jobs: u32,
    tasks: Vec<Task<T>>,
    open: impl Fn() -> Result<W> + Send + Sync + 'static,
    work: impl Fn(&mut W, T, &Stop) -> Result<R> + Send + Sync + 'static,
) -> Result<Vec<R>>
where
    T: Send + 'static,
    R: Send + 'static,
    W: 'static,
{
    let threads = tasks.len().min(jobs as usize);
    let queue = Arc::new(Queue::new(tasks));
    let ways = Arc::new((open, work));
    let _stop_when_dropped = StopWhenDropped(Arc::clone(&queue));
    let mut running = Vec::new();
    for _ in 0..threads {
        let (queue, ways) = (Arc::clone(&queue), Arc::clone(&ways));
        running.push(blocking::start("backup", move || queue.drain(&ways.0, &ways.1))?);
    }
    let (mut results, mut failed): (Vec<R>, Option<Error>) = (Vec::new(), None);
    for thread in running {
        match thread.end().await? {
            Ok(some) => results.extend(some),
            // Who was stopped has nothing to say.
            Err(error) if error.kind() == ErrorKind::Interrupted => failed = failed.or(Some(error)),
            Err(error) => match &failed {
                Some(first) if first.kind() != ErrorKind::Interrupted => {}
                _ => failed = Some(error),
            },
        }
    }
    failed.map_or(Ok(results), Err)
}

struct StopWhenDropped<T>(Arc<Queue<T>>);

impl<T> Drop for StopWhenDropped<T> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    stop: Stop,
}

struct State<T> {
    /// Taken when they run.
    tasks: Vec<Option<T>>,
    alone: Vec<bool>,
    /// By task: how many of those before it are not done.
    waits: Vec<usize>,
    /// By task: who waits for it.
    dependents: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
    one_is_alone: bool,
    left: usize,
}

impl<T> Queue<T> {
    fn new(tasks: Vec<Task<T>>) -> Self {
        let mut state = State {
            left: tasks.len(),
            dependents: vec![Vec::new(); tasks.len()],
            waits: Vec::new(),
            alone: Vec::new(),
            tasks: Vec::new(),
            ready: BTreeSet::new(),
            one_is_alone: false,
        };
        for (place, task) in tasks.into_iter().enumerate() {
            let before: BTreeSet<usize> = task.needs.into_iter().filter(|needed| *needed < place).collect();
            if before.is_empty() {
                state.ready.insert(place);
            }
            state.waits.push(before.len());
            for needed in before {
                state.dependents[needed].push(place);
            }
            state.alone.push(task.alone);
            state.tasks.push(Some(task.work));
        }
        Self { state: Mutex::new(state), changed: Condvar::new(), stop: Stop::default() }
    }

    /// Takes tasks until there are none.
    fn drain<W, R>(
        &self,
        open: &impl Fn() -> Result<W>,
        work: &impl Fn(&mut W, T, &Stop) -> Result<R>,
    ) -> Result<Vec<R>> {
        let drained = || {
            let mut results = Vec::new();
            let mut tools = open()?;
            while let Some((place, task)) = self.take() {
                results.push(work(&mut tools, task, &self.stop)?);
                self.done(place);
            }
            self.stop.check()?;
            Ok(results)
        };
        drained().inspect_err(|_| self.stop())
    }

    /// The next task that may run; waits for one. `None` if no more will come.
    fn take(&self) -> Option<(usize, T)> {
        let mut state = self.lock();
        loop {
            if state.left == 0 || self.stop.check().is_err() {
                return None;
            }
            let held = state.one_is_alone;
            let next = state.ready.iter().copied().find(|place| !(held && state.alone[*place]));
            if let Some(place) = next {
                state.ready.remove(&place);
                state.one_is_alone |= state.alone[place];
                return state.tasks[place].take().map(|task| (place, task));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, place: usize) {
        let mut state = self.lock();
        state.left -= 1;
        if state.alone[place] {
            state.one_is_alone = false;
        }
        for dependent in std::mem::take(&mut state.dependents[place]) {
            state.waits[dependent] -= 1;
            if state.waits[dependent] == 0 {
                state.ready.insert(dependent);
            }
        }
        self.changed.notify_all();
    }

    fn stop(&self) {
        self.stop.0.store(true, Ordering::Relaxed);
        // Whoever waits looks again; under the lock, so that nobody is just about to wait.
        let state = self.lock();
        self.changed.notify_all();
        drop(state);
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().unwrap()
    }

    #[test]
    fn what_waits_comes_after_what_it_waits_for() {
        let order: Arc<Mutex<Vec<usize>>> = Arc::default();
        let told = Arc::clone(&order);
        // 3 waits for 1 and 2, these for 0; a need that stands later is none.
        let needs = [vec![3], vec![0], vec![0], vec![1, 2]];
        let tasks = needs
            .into_iter()
            .enumerate()
            .map(|(work, needs)| Task { work, needs, alone: work > 0 })
            .collect();
        let work = move |(): &mut (), task: usize, _: &Stop| {
            told.lock().unwrap().push(task);
            Ok(task * 2)
        };
        let mut results = runtime().block_on(run(4, tasks, || Ok(()), work)).unwrap();
        results.sort_unstable();
        assert_eq!(results, [0, 2, 4, 6]);
        let order = order.lock().unwrap().clone();
        assert_eq!((order[0], order[3]), (0, 3));
    }

    #[test]
    fn the_first_error_ends_it() {
        let begun = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&begun);
        let work = move |(): &mut (), task: usize, _: &Stop| {
            count.fetch_add(1, Ordering::SeqCst);
            if task == 1 { Err(Error::new(ErrorKind::Io, "disk on fire")) } else { Ok(()) }
        };
        let tasks = (0..100).map(Task::free).collect();
        let error = runtime().block_on(run(1, tasks, || Ok(()), work)).unwrap_err();
        assert_eq!(error.to_string(), "disk on fire");
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    }
}
