//! One document of several databases: their sums, and a line for each.
use std::{cmp::Reverse, collections::BTreeMap, time::Instant};

use super::{
    assemble::{self, TABLES},
    history::{History, Reading, bottleneck},
    status::{
        CopyStatus, DatabaseStatus, LaneStatus, PhaseState, State, Status, StepsStatus, TableProgress,
        TableStatus, TaskStatus,
    },
};
use crate::observe::{LaneReport, Watched};

/// A command now, with all of its databases.
pub(super) fn status(watched: &Watched, history: &History) -> Status {
    let mut whole = assemble::status(watched.command(), history);
    let databases = watched.databases();
    if databases.is_empty() {
        return whole;
    }
    let mut copy = CopyStatus::default();
    for metrics in databases {
        let one = assemble::status(&metrics, &History::default());
        let name = metrics.database().to_owned();
        whole.databases.push(line(&name, &one));
        if let Some(part) = &one.copy {
            add_copy(&mut copy, part);
        }
        add_steps(&mut whole.steps, one.steps);
        add_tables(&mut whole, &name, one.tables);
        whole.running.extend(one.running.into_iter().map(|task| of(&name, task)));
        let busy = one.lanes.into_iter().filter(|lane| lane.task.is_some());
        whole
            .lanes
            .extend(busy.map(|lane| LaneStatus { task: lane.task.map(|task| of(&name, task)), ..lane }));
        for (reason, count) in one.retries {
            *whole.retries.entry(reason).or_default() += count;
        }
    }
    for (number, lane) in (1..).zip(&mut whole.lanes) {
        lane.lane = number;
    }
    whole.running.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    whole.tables.listed.sort_by_key(|table| (rank(table.state), Reverse(table.bytes_estimated)));
    whole.tables.listed.truncate(TABLES);
    let lanes = if whole.state == State::Running { history.lanes() } else { all_lanes(watched) };
    whole.bottleneck = bottleneck(lanes.iter());
    pace(&mut copy, &whole, history);
    whole.copy = Some(copy);
    whole
}

/// The counters now, of all databases as if they were one lane: lanes come and go.
pub(super) fn reading(watched: &Watched) -> Option<Reading> {
    let own = assemble::reading(watched.command())?;
    let databases = watched.databases();
    if databases.is_empty() {
        return Some(own);
    }
    let (mut bytes, mut rows) = (0, 0);
    for metrics in &databases {
        let moved = assemble::moved(metrics);
        bytes += moved.0;
        rows += moved.1;
    }
    Some(Reading { at: Instant::now(), bytes, rows, lanes: all_lanes(watched) })
}

/// What the lanes of all databases did, added up.
fn all_lanes(watched: &Watched) -> Vec<LaneReport> {
    let databases = watched.databases();
    let reports = databases.iter().flat_map(|metrics| assemble::lane_totals(metrics));
    let sum = reports.fold(LaneReport::default(), |sum, one| LaneReport {
        busy_seconds: sum.busy_seconds + one.busy_seconds,
        source_wait_seconds: sum.source_wait_seconds + one.source_wait_seconds,
        target_wait_seconds: sum.target_wait_seconds + one.target_wait_seconds,
        target_io_seconds: sum.target_io_seconds + one.target_io_seconds,
        bytes: sum.bytes + one.bytes,
        rows: sum.rows + one.rows,
        ..sum
    });
    vec![sum]
}

fn line(name: &str, one: &Status) -> DatabaseStatus {
    let copy = one.copy.unwrap_or_default();
    let phase = one.phases.iter().find(|phase| phase.state == PhaseState::Running);
    DatabaseStatus {
        name: name.to_owned(),
        state: one.state,
        phase: phase.map(|phase| phase.name.clone()),
        bytes_estimated: copy.bytes_estimated,
        bytes_estimated_done: copy.bytes_estimated_done,
        bytes_done: copy.bytes_done,
        rows_done: copy.rows_done,
    }
}

fn add_copy(sum: &mut CopyStatus, part: &CopyStatus) {
    sum.bytes_estimated += part.bytes_estimated;
    sum.bytes_estimated_done += part.bytes_estimated_done;
    sum.bytes_done += part.bytes_done;
    sum.rows_done += part.rows_done;
}

fn add_steps(sum: &mut Vec<StepsStatus>, part: Vec<StepsStatus>) {
    let mut kinds: BTreeMap<String, usize> =
        sum.iter().enumerate().map(|(place, steps)| (steps.kind.clone(), place)).collect();
    for steps in part {
        if let Some(place) = kinds.get(&steps.kind) {
            let sum = &mut sum[*place];
            sum.total += steps.total;
            sum.running += steps.running;
            sum.done += steps.done;
            sum.failed += steps.failed;
            sum.skipped += steps.skipped;
        } else {
            kinds.insert(steps.kind.clone(), sum.len());
            sum.push(steps);
        }
    }
}

fn add_tables(whole: &mut Status, name: &str, part: super::status::TablesStatus) {
    let sum = &mut whole.tables;
    sum.total += part.total;
    sum.waiting += part.waiting;
    sum.copying += part.copying;
    sum.done += part.done;
    sum.failed += part.failed;
    let named = |table: TableStatus| TableStatus { name: format!("{name}: {}", table.name), ..table };
    sum.listed.extend(part.listed.into_iter().map(named));
}

fn of(name: &str, task: TaskStatus) -> TaskStatus {
    TaskStatus { object: format!("{name}: {}", task.object), ..task }
}

fn rank(state: TableProgress) -> u8 {
    match state {
        TableProgress::Copying => 0,
        TableProgress::Failed => 1,
        TableProgress::Waiting | TableProgress::Done => 2,
    }
}

/// How fast it goes, and how long it takes yet at the pace since the first row.
#[expect(clippy::cast_precision_loss, reason = "for people; exact up to 2^53")]
fn pace(copy: &mut CopyStatus, whole: &Status, history: &History) {
    let since =
        whole.phases.iter().find(|phase| phase.name == "databases").map_or(0.0, |phase| phase.seconds);
    if whole.state != State::Running {
        if since > 0.0 {
            copy.bytes_per_second = copy.bytes_done as f64 / since;
            copy.rows_per_second = copy.rows_done as f64 / since;
        }
        return;
    }
    let rates = history.rates();
    (copy.bytes_per_second, copy.rows_per_second) = (rates.bytes, rates.rows);
    if copy.bytes_estimated_done > 0 {
        let left = copy.bytes_estimated.saturating_sub(copy.bytes_estimated_done);
        copy.remaining_seconds = Some(since * left as f64 / copy.bytes_estimated_done as f64);
    }
}
