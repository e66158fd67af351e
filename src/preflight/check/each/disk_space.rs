//! Room on the target's disks, which PostgreSQL does not tell.
use super::super::{Asks, Check, Severity, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "disk-space",
    severity: Severity::Note,
    looks_for: "How much the source takes on disk; a server does not say what is free",
    advice: "look at the target's disks: they need about as much, and room for WAL and for \
        sorting the largest index",
    asks: Asks::source(
        "SELECT pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(pg_catalog.current_database())) AS object",
    ),
    judge: |facts| {
        let sizes = facts.objects(Side::Source)?;
        Ok(sizes
            .into_iter()
            .map(|size| Found::new(format!("the source's database takes {size} on disk")))
            .collect())
    },
};
