//! Partitioned tables.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "partitioned-tables",
    severity: Severity::Note,
    looks_for: "Partitioned tables of the source",
    advice: "nothing: each partition is copied as a table of its own",
    asks: Asks::source(include_str!("sql/partitioned_tables.sql")),
    judge: |facts| facts.list(Side::Source, "partitioned tables"),
};
