//! Indexes that a failed command left.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "invalid-indexes",
    severity: Severity::Warning,
    looks_for: "Indexes of the source that are invalid, as CREATE INDEX CONCURRENTLY leaves them \
        when it fails",
    advice: "REINDEX or drop them; they are not carried",
    asks: Asks::source(include_str!("sql/invalid_indexes.sql")),
    judge: |facts| facts.list(Side::Source, "invalid indexes"),
};
