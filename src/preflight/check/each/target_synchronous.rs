//! Standbys that every commit of the target waits for.
use super::super::{Asks, Check, Severity, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-synchronous",
    severity: Severity::Warning,
    looks_for: "Targets with synchronous standbys: each commit waits for them, and for ever if they \
        are not there",
    advice: "empty `synchronous_standby_names` for the time of the run, or make sure that the \
        standbys are there",
    asks: Asks::NOTHING,
    judge: |facts| {
        let names = facts.target.setting("synchronous_standby_names").filter(|names| !names.is_empty());
        Ok(names
            .map(|names| Found::new(format!("commits wait for standbys ({names})")))
            .into_iter()
            .collect())
    },
};
