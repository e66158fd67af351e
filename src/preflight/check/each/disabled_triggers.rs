//! Triggers and rules that are switched off, or fire for replication only.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "disabled-triggers",
    severity: Severity::Note,
    looks_for: "Triggers and rules of the source that are disabled, or not in their usual mode",
    advice: "nothing: they are in the same mode on the target",
    asks: Asks::source(include_str!("sql/disabled_triggers.sql")),
    judge: |facts| facts.list(Side::Source, "triggers and rules that are not in their usual mode"),
};
