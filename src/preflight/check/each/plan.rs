//! Whatever else a plan is refused for.
use super::super::{Asks, Check, Severity, finding::Found};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "plan",
    severity: Severity::Error,
    looks_for: "Reasons for which the plan cannot be made, besides those that have a check of their \
        own",
    advice: "do what the message says; `pgmigrate plan` says it again",
    asks: Asks::PLAN,
    judge: |facts| {
        let mut found = facts.tried.of(CHECK.id);
        found.extend(facts.tried.put_off.as_ref().map(|reason| {
            Found::new(format!("the plan was not tried: {reason}"))
                .severity(Severity::Warning)
                .advice("check again when they are gone")
        }));
        Ok(found)
    },
};
