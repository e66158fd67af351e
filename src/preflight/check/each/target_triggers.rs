//! Triggers of the target.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-triggers",
    severity: Severity::Error,
    looks_for: "Triggers of the target that would fire for the rows that are copied",
    advice: "drop them on the target: the run makes the source's after the rows",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
