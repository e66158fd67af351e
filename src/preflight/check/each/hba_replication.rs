//! Rules of the source for replication.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "hba-replication",
    severity: Severity::Note,
    looks_for: "Sources whose pg_hba.conf has no rule that lets `replication` in",
    advice: "nothing for a copy; standbys and base backups need such a rule",
    asks: Asks::source(
        "SELECT line_number FROM pg_catalog.pg_hba_file_rules WHERE 'replication' = ANY (database) AND auth_method <> 'reject'",
    ),
    judge: |facts| {
        let rules: Vec<serde_json::Value> = facts.rows(Side::Source)?;
        when(rules.is_empty(), || Found::new("no rule of pg_hba.conf lets replication in"))
    },
};
