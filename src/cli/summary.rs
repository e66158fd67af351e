//! The texts that a user reads: what a plan would do, what a run did, what a comparison found.
mod phases;
mod plan;
mod report;
mod status;
mod verify;
mod verify_html;

pub use plan::{KindSummary, PlanSummary};
pub use report::render_report;
pub use status::render_status;
pub use verify::render_verify;
pub use verify_html::render_verify_html;
