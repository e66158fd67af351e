//! Extensions whose package the target lacks.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "extension-missing",
    severity: Severity::Error,
    looks_for: "Extensions of the source that the target cannot install",
    advice: "install the package on the target's machine, or exclude what needs it",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
