//! Targets that a crash ruins.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-durability",
    severity: Severity::Warning,
    looks_for: "Targets with `fsync` or `full_page_writes` off: after a crash the copy may be \
        damaged without a sign",
    advice: "switch them on in the target's configuration, at the latest before the copy is \
        verified",
    asks: Asks::NOTHING,
    judge: |facts| {
        let off = ["fsync", "full_page_writes"].into_iter().filter(|name| facts.target.is_off(name));
        let off: Vec<String> = off.map(str::to_owned).collect();
        when(!off.is_empty(), || Found::new("settings of the target that are off").objects(off))
    },
};
