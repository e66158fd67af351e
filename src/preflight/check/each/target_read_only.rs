//! Targets whose sessions take no writes.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-read-only",
    severity: Severity::Warning,
    looks_for: "Sessions of the target that begin read-only",
    advice: "nothing for a run, which says otherwise for its own; reset \
        `default_transaction_read_only` before applications come",
    asks: Asks::NOTHING,
    judge: |facts| {
        when(facts.target.setting("default_transaction_read_only") == Some("on"), || {
            Found::new("`default_transaction_read_only` is on for new sessions of the target")
        })
    },
};
