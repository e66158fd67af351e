//! What the source does not let us read, or does not have.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "source-catalog",
    severity: Severity::Error,
    looks_for: "Tables that the source's role may not read, and names of the configuration that the \
        source does not have",
    advice: "grant what is named, or exclude it",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
