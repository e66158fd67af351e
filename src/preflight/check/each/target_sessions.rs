//! Others in the target's database.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-sessions",
    severity: Severity::Warning,
    looks_for: "Sessions of others in the target's database, which can write there or hold locks",
    advice: "keep applications away until the copy is verified",
    asks: Asks::database(
        "SELECT 'pid ' || a.pid AS object, a.usename AS detail FROM pg_catalog.pg_stat_activity a \
        WHERE a.datname = pg_catalog.current_database() AND a.backend_type = 'client backend' AND \
        a.application_name <> pg_catalog.current_setting('application_name') ORDER BY a.pid",
    ),
    judge: |facts| facts.list(Side::Target, "sessions of others"),
};
