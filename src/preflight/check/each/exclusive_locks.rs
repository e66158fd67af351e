//! Locks for which a run would wait.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "exclusive-locks",
    severity: Severity::Warning,
    looks_for: "Tables of the source that others hold, or wait for, in ACCESS EXCLUSIVE mode",
    advice: "wait for the end of these commands: a run begins with ACCESS SHARE on every table",
    asks: Asks::source(include_str!("sql/exclusive_locks.sql")),
    judge: |facts| facts.list(Side::Source, "tables that others lock"),
};
