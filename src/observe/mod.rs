//! What can be seen of a run: the log file, the counters behind the progress display, the report at the end,
//! the metrics that can be scraped.
//!
//! This room measures and writes files; it prints nothing and decides nothing. No row value, password or full
//! connection string passes through it. The run and its lanes feed it; `cli` shows it.
mod activity;
mod bound;
mod clock;
mod lane;
mod listener;
pub mod live;
mod log;
mod metrics;
mod phase;
mod process;
mod progress;
mod recorder;
mod report;
mod stopwatch;
mod visible;
mod watched;

pub use activity::{Backend, SourceShares, TargetShares, Wait};
pub use bound::{Bound, Limit};
pub use clock::utc;
pub use lane::LaneCounters;
pub use listener::Listener;
pub use log::{log_lost, start_log, start_notices};
pub use metrics::{Kind, Look, METRICS, Metric, Metrics, Resource, Shown};
pub use phase::{BySide, Phase, USABLE};
pub use progress::{Chunk, KindSnapshot, Progress, Snapshot, TableId, TableSnapshot, TableState};
pub use recorder::{Attempted, Recorder};
pub use report::{
    EndpointReport, Failure, LaneReport, Outcome, Report, StepTotals, TableReport, Timed, Totals,
    TunedSetting, TuningReport, save_report,
};
pub use stopwatch::{Lap, Stopwatch};
pub use visible::{visible, visible_json};
pub use watched::Watched;

#[cfg(test)]
pub(crate) use progress::tests::step as test_step;
