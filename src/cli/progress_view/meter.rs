//! Rates and remaining time from the counts of the last seconds.
use std::{collections::VecDeque, time::Duration};

use crate::observe::{Snapshot, TableSnapshot};

/// Long enough to smooth chunks that end, short enough to follow a change.
const WINDOW: Duration = Duration::from_secs(15);

/// What a meter reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) at: Duration,
    pub(super) bytes: u64,
    pub(super) rows: u64,
    pub(super) worked: u64,
    pub(super) planned: u64,
}

impl From<&Snapshot> for Reading {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            at: snapshot.elapsed,
            bytes: snapshot.bytes,
            rows: snapshot.rows,
            worked: snapshot.bytes_worked,
            planned: snapshot.bytes_planned,
        }
    }
}

impl Reading {
    /// Of one table.
    pub(super) fn of_table(at: Duration, table: &TableSnapshot) -> Self {
        Self {
            at,
            bytes: table.bytes,
            rows: table.rows,
            worked: table.bytes_worked,
            planned: table.bytes_planned,
        }
    }
}

/// What a meter shows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rates {
    pub(super) bytes: f64,
    pub(super) rows: f64,
    /// Unknown while nothing moves.
    pub(super) remaining: Option<Duration>,
}

/// The readings of the last seconds.
#[derive(Debug, Default)]
pub(super) struct Meter {
    readings: VecDeque<Reading>,
}

impl Meter {
    /// Takes a reading and gives the rates since the oldest one in the window.
    pub(super) fn rates(&mut self, now: &Reading) -> Rates {
        // One reading older than the window stays, so that a window is always full.
        while self.readings.get(1).is_some_and(|second| now.at.saturating_sub(second.at) >= WINDOW) {
            self.readings.pop_front();
        }
        self.readings.push_back(*now);
        let Some(then) = self.readings.front() else { return Rates::default() };
        let seconds = now.at.saturating_sub(then.at).as_secs_f64();
        if seconds <= 0.0 {
            return Rates::default();
        }
        // An attempt that failed takes its counts back: a rate is then nothing, not negative.
        let per_second = |now: u64, then: u64| super::output::lossy(now.saturating_sub(then)) / seconds;
        let left = super::output::lossy(now.planned.saturating_sub(now.worked));
        let pace = per_second(now.worked, then.worked);
        Rates {
            bytes: per_second(now.bytes, then.bytes),
            rows: per_second(now.rows, then.rows),
            remaining: if pace > 0.0 { Duration::try_from_secs_f64(left / pace).ok() } else { None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(at: u64, worked: u64) -> Reading {
        Reading { at: Duration::from_secs(at), bytes: 2 * worked, rows: worked / 10, worked, planned: 10_000 }
    }

    #[test]
    fn rates_are_those_of_the_window() {
        let mut meter = Meter::default();
        assert_eq!(meter.rates(&reading(0, 0)), Rates::default());
        let slow = meter.rates(&reading(10, 100));
        assert_eq!((slow.bytes, slow.rows, slow.remaining), (20.0, 1.0, Some(Duration::from_secs(990))));
        meter.rates(&reading(20, 1100));
        meter.rates(&reading(30, 2100));
        let fast = meter.rates(&reading(40, 3100));
        assert_eq!((fast.bytes, fast.remaining), (200.0, Some(Duration::from_secs(69))));
    }

    #[test]
    fn what_is_taken_back_is_no_rate() {
        let mut meter = Meter::default();
        meter.rates(&reading(0, 500));
        assert_eq!(meter.rates(&reading(1, 100)), Rates::default());
    }
}
