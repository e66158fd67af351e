//! Poolers between us and a server, see [`super::super::meeting`].
use super::super::{Asks, Check, Severity, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "pooled-endpoint",
    severity: Severity::Error,
    looks_for: "Endpoints that lend a server process for a transaction (PgBouncer and its like), or \
        that answer the login themselves",
    advice: "connect to the server itself, or to a pool of the pooler's that keeps sessions \
        (`pool_mode = session`)",
    asks: Asks::MEETING,
    judge: |facts| {
        let found = facts.sides().into_iter().filter_map(|(side, known)| {
            if known.meeting.lends_processes() {
                return Some(Found::new(format!(
                    "the {side} is reached through a pooler that lends server processes: \
                     snapshot, locks and settings of a session would be lost"
                )));
            }
            known.meeting.has_pooler().then(|| {
                Found::new(format!(
                    "the {side} is reached through a pooler, which keeps sessions as far as it shows"
                ))
                .severity(Severity::Warning)
            })
        });
        Ok(found.collect())
    },
};
