//! What the target's database has.
use super::super::{Asks, Check, Severity};
use crate::config::Side;

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-not-empty",
    severity: Severity::Note,
    looks_for: "Relations that the target's database has already",
    advice: "nothing, if they are meant to be there: equal definitions are left as they are",
    asks: Asks::database(include_str!("sql/target_not_empty.sql")),
    judge: |facts| facts.list(Side::Target, "relations that are there already"),
};
