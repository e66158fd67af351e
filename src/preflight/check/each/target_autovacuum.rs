//! Autovacuum of the target.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-autovacuum",
    severity: Severity::Warning,
    looks_for: "Targets on which autovacuum is off",
    advice: "switch `autovacuum` on before applications come",
    asks: Asks::NOTHING,
    judge: |facts| when(facts.target.is_off("autovacuum"), || Found::new("autovacuum is off on the target")),
};
