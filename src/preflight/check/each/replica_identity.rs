//! Tables whose changes nobody could apply.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "replica-identity",
    severity: Severity::Note,
    looks_for: "Tables of the source whose replica identity is NOTHING, or an index that is gone",
    advice: "for replication: `ALTER TABLE … REPLICA IDENTITY` DEFAULT with a primary key, USING \
        INDEX, or FULL",
    asks: Asks::source(include_str!("sql/replica_identity.sql")),
    judge: |facts| facts.list(Side::Source, "tables without a replica identity, by choice"),
};
