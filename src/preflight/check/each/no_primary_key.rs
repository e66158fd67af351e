//! Tables without a key.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "no-primary-key",
    severity: Severity::Note,
    looks_for: "Tables of the source without a primary key",
    advice: "nothing for a copy; replication of UPDATE and DELETE needs a key, or REPLICA \
        IDENTITY FULL",
    asks: Asks::source(include_str!("sql/no_primary_key.sql")),
    judge: |facts| facts.list(Side::Source, "tables without a primary key"),
};
