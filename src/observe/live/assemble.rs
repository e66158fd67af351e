//! Makes a [`Status`] of what the metrics hold.
//!
//! The lock of the metrics is held for what is small, and let go before the tables are gone through.
use std::{
    cmp::Reverse,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use super::{
    board::Board,
    history::{History, Reading, bottleneck, per_second},
    status::{
        CopyStatus, EndpointStatus, FORMAT, LaneStatus, PhaseState, PhaseStatus, State, Status, StepsStatus,
        TableProgress, TableStatus, TablesStatus, TaskStatus,
    },
};
use crate::{
    observe::{
        LaneReport, Metrics, Resource, Snapshot, TableSnapshot, TableState, USABLE,
        clock::utc,
        metrics::{Running, remaining},
    },
    plan::StepKind,
    policy,
};

/// So many tables are listed: a page can show them, and a document stays below some 20 kB.
pub(super) const TABLES: usize = 50;

/// The phases that a command goes through, as far as nothing is left out.
const PHASES: [(&str, &[&str]); 2] = [
    ("migrate", &["preflight", "catalog", "plan", "prepare", "pre-data", "data", "post-data", "end"]),
    ("verify", &["catalog", "rows", "sequences"]),
];

/// Those of a migration of several databases, each of which goes through its own.
const PHASES_OF_SEVERAL: &[&str] = &["preflight", "globals", "databases"];

/// A command now.
pub(super) fn status(metrics: &Metrics, history: &History) -> Status {
    let running = metrics.state();
    let board = &running.board;
    let state = state(&running);
    let lanes = lanes(&running, history, state);
    let [source, target] = endpoints(&running);
    let ended = board.result.as_ref().map_or_else(Instant::now, |(at, _)| *at);
    let (started_at, started) = metrics.started();
    let mut status = Status {
        format: FORMAT,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: board.command.clone(),
        run_id: board.run_id.clone(),
        state,
        started_at: utc(started_at),
        seconds: ended.duration_since(started).as_secs_f64(),
        source,
        target,
        result: board.result.as_ref().map(|(_, result)| result.clone()),
        phases: phases(&running, state),
        copy: None,
        verify: board.verify.clone(),
        steps: Vec::new(),
        bottleneck: bottleneck(reports(&running, history, state).iter()),
        lanes,
        running: tasks(board),
        tables: TablesStatus::default(),
        databases: Vec::new(),
        retries: board.retries.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
        messages: metrics.messages().last(),
        history: history.status(),
    };
    let skipped = board.skipped;
    let copying = running.copying();
    let progress = running.progress.clone();
    drop(running);
    if let Some(progress) = progress {
        let now = progress.snapshot();
        status.steps = steps(&now, &skipped);
        status.copy = Some(copy(&now, history, state, copying));
        status.tables = tables(&now);
    }
    status
}

/// A report that could not be written fails a run that had ended well.
fn state(running: &Running) -> State {
    let is_well = running.board.result.as_ref().is_none_or(|(_, result)| result.exit_code == policy::EXIT_OK);
    match State::from(running.health.outcome) {
        State::Done if !is_well => State::Failed,
        state => state,
    }
}

/// The counters now; `None` once the command has ended: they stand still.
pub(super) fn reading(metrics: &Metrics) -> Option<Reading> {
    let running = metrics.state();
    if running.health.outcome.is_some() {
        return None;
    }
    let read = |status: &super::status::VerifyStatus| status.source.bytes_done + status.target.bytes_done;
    let verified = running.board.verify.as_ref().map_or(0, read);
    let (bytes, rows) = running.progress.as_ref().map_or((verified, 0), |progress| progress.moved());
    Some(Reading { at: Instant::now(), bytes, rows, lanes: totals(&running) })
}

/// Bytes and rows so far.
pub(super) fn moved(metrics: &Metrics) -> (u64, u64) {
    metrics.state().progress.as_ref().map_or((0, 0), |progress| progress.moved())
}

/// What each lane did so far.
pub(super) fn lane_totals(metrics: &Metrics) -> Vec<LaneReport> {
    totals(&metrics.state())
}

fn totals(running: &Running) -> Vec<LaneReport> {
    running.lanes.iter().map(|lane| lane.counters.report(Duration::ZERO)).collect()
}

/// What each lane did in the last seconds, or from begin to end.
fn reports(running: &Running, history: &History, state: State) -> Vec<LaneReport> {
    if state == State::Running { history.lanes() } else { totals(running) }
}

fn endpoints(running: &Running) -> [EndpointStatus; 2] {
    let mut ends = running.board.ends.clone();
    for (end, answers) in ends.iter_mut().zip(&running.health.sides) {
        // Nobody asks the servers any more once it has ended.
        end.is_up = answers.is_up().filter(|_| running.health.outcome.is_none());
    }
    ends
}

fn phases(running: &Running, state: State) -> Vec<PhaseStatus> {
    let last = running.phases.len().saturating_sub(1);
    let mut phases: Vec<_> = running
        .phases
        .iter()
        .enumerate()
        .map(|(at, phase)| PhaseStatus {
            name: phase.name.clone(),
            state: match (state, phase.ended) {
                (State::Running, None) => PhaseState::Running,
                (State::Failed | State::Interrupted, _) if at == last => PhaseState::Stopped,
                _ => PhaseState::Done,
            },
            seconds: phase.spent().as_secs_f64(),
        })
        .collect();
    let is_several = phases.iter().any(|phase| PHASES_OF_SEVERAL[1..].contains(&&*phase.name));
    let all = match PHASES.iter().find(|(command, _)| *command == running.board.command) {
        Some(_) if is_several => Some(PHASES_OF_SEVERAL),
        Some((_, all)) => Some(*all),
        None => None,
    };
    // A resumed run leaves some out, but none of those behind the last that began.
    // Not every run has a phase between the rows and what follows.
    let reached =
        phases.last().map(|phase| if phase.name == USABLE { "data" } else { &*phase.name }.to_owned());
    let to_come = all.into_iter().flat_map(|all| {
        let begun = all.iter().position(|name| Some(*name) == reached.as_deref()).map_or(0, |at| at + 1);
        all[begun..].iter()
    });
    if state != State::Done {
        phases.extend(to_come.map(|name| PhaseStatus {
            name: (*name).to_owned(),
            state: PhaseState::Waiting,
            seconds: 0.0,
        }));
    }
    phases
}

fn lanes(running: &Running, history: &History, state: State) -> Vec<LaneStatus> {
    let recent = reports(running, history, state);
    let lane = |(at, lane): (usize, &crate::observe::metrics::Lane)| {
        // One that was just opened did nothing yet.
        let recent = recent.get(at).copied().unwrap_or_default();
        let seconds = if state == State::Running { history.seconds() } else { recent.busy_seconds };
        LaneStatus {
            lane: at as u64 + 1,
            task: running.board.tasks.get(&(Resource::Lane, at)).map(super::board::Task::status),
            bytes_done: lane.counters.bytes.load(Relaxed),
            rows_done: lane.counters.rows.load(Relaxed),
            bytes_per_second: per_second(recent.bytes, seconds),
            queue_frames: lane.counters.queued(),
            waits: bottleneck(std::iter::once(&recent)),
        }
    };
    running.lanes.iter().enumerate().map(lane).collect()
}

fn tasks(board: &Board) -> Vec<TaskStatus> {
    let workers = board.tasks.iter().filter(|((resource, _), _)| *resource == Resource::Worker);
    let mut tasks: Vec<_> = workers.map(|(_, task)| task.status()).collect();
    tasks.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    tasks
}

fn steps(now: &Snapshot, skipped: &[u64; StepKind::ALL.len()]) -> Vec<StepsStatus> {
    let all = now.kinds.iter().zip(skipped);
    all.filter(|(counts, skipped)| counts.kind != StepKind::Database && counts.total + **skipped > 0)
        .map(|(counts, skipped)| StepsStatus {
            kind: counts.kind.as_str().to_owned(),
            total: counts.total,
            running: counts.running,
            done: counts.done,
            failed: counts.failed,
            skipped: *skipped,
        })
        .collect()
}

/// `copying`: since when rows are copied, or for how long they were.
fn copy(now: &Snapshot, history: &History, state: State, copying: Option<Duration>) -> CopyStatus {
    let rates = history.rates();
    let seconds = copying.map_or(0.0, |copying| copying.as_secs_f64());
    let (bytes_per_second, rows_per_second) = match state {
        State::Running => (rates.bytes, rates.rows),
        _ => (per_second(now.bytes, seconds), per_second(now.rows, seconds)),
    };
    CopyStatus {
        bytes_estimated: now.bytes_planned,
        bytes_estimated_done: now.bytes_worked,
        bytes_done: now.bytes,
        rows_done: now.rows,
        bytes_per_second,
        rows_per_second,
        remaining_seconds: Some(remaining(now, copying))
            .filter(|left| state == State::Running && left.is_finite()),
    }
}

fn tables(now: &Snapshot) -> TablesStatus {
    let count = |state| now.tables.iter().filter(|table| table.state == state).count() as u64;
    let mut tables: Vec<&TableSnapshot> = now.tables.iter().collect();
    let first = |table: &&TableSnapshot| match table.state {
        TableState::Copying => 0,
        TableState::Failed => 1,
        TableState::Waiting | TableState::Done => 2,
    };
    tables.sort_by_key(|table| (first(table), Reverse(table.bytes_planned), Arc::clone(&table.name)));
    TablesStatus {
        total: now.tables.len() as u64,
        waiting: count(TableState::Waiting),
        copying: count(TableState::Copying),
        done: count(TableState::Done),
        failed: count(TableState::Failed),
        listed: tables.into_iter().take(TABLES).map(table).collect(),
    }
}

fn table(table: &TableSnapshot) -> TableStatus {
    TableStatus {
        name: table.name.to_string(),
        state: match table.state {
            TableState::Waiting => TableProgress::Waiting,
            TableState::Copying => TableProgress::Copying,
            TableState::Done => TableProgress::Done,
            TableState::Failed => TableProgress::Failed,
        },
        bytes_estimated: table.bytes_planned,
        bytes_estimated_done: table.bytes_worked,
        bytes_done: table.bytes,
        rows_done: table.rows,
        chunks: table.chunks_total,
        chunks_done: table.chunks_done,
    }
}
