//! The texts that a user reads: what a plan would do, what a run did, what a comparison found.
mod check;
mod phases;
mod plan;
mod plans;
mod report;
mod server_report;
mod status;
mod tuning;
mod verify;
mod verify_html;
mod verify_several;

pub use check::render_check;
pub use plan::{KindSummary, PlanSummary};
pub use plans::{globals_line, render_chosen, render_plans};
pub use report::render_report;
pub use server_report::render_server_report;
pub use status::render_status;
pub use verify::render_verify;
pub use verify_html::{render_several_html, render_verify_html};
pub use verify_several::render_verify_several;
