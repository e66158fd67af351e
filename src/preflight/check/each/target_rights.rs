//! What the target's role may not make.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-rights",
    severity: Severity::Error,
    looks_for: "Databases and tables that the target's role may not make",
    advice: "have a superuser make what they need, or exclude them",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
