//! Columns of the configuration.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "chunk-column",
    severity: Severity::Error,
    looks_for: "Values of `chunk_column` that name no column",
    advice: "correct them in the configuration",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
