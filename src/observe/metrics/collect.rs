//! What is read when somebody asks: the counters of lanes and of the display, times, round trips.
use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use super::{Lane, Metrics, Running, float, table as m};
use crate::{
    observe::{Outcome, Progress, Snapshot, process},
    plan::StepKind,
};

/// The sides, in the order of all pairs of them.
pub(super) const SIDES: [&str; 2] = ["source", "target"];

impl Metrics {
    /// Brings everything up to date that is counted elsewhere.
    pub(super) fn collect(&self) {
        let mut state = self.state();
        self.set(&m::CPU, &[], process::cpu_seconds().unwrap_or_default());
        self.count(&m::MEMORY, &[], process::resident_bytes().unwrap_or_default());
        for (side, trips) in SIDES.iter().zip(&self.round_trips) {
            self.total(&m::ROUND_TRIPS, &[side], trips.total());
        }
        self.collect_state(&state);
        self.collect_phases(&state);
        self.collect_lanes(&mut state);
        if let Some(progress) = &state.progress {
            self.collect_progress(progress, state.copying());
        }
    }

    fn collect_state(&self, state: &Running) {
        let ends = [
            ("running", None),
            ("done", Some(Outcome::Done)),
            ("failed", Some(Outcome::Failed)),
            ("interrupted", Some(Outcome::Interrupted)),
        ];
        for (name, outcome) in ends {
            self.count(&m::STATE, &[name], u64::from(state.health.outcome == outcome));
        }
        // Nobody asks the servers any more once it has ended.
        let sides = state.health.sides.iter().filter(|_| state.health.outcome.is_none());
        for (side, answers) in SIDES.iter().zip(sides) {
            if let Some(is_up) = answers.is_up() {
                self.count(&m::UP, &[side], u64::from(is_up));
            }
        }
    }

    fn collect_phases(&self, state: &Running) {
        for phase in &state.phases {
            self.count(&m::PHASE, &[&phase.name], u64::from(phase.ended.is_none()));
            self.set(&m::PHASE_SECONDS, &[&phase.name], phase.spent().as_secs_f64());
        }
    }

    fn collect_lanes(&self, state: &mut Running) {
        for (number, Lane { counters, told }) in state.lanes.iter_mut().enumerate() {
            let lane = &*(number + 1).to_string();
            let report = counters.report(Duration::ZERO);
            self.total(&m::LANE_READ, &[lane], counters.read_bytes.load(Relaxed));
            self.total(&m::LANE_WRITTEN, &[lane], report.bytes);
            self.total(&m::LANE_ROWS, &[lane], report.rows);
            self.total(&m::LANE_FRAMES, &[lane], counters.taken_blocks.load(Relaxed));
            self.count(&m::LANE_QUEUE, &[lane], counters.queued());
            let now = [report.busy_seconds, report.source_wait_seconds, report.target_wait_seconds];
            told.iter_mut().zip(now).for_each(|(told, now)| *told = told.max(now));
            let [busy, source_wait, target_wait] = *told;
            self.set(&m::LANE_BUSY, &[lane], busy);
            self.set(&m::LANE_BLOCKED, &[lane, "source"], source_wait);
            self.set(&m::LANE_BLOCKED, &[lane, "target"], target_wait);
            self.set(&m::LANE_IO, &[lane, "source"], report.source_io_seconds);
            self.set(&m::LANE_IO, &[lane, "target"], report.target_io_seconds);
        }
    }

    fn collect_progress(&self, progress: &Progress, copying: Option<Duration>) {
        let now = progress.snapshot();
        self.count(&m::ESTIMATED, &[], now.bytes_planned);
        self.count(&m::ESTIMATED_DONE, &[], now.bytes_worked);
        self.set(&m::REMAINING, &[], remaining(&now, copying));
        for counts in &now.kinds {
            let kind = &*counts.kind.as_str().to_ascii_lowercase();
            let waiting = counts.total.saturating_sub(counts.running + counts.done + counts.failed);
            let states = [
                ("waiting", waiting),
                ("running", counts.running),
                ("done", counts.done),
                ("failed", counts.failed),
            ];
            for (state, count) in states {
                // Made before the steps begin, by nobody of the run.
                if counts.kind != StepKind::Database {
                    self.count(&m::STEPS, &[kind, state], count);
                }
            }
        }
        self.collect_tables(&now);
    }

    /// The largest tables; which these are stays the same for the whole run.
    fn collect_tables(&self, now: &Snapshot) {
        if self.tables == 0 {
            return;
        }
        let mut tables: Vec<_> = now.tables.iter().collect();
        tables.sort_by(|a, b| b.bytes_planned.cmp(&a.bytes_planned).then_with(|| a.name.cmp(&b.name)));
        for table in tables.into_iter().take(self.tables) {
            let name = &[&*table.name];
            self.count(&m::TABLE_ESTIMATED, name, table.bytes_planned);
            self.count(&m::TABLE_ESTIMATED_DONE, name, table.bytes_worked);
            self.count(&m::TABLE_BYTES, name, table.bytes);
            self.count(&m::TABLE_ROWS, name, table.rows);
        }
    }
}

/// In seconds; NaN: nobody knows.
pub(in crate::observe) fn remaining(now: &Snapshot, copying: Option<Duration>) -> f64 {
    let left = now.bytes_planned.saturating_sub(now.bytes_worked);
    let open = now
        .kinds
        .iter()
        .any(|counts| counts.kind == StepKind::Data && counts.done + counts.failed < counts.total);
    match copying {
        _ if !open => 0.0,
        Some(copying) if now.bytes_worked > 0 => {
            copying.as_secs_f64() * float(left) / float(now.bytes_worked)
        }
        _ => f64::NAN,
    }
}
