//! Roles that nobody makes.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-roles",
    severity: Severity::Error,
    looks_for: "Roles that the copy needs and that are neither there nor made",
    advice: "create them there, or let them be made with `roles: { mode: referenced }`",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
