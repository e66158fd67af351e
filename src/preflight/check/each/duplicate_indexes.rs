//! Indexes that are there twice.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "duplicate-indexes",
    severity: Severity::Note,
    looks_for: "Indexes of the source that are equal to another one of their table",
    advice: "drop one of them: each is built, kept up and stored for nothing",
    asks: Asks::source(include_str!("sql/duplicate_indexes.sql")),
    judge: |facts| facts.list(Side::Source, "indexes that equal another one"),
};
