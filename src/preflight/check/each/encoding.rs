//! Encodings between which nothing converts.
use super::super::{Asks, Check, Severity};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "encoding",
    severity: Severity::Error,
    looks_for: "Encodings of source and target between which PostgreSQL cannot convert",
    advice: "create the target database with the source's encoding, or leave its creation to \
        pgmigrate",
    asks: Asks::PLAN,
    judge: |facts| Ok(facts.tried.of(CHECK.id)),
};
