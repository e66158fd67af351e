//! A source that is its own target.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "same-database",
    severity: Severity::Error,
    looks_for: "Connection strings that mean one and the same database",
    advice: "check both connection strings",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
