//! Tables that live elsewhere.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "foreign-tables",
    severity: Severity::Note,
    looks_for: "Foreign tables of the source, whose rows are not copied",
    advice: "let the target reach their servers; set the passwords of user mappings there",
    asks: Asks::source(include_str!("sql/foreign_tables.sql")),
    judge: |facts| facts.list(Side::Source, "foreign tables"),
};
