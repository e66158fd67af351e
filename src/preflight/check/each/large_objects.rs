//! Large objects.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "large-objects",
    severity: Severity::Note,
    looks_for: "Large objects of the source",
    advice: "nothing: they are carried with owners and privileges; `pg_largeobject` has the bytes \
        of all of them",
    asks: Asks::source(include_str!("sql/large_objects.sql")),
    judge: |facts| facts.list(Side::Source, "large objects"),
};
