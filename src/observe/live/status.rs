//! What a command says of itself at one moment: the document of `/status.json` and of every event of `/events`.
//!
//! Plain values, documented for scripts in `docs/reference/live.md`. Names of fields are those of report and metrics
//! wherever the same thing is meant; units stand in the names. It holds names, counts, times and the log's own words:
//! no secret and no row value.
mod work;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::work::*;
use crate::observe::Outcome;

/// Raised when a field goes, or means something else. Fields may come without that.
pub const FORMAT: u32 = 1;

/// A command at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// [`FORMAT`].
    pub format: u32,
    /// Version of the program.
    pub tool_version: String,
    /// `migrate` or `verify`.
    pub command: String,
    /// [`crate::plan::Plan::run_id`], once there is a plan.
    pub run_id: Option<String>,
    /// Whether it goes on, and how it ended.
    pub state: State,
    /// RFC 3339, UTC.
    pub started_at: String,
    /// Since then; it stands still after the end.
    pub seconds: f64,
    /// The source.
    pub source: EndpointStatus,
    /// The target.
    pub target: EndpointStatus,
    /// How it ended, once it has.
    pub result: Option<ResultStatus>,
    /// The phases in their order, those to come included.
    pub phases: Vec<PhaseStatus>,
    /// What is copied; with `migrate`, once its steps begin.
    pub copy: Option<CopyStatus>,
    /// What is compared; with `verify`, once rows are.
    pub verify: Option<VerifyStatus>,
    /// Steps by kind, those kinds that the plan has.
    pub steps: Vec<StepsStatus>,
    /// Which side the lanes wait for; without lanes at work nobody knows.
    pub bottleneck: Option<Bottleneck>,
    /// The lanes in their order.
    pub lanes: Vec<LaneStatus>,
    /// What runs on the target beside the lanes, longest first.
    pub running: Vec<TaskStatus>,
    /// The tables that are copied.
    pub tables: TablesStatus,
    /// The databases, if they are several, in the order in which they began.
    #[serde(default)]
    pub databases: Vec<DatabaseStatus>,
    /// Attempts that failed and were followed by another, by reason.
    pub retries: BTreeMap<String, u64>,
    /// The last events of the log from `WARN` up, oldest first.
    pub messages: Vec<Message>,
    /// Throughput of the last minutes.
    pub history: HistoryStatus,
}

/// Whether a command goes on, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It goes on.
    Running,
    /// Everything was done.
    Done,
    /// Something failed, or differs.
    Failed,
    /// The user or the system stopped it.
    Interrupted,
}

/// A side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EndpointStatus {
    /// `user@host:port/database`, without secrets.
    pub address: String,
    /// `15.18`, once it is known.
    pub server_version: Option<String>,
    /// Whether it answered the sampler lately; not known where there is none.
    pub is_up: Option<bool>,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultStatus {
    /// The exit code of the program.
    pub exit_code: u8,
    /// The error, if there was one.
    pub message: Option<String>,
    /// What can be done about it.
    pub hint: Option<String>,
}

/// A phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhaseStatus {
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: PhaseState,
    /// How long it took so far.
    pub seconds: f64,
}

/// How far a phase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseState {
    /// It comes later.
    Waiting,
    /// It is under way.
    Running,
    /// It is over.
    Done,
    /// The command ended in it, and not well.
    Stopped,
}

/// What is copied, in all. What an earlier attempt copied is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct CopyStatus {
    /// Estimated bytes of all chunks of this run.
    pub bytes_estimated: u64,
    /// How much of that estimate is behind us; at a good end all of it.
    pub bytes_estimated_done: u64,
    /// Bytes of COPY payload that were sent to the target.
    pub bytes_done: u64,
    /// Rows that were sent to the target.
    pub rows_done: u64,
    /// Of the last seconds, and after the end of the whole data phase.
    pub bytes_per_second: f64,
    /// Likewise.
    pub rows_per_second: f64,
    /// Until the rows are copied, at the average pace so far; before the first nobody knows.
    pub remaining_seconds: Option<f64>,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct VerifyStatus {
    /// Queries on the source.
    pub source: VerifySide,
    /// Queries on the target.
    pub target: VerifySide,
    /// Objects that differ, by what was compared.
    pub differences: BTreeMap<String, u64>,
}

/// Queries that compare rows, on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VerifySide {
    /// As far as they are known: a table that differs takes some more.
    pub queries: u64,
    /// Those that were answered.
    pub queries_done: u64,
    /// What all of them read, about.
    pub bytes_estimated: u64,
    /// What the answered ones have read, about.
    pub bytes_done: u64,
}

/// The steps of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepsStatus {
    /// As `plan.tsv` writes it.
    pub kind: String,
    /// To be done in this run.
    pub total: u64,
    /// Under way.
    pub running: u64,
    /// Done.
    pub done: u64,
    /// Failed for good.
    pub failed: u64,
    /// Done by an earlier attempt; not among `total`.
    pub skipped: u64,
}

/// An event of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// RFC 3339, UTC.
    pub at: String,
    /// `WARN` or `ERROR`.
    pub level: String,
    /// What it says, in one line.
    pub text: String,
}

/// Throughput of the last minutes, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HistoryStatus {
    /// From one number to the next.
    pub seconds_apart: u64,
    /// Bytes copied, or read by `verify`, per second.
    pub bytes_per_second: Vec<u64>,
    /// Rows copied per second.
    pub rows_per_second: Vec<u64>,
}

impl From<Option<Outcome>> for State {
    fn from(outcome: Option<Outcome>) -> Self {
        match outcome {
            None => Self::Running,
            Some(Outcome::Done) => Self::Done,
            Some(Outcome::Failed) => Self::Failed,
            Some(Outcome::Interrupted) => Self::Interrupted,
        }
    }
}
