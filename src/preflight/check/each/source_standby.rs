//! Sources that are standbys: replay can take a snapshot away.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "source-standby",
    severity: Severity::Warning,
    looks_for: "Sources that are standbys, and whether replay may cancel the run there",
    advice: "set `hot_standby_feedback = on`, or `max_standby_streaming_delay = -1`, on the \
        standby for the time of the run",
    asks: Asks::NOTHING,
    judge: |facts| {
        let standby = facts.source;
        let is_held = !standby.is_off("hot_standby_feedback")
            || (standby.number("max_standby_streaming_delay") == Some(-1)
                && standby.number("max_standby_archive_delay") == Some(-1));
        when(standby.in_hot_standby, || {
            if is_held {
                Found::new("the source is a standby; replay waits for the run, or the primary keeps its rows")
                    .severity(Severity::Note)
                    .advice("nothing; the run cannot copy unlogged tables from there")
            } else {
                Found::new("the source is a standby whose replay may cancel the run")
            }
        })
    },
};
