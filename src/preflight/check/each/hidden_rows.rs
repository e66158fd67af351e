//! Row-level security and sequences.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "hidden-rows",
    severity: Severity::Error,
    looks_for: "Rows that policies hide from the source's role, and sequences that it may not read",
    advice: "read as a role with BYPASSRLS, or as the owner",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
