//! What the target writes into its log.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-statement-log",
    severity: Severity::Warning,
    looks_for: "Targets that log statements, among them those that set password verifiers",
    advice: "set `log_statement = none` for the target's role for the time of the run: a verifier \
        in a log is as good as in `pg_authid`",
    asks: Asks::NOTHING,
    judge: |facts| {
        let logged = facts.target.setting("log_statement").unwrap_or("none");
        when(logged != "none", || Found::new(format!("`log_statement` is {logged} on the target")))
    },
};
