//! Timeouts of roles and databases.
use super::super::{Asks, Check, Severity, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "session-timeouts",
    severity: Severity::Note,
    looks_for: "Timeouts that new sessions of our role begin with",
    advice: "nothing for a run; think of the applications, whose sessions have them too",
    asks: Asks::NOTHING,
    judge: |facts| {
        let mut found = Vec::new();
        for (side, known) in facts.sides() {
            let set = NAMES.iter().filter_map(|name| Some((name, known.setting(name)?)));
            let set =
                set.filter(|(_, value)| *value != "0").map(|(name, value)| format!("{name} ({value} ms)"));
            let objects: Vec<String> = set.collect();
            if !objects.is_empty() {
                let text = format!("timeouts on the {side}, which pgmigrate sets to 0 for its own sessions");
                found.push(Found::new(text).objects(objects));
            }
        }
        Ok(found)
    },
};

const NAMES: [&str; 5] = [
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "transaction_timeout",
];
