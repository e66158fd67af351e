//! The plan: every step of a run as data, built once, never changed.
mod build;
mod check;
mod chunk;
pub(crate) mod copy;
pub(crate) mod copy_text;
mod data;
mod database;
mod existing;
mod file;
mod input;
mod machine;
mod meta;
mod post;
mod pre;
mod roles;
mod rule;
mod step;

pub use build::build;
pub use chunk::{Cut, Sizes, Wish, chunks_of, conditions, wish};
pub use input::{Input, Target};
pub use machine::Machine;
pub use meta::{PLAN_FORMAT, Plan, PlanMeta, PlanSource, PlanTarget};
pub use post::adds_key;
pub use post::refuses_statistics;
pub use roles::wanted_roles;
pub use rule::Rules;
pub use step::{Dependency, Step, StepId, StepKind};
