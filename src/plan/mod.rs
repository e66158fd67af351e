//! The plan: every step of a run as data, built once, never changed.
mod step;

pub use step::{Dependency, Step, StepId, StepKind};
