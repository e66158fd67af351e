//! Slots of the source.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "replication-slots",
    severity: Severity::Note,
    looks_for: "Sources on which no replication slot is free, or one was lost",
    advice: "nothing for a copy; to follow changes later raise `max_replication_slots`, or drop \
        slots that nobody needs",
    asks: Asks::source("SELECT slot_name AS object FROM pg_catalog.pg_replication_slots ORDER BY slot_name"),
    judge: |facts| {
        let slots = facts.objects(Side::Source)?;
        let most = facts.source.number("max_replication_slots").unwrap_or_default();
        when(i64::try_from(slots.len()).is_ok_and(|used| used >= most), || {
            Found::new(format!("no replication slot is free on the source: all {most} are used"))
                .objects(slots)
        })
    },
};
