//! Collations whose library was updated under them.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "collation-version",
    severity: Severity::Warning,
    looks_for: "Collations of the source whose recorded version is not that of its library any more",
    advice: "REINDEX what uses them and `ALTER COLLATION … REFRESH VERSION`: an index in the \
        wrong order can hold duplicates, which the target's unique index refuses",
    asks: Asks::source(include_str!("sql/collation_version.sql")),
    judge: |facts| {
        facts.list(Side::Source, "collations with another version than their indexes were built with")
    },
};
