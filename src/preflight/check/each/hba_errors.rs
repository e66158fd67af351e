//! Rules that a server cannot read.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "hba-errors",
    severity: Severity::Warning,
    looks_for: "Lines of pg_hba.conf with an error: a reload leaves the old rules, a restart fails",
    advice: "correct the lines, and reload",
    asks: Asks { source: SQL, target: SQL, ..Asks::NOTHING },
    judge: |facts| {
        let mut found = facts.list(Side::Source, "lines of the source's pg_hba.conf that it cannot read")?;
        found.extend(facts.list(Side::Target, "lines of the target's pg_hba.conf that it cannot read")?);
        Ok(found)
    },
};

const SQL: &str = "SELECT 'line ' || line_number AS object, error AS detail FROM pg_catalog.pg_hba_file_rules \
     WHERE error IS NOT NULL ORDER BY line_number";
