//! Every metric in one table: from it they are registered, `docs/reference/metrics.md` is made, and tests go through it.
//!
//! Names begin with `pgmigrate_` and end with the base unit, counters with `_total`. Every series has the label
//! `database` besides those named here. Values of labels come from lists that are fixed, or counted by the number of
//! lanes and, where asked for, of tables: no text of a server or a user but names of tables and databases.

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What its value counts; empty: it has no unit.
    pub unit: &'static str,
    /// Its labels, in the order in which values are given.
    pub labels: &'static [&'static str],
    /// When it is there.
    pub shown: Shown,
    /// What it says.
    pub help: &'static str,
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Observations in buckets, with these upper bounds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// Its word in the exposition.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// When a metric is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// With `migrate`, once its steps begin.
    Migrate,
    /// With `migrate`, once lanes are open: not if there are no rows to copy.
    Lanes,
    /// With `migrate`, where the server has a connection to spare for the sampler, and lets it see.
    Sampled,
    /// With `migrate` and `--metrics-tables`.
    Tables,
    /// With `verify`.
    Verify,
}

impl Shown {
    /// For the page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Migrate => "`migrate`, once its steps begin",
            Self::Lanes => "`migrate`, if rows are copied",
            Self::Sampled => "`migrate`, where the server has a connection to spare",
            Self::Tables => "`migrate --metrics-tables`",
            Self::Verify => "`verify`",
        }
    }
}

/// From a tenth of a second to a day, about three a decade: an index of a large table takes hours.
const DURATIONS: &[f64] = &[
    0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21600.0,
    86400.0,
];

/// From 64 kB, which is one frame, to 16 GB, by four; a chunk is cut at 64 MB.
const SIZES: &[f64] = &[
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
    4_294_967_296.0,
    17_179_869_184.0,
];

macro_rules! metrics {
    ($($id:ident = $name:literal, $kind:expr, $unit:literal, $labels:expr, $shown:ident, $help:literal;)+) => {
        $(#[doc = $help] pub(super) const $id: Metric = Metric {
            name: concat!("pgmigrate_", $name), kind: $kind, unit: $unit, labels: &$labels, shown: Shown::$shown, help: $help,
        };)+

        /// Every metric.
        pub const METRICS: &[Metric] = &[$($id),+];
    };
}

use Kind::{Counter, Gauge, Histogram};

metrics! {
    BUILD = "build_info", Gauge, "", ["version"], Always, "1, with the version of the program.";
    STARTED = "start_time_seconds", Gauge, "seconds", [], Always, "When the command began, since 1970.";
    STATE = "run_state", Gauge, "", ["state"], Always, "1 for the state of the run, 0 for the others.";
    PHASE = "phase", Gauge, "", ["phase"], Always, "1 for the phase under way, 0 for those that have ended.";
    PHASE_SECONDS = "phase_seconds_total", Counter, "seconds", ["phase"], Always,
        "Time spent in each phase.";
    CPU = "cpu_seconds_total", Counter, "seconds", [], Always,
        "Processor time of pgmigrate itself, all threads; 0 where there is no /proc.";
    MEMORY = "resident_memory_bytes", Gauge, "bytes", [], Always,
        "Memory of pgmigrate itself; 0 where there is no /proc.";
    ROUND_TRIPS = "round_trips_total", Counter, "", ["side"], Always,
        "How often a server was asked something and its answer waited for.";
    ERRORS = "errors_total", Counter, "", ["class"], Always,
        "Steps that failed for good, and the error that the command ended with, by class.";
    RETRIES = "retries_total", Counter, "", ["reason"], Always,
        "Attempts at a step, or at a batch of small ones, that failed and were followed by another.";

    ESTIMATED = "estimated_bytes", Gauge, "bytes", [], Migrate,
        "Estimated bytes of all chunks that this run copies.";
    ESTIMATED_DONE = "estimated_done_bytes", Gauge, "bytes", [], Migrate,
        "How much of the estimate is behind us; at the end all of it. It goes down when an attempt fails.";
    REMAINING = "copy_remaining_seconds", Gauge, "seconds", [], Migrate,
        "Estimated time until the rows are copied, at the average pace since the first; NaN before, 0 after.";
    ROWS = "copied_rows_total", Counter, "rows", [], Migrate, "Rows that are committed on the target.";
    BYTES = "copied_bytes_total", Counter, "bytes", [], Migrate,
        "Bytes of COPY payload that are committed on the target.";
    CHUNK_SECONDS = "chunk_duration_seconds", Histogram(DURATIONS), "seconds", [], Lanes,
        "How long committed chunks took, pauses of retries included; small tables that share a transaction share its time.";
    CHUNK_BYTES = "chunk_size_bytes", Histogram(SIZES), "bytes", [], Lanes,
        "COPY payload of committed chunks.";

    LANE_READ = "lane_read_bytes_total", Counter, "bytes", ["lane"], Lanes,
        "COPY payload that a lane read from the source, failed attempts included.";
    LANE_WRITTEN = "lane_written_bytes_total", Counter, "bytes", ["lane"], Lanes,
        "COPY payload that a lane wrote to the target, failed attempts included.";
    LANE_ROWS = "lane_read_rows_total", Counter, "rows", ["lane"], Lanes,
        "Rows that a lane read from the source, failed attempts included.";
    LANE_FRAMES = "lane_frames_total", Counter, "", ["lane"], Lanes,
        "Blocks of rows that went through a lane's queue, of 64 to 256 kB where there are so many: the target gets each as one frame.";
    LANE_QUEUE = "lane_queue_frames", Gauge, "", ["lane"], Lanes,
        "Blocks in a lane's queue, at most 10: an empty queue waits for the source, a full one for the target.";
    LANE_BUSY = "lane_busy_seconds_total", Counter, "seconds", ["lane"], Lanes,
        "Time that a lane had a task, from its begin to its COMMIT.";
    LANE_BLOCKED = "lane_blocked_seconds_total", Counter, "seconds", ["lane", "side"], Lanes,
        "Time that a lane waited for a side: its writer for the source, its reader for the target. The larger one is the bottleneck.";
    LANE_IO = "lane_io_seconds_total", Counter, "seconds", ["lane", "side"], Lanes,
        "Time that a lane's threads spent in the sockets of a side, booked at the end of a task.";

    STEPS = "steps", Gauge, "", ["kind", "state"], Migrate,
        "Steps of the plan by kind and state; skipped: done by an earlier attempt.";
    BUILDS = "build_duration_seconds", Histogram(DURATIONS), "seconds", ["kind"], Migrate,
        "How long indexes and constraints took; small ones that share a transaction share its time. Those under way are steps.";
    AT_WORK = "at_work", Gauge, "", ["resource"], Migrate,
        "Lanes that copy and workers that run a statement on the target.";
    LIMIT = "at_work_limit", Gauge, "", ["resource"], Migrate, "How many lanes and workers there may be.";
    CONNECTIONS_LIMIT = "connections_budget", Gauge, "", ["side"], Migrate,
        "Connections that this run may hold at a time, the sampler's own included.";

    CONNECTIONS = "connections", Gauge, "", ["side"], Sampled,
        "Connections that this run holds, as the server tells, the sampler's own included.";
    CONNECTIONS_FREE = "server_connections_free", Gauge, "", ["side"], Sampled,
        "Connections that this run's role could still open, by the limits of server, database and role.";
    UP = "server_up", Gauge, "", ["side"], Sampled, "Whether the sampler's last question was answered, within 10 s.";
    ACTIVITY = "backend_samples_total", Counter, "", ["side", "activity"], Sampled,
        "What backends of this run that were at work were doing, four times a second: on processor, io, wal, lock, or waiting for the client, which is us.";
    SNAPSHOT_AGE = "snapshot_age_seconds", Gauge, "seconds", [], Sampled,
        "Age of the oldest snapshot that this run holds on the source; 0: none.";
    XMIN_AGE = "source_xmin_age_transactions", Gauge, "transactions", [], Sampled,
        "How many transactions behind this run holds back the source's vacuum; 0: it does not.";
    WAL = "target_wal_bytes_total", Counter, "bytes", [], Sampled,
        "WAL that the target server wrote since the sampler's first look, by whomever.";

    TABLE_ESTIMATED = "table_estimated_bytes", Gauge, "bytes", ["table"], Tables, "Estimated bytes of a table.";
    TABLE_ESTIMATED_DONE = "table_estimated_done_bytes", Gauge, "bytes", ["table"], Tables,
        "How much of a table's estimate is behind us.";
    TABLE_BYTES = "table_bytes", Gauge, "bytes", ["table"], Tables,
        "COPY payload of a table; what a failed attempt moved is taken back.";
    TABLE_ROWS = "table_rows", Gauge, "rows", ["table"], Tables, "Rows of a table, likewise.";

    VERIFY_QUERIES = "verify_queries", Gauge, "", ["side"], Verify,
        "Queries that compare rows, as far as they are known: a table that differs takes some more.";
    VERIFY_DONE = "verify_queries_done_total", Counter, "", ["side"], Verify, "Those that were answered.";
    VERIFY_ESTIMATED = "verify_estimated_bytes", Gauge, "bytes", ["side"], Verify,
        "What these queries read, about.";
    VERIFY_READ = "verify_read_bytes_total", Counter, "bytes", ["side"], Verify,
        "What the answered ones have read, about.";
    VERIFY_DIFFERENCES = "verify_differences", Gauge, "", ["check"], Verify,
        "Objects that differ, are missing or could not be compared, by what was compared; tables as they are found, all at the end.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_follow_the_rules_of_prometheus() {
        let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len(), "a name is there twice");
        for Metric { name, kind, unit, labels, help, .. } in METRICS {
            assert!(name.starts_with("pgmigrate_"), "{name}");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == Counter, "{name}");
            assert!(name.trim_end_matches("_total").ends_with(unit), "{name} is in {unit}");
            assert!(!labels.contains(&"database") && !labels.contains(&"le"), "{name}");
            assert!(help.ends_with('.') && !help.contains(['\n', '|']), "{name}: {help}");
        }
    }

    #[test]
    fn buckets_rise() {
        for metric in METRICS {
            if let Histogram(bounds) = metric.kind {
                assert!(bounds.is_sorted_by(|a, b| a < b), "{}", metric.name);
            }
        }
    }
}
