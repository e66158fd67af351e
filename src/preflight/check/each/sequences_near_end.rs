//! Sequences that come to an end.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "sequences-near-end",
    severity: Severity::Warning,
    looks_for: "Sequences of the source that have used more than 90 % of their values",
    advice: "make them `bigint`, with their columns, before or after the move",
    asks: Asks::source(include_str!("sql/sequences_near_end.sql")),
    judge: |facts| facts.list(Side::Source, "sequences near their end"),
};
