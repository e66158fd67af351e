//! Room for sorting.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-temp-limit",
    severity: Severity::Warning,
    looks_for: "Targets that limit temporary files, which index builds need",
    advice: "set `temp_file_limit` to -1 for the target's role for the time of the run",
    asks: Asks::NOTHING,
    judge: |facts| {
        let limit = facts.target.number("temp_file_limit").unwrap_or(-1);
        when(limit >= 0, || Found::new(format!("`temp_file_limit` is {limit} kB on the target")))
    },
};
