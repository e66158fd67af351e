//! The plan: every step of a run as data, built once, never changed.
mod check;
pub(crate) mod copy_text;
mod file;
mod meta;
mod step;

pub use meta::{Note, PLAN_FORMAT, Plan, PlanMeta, PlanSource, PlanTarget};
pub use step::{Dependency, Step, StepId, StepKind};
