//! Gives roles and tablespaces of the source the names that they have on the target. Pure.
use std::collections::BTreeSet;

use super::Globals;
use crate::{
    config::Mapping,
    object::Membership,
    pg::{AclItem, Ident},
};

impl Globals {
    /// Renames wherever a name stands. Of several roles that become one, that which has the name already counts, then the
    /// first.
    pub fn rename(&mut self, mapping: &Mapping) {
        if mapping.is_empty() {
            return;
        }
        let new = |name: &mut String| {
            if let Some(other) = mapping.role(name) {
                other.clone_into(name);
            }
        };
        let is_kept = |name: &str| mapping.role(name).is_none();
        let mut taken: BTreeSet<String> =
            self.roles.iter().map(|role| role.name.0.clone()).filter(|name| is_kept(name)).collect();
        self.roles.retain_mut(|role| match mapping.role(role.name.as_str()) {
            Some(name) => {
                role.rename(name);
                taken.insert(name.to_owned())
            }
            None => true,
        });
        for membership in &mut self.memberships {
            membership.rename_roles(&new);
        }
        self.memberships.retain(|found| found.role != found.member);
        self.memberships.dedup_by(|one, other| same_grant(one, other));
        self.used = self.used.iter().map(|name| renamed(name, &new)).collect();
        new(&mut self.bootstrap);
        for tablespace in &mut self.tablespaces {
            new(&mut tablespace.owner.0);
            AclItem::rename_roles(&mut tablespace.acl, &new);
            AclItem::rename_roles(&mut tablespace.base, &new);
            if let Some(name) = mapping.tablespace(tablespace.name.as_str()) {
                tablespace.name = Ident(name.to_owned());
            }
        }
        for parameter in &mut self.parameters {
            AclItem::rename_roles(&mut parameter.acl, &new);
        }
        for label in &mut self.labels {
            if !label.of_tablespace {
                new(&mut label.name.0);
            } else if let Some(name) = mapping.tablespace(label.name.as_str()) {
                label.name = Ident(name.to_owned());
            }
        }
    }
}

fn renamed(name: &str, new: &dyn Fn(&mut String)) -> String {
    let mut name = name.to_owned();
    new(&mut name);
    name
}

fn same_grant(one: &Membership, other: &Membership) -> bool {
    (&one.role, &one.member, &one.grantor) == (&other.role, &other.member, &other.grantor)
}
