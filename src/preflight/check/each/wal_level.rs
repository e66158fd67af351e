//! Whether the source's WAL can be decoded.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "wal-level",
    severity: Severity::Note,
    looks_for: "Sources whose `wal_level` is not logical",
    advice: "nothing for a copy; to follow changes later set `wal_level = logical`, which needs a \
        restart",
    asks: Asks::NOTHING,
    judge: |facts| {
        let level = facts.source.setting("wal_level").unwrap_or("logical");
        when(level != "logical", || Found::new(format!("`wal_level` is {level} on the source")))
    },
};
