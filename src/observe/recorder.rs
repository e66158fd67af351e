//! Collects what becomes of each step, and makes the report of it.
//!
//! One lock, taken once when a step ends: never while bytes flow. The run feeds it from all its workers.
use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Instant, SystemTime},
};

use super::{
    Backend, EndpointReport, Failure, LaneReport, Metrics, Outcome, Phase, Report, StepTotals, TableReport,
    Timed, Totals, clock::utc, phase::OpenPhase,
};
use crate::{
    config::{RoundTrips, Side},
    error::Error,
    plan::{Plan, Step, StepKind},
};

/// How many of the slowest are named.
const SLOWEST: usize = 10;

/// What becomes of the steps of one run.
#[derive(Debug)]
pub struct Recorder {
    started_at: SystemTime,
    started: Instant,
    /// Of source and target.
    round_trips: [RoundTrips; 2],
    metrics: Arc<Metrics>,
    state: Mutex<State>,
}

/// What one step that ended well did.
#[derive(Debug, Clone, Copy)]
pub struct Attempted {
    /// When the successful attempt began.
    pub started: Instant,
    /// Rows copied; 0 for steps that copy none.
    pub rows: u64,
    /// Bytes copied.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct State {
    /// The phase under way.
    phase: Option<OpenPhase>,
    phases: Vec<Phase>,
    tables: BTreeMap<String, Copied>,
    indexes: Vec<Timed>,
    lanes: Vec<LaneReport>,
    steps: StepTotals,
    failures: Vec<Failure>,
}

#[derive(Debug)]
struct Copied {
    began: Instant,
    ended: Instant,
    chunks: u64,
    rows: u64,
    bytes: u64,
}

impl Recorder {
    /// Begins now. `round_trips` are those of the source's and the target's endpoint; what it is told `metrics` hear too.
    pub fn new(round_trips: [RoundTrips; 2], metrics: Arc<Metrics>) -> Self {
        let (started_at, started) = (SystemTime::now(), Instant::now());
        Self { started_at, started, round_trips, metrics, state: Mutex::default() }
    }

    /// The metrics of the same run.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// A phase begins, and with it the one before ends.
    pub fn begin_phase(&self, name: &str) {
        tracing::info!(phase = name, "phase begins");
        self.metrics.phase_begins(name);
        let mut state = self.lock();
        state.end_phase(&self.round_trips);
        state.phase = Some(OpenPhase::begin(name, &self.round_trips));
    }

    /// What the backends of a side were doing just now.
    pub fn sampled(&self, side: Side, backends: &[Backend]) {
        self.metrics.sampled(side, backends);
        if let Some(phase) = &mut self.lock().phase {
            phase.sampled(side, backends);
        }
    }

    /// A step is done.
    pub fn step_done(&self, step: &Step, attempt: Attempted) {
        let ended = Instant::now();
        let mut state = self.lock();
        state.steps.done += 1;
        match step.kind {
            StepKind::Data => state.add_chunk(step, attempt, ended),
            StepKind::Index => {
                let seconds = ended.duration_since(attempt.started).as_secs_f64();
                state.indexes.push(Timed { name: step.object.clone(), seconds });
            }
            _ => {}
        }
    }

    /// A step failed for good.
    pub fn step_failed(&self, step: &Step, error: &Error) {
        self.metrics.step_failed(error);
        let mut state = self.lock();
        state.steps.failed += 1;
        state.failures.push(Failure {
            step: step.id.0.clone(),
            message: error.report(),
            sqlstate: error.code().map(|code| code.as_str().to_owned()),
            hint: error.own_hint().map(str::to_owned),
        });
    }

    /// The copy is over, and the lanes are closed.
    pub fn lanes_closed(&self, lanes: Vec<LaneReport>) {
        self.lock().lanes = lanes;
    }

    /// So many steps were done by an earlier run.
    pub fn steps_skipped(&self, count: u64) {
        self.lock().steps.skipped += count;
    }

    /// The report, at the end of the run.
    pub fn report(&self, plan: &Plan, run_id: &str, ends: [EndpointReport; 2], outcome: Outcome) -> Report {
        let mut state = self.lock();
        state.end_phase(&self.round_trips);
        let mut steps = state.steps;
        steps.total = plan.steps.len() as u64;
        steps.not_run = steps.total.saturating_sub(steps.done + steps.failed + steps.skipped);
        let tables = state.table_reports();
        let timed = |table: &TableReport| Timed { name: table.name.clone(), seconds: table.seconds };
        let [source, target] = ends;
        Report {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            run_id: run_id.to_owned(),
            outcome,
            source,
            target,
            started_at: utc(self.started_at),
            finished_at: utc(SystemTime::now()),
            seconds: self.started.elapsed().as_secs_f64(),
            phases: mem::take(&mut state.phases),
            lanes: mem::take(&mut state.lanes),
            totals: state.totals(),
            steps,
            slowest_tables: slowest(tables.iter().map(timed).collect()),
            slowest_indexes: slowest(mem::take(&mut state.indexes)),
            tables,
            failures: mem::take(&mut state.failures),
            notes: plan.meta.notes.clone(),
            tuning: None,
            metrics: self.metrics.dump(),
        }
    }

    /// A worker that panicked leaves the counts whole: each change is complete before the next.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end_phase(&mut self, round_trips: &[RoundTrips; 2]) {
        if let Some(phase) = self.phase.take() {
            self.phases.push(phase.end(round_trips, self.lanes.len()));
        }
    }

    fn add_chunk(&mut self, step: &Step, attempt: Attempted, ended: Instant) {
        let copied = self.tables.entry(step.object.clone()).or_insert(Copied {
            began: attempt.started,
            ended,
            chunks: 0,
            rows: 0,
            bytes: 0,
        });
        copied.began = copied.began.min(attempt.started);
        copied.ended = copied.ended.max(ended);
        copied.chunks += 1;
        copied.rows += attempt.rows;
        copied.bytes += attempt.bytes;
    }

    fn table_reports(&self) -> Vec<TableReport> {
        let report = |(name, copied): (&String, &Copied)| TableReport {
            name: name.clone(),
            chunks: copied.chunks,
            rows: copied.rows,
            bytes: copied.bytes,
            seconds: copied.ended.duration_since(copied.began).as_secs_f64(),
        };
        self.tables.iter().map(report).collect()
    }

    fn totals(&self) -> Totals {
        let (rows, bytes) = self
            .tables
            .values()
            .fold((0, 0), |(rows, bytes), table| (rows + table.rows, bytes + table.bytes));
        let began = self.tables.values().map(|table| table.began).min();
        let ended = self.tables.values().map(|table| table.ended).max();
        let copy_seconds = match (began, ended) {
            (Some(began), Some(ended)) => ended.duration_since(began).as_secs_f64(),
            _ => 0.0,
        };
        Totals {
            tables: self.tables.len() as u64,
            rows,
            bytes,
            copy_seconds,
            rows_per_second: per_second(rows, copy_seconds),
            bytes_per_second: per_second(bytes, copy_seconds),
        }
    }
}

fn slowest(mut timed: Vec<Timed>) -> Vec<Timed> {
    timed.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then_with(|| a.name.cmp(&b.name)));
    timed.truncate(SLOWEST);
    timed
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people; exact up to 2^53")]
fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use super::*;
    use crate::{
        durable::tests::Scratch,
        error::ErrorKind,
        observe::progress::tests::step,
        pg::SqlState,
        plan::{PlanMeta, PlanSource, PlanTarget},
    };

    fn plan(steps: Vec<Step>) -> Plan {
        let source =
            PlanSource { system_identifier: "1".into(), database: "s".into(), server_version: 150_018 };
        Plan {
            meta: PlanMeta::new(source, PlanTarget { database: "t".into(), system_identifier: None }),
            steps,
        }
    }

    fn end(address: &str) -> EndpointReport {
        EndpointReport { address: address.into(), server_version: "15.18".into() }
    }

    #[test]
    fn a_report_sums_up_what_was_recorded_and_is_saved() {
        let plan = plan(vec![
            step("a1", StepKind::Data, "s.a", 0),
            step("a2", StepKind::Data, "s.a", 0),
            step("b1", StepKind::Data, "s.b", 0),
            step("i", StepKind::Index, "INDEX s.i", 0),
            step("z", StepKind::Analyze, "s.a", 0),
        ]);
        let recorder = Recorder::new(Default::default(), Metrics::new("d", Default::default(), 0).unwrap());
        recorder.begin_phase("data");
        let began = Instant::now().checked_sub(Duration::from_secs(2)).unwrap();
        for step in &plan.steps[..2] {
            recorder.step_done(step, Attempted { started: began, rows: 5, bytes: 50 });
        }
        recorder.step_done(&plan.steps[3], Attempted { started: began, rows: 0, bytes: 0 });
        let error = Error::new(ErrorKind::Server, "duplicate key").sqlstate(SqlState::new("23505"));
        recorder.step_failed(&plan.steps[2], &error);
        let report = recorder.report(&plan, "feed", [end("u@a:1/s"), end("u@b:1/t")], Outcome::Failed);

        assert_eq!(report.steps, StepTotals { total: 5, done: 3, failed: 1, skipped: 0, not_run: 1 });
        assert_eq!((report.totals.tables, report.totals.rows, report.totals.bytes), (1, 10, 100));
        assert!(report.totals.rows_per_second > 4.0 && report.totals.rows_per_second <= 5.0);
        assert_eq!((report.tables[0].chunks, report.slowest_indexes[0].name.as_str()), (2, "INDEX s.i"));
        assert_eq!(report.failures[0].sqlstate.as_deref(), Some("23505"));
        assert_eq!(report.phases[0].name, "data");

        let scratch = Scratch::new("report");
        let path = scratch.file("report.json");
        report.save(&path).unwrap();
        let read: Report = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!((read.steps, read.tables.len(), read.failures), (report.steps, 1, report.failures));
    }

    #[test]
    fn the_slowest_are_sorted_and_ten() {
        let timed: Vec<_> =
            (0..12).map(|i| Timed { name: format!("t{i}"), seconds: f64::from(i % 6) }).collect();
        let slowest = slowest(timed);
        assert_eq!(slowest.len(), 10);
        assert_eq!((slowest[0].name.as_str(), slowest[1].name.as_str()), ("t11", "t5"));
        assert_eq!(slowest.iter().map(|timed| &timed.name).collect::<BTreeSet<_>>().len(), 10);
    }
}
