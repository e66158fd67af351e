//! Objects that stay behind.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "left-out",
    severity: Severity::Warning,
    looks_for: "Objects that the target version or its role cannot hold, or that are not carried, \
        with what needs them",
    advice: "read each reason; make by hand what the applications need",
    asks: Asks::PLAN,
    judge: |facts| {
        let objects = facts.tried.notes(true);
        when(!objects.is_empty(), || Found::new("objects that are left out").objects(objects))
    },
};
