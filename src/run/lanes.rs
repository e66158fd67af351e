//! The lanes of a run: a thread each, fed by the scheduler one step or one batch of small steps at a time.
use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::Instant,
};

use crossbeam_channel::{Sender, bounded};
use tokio::sync::mpsc;

use super::{
    Buffers, Lane, LaneCounters, LaneOptions, Run, StopHandle, copier::Copier, schedule::Ended, setup,
    watch::Watch,
};
use crate::{
    blocking,
    error::{Context as _, Result},
    observe::{Attempted, Chunk, LaneReport, Resource},
};

/// Lanes, idle and at work.
pub(super) struct Lanes {
    all: Vec<Worker>,
    idle: Vec<usize>,
    /// By lane: what it copies, and where its counters stood before.
    running: HashMap<usize, Running>,
}

struct Worker {
    tasks: Option<Sender<Vec<usize>>>,
    thread: Option<JoinHandle<()>>,
    stop: StopHandle,
    counters: Arc<LaneCounters>,
    opened: Instant,
}

struct Running {
    /// One a step, in the order of the batch; `None` for a table that the display does not know.
    chunks: Vec<Option<Chunk>>,
    bytes: u64,
    rows: u64,
    watch: Watch,
}

impl Lanes {
    /// Opens `count` lanes, side by side; each tells `ended` of every step it was given.
    pub(super) async fn open(run: &Run, count: u32, ended: &mpsc::Sender<Ended>) -> Result<Self> {
        let mut openings = Vec::new();
        for number in 0..count {
            let counters = Arc::new(LaneCounters::default());
            let options = LaneOptions {
                snapshot: Some(run.snapshot.clone()),
                source_sql: setup::of_source_lane(&run.plan),
                target_sql: setup::of_target_lane(&run.plan),
                application_name: format!("pgmigrate lane {}", number + 1),
                buffers: Buffers::default(),
                counters: Arc::clone(&counters),
            };
            let (source, target) = (run.source.clone(), run.target.clone());
            let open = blocking::start("open-lane", move || Lane::open(&source, &target, options))?;
            openings.push((open, counters));
        }
        let mut lanes = Vec::new();
        for (number, (open, counters)) in openings.into_iter().enumerate() {
            let lane = open.end().await?.context(|| format!("lane {}", number + 1))?;
            let stop = lane.stop_handle();
            // One task at a time: a lane is given one when it has none.
            let (tasks, queue) = bounded(1);
            let worker = Copier {
                number,
                lane,
                plan: Arc::clone(&run.plan),
                run_id: run.run_id.clone(),
                metrics: Arc::clone(run.metrics()),
                ended: ended.clone(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("lane-{}", number + 1))
                .spawn(move || worker.run(&queue))
                .map_err(blocking::no_thread)?;
            run.metrics().lane_opened(&counters);
            lanes.push(Worker {
                tasks: Some(tasks),
                thread: Some(thread),
                stop,
                counters,
                opened: Instant::now(),
            });
        }
        let idle = (0..lanes.len()).rev().collect();
        Ok(Self { all: lanes, idle, running: HashMap::new() })
    }

    /// How many lanes have nothing to do.
    pub(super) fn idle(&self) -> usize {
        self.idle.len()
    }

    /// Whether a lane is at work.
    pub(super) fn is_busy(&self) -> bool {
        !self.running.is_empty()
    }

    /// Whether the thread of one has ended: it will not say what became of its steps.
    pub(super) fn is_broken(&self) -> bool {
        self.all.iter().any(|lane| lane.thread.as_ref().is_none_or(JoinHandle::is_finished))
    }

    /// How many are at work.
    pub(super) fn busy(&self) -> u32 {
        u32::try_from(self.all.len() - self.idle.len()).unwrap_or(u32::MAX)
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
        if let Some(tasks) = &lane.tasks {
            // The lane is idle, so its queue is empty; whether its thread lives, `is_broken` tells.
            _ = tasks.try_send(batch);
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
            if running.watch.is_still(counted(&lane.counters).0) {
                running.watch.ask(*number, [&run.source, &run.target], &lane.stop);
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
        let stops = self.all.iter().map(|lane| lane.stop.clone());
        let started = stops.map(|stop| (stop.clone(), blocking::start("stop-lane", move || stop.stop())));
        for (stop, started) in started.collect::<Vec<_>>() {
            match started {
                Ok(stopping) => _ = stopping.end().await,
                // Without a thread for each, one after the other.
                Err(_) => stop.stop(),
            }
        }
    }

    /// Closes the connections, once the lanes are idle; gives what each lane did.
    pub(super) fn close(&mut self) -> Vec<LaneReport> {
        let reports = self.all.iter().map(|lane| lane.counters.report(lane.opened.elapsed())).collect();
        for lane in &mut self.all {
            lane.tasks = None;
        }
        for lane in &mut self.all {
            if let Some(thread) = lane.thread.take() {
                // A panic of the thread was already seen as a missing end of its step.
                _ = thread.join();
            }
        }
        reports
    }
}

fn counted(counters: &LaneCounters) -> (u64, u64) {
    (counters.bytes.load(Ordering::Relaxed), counters.rows.load(Ordering::Relaxed))
}
