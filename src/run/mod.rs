//! Running a plan.
mod lane;

pub use lane::{Copied, CopyTask, Lane, LaneCounters, LaneOptions, StopHandle};
