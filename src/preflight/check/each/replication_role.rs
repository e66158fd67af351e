//! Whether the source's role may replicate.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::pg::quote_ident;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "replication-role",
    severity: Severity::Note,
    looks_for: "Sources whose role has no REPLICATION",
    advice: "nothing for a copy; to follow changes later `ALTER ROLE … REPLICATION`",
    asks: Asks::NOTHING,
    judge: |facts| {
        let role = &facts.source.standing;
        when(!role.replicates, || {
            Found::new(format!("the source's role {} may not replicate", quote_ident(&role.login)))
        })
    },
};
