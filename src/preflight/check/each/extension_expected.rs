//! Extensions that are left to the target.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "extension-expected",
    severity: Severity::Error,
    looks_for: "Extensions that are excluded, needed by what is carried, and not there",
    advice: "create them in the target database, or take them out of `extensions`",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
