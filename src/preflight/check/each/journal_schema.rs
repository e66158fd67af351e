//! The schemas of pgmigrate's own.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "journal-schema",
    severity: Severity::Warning,
    looks_for: "Schemas named `pgmigrate` or `pgmigrate_undo`, the names of the journal's and of the one that holds what a \
        tuned server's settings were",
    advice: "source: rename it, as it is not carried. Target: `migrate --resume` goes on with the run of a journal, \
        `pgmigrate cleanup` puts settings back, with `--drop-journal` it drops a journal",
    asks: Asks { source: SQL, target: SQL, in_database: true, ..Asks::NOTHING },
    judge: |facts| {
        let mut found = facts.list(Side::Source, "the source has a schema of that name")?;
        found.extend(facts.list(
            Side::Target,
            "the target has the journal of a run that has not ended, settings that wait to be put back, or another \
             schema of that name",
        )?);
        Ok(found)
    },
};

const SQL: &str = "SELECT nspname AS object FROM pg_catalog.pg_namespace \
     WHERE nspname IN ('pgmigrate', 'pgmigrate_undo')";
