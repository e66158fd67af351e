//! Passwords that PostgreSQL is about to give up.
use super::super::{Asks, Check, Severity, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "md5-passwords",
    severity: Severity::Warning,
    looks_for: "Roles whose passwords are stored as MD5, which server 18 calls deprecated",
    advice: "set these passwords anew with `password_encryption = scram-sha-256`",
    asks: Asks::source(
        "SELECT quote_ident(rolname) AS object FROM pg_catalog.pg_authid WHERE rolpassword LIKE 'md5%' ORDER BY 1",
    ),
    judge: |facts| {
        let found = facts.list(Side::Source, "roles whose passwords are stored as MD5")?;
        let is_near = facts.target.version.at_least(18);
        let mild = |found: Found| if is_near { found } else { found.severity(Severity::Note) };
        Ok(found.into_iter().map(mild).collect())
    },
};
