//! Collations of ICU, which is a choice at the server's build.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "icu-missing",
    severity: Severity::Error,
    looks_for: "Collations of the source by ICU, where the target was built without it",
    advice: "install a server that was built with ICU",
    asks: Asks {
        source: include_str!("sql/icu_missing.sql"),
        target: "SELECT 1 AS lacks WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collprovider = 'i')",
        ..Asks::NOTHING
    },
    judge: |facts| {
        let lacks: Vec<serde_json::Value> = facts.rows(Side::Target)?;
        let used = facts.objects(Side::Source)?;
        when(!lacks.is_empty() && !used.is_empty(), || {
            Found::new("collations by ICU, of which the target has none").objects(used)
        })
    },
};
