//! The two texts that a user reads: what a plan would do, and what a run did.
mod plan;
mod report;

pub use plan::{KindSummary, PlanSummary};
pub use report::render_report;
