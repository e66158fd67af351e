//! The last minutes in numbers: throughput for a chart, and what the lanes waited for in the last seconds.
//!
//! Pure: it is told readings of counters, about one a second, and gives differences.
use std::{collections::VecDeque, time::Instant};

use super::status::{Bottleneck, HistoryStatus, WaitsFor};
use crate::observe::LaneReport;

/// Points of the chart: five minutes of seconds.
const POINTS: usize = 300;

/// Readings between which the present is measured: long enough to smooth chunks that end, short enough to follow a change.
const WINDOW: usize = 5;

/// A side is the bottleneck if lanes wait for it for this share of their time, and twice as long as for the other.
const CLEARLY: f64 = 0.1;

/// Counters at one moment; they only grow, but for what failed attempts take back.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) at: Instant,
    pub(super) bytes: u64,
    pub(super) rows: u64,
    pub(super) lanes: Vec<LaneReport>,
}

/// Throughput: what was done in the last seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Rates {
    pub(super) bytes: f64,
    pub(super) rows: f64,
}

/// The last readings.
#[derive(Debug, Default)]
pub(super) struct History {
    window: VecDeque<Reading>,
    points: VecDeque<Rates>,
}

impl History {
    /// Takes in a reading.
    pub(super) fn push(&mut self, now: Reading) {
        if let Some(last) = self.window.back() {
            let rates = rates(last, &now);
            if self.points.len() == POINTS {
                self.points.pop_front();
            }
            self.points.push_back(rates);
        }
        if self.window.len() > WINDOW {
            self.window.pop_front();
        }
        self.window.push_back(now);
    }

    /// For the chart.
    pub(super) fn status(&self) -> HistoryStatus {
        HistoryStatus {
            seconds_apart: 1,
            bytes_per_second: self.points.iter().map(|point| whole(point.bytes)).collect(),
            rows_per_second: self.points.iter().map(|point| whole(point.rows)).collect(),
        }
    }

    /// Of the last seconds.
    pub(super) fn rates(&self) -> Rates {
        self.ends().map_or_else(Rates::default, |(then, now)| rates(then, now))
    }

    /// What each lane did in the last seconds, with its bytes in these; empty without lanes.
    pub(super) fn lanes(&self) -> Vec<LaneReport> {
        let Some((then, now)) = self.ends() else { return Vec::new() };
        let before = then.lanes.iter().copied().chain(std::iter::repeat(LaneReport::default()));
        now.lanes.iter().zip(before).map(|(now, before)| less(now, &before)).collect()
    }

    /// How long the last seconds were.
    pub(super) fn seconds(&self) -> f64 {
        self.ends().map_or(0.0, |(then, now)| now.at.duration_since(then.at).as_secs_f64())
    }

    fn ends(&self) -> Option<(&Reading, &Reading)> {
        (self.window.len() > 1).then_some(())?;
        self.window.front().zip(self.window.back())
    }
}

/// Which side these lanes wait for; `None` if none had anything to do.
pub(super) fn bottleneck<'l>(lanes: impl Iterator<Item = &'l LaneReport>) -> Option<Bottleneck> {
    let (mut busy, mut source, mut target) = (0.0, 0.0, 0.0);
    for lane in lanes {
        busy += lane.busy_seconds;
        source += lane.source_wait_seconds;
        target += waits_for_target(lane).min(lane.busy_seconds);
    }
    if busy <= 0.0 {
        return None;
    }
    // The stopwatches are read one after the other.
    let share = |waited: f64| (waited / busy).clamp(0.0, 1.0);
    let (source_wait_share, target_wait_share) = (share(source), share(target));
    let side = if source_wait_share > CLEARLY.max(2.0 * target_wait_share) {
        Some(WaitsFor::Source)
    } else if target_wait_share > CLEARLY.max(2.0 * source_wait_share) {
        Some(WaitsFor::Target)
    } else {
        None
    };
    Some(Bottleneck { source_wait_share, target_wait_share, side })
}

/// A chunk that fits into the queue is read at once, and its writer alone is held up. That is booked when the task ends, so it
/// may be of longer ago than the window; but a lane that sends nothing and has something to send waits for an answer.
fn waits_for_target(lane: &LaneReport) -> f64 {
    let is_still = lane.bytes == 0;
    let answer = if is_still { lane.busy_seconds - lane.source_wait_seconds } else { 0.0 };
    lane.target_wait_seconds.max(lane.target_io_seconds).max(answer)
}

/// What a failed attempt takes back is no rate.
fn rates(then: &Reading, now: &Reading) -> Rates {
    let seconds = now.at.duration_since(then.at).as_secs_f64();
    let rate = |then: u64, now: u64| per_second(now.saturating_sub(then), seconds);
    Rates { bytes: rate(then.bytes, now.bytes), rows: rate(then.rows, now.rows) }
}

fn less(now: &LaneReport, before: &LaneReport) -> LaneReport {
    LaneReport {
        busy_seconds: (now.busy_seconds - before.busy_seconds).max(0.0),
        source_wait_seconds: (now.source_wait_seconds - before.source_wait_seconds).max(0.0),
        target_wait_seconds: (now.target_wait_seconds - before.target_wait_seconds).max(0.0),
        target_io_seconds: (now.target_io_seconds - before.target_io_seconds).max(0.0),
        bytes: now.bytes.saturating_sub(before.bytes),
        rows: now.rows.saturating_sub(before.rows),
        ..LaneReport::default()
    }
}

/// 0 for no time.
#[expect(clippy::cast_precision_loss, reason = "a rate for people; exact up to 2^53")]
pub(super) fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is positive; a huge one saturates"
)]
fn whole(rate: f64) -> u64 {
    rate.round() as u64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn lane(busy_seconds: f64, source_wait_seconds: f64, target_wait_seconds: f64) -> LaneReport {
        LaneReport { busy_seconds, source_wait_seconds, target_wait_seconds, ..LaneReport::default() }
    }

    fn history(bytes: &[u64]) -> History {
        let (mut history, began) = (History::default(), Instant::now());
        for (second, bytes) in (0_u32..).zip(bytes) {
            let lanes = if second > 0 { vec![lane(f64::from(second), 0.0, 0.0)] } else { Vec::new() };
            let at = began + Duration::from_secs(second.into());
            history.push(Reading { at, bytes: *bytes, rows: bytes / 10, lanes });
        }
        history
    }

    #[test]
    fn points_are_differences_and_what_is_taken_back_is_none() {
        let history = history(&[0, 100, 300, 200, 250]);
        assert_eq!(history.status().bytes_per_second, [100, 200, 0, 50]);
        assert_eq!(history.status().rows_per_second, [10, 20, 0, 5]);
        assert_eq!((history.rates().bytes, history.seconds()), (62.5, 4.0));
        assert_eq!(history.lanes(), [lane(4.0, 0.0, 0.0)], "a lane that was opened meanwhile began at zero");
    }

    #[test]
    fn the_present_is_a_window_and_the_past_is_bounded() {
        let bytes: Vec<u64> = (0..2 * POINTS as u64).map(|second| second * second).collect();
        let history = history(&bytes);
        assert_eq!(history.status().bytes_per_second.len(), POINTS);
        assert_eq!((history.seconds(), history.lanes()), (5.0, vec![lane(5.0, 0.0, 0.0)]));
        assert_eq!(History::default().rates(), Rates::default());
    }

    #[test]
    fn a_side_is_named_if_it_is_clearly_the_slower_one() {
        let side = |lanes: &[LaneReport]| bottleneck(lanes.iter()).map(|bottleneck| bottleneck.side);
        let lane = |busy, source, target| LaneReport { bytes: 1, ..lane(busy, source, target) };
        assert_eq!(side(&[lane(10.0, 6.0, 1.0), lane(10.0, 2.0, 1.0)]), Some(Some(WaitsFor::Source)));
        assert_eq!(side(&[lane(10.0, 1.0, 3.0)]), Some(Some(WaitsFor::Target)));
        let small = LaneReport { target_io_seconds: 80.0, ..lane(10.0, 1.0, 0.0) };
        assert_eq!(side(&[small]), Some(Some(WaitsFor::Target)), "chunks that fit into the queue");
        let silent = LaneReport { bytes: 0, ..lane(10.0, 0.5, 0.0) };
        assert_eq!(side(&[silent]), Some(Some(WaitsFor::Target)), "it waits for an answer");
        assert_eq!(side(&[lane(10.0, 2.0, 3.0)]), Some(None), "both");
        assert_eq!(side(&[lane(10.0, 0.1, 0.9)]), Some(None), "hardly either");
        assert_eq!(side(&[lane(0.0, 0.0, 0.0)]), None);
        assert_eq!(side(&[]), None);
    }
}
