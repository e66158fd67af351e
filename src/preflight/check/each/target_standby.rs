//! Targets that take no writes.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-standby",
    severity: Severity::Error,
    looks_for: "Targets that are standbys",
    advice: "name its primary",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
