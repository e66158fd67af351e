//! Password verifiers that cannot be carried.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::{RolesMode, Side};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "passwords-unreadable",
    severity: Severity::Warning,
    looks_for: "Sources whose role may not read `pg_authid`: roles are made without their passwords",
    advice: "read as a superuser, or set the passwords on the target after the run",
    asks: Asks::source(
        "SELECT 1 AS unreadable WHERE NOT has_table_privilege('pg_catalog.pg_authid', 'SELECT')",
    ),
    judge: |facts| {
        let makes_roles = facts.settings.roles != RolesMode::None;
        let unreadable: Vec<serde_json::Value> = facts.rows(Side::Source)?;
        when(makes_roles && !unreadable.is_empty(), || Found::new("the source's role may not read passwords"))
    },
};
