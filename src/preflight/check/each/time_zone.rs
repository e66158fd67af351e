//! Time zones of new sessions.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "time-zone",
    severity: Severity::Warning,
    looks_for: "Sessions of the target that begin with another time zone than those of the source",
    advice: "set it: `ALTER DATABASE … SET timezone`, or in the target's configuration file",
    asks: Asks::NOTHING,
    judge: |facts| {
        let zones = [facts.source, facts.target].map(|side| side.setting("TimeZone").unwrap_or_default());
        when(zones[0] != zones[1], || {
            Found::new(format!(
                "sessions begin with time zone {} on the source, {} on the target",
                zones[0], zones[1]
            ))
        })
    },
};
