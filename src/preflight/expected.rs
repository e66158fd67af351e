//! What a plan may count on though the target does not have it yet: the globals that are brought before it runs.
use std::collections::BTreeSet;

use crate::{catalog::Catalog, object::Membership, plan::Target};

/// What the target will have when the globals are there, by the names that it will have there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// Roles.
    pub roles: BTreeSet<String>,
    /// Roles and their members.
    pub memberships: BTreeSet<[String; 2]>,
    /// Tablespaces.
    pub tablespaces: BTreeSet<String>,
}

impl Expected {
    /// Counts roles and memberships among those of the target. They are as on the source: that is what they are made from.
    pub(super) fn add_to(&self, target: &mut Target, source: &Catalog) {
        let roles = source.roles.iter().filter(|role| self.roles.contains(role.name.as_str()));
        target.roles.extend(roles.cloned());
        let is_expected = |found: &&Membership| {
            self.memberships.contains(&[&found.role, &found.member].map(|name| name.as_str().to_owned()))
        };
        target.memberships.extend(source.memberships.iter().filter(is_expected).cloned());
    }
}
