//! Event triggers of the target.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-event-triggers",
    severity: Severity::Error,
    looks_for: "Event triggers of the target that would fire on what the run makes",
    advice: "drop or disable them on the target",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
