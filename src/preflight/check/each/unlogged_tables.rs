//! Tables that are not in the WAL.
use super::super::{Asks, Check, Severity, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "unlogged-tables",
    severity: Severity::Error,
    looks_for: "Unlogged tables of the source; a standby has none of their rows",
    advice: "copy from the primary, or exclude them",
    asks: Asks::source(include_str!("sql/unlogged_tables.sql")),
    judge: |facts| {
        let unread = facts.source.in_hot_standby;
        let text = if unread { "unlogged tables, which a standby cannot read" } else { "unlogged tables" };
        let mild = |found: Found| {
            if unread {
                return found;
            }
            found
                .severity(Severity::Note)
                .advice("nothing: they are unlogged on the target too, where a crash empties them")
        };
        Ok(facts.list(Side::Source, text)?.into_iter().map(mild).collect())
    },
};
