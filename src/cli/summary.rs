//! The texts that a user reads: what a plan would do, what a run did, what a comparison found.
mod check;
mod phases;
mod plan;
mod report;
mod status;
mod verify;

pub use check::render_check;
pub use plan::{KindSummary, PlanSummary};
pub use report::render_report;
pub use status::render_status;
pub use verify::render_verify;
