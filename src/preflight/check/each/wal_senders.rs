//! WAL senders of the source.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "wal-senders",
    severity: Severity::Note,
    looks_for: "Sources on which no WAL sender is free",
    advice: "nothing for a copy; to follow changes later raise `max_wal_senders`, which needs a \
        restart",
    asks: Asks::source("SELECT 'pid ' || pid AS object FROM pg_catalog.pg_stat_replication ORDER BY pid"),
    judge: |facts| {
        let used = facts.objects(Side::Source)?;
        let most = facts.source.number("max_wal_senders").unwrap_or_default();
        when(i64::try_from(used.len()).is_ok_and(|used| used >= most), || {
            Found::new(format!("no WAL sender is free on the source: all {most} are used")).objects(used)
        })
    },
};
