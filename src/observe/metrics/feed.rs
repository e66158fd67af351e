//! What is pushed: events of a run that are seldom, at most a few a step.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{Lane, LaneCounters, Metrics, Phase, Progress, collect::SIDES, float, table as m};
use crate::{
    config::Side,
    error::{Error, ErrorKind, Result},
    observe::{Attempted, Backend, Outcome},
    plan::{Step, StepKind},
};

/// Why a step is tried again, as far as the policy knows reasons.
const REASONS: [&str; 7] =
    ["connection", "connections", "deadlock", "lock", "serialization", "shutdown", "other"];

/// The phase in which rows are copied.
const DATA: &str = "data";

/// What does the work of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// A connection to each side, through which rows are copied.
    Lane,
    /// A session on the target that runs statements.
    Worker,
}

impl Resource {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Lane => "lane",
            Self::Worker => "worker",
        }
    }
}

/// What a server says of itself every few seconds; each side of what concerns it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct Look {
    /// Of the source: age of the oldest snapshot of ours, in seconds; none is held.
    #[serde(default)]
    pub snapshot_age: Option<f64>,
    /// Of the source: transactions begun since what our oldest snapshot holds back.
    #[serde(default)]
    pub xmin_age: Option<u64>,
    /// Of the target: where its WAL ends, in bytes.
    #[serde(default)]
    pub wal: Option<u64>,
    /// Of both: connections that our role could still open; below 0 where more are open than a limit that was lowered.
    #[serde(default)]
    pub free: Option<i32>,
}

impl Metrics {
    /// Series that are there before anything happened: their first increase can be seen.
    pub(super) fn begin_at_zero(&self) {
        for kind in ErrorKind::ALL {
            self.add(&m::ERRORS, &[kind.as_str()], 0);
        }
        for reason in REASONS {
            self.add(&m::RETRIES, &[reason], 0);
        }
    }

    /// A phase begins, and with it the one before ends.
    pub fn phase_begins(&self, name: &str) {
        let (mut state, now) = (self.state(), Instant::now());
        state.end_phase(now);
        state.phases.push(Phase { name: name.to_owned(), began: now, ended: None });
    }

    /// The steps begin. `skipped` were done by an earlier attempt; there may be so many lanes and workers, and so many
    /// connections to each side.
    pub fn steps_begin<'s>(
        &self,
        progress: &Arc<Progress>,
        skipped: impl Iterator<Item = &'s Step>,
        limits: [(Resource, u32); 2],
        connections: [u32; 2],
    ) {
        let mut counts = [0_u64; StepKind::ALL.len()];
        for step in skipped {
            counts[step.kind as usize] += 1;
        }
        for (kind, count) in StepKind::ALL.into_iter().zip(counts) {
            if kind != StepKind::Database {
                self.count(&m::STEPS, &[&kind.as_str().to_ascii_lowercase(), "skipped"], count);
            }
        }
        for (resource, limit) in limits {
            self.count(&m::LIMIT, &[resource.as_str()], limit.into());
            self.at_work(resource, 0);
        }
        for (side, limit) in SIDES.iter().zip(connections) {
            self.count(&m::CONNECTIONS_LIMIT, &[side], limit.into());
        }
        for kind in ["constraint", "index"] {
            self.observe(&m::BUILDS, &[kind], None);
        }
        self.add(&m::ROWS, &[], 0);
        self.add(&m::BYTES, &[], 0);
        let mut state = self.state();
        state.board.skipped = counts;
        state.progress = Some(Arc::clone(progress));
    }

    /// So many are at work.
    pub fn at_work(&self, resource: Resource, count: u32) {
        self.count(&m::AT_WORK, &[resource.as_str()], count.into());
    }

    /// A lane is open, the next in number.
    pub fn lane_opened(&self, counters: &Arc<LaneCounters>) {
        self.observe(&m::CHUNK_SECONDS, &[], None);
        self.observe(&m::CHUNK_BYTES, &[], None);
        self.state().lanes.push(Lane { counters: Arc::clone(counters), told: [0.0; 3] });
    }

    /// Steps are done. Those that began at the same moment shared a transaction, and share its time.
    pub fn steps_done(&self, steps: &[(&Step, Attempted)]) {
        for together in steps.chunk_by(|(_, one), (_, other)| one.started == other.started) {
            for (step, attempt) in together {
                let share = attempt.started.elapsed().as_secs_f64() / float(together.len() as u64);
                self.step_done(step, *attempt, share);
            }
        }
    }

    fn step_done(&self, step: &Step, attempt: Attempted, seconds: f64) {
        match step.kind {
            StepKind::Data => {
                self.observe(&m::CHUNK_SECONDS, &[], Some(seconds));
                self.observe(&m::CHUNK_BYTES, &[], Some(float(attempt.bytes)));
                self.add(&m::ROWS, &[], attempt.rows);
                self.add(&m::BYTES, &[], attempt.bytes);
            }
            StepKind::Index => {
                let kind = if step.object.starts_with("INDEX ") { "index" } else { "constraint" };
                self.observe(&m::BUILDS, &[kind], Some(seconds));
            }
            _ => {}
        }
    }

    /// A step failed for good.
    pub fn step_failed(&self, error: &Error) {
        self.state().health.failed = true;
        self.add(&m::ERRORS, &[error.kind().as_str()], 1);
    }

    /// A step, or a batch of them, failed and is tried again.
    pub fn retried(&self, error: &Error) {
        let reason = reason(error);
        self.add(&m::RETRIES, &[reason], 1);
        *self.state().board.retries.entry(reason).or_default() += 1;
    }

    /// What the run's backends on a server are doing.
    pub fn sampled(&self, side: Side, backends: &[Backend]) {
        self.answered(side);
        let side = SIDES[side as usize];
        // The sampler does not see itself.
        let connections = 1 + backends.iter().filter(|backend| backend.is_connection).count();
        self.count(&m::CONNECTIONS, &[side], connections as u64);
        for activity in Backend::ACTIVITIES {
            let count = backends.iter().filter(|backend| backend.activity_name() == Some(activity)).count();
            self.add(&m::ACTIVITY, &[side, activity], count as u64);
        }
    }

    /// What a server said of itself.
    pub fn looked(&self, side: Side, look: &Look) {
        if let Some(free) = look.free {
            self.set(&m::CONNECTIONS_FREE, &[SIDES[side as usize]], free.into());
        }
        match side {
            Side::Source => {
                self.set(&m::SNAPSHOT_AGE, &[], look.snapshot_age.unwrap_or_default());
                self.count(&m::XMIN_AGE, &[], look.xmin_age.unwrap_or_default());
            }
            Side::Target => {
                let Some(wal) = look.wal else { return };
                let first = *self.state().first_wal.get_or_insert(wal);
                self.total(&m::WAL, &[], wal.saturating_sub(first));
            }
        }
    }

    /// So many queries more are to compare rows of a side, and to read about so many bytes.
    pub fn verify_begins(&self, side: Side, queries: u64, bytes: u64) {
        let labels = &[SIDES[side as usize]];
        self.gain(&m::VERIFY_QUERIES, labels, queries);
        self.gain(&m::VERIFY_ESTIMATED, labels, bytes);
        self.with_verify(|verify| {
            let verify = verify.side(side);
            verify.queries += queries;
            verify.bytes_estimated += bytes;
        });
        self.add_verified(side, 0, 0);
    }

    /// One of them was answered.
    pub fn verified(&self, side: Side, bytes: u64) {
        self.add_verified(side, 1, bytes);
    }

    fn add_verified(&self, side: Side, queries: u64, bytes: u64) {
        let labels = &[SIDES[side as usize]];
        self.add(&m::VERIFY_DONE, labels, queries);
        self.add(&m::VERIFY_READ, labels, bytes);
        self.with_verify(|verify| {
            let verify = verify.side(side);
            verify.queries_done += queries;
            verify.bytes_done += bytes;
        });
    }

    /// So many objects were found to differ.
    pub fn differences(&self, check: &'static str, count: u64) {
        self.count(&m::VERIFY_DIFFERENCES, &[check], count);
        self.with_verify(|verify| _ = verify.differences.insert(check.to_owned(), count));
    }

    /// The command has ended; only the first call counts.
    pub fn ended<T>(&self, result: &Result<T>) {
        let mut state = self.state();
        state.board.ended(result);
        if state.health.outcome.is_some() {
            return;
        }
        state.end_phase(Instant::now());
        state.health.outcome = Some(match result {
            Ok(_) => Outcome::Done,
            Err(error) if error.kind() == ErrorKind::Interrupted => Outcome::Interrupted,
            Err(_) => Outcome::Failed,
        });
        if let Err(error) = result {
            self.add(&m::ERRORS, &[error.kind().as_str()], 1);
        }
        for resource in [Resource::Lane, Resource::Worker] {
            if state.progress.is_some() {
                self.at_work(resource, 0);
            }
        }
    }
}

impl super::Running {
    /// For how long rows are copied, or were.
    pub(in crate::observe) fn copying(&self) -> Option<Duration> {
        let phase = self.phases.iter().find(|phase| phase.name == DATA);
        phase.map(Phase::spent)
    }

    fn end_phase(&mut self, now: Instant) {
        if let Some(phase) = self.phases.last_mut().filter(|phase| phase.ended.is_none()) {
            phase.ended = Some(now);
        }
    }
}

/// One of [`REASONS`].
fn reason(error: &Error) -> &'static str {
    let Some(state) = error.code() else {
        return if error.kind() == ErrorKind::Connection { "connection" } else { "other" };
    };
    match state.as_str() {
        _ if state.class() == "08" => "connection",
        "57P01" | "57P02" | "57P03" => "shutdown",
        "40001" => "serialization",
        "40P01" => "deadlock",
        "53300" => "connections",
        "55P03" => "lock",
        _ => "other",
    }
}
