//! What becomes of the target's WAL.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-archiving",
    severity: Severity::Note,
    looks_for: "Targets that archive their WAL: a copy writes about as much of it as it has rows and \
        indexes",
    advice: "make sure that the archive has room and keeps up, or take a backup after the run \
        instead",
    asks: Asks::NOTHING,
    judge: |facts| {
        let mode = facts.target.setting("archive_mode").unwrap_or("off");
        when(mode != "off", || Found::new(format!("`archive_mode` is {mode} on the target")))
    },
};
