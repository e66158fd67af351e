//! Transactions that wait for their second phase.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "prepared-transactions",
    severity: Severity::Warning,
    looks_for: "Prepared transactions of the source, whose changes no snapshot shows and whose locks \
        stay",
    advice: "COMMIT PREPARED or ROLLBACK PREPARED them",
    asks: Asks::source(
        "SELECT p.gid AS object, 'prepared ' || p.prepared::pg_catalog.timestamp(0) || ' by ' || \
        quote_ident(p.owner) AS detail FROM pg_catalog.pg_prepared_xacts p WHERE p.database = \
        pg_catalog.current_database() ORDER BY p.prepared",
    ),
    judge: |facts| facts.list(Side::Source, "prepared transactions on the source"),
};
