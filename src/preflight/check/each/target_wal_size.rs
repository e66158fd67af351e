//! How often the target checkpoints.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-wal-size",
    severity: Severity::Note,
    looks_for: "Targets with a `max_wal_size` below 1 GB, which checkpoint all the time under load",
    advice: "raise `max_wal_size` for the time of the run; a reload is enough",
    asks: Asks::NOTHING,
    judge: |facts| {
        let megabytes = facts.target.number("max_wal_size").unwrap_or(GIGABYTE);
        when(megabytes < GIGABYTE, || Found::new(format!("`max_wal_size` is {megabytes} MB on the target")))
    },
};

/// In the setting's unit, MB.
const GIGABYTE: i64 = 1024;
