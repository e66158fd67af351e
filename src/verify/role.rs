//! Roles. A migration makes those that are missing and leaves the others as they are.
//!
//! Passwords are not compared: most servers let nobody read them, and a verifier differs with its salt.
use std::collections::HashMap;

use super::report::{Check, Outcome, Verdict};
use crate::{catalog::Catalog, config::RolesMode, object::Role};

/// Compares the attributes and settings of the source's roles. Only `roles: all` asks for every one of them; that those
/// which own or may do something are there follows from the definitions.
pub(super) fn compare(mode: RolesMode, source: &Catalog, target: &Catalog) -> Vec<Verdict> {
    if mode == RolesMode::None {
        return Vec::new();
    }
    let there: HashMap<&str, &Role> = target.roles.iter().map(|role| (role.name.as_str(), role)).collect();
    let verdict = |role: &Role| {
        let outcome = match there.get(role.name.as_str()) {
            Some(other) => judge(&role.statements(), &other.statements()),
            None if mode == RolesMode::All => Outcome::MISSING,
            None => return None,
        };
        Some(Verdict::new(Check::Role, format!("ROLE {}", role.name), outcome))
    };
    source.roles.iter().filter_map(verdict).collect()
}

fn judge(source: &[String], target: &[String]) -> Outcome {
    if source == target {
        return Outcome::Equal;
    }
    let detail = super::definition::differing_lines(source, target);
    Outcome::Noted { detail: format!("{detail}\na role that the target has is left as it is") }
}
