//! What is done: the memory of a run, from which `--resume` continues.
//!
//! The journal proper are tables in the target database ([`table`]), written in the same transactions as the
//! work itself; `state.tsv` ([`StateFile`]) mirrors it for people and scripts. This room holds the SQL text, the
//! file and the rules; it has no connection: the run executes the SQL and hands the rows back.
//!
//! Invariant: a step that the target's journal calls done is done exactly once, and [`resume()`] never repeats it.
mod file;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod resume;
mod snapshot;
mod status;
pub mod table;

pub use file::{Mark, StateFile, StatePlace};
pub use resume::{Found, Resume, TargetJournal, resume, run_line};
pub use snapshot::{
    SourceMark, Standing, Taken, begin_snapshot_sql, is_read_in_part, read_snapshots_sql, standing,
};
pub use status::Status;
