//! Conditions of the configuration.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "conditions",
    severity: Severity::Error,
    looks_for: "Values of `where` and `order_by` that are no SQL for the source",
    advice: "correct them in the configuration",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
