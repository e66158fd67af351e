//! `report.json`: what a run did, for scripts; `cli` renders the same for people.
//!
//! It holds names, counts and times; no secret, no row value. Numbers are those of this run: what an earlier attempt
//! did before `--resume` is counted in [`StepTotals::skipped`] only.
use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::Phase;
use crate::{
    catalog::Note,
    durable,
    error::{Error, ErrorKind, Result},
};

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Version of the program.
    pub tool_version: String,
    /// [`crate::plan::Plan::run_id`].
    pub run_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The source.
    pub source: EndpointReport,
    /// The target.
    pub target: EndpointReport,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// RFC 3339, UTC.
    pub finished_at: String,
    /// From start to finish.
    pub seconds: f64,
    /// The phases in their order.
    pub phases: Vec<Phase>,
    /// The lanes in their order, if any was opened.
    pub lanes: Vec<LaneReport>,
    /// What was copied, in all.
    pub totals: Totals,
    /// Steps by how they ended.
    pub steps: StepTotals,
    /// Every table that was copied, by name.
    pub tables: Vec<TableReport>,
    /// The tables that took longest, longest first.
    pub slowest_tables: Vec<Timed>,
    /// The indexes and constraints that took longest, longest first.
    pub slowest_indexes: Vec<Timed>,
    /// Every step that failed, in the order in which they did.
    pub failures: Vec<Failure>,
    /// What was left out or done differently, and why (from the plan).
    pub notes: Vec<Note>,
    /// What was changed of the target's server for the time of the run; nothing if it was not to be, or by the run of several
    /// databases that this one is part of.
    #[serde(default)]
    pub tuning: Option<TuningReport>,
    /// By series as Prometheus' text format writes it: its last value.
    #[serde(default)]
    pub metrics: BTreeMap<String, serde_json::Number>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was done.
    Done,
    /// Something failed.
    Failed,
    /// The user or the system stopped it.
    Interrupted,
}

/// What was changed of the target's server while rows were loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TuningReport {
    /// The settings that were changed.
    pub settings: Vec<TunedSetting>,
    /// What was wished for and not changed, and why.
    pub left_out: Vec<Note>,
    /// What is not as it was before, and why.
    pub not_put_back: Vec<Note>,
}

/// A setting of the target's server that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TunedSetting {
    /// The setting.
    pub name: String,
    /// Its value before, with its unit.
    pub before: String,
    /// Its value while rows were loaded.
    pub during: String,
    /// Whether it is as it was.
    pub put_back: bool,
}

/// One side of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointReport {
    /// `user@host:port/database` ([`crate::config::Endpoint`] prints it without secrets).
    pub address: String,
    /// `15.18`
    pub server_version: String,
}

/// What a lane did. Its writer's busy time is `source_wait`, `target_io` and our own work; its reader works beside it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LaneReport {
    /// With a task, from its begin to its COMMIT.
    pub busy_seconds: f64,
    /// Open without a task.
    pub idle_seconds: f64,
    /// The writer had nothing to send: the source was waited for.
    pub source_wait_seconds: f64,
    /// The reader had no room: the target was waited for.
    pub target_wait_seconds: f64,
    /// The reader was in the source's socket.
    pub source_io_seconds: f64,
    /// The writer was in the target's socket.
    pub target_io_seconds: f64,
    /// Bytes of COPY payload, those of failed attempts included.
    pub bytes: u64,
    /// Rows read, those of failed attempts included.
    pub rows: u64,
}

/// What was copied, in all.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Tables of which at least one chunk was copied.
    pub tables: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes of COPY payload.
    pub bytes: u64,
    /// From the begin of the first chunk to the end of the last.
    pub copy_seconds: f64,
    /// Rows per second of that time.
    pub rows_per_second: f64,
    /// Bytes per second of that time.
    pub bytes_per_second: f64,
}

/// Steps by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StepTotals {
    /// Steps of the plan.
    pub total: u64,
    /// Done in this run.
    pub done: u64,
    /// Failed in this run.
    pub failed: u64,
    /// Done by an earlier run of the same plan.
    pub skipped: u64,
    /// Not reached: what they depend on failed, or the run was stopped.
    pub not_run: u64,
}

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableReport {
    /// Its qualified name.
    pub name: String,
    /// Chunks copied in this run.
    pub chunks: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes of COPY payload.
    pub bytes: u64,
    /// From the begin of its first chunk to the end of its last.
    pub seconds: f64,
}

/// Something and how long it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// The object.
    pub name: String,
    /// How long it took.
    pub seconds: f64,
}

/// A step that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The step's id.
    pub step: String,
    /// The error's report.
    pub message: String,
    /// What the server called it, if a server did.
    pub sqlstate: Option<String>,
    /// What can be done about it.
    #[serde(default)]
    pub hint: Option<String>,
}

impl Report {
    /// Writes `report.json`, whole, readable by its owner only.
    pub fn save(&self, path: &Path) -> Result<()> {
        save_report(self, path)
    }
}

/// Writes a report as JSON, whole, readable by its owner only.
pub fn save_report(report: &impl Serialize, path: &Path) -> Result<()> {
    let mut text = serde_json::to_string_pretty(report).map_err(|cause| {
        Error::new(ErrorKind::Internal, "the report cannot be written as JSON").caused_by(cause)
    })?;
    text.push('\n');
    durable::write_atomically(path, text.as_bytes())
}
