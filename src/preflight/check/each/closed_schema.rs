//! Schemas of the target that are closed to our role.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "closed-schema",
    severity: Severity::Error,
    looks_for: "Schemas of the target in which its role may not create what is carried there",
    advice: "grant CREATE on them",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
