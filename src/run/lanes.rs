//! The lanes of a run: a thread each, fed by the scheduler one step at a time.
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::mpsc;

use super::{
    CopyTask, Lane, LaneCounters, LaneOptions, Run, StopHandle, control,
    retry::{self, After},
    schedule::Ended,
};
use crate::{
    error::{Context as _, Error, ErrorKind, Result},
    journal::table,
    observe::{Attempted, Chunk, LaneReport},
    plan::{Plan, Step},
};

/// Lanes, idle and at work.
pub(super) struct Lanes {
    all: Vec<Worker>,
    idle: Vec<usize>,
    /// By lane: the chunk it copies, and where its counters stood before.
    running: HashMap<usize, Running>,
}

struct Worker {
    tasks: Option<Sender<usize>>,
    thread: Option<JoinHandle<()>>,
    stop: StopHandle,
    counters: Arc<LaneCounters>,
    opened: Instant,
}

struct Running {
    chunk: Chunk,
    bytes: u64,
    rows: u64,
}

impl Lanes {
    /// Opens `count` lanes, side by side; each tells `ended` of every step it was given.
    pub(super) async fn open(run: &Run, count: u32, ended: &mpsc::Sender<Ended>) -> Result<Self> {
        let mut openings = Vec::new();
        for number in 0..count {
            let counters = Arc::new(LaneCounters::default());
            let options = LaneOptions {
                snapshot: Some(run.snapshot.clone()),
                source_sql: String::new(),
                target_sql: control::setup(&run.plan),
                application_name: format!("pgmigrate lane {}", number + 1),
                counters: Arc::clone(&counters),
            };
            let (source, target) = (run.source.clone(), run.target.clone());
            let open = tokio::task::spawn_blocking(move || Lane::open(&source, &target, options));
            openings.push((open, counters));
        }
        let mut lanes = Vec::new();
        for (number, (open, counters)) in openings.into_iter().enumerate() {
            let lane = open.await.map_err(|_| Error::new(ErrorKind::Internal, "a lane's start panicked"))?;
            let lane = lane.context(|| format!("lane {}", number + 1))?;
            let stop = lane.stop_handle();
            // One task at a time: a lane is given a step when it has none.
            let (tasks, queue) = bounded(1);
            let worker = Copier {
                number,
                lane,
                plan: Arc::clone(&run.plan),
                run_id: run.run_id.clone(),
                ended: ended.clone(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("lane-{}", number + 1))
                .spawn(move || worker.run(&queue))
                .map_err(|error| Error::new(ErrorKind::Internal, "cannot start a thread").caused_by(error))?;
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

    /// Whether a lane has nothing to do.
    pub(super) fn has_idle(&self) -> bool {
        !self.idle.is_empty()
    }

    /// Whether a lane is at work.
    pub(super) fn is_busy(&self) -> bool {
        !self.running.is_empty()
    }

    /// How many are at work.
    pub(super) fn busy(&self) -> u32 {
        u32::try_from(self.all.len() - self.idle.len()).unwrap_or(u32::MAX)
    }

    /// Gives a step to an idle lane.
    pub(super) fn start(&mut self, run: &Run, at: usize) {
        let Some(number) = self.idle.pop() else { return };
        let lane = &self.all[number];
        let step = &run.plan.steps[at];
        if let Some(table) = run.progress.table(&step.object) {
            let (bytes, rows) = counted(&lane.counters);
            self.running
                .insert(number, Running { chunk: run.progress.chunk(table, step.estimate), bytes, rows });
        }
        if let Some(tasks) = &lane.tasks {
            // The lane is idle, so its queue is empty; if its thread is gone, `ended` never comes and the
            // scheduler's channel closes.
            _ = tasks.try_send(at);
        }
    }

    /// A lane ended its step.
    pub(super) fn ended(&mut self, lane: usize, rows: Option<u64>) {
        self.idle.push(lane);
        if let Some(running) = self.running.remove(&lane) {
            match rows {
                Some(rows) => {
                    let (bytes, _) = counted(&self.all[lane].counters);
                    running.chunk.add_bytes(bytes.saturating_sub(running.bytes));
                    running.chunk.done(rows);
                }
                None => running.chunk.failed(),
            }
        }
    }

    /// Moves what the lanes counted to the display.
    pub(super) fn report(&mut self) {
        for (number, running) in &mut self.running {
            let (bytes, rows) = counted(&self.all[*number].counters);
            running.chunk.add_bytes(bytes.saturating_sub(running.bytes));
            running.chunk.add_rows(rows.saturating_sub(running.rows));
            (running.bytes, running.rows) = (bytes, rows);
        }
    }

    /// Ends what is in flight, at once.
    pub(super) fn stop(&self) {
        self.all.iter().for_each(|lane| lane.stop.stop());
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

/// What runs in a lane's thread.
struct Copier {
    number: usize,
    lane: Lane,
    plan: Arc<Plan>,
    run_id: String,
    ended: mpsc::Sender<Ended>,
}

impl Copier {
    fn run(mut self, queue: &Receiver<usize>) {
        while let Ok(at) = queue.recv() {
            let started = Instant::now();
            let plan = Arc::clone(&self.plan);
            // A panic must not leave the scheduler waiting for a step that never ends.
            let copy = AssertUnwindSafe(|| self.copy(&plan.steps[at], started));
            let result = catch_unwind(copy)
                .unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "a lane panicked")));
            if self.ended.blocking_send(Ended::Lane { lane: self.number, at, result }).is_err() {
                return;
            }
        }
    }

    fn copy(&mut self, step: &Step, started: Instant) -> Result<Attempted> {
        for attempt in 1.. {
            let end = |rows, bytes| {
                format!("{};\nCOMMIT", table::step_done_sql(&self.run_id, &step.id, rows, bytes))
            };
            let task = CopyTask {
                source_sql: &step.source_sql,
                target_begin: "BEGIN",
                target_sql: &step.sql,
                target_end: &end,
            };
            match retry::after(self.lane.copy(&task), attempt) {
                After::Done(Some(copied)) => {
                    return Ok(Attempted { started, rows: copied.rows, bytes: copied.bytes });
                }
                After::Done(None) => return Ok(Attempted { started, rows: 0, bytes: 0 }),
                After::Failed(error) => return Err(error.context(format!("step `{}`", step.id))),
                After::Again(pause, error) => {
                    tracing::warn!(step = %step.id, "trying again: {}", error.report());
                    self.pause(pause);
                }
            }
        }
        Err(Error::new(ErrorKind::Internal, "attempts ran out"))
    }

    /// Sleeps, but not when asked to stop.
    fn pause(&self, pause: Duration) {
        let (until, stop) = (Instant::now() + pause, self.lane.stop_handle());
        while Instant::now() < until && !stop.is_stopped() {
            std::thread::sleep(Duration::from_millis(50).min(pause));
        }
    }
}
