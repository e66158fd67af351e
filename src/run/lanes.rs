//! The lanes of a run: a thread each, fed by the scheduler one step or one batch of small steps at a time.
//!
//! A lane is opened when there is something for it, by its own thread, and closed when another run has more for it to do.
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, atomic::Ordering},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Sender, bounded};
use tokio::sync::mpsc;

use super::{
    Buffers, LaneCounters, LaneOptions, Run, StopHandle, copier::Copier, opening::Opening, pool::Slot,
    schedule::Ended, setup, watch::Watch,
};
use crate::{
    blocking,
    error::Result,
    observe::{Attempted, Chunk, LaneReport, Resource},
};

/// Lanes, idle and at work.
pub(super) struct Lanes {
    all: Vec<Worker>,
    /// Being opened.
    opening: BTreeSet<usize>,
    idle: Vec<usize>,
    /// By lane: what it copies, and where its counters stood before.
    running: HashMap<usize, Running>,
    /// Threads of lanes that are being closed.
    leaving: Vec<JoinHandle<()>>,
    ended: mpsc::Sender<Ended>,
}

/// A lane by its number; it may be closed and opened again.
#[derive(Default)]
struct Worker {
    counters: Arc<LaneCounters>,
    open: Option<Open>,
    /// How long it was open before.
    was_open: Duration,
}

struct Open {
    tasks: Sender<Vec<usize>>,
    thread: JoinHandle<()>,
    stop: StopHandle,
    slot: Arc<Slot>,
    since: Instant,
}

struct Running {
    /// One a step, in the order of the batch; `None` for a table that the display does not know.
    chunks: Vec<Option<Chunk>>,
    bytes: u64,
    rows: u64,
    watch: Watch,
}

impl Lanes {
    /// None yet; each will tell `ended` when it is open, and of every step it was given.
    pub(super) fn new(ended: &mpsc::Sender<Ended>) -> Self {
        Self {
            all: Vec::new(),
            opening: BTreeSet::new(),
            idle: Vec::new(),
            running: HashMap::new(),
            leaving: Vec::new(),
            ended: ended.clone(),
        }
    }

    /// Begins to open one more. `persistent`: what may pass is waited for.
    pub(super) fn open(&mut self, run: &Run, slot: impl Into<Arc<Slot>>, persistent: bool) -> Result<()> {
        let number = self.all.iter().position(|lane| lane.open.is_none()).unwrap_or(self.all.len());
        if number == self.all.len() {
            let lane = Worker::default();
            // By their numbers, as the tasks are told of: they may be open in another order.
            run.metrics().lane_opened(&lane.counters);
            self.all.push(lane);
        }
        let lane = &mut self.all[number];
        let (stop, slot) = (StopHandle::default(), slot.into());
        let options = LaneOptions {
            snapshot: Some(run.snapshot.clone()),
            source_sql: setup::of_source_lane(&run.plan),
            target_sql: setup::of_target_lane(&run.plan, run.power.tunes_sessions),
            application_name: format!("pgmigrate lane {}", number + 1),
            buffers: Buffers::default(),
            counters: Arc::clone(&lane.counters),
            stop: stop.clone(),
        };
        // One task at a time: a lane is given one when it has none.
        let (tasks, queue) = bounded(1);
        let copier = Copier {
            number,
            plan: Arc::clone(&run.plan),
            run_id: run.run_id.clone(),
            metrics: Arc::clone(run.metrics()),
            ended: self.ended.clone(),
        };
        let opening =
            Opening { source: run.source.clone(), target: run.target.clone(), options, persistent, copier };
        let held = Arc::clone(&slot);
        let thread = thread::Builder::new()
            .name(format!("lane-{}", number + 1))
            .spawn(move || opening.run(&queue, held))
            .map_err(blocking::no_thread)?;
        lane.open = Some(Open { tasks, thread, stop, slot, since: Instant::now() });
        self.opening.insert(number);
        Ok(())
    }

    /// One is open.
    pub(super) fn opened(&mut self, number: usize) {
        self.opening.remove(&number);
        self.idle.push(number);
    }

    /// One could not be opened; its thread is ending.
    pub(super) fn not_opened(&mut self, number: usize) {
        self.opening.remove(&number);
        self.all[number].open = None;
    }

    /// Closes an idle one: another run has more for it to do.
    pub(super) fn let_go(&mut self) {
        let Some(number) = self.idle.pop() else { return };
        let lane = &mut self.all[number];
        if let Some(Open { thread, slot, since, .. }) = lane.open.take() {
            slot.leave();
            lane.was_open += since.elapsed();
            self.leaving.push(thread);
        }
    }

    /// How many lanes have nothing to do.
    pub(super) fn idle(&self) -> usize {
        self.idle.len()
    }

    /// How many are being opened.
    pub(super) fn opening(&self) -> usize {
        self.opening.len()
    }

    /// Whether a lane is at work.
    pub(super) fn is_busy(&self) -> bool {
        !self.running.is_empty()
    }

    /// Whether the thread of one has ended: it will not say what became of its steps.
    pub(super) fn is_broken(&self) -> bool {
        let open = self.all.iter().enumerate().filter(|(number, _)| !self.opening.contains(number));
        open.filter_map(|(_, lane)| lane.open.as_ref()).any(|open| open.thread.is_finished())
    }

    /// How many are at work.
    pub(super) fn busy(&self) -> u32 {
        u32::try_from(self.running.len()).unwrap_or(u32::MAX)
    }

    /// Gives steps to an idle lane.
    pub(super) fn start(&mut self, run: &Run, batch: Vec<usize>) {
        let Some(number) = self.idle.pop() else { return };
        let lane = &self.all[number];
        let chunks = batch.iter().map(|at| {
            let step = &run.plan.steps[*at];
            let table = run.progress.table(&step.object)?;
            Some(run.progress.chunk(table, step.estimate))
        });
        run.metrics().task_begins(Resource::Lane, number, batch.iter().map(|at| &run.plan.steps[*at]));
        let (bytes, rows) = counted(&lane.counters);
        self.running.insert(
            number,
            Running { chunks: chunks.collect(), bytes, rows, watch: Watch::new(run.stall_timeout, bytes) },
        );
        if let Some(open) = &lane.open {
            // The lane is idle, so its queue is empty; whether its thread lives, `is_broken` tells.
            _ = open.tasks.try_send(batch);
        }
    }

    /// A lane ended what it was given.
    pub(super) fn ended(&mut self, lane: usize, results: &[(usize, Result<Attempted>)]) {
        self.idle.push(lane);
        let Some(running) = self.running.remove(&lane) else { return };
        for (chunk, (_, result)) in running.chunks.into_iter().zip(results) {
            match (chunk, result) {
                (Some(chunk), Ok(copied)) => chunk.done(copied.bytes, copied.rows),
                (Some(chunk), Err(_)) => chunk.failed(),
                (None, _) => {}
            }
        }
    }

    /// Moves what the lanes counted to the display, and looks after those that stand still. The tables of a batch are too small to watch: they count at its end.
    pub(super) fn report(&mut self, run: &Run) {
        for (number, running) in &mut self.running {
            let lane = &self.all[*number];
            if running.watch.is_still(counted(&lane.counters).0)
                && let Some(open) = &lane.open
            {
                running.watch.ask(*number, [&run.source, &run.target], &open.stop);
            }
            let [Some(chunk)] = running.chunks.as_slice() else { continue };
            let (bytes, rows) = counted(&lane.counters);
            chunk.add_bytes(bytes.saturating_sub(running.bytes));
            chunk.add_rows(rows.saturating_sub(running.rows));
            (running.bytes, running.rows) = (bytes, rows);
        }
    }

    /// Ends what is in flight, at once and side by side: a server that does not answer must not hold up the others.
    pub(super) async fn stop(&self) {
        let stops = self.all.iter().filter_map(|lane| lane.open.as_ref()).map(|open| open.stop.clone());
        let started = stops.map(|stop| (stop.clone(), blocking::start("stop-lane", move || stop.stop())));
        for (stop, started) in started.collect::<Vec<_>>() {
            match started {
                Ok(stopping) => _ = stopping.end().await,
                // Without a thread for each, one after the other.
                Err(_) => stop.stop(),
            }
        }
    }

    /// Closes the connections, once the lanes are idle; gives what each lane did. Nobody waits for one that is still being
    /// opened: a dial may take long, and it has nothing to do any more.
    pub(super) fn close(&mut self) -> Vec<LaneReport> {
        let mut reports = Vec::new();
        for (number, lane) in self.all.iter_mut().enumerate() {
            let open = lane.open.take();
            let since = open.as_ref().map_or(Duration::ZERO, |open| open.since.elapsed());
            reports.push(lane.counters.report(lane.was_open + since));
            if !self.opening.contains(&number) {
                self.leaving.extend(open.map(|open| open.thread));
            }
        }
        for thread in self.leaving.drain(..) {
            // A panic of the thread was already seen as a missing end of its step.
            _ = thread.join();
        }
        reports
    }
}

fn counted(counters: &LaneCounters) -> (u64, u64) {
    (counters.bytes.load(Ordering::Relaxed), counters.rows.load(Ordering::Relaxed))
}
