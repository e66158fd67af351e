//! Constraints that not every row keeps.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "not-valid-constraints",
    severity: Severity::Note,
    looks_for: "Constraints of the source that are NOT VALID",
    advice: "VALIDATE them, or let them be: they are NOT VALID on the target too",
    asks: Asks::source(include_str!("sql/not_valid_constraints.sql")),
    judge: |facts| facts.list(Side::Source, "constraints that are NOT VALID"),
};
