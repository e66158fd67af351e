//! What kind of role makes the copy.
use super::super::{Asks, Check, Severity, facts::when, finding::Found};
use crate::{config::RolesMode, pg::quote_ident};

pub(in crate::preflight::check) const CHECK: Check = Check {
    id: "target-role",
    severity: Severity::Warning,
    looks_for: "Roles of the target that are no superuser, and what they lack",
    advice: "see docs/without-superuser.md; grant CREATEROLE, or let `roles: { mode: none }` \
        expect the roles to be there",
    asks: Asks::NOTHING,
    judge: |facts| {
        let role = &facts.target.standing;
        let makes_roles = facts.settings.roles != RolesMode::None;
        when(!role.superuser, || {
            if makes_roles && !role.creates_roles {
                return Found::new(format!(
                    "the target's role {} may not create roles",
                    quote_ident(&role.login)
                ));
            }
            Found::new(format!("the target's role {} is no superuser", quote_ident(&role.login)))
                .severity(Severity::Note)
                .advice("read what is left out or adapted in the notes of the plan")
        })
    },
};
