//! Objects that are not the same on the target.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "carried-differently",
    severity: Severity::Note,
    looks_for: "Objects that are carried in another way, or in part",
    advice: "read each reason",
    asks: Asks::PLAN,
    judge: |facts| {
        let objects = facts.tried.notes(false);
        when(!objects.is_empty(), || Found::new("what the plan says of single objects").objects(objects))
    },
};
