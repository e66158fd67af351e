//! Targets that are older than the source.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-older",
    severity: Severity::Error,
    looks_for: "Targets of an older major version than the source",
    advice: "migrate to the same or a newer major version",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
