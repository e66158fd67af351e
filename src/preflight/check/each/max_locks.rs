//! Room for locks: a run holds one on every table at once.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "max-locks",
    severity: Severity::Warning,
    looks_for: "Sources with so many tables that the locks of a run take more than half of the \
        shared lock table",
    advice: "raise `max_locks_per_transaction` on the source, which needs a restart",
    asks: Asks::source(include_str!("sql/tables.sql")),
    judge: |facts| {
        let tables = facts.objects(Side::Source)?.len();
        let number = |name: &str| facts.source.number(name).unwrap_or_default();
        let room = number("max_locks_per_transaction")
            * (number("max_connections") + number("max_prepared_transactions"));
        let tables = i64::try_from(tables).unwrap_or(i64::MAX);
        when(room > 0 && tables > room / 2, || {
            Found::new(format!(
                "the run locks {tables} tables at once, and the source has room for about {room} locks"
            ))
        })
    },
};
