//! Tables that inherit without being partitions.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "inherited-tables",
    severity: Severity::Note,
    looks_for: "Tables of the source that inherit from others and are no partitions",
    advice: "nothing: each is copied by itself",
    asks: Asks::source(include_str!("sql/inherited_tables.sql")),
    judge: |facts| facts.list(Side::Source, "tables that inherit"),
};
