//! What part of the target's machine an index build takes: memory, parallel workers, and whether it may start at all
//! while lanes copy. Pure.
use std::time::Duration;

use crate::plan::Machine;

/// Builds together take this part of the target's memory at most: shared buffers and the page cache need the rest.
const PART_OF_MEMORY: u64 = 4;

/// More than this makes no build faster, and a sort that is written in runs of this size is merged in one pass.
const MEMORY_AT_MOST: u64 = 2 << 30;

/// PostgreSQL gives every participant of a build at least this much of its memory, or takes fewer.
const MEMORY_OF_A_PARTICIPANT: u64 = 32 << 20;

/// Workers of a build. The leader merges what they sort, and more of them only wait for it.
const WORKERS_AT_MOST: u32 = 8;

/// The target's power and what others of ours take of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Power {
    /// The target's machine.
    pub machine: Machine,
    /// Whether the source is on the same machine, so that a lane takes a processor for each of its ends.
    pub source_is_here: bool,
    /// `maintenance_work_mem` of the target's sessions, in bytes.
    pub maintenance_work_mem: u64,
    /// `max_parallel_workers` of the target.
    pub parallel_workers: u32,
    /// Whether its builds know parallel workers (`max_parallel_maintenance_workers`, server 11).
    pub parallel_builds: bool,
    /// Whether our sessions may have other settings than the server's for the sake of speed.
    pub tunes_sessions: bool,
}

/// What is at work and could be, the build in question aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Load {
    /// Lanes that copy.
    pub(super) lanes: u32,
    /// Processes of builds that run, their parallel workers included.
    pub(super) processes: u32,
    /// Builds that could start now too.
    pub(super) ready: u32,
    /// Estimate of the build in question.
    pub(super) estimate: u64,
}

/// What a build gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Share {
    /// `maintenance_work_mem` in bytes, where the server's own is not to hold.
    pub(super) memory: Option<u64>,
    /// `max_parallel_maintenance_workers`, where the server's own is not to hold.
    pub(super) workers: Option<u32>,
    /// Whether a build that comes later joins another's scan of its table where that is, which our sessions are
    /// otherwise told not to. The table is then read once from the disk; but rows that stand sorted come unsorted (a
    /// primary key of 3 million rows: 2.0 s instead of 1.5 s), so not where memory holds the table.
    pub(super) joins_scans: bool,
}

impl Share {
    /// Processes that the build will be.
    pub(super) fn processes(&self) -> u32 {
        1 + self.workers.unwrap_or_default()
    }

    /// The settings, for the build's transaction.
    pub(super) fn settings(&self) -> String {
        let mut sql = String::new();
        if self.joins_scans {
            sql += "SET LOCAL synchronize_seqscans = on;\n";
        }
        if let Some(bytes) = self.memory {
            sql += &format!("SET LOCAL maintenance_work_mem = '{}kB';\n", bytes >> 10);
        }
        if let Some(workers) = self.workers {
            sql += &format!("SET LOCAL max_parallel_maintenance_workers = {workers};\n");
        }
        sql
    }
}

/// How fast builds went so far, to guess how much is left of one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    work: f64,
    seconds: f64,
}

impl Pace {
    /// A build of this estimate took so long.
    pub(super) fn add(&mut self, estimate: u64, took: Duration) {
        self.work += as_float(estimate);
        self.seconds += took.as_secs_f64();
    }

    /// Whether a build that began so long ago ends before half of another one is done. The other then need not be
    /// modest for its sake: alone it would leave processors idle for the rest of its time.
    pub(super) fn ends_soon(&self, estimate: u64, began: Duration, other: u64) -> bool {
        let done = if self.seconds > 0.0 { self.work / self.seconds * began.as_secs_f64() } else { 0.0 };
        as_float(estimate) - done < as_float(other) / 2.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn as_float(bytes: u64) -> f64 {
    bytes as f64
}

impl Power {
    /// Builds that may run side by side while lanes copy; `jobs` is the run's number of workers.
    pub(super) fn builds(&self, jobs: u32, lanes: u32) -> u32 {
        match self.machine.cores {
            Some(cores) if lanes > 0 => jobs.min(cores.saturating_sub(self.taken(lanes))).max(1),
            _ => jobs,
        }
    }

    /// The share of a build that starts now, one of `jobs` at most.
    pub(super) fn share(&self, jobs: u32, load: Load) -> Share {
        if !self.tunes_sessions {
            // Only what is pinned for lanes, that each chunk starts where it says, is not for builds.
            return Share { joins_scans: true, ..Share::default() };
        }
        let memory = self.machine.memory.map(|bytes| {
            let part = bytes / PART_OF_MEMORY / u64::from(jobs.max(1));
            part.min(MEMORY_AT_MOST).max(self.maintenance_work_mem)
        });
        let workers = self.workers(load).filter(|_| self.parallel_builds).map(|workers| {
            let sized = memory.unwrap_or(self.maintenance_work_mem) / MEMORY_OF_A_PARTICIPANT;
            workers.min(u32::try_from(sized).unwrap_or(u32::MAX).saturating_sub(1))
        });
        let joins_scans = self.machine.memory.is_none_or(|bytes| load.estimate > bytes / 2);
        Share { memory: memory.filter(|bytes| *bytes > self.maintenance_work_mem), workers, joins_scans }
    }

    fn workers(&self, load: Load) -> Option<u32> {
        let Some(cores) = self.machine.cores else {
            let alone = load.lanes + load.processes + load.ready == 0;
            return (!alone).then_some(0);
        };
        let free = cores.saturating_sub(self.taken(load.lanes)).saturating_sub(load.processes);
        let each = free / (1 + load.ready);
        Some(each.saturating_sub(1).min(self.parallel_workers).min(WORKERS_AT_MOST))
    }

    fn taken(&self, lanes: u32) -> u32 {
        if self.source_is_here { lanes * 2 } else { lanes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(cores: Option<u32>, memory: Option<u64>) -> Power {
        let machine = Machine { cores, memory, ..Machine::default() };
        Power {
            machine,
            source_is_here: false,
            maintenance_work_mem: 64 << 20,
            parallel_workers: 8,
            parallel_builds: true,
            tunes_sessions: true,
        }
    }

    fn workers(power: &Power, lanes: u32, processes: u32, ready: u32) -> Option<u32> {
        power.share(4, Load { lanes, processes, ready, estimate: 0 }).workers
    }

    #[test]
    fn a_build_that_is_alone_takes_the_processors_that_are_free() {
        let mut two = power(Some(2), Some(24 << 30));
        assert_eq!(workers(&two, 0, 0, 0), Some(1));
        assert_eq!(workers(&two, 0, 1, 0), Some(0));
        assert_eq!(workers(&two, 0, 0, 1), Some(0));
        assert_eq!(workers(&two, 1, 0, 0), Some(0));
        let sixteen = power(Some(16), Some(256 << 30));
        assert_eq!(
            [0, 4, 8, 12].map(|processes| workers(&sixteen, 0, processes, 3 - processes / 4)),
            [Some(3); 4]
        );
        assert_eq!(workers(&sixteen, 0, 0, 0), Some(8));
        assert_eq!(workers(&sixteen, 8, 0, 0), Some(7));
        two.parallel_workers = 0;
        assert_eq!(workers(&two, 0, 0, 0), Some(0));
    }

    #[test]
    fn what_is_unknown_is_left_to_the_server() {
        let unknown = power(None, None);
        assert_eq!(
            unknown.share(4, Load::default()),
            Share { memory: None, workers: None, joins_scans: true }
        );
        assert_eq!(workers(&unknown, 0, 1, 0), Some(0));
        assert_eq!(unknown.builds(4, 2), 4);
    }

    #[test]
    fn sessions_that_are_not_tuned_have_the_settings_of_the_server() {
        let power = Power { tunes_sessions: false, ..power(Some(16), Some(256 << 30)) };
        let share = power.share(4, Load::default());
        assert_eq!((share.memory, share.workers, share.processes()), (None, None, 1));
    }

    #[test]
    fn builds_share_a_quarter_of_the_memory() {
        let memory =
            |jobs, gigabytes: u64| power(Some(4), Some(gigabytes << 30)).share(jobs, Load::default()).memory;
        assert_eq!(memory(4, 16), Some(1 << 30));
        assert_eq!(memory(2, 256), Some(2 << 30));
        // The server's own is more.
        assert_eq!(memory(16, 4), None);
    }

    #[test]
    fn lanes_come_first() {
        let mut eight = power(Some(8), None);
        assert_eq!(
            (eight.builds(4, 0), eight.builds(4, 2), eight.builds(4, 6), eight.builds(4, 9)),
            (4, 4, 2, 1)
        );
        eight.source_is_here = true;
        assert_eq!((eight.builds(4, 2), eight.builds(4, 3), eight.builds(4, 4)), (4, 2, 1));
    }

    #[test]
    fn settings_hold_for_the_transaction() {
        let share = Share { memory: Some(512 << 20), workers: Some(1), joins_scans: true };
        assert_eq!(
            share.settings(),
            "SET LOCAL synchronize_seqscans = on;\nSET LOCAL maintenance_work_mem = '524288kB';\n\
             SET LOCAL max_parallel_maintenance_workers = 1;\n"
        );
        assert_eq!(share.processes(), 2);
    }

    #[test]
    fn a_table_that_fits_into_memory_is_read_in_order() {
        let power = power(Some(2), Some(8 << 30));
        let joins = |estimate| power.share(2, Load { estimate, ..Load::default() }).joins_scans;
        assert_eq!((joins(1 << 30), joins(5 << 30)), (false, true));
    }

    #[test]
    fn who_ends_soon_is_not_waited_for() {
        let mut pace = Pace::default();
        let second = Duration::from_secs(1);
        assert!(!pace.ends_soon(100, 9 * second, 100));
        pace.add(100, 10 * second);
        assert!(!pace.ends_soon(100, 4 * second, 100));
        assert!(pace.ends_soon(100, 6 * second, 100));
        assert!(!pace.ends_soon(100, 6 * second, 50));
    }
}
