//! Checksums of the target's pages.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-checksums",
    severity: Severity::Note,
    looks_for: "Targets without data checksums",
    advice: "switch them on with pg_checksums while the target is empty and down",
    asks: Asks::NOTHING,
    judge: |facts| {
        when(facts.target.is_off("data_checksums"), || Found::new("the target has no data checksums"))
    },
};
