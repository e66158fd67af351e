//! Time spent in something that begins and ends, to be read in the middle of it too.
use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// Bits of the number of runs under way.
const RUNS: u32 = 8;

/// One number that holds all: in the lowest bits how many runs are under way, above them nanoseconds, modulo 2^56 (two
/// years): of each run its end less its begin, of one under way just less its begin. So begin and end are an atomic
/// addition each, and a reader sees either all of a change or nothing.
#[derive(Debug)]
pub struct Stopwatch {
    epoch: Instant,
    bits: AtomicU64,
}

/// A run under way; it ends when dropped.
#[derive(Debug)]
pub struct Lap<'s>(&'s Stopwatch);

impl Stopwatch {
    /// Begins a run. At most 255 may be under way.
    pub fn begin(&self) -> Lap<'_> {
        self.bits.fetch_add(self.now().wrapping_neg().wrapping_shl(RUNS).wrapping_add(1), Relaxed);
        Lap(self)
    }

    /// The time of all runs, those under way included. A moment later it may be less by what a thread takes from
    /// looking at the clock to writing it down.
    pub fn read(&self) -> Duration {
        let bits = self.bits.load(Relaxed);
        let runs = bits & ((1 << RUNS) - 1);
        let sum = (bits >> RUNS).wrapping_add(runs.wrapping_mul(self.now()));
        // What is written last may have been looked up before what is read now.
        let wrapped = sum & (u64::MAX >> RUNS);
        Duration::from_nanos(if wrapped > u64::MAX >> (RUNS + 1) { 0 } else { wrapped })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Default for Stopwatch {
    fn default() -> Self {
        Self { epoch: Instant::now(), bits: AtomicU64::new(0) }
    }
}

impl Drop for Lap<'_> {
    fn drop(&mut self) {
        self.0.bits.fetch_add(self.0.now().wrapping_shl(RUNS).wrapping_sub(1), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(20);

    #[test]
    fn a_run_counts_while_it_lasts_and_stays_counted() {
        let watch = Stopwatch::default();
        assert_eq!(watch.read(), Duration::ZERO);
        sleep(MOMENT);
        assert_eq!(watch.read(), Duration::ZERO, "nothing runs");
        let lap = watch.begin();
        sleep(MOMENT);
        let during = watch.read();
        assert!(during >= MOMENT, "{during:?}");
        drop(lap);
        let after = watch.read();
        assert!(after >= during);
        sleep(MOMENT);
        assert_eq!(watch.read(), after);
    }

    #[test]
    fn several_runs_add_up() {
        let watch = Stopwatch::default();
        let laps: Vec<_> = (0..3).map(|_| watch.begin()).collect();
        sleep(MOMENT);
        assert!(watch.read() >= 3 * MOMENT);
        drop(laps);
        assert!(watch.read() >= 3 * MOMENT);
    }
}
