//! How much WAL the source keeps for a slot.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "slot-wal-limit",
    severity: Severity::Note,
    looks_for: "Sources (13 and newer) that give up a slot when it holds too much WAL",
    advice: "nothing for a copy; to follow changes later let it be larger than what is written \
        during the copy",
    asks: Asks::NOTHING,
    judge: |facts| {
        let most = facts.source.number("max_slot_wal_keep_size").unwrap_or(-1);
        when(most >= 0, || Found::new(format!("`max_slot_wal_keep_size` is {most} MB on the source")))
    },
};
