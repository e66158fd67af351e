//! Tables of the target that are not empty.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-rows",
    severity: Severity::Error,
    looks_for: "Selected tables that hold rows on the target",
    advice: "empty them, or say what to do with `--on-existing skip|truncate|append`",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
