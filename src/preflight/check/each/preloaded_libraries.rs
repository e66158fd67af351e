//! Libraries that a server loads at its start or at a login.
use super::super::{
    Asks, Check, Severity,
    facts::{SideFacts, when},
    finding::Found,
};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "preloaded-libraries",
    severity: Severity::Warning,
    looks_for: "Libraries that the source loads beforehand and the target does not",
    advice: "load them on the target too (`shared_preload_libraries` needs a restart): extensions \
        may refuse to work without",
    asks: Asks::NOTHING,
    judge: |facts| {
        let list = |side: &SideFacts, name: &str| -> Vec<String> {
            let words =
                side.setting(name).unwrap_or_default().split(',').map(|word| word.trim().trim_matches('"'));
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let mut missing = Vec::new();
        for name in NAMES {
            let there = list(facts.target, name);
            let used = list(facts.source, name).into_iter().filter(|library| !there.contains(library));
            missing.extend(used.map(|library| format!("{library} ({name})")));
        }
        when(!missing.is_empty(), || Found::new("libraries that the target does not load").objects(missing))
    },
};

const NAMES: [&str; 3] = ["shared_preload_libraries", "session_preload_libraries", "local_preload_libraries"];
