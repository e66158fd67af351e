//! The database's own collation, whose library was updated under it.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "database-collation-version",
    severity: Severity::Warning,
    looks_for: "Source databases (15 and newer) whose recorded collation version is not that of the \
        library any more",
    advice: "REINDEX the source and `ALTER DATABASE … REFRESH COLLATION VERSION`: an index in the \
        wrong order can hold duplicates, which the target's unique index refuses",
    asks: Asks { since: 15, ..Asks::source(include_str!("sql/database_collation_version.sql")) },
    judge: |facts| {
        facts.list(Side::Source, "a database with another version than its indexes were built with")
    },
};
