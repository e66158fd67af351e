//! Definitions of the target that are others.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-definitions",
    severity: Severity::Error,
    looks_for: "Objects of the target with another definition than the source's, or of another owner",
    advice: "drop or rename them on the target, or exclude them",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
