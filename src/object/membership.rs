//! `GRANT role TO role`, with the options of server 16 and newer.
use std::collections::{BTreeMap, btree_map::Entry};

use serde::Deserialize;

use super::Queries;
use crate::pg::Ident;

/// The query of memberships.
pub const MEMBERSHIP_QUERIES: Queries =
    &[(u32::MAX, include_str!("sql/membership.sql")), (15, include_str!("sql/membership.pg15.sql"))];

/// The rows of `pg_auth_members` for a role and a member: since server 16 each grantor has one, and the member can do what any
/// of them allows. One grant gives the same.
#[derive(Debug, Clone, Deserialize)]
pub struct Membership {
    /// The role that is granted.
    pub role: Ident,
    /// Who gets it.
    pub member: Ident,
    /// ADMIN
    pub admin: bool,
    /// INHERIT (server 16 and newer).
    pub inherit: Option<bool>,
    /// SET (server 16 and newer).
    pub set: Option<bool>,
    /// Who granted it, where memberships by several are told apart.
    #[serde(default)]
    pub grantor: Option<Ident>,
}

impl Membership {
    /// Gives the roles other names.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        rename(&mut self.role.0);
        rename(&mut self.member.0);
        if let Some(grantor) = &mut self.grantor {
            rename(&mut grantor.0);
        }
    }

    /// Makes one of several that concern the same role and member: what any of them allows.
    pub fn merge(memberships: &mut Vec<Self>) {
        let mut merged: BTreeMap<(Ident, Ident), Self> = BTreeMap::new();
        for one in memberships.drain(..) {
            match merged.entry((one.role.clone(), one.member.clone())) {
                Entry::Vacant(free) => _ = free.insert(one),
                Entry::Occupied(mut taken) => {
                    let other = taken.get_mut();
                    other.admin |= one.admin;
                    other.inherit = other.inherit.max(one.inherit);
                    other.set = other.set.max(one.set);
                    other.grantor = None;
                }
            }
        }
        memberships.extend(merged.into_values());
    }

    /// The statement, in the words of the target's version.
    pub fn statement(&self, target_major: u32) -> String {
        let mut options = Vec::new();
        if target_major >= 16 {
            options.push(format!("ADMIN {}", if self.admin { "TRUE" } else { "FALSE" }));
            options.extend(self.inherit.map(|on| format!("INHERIT {}", if on { "TRUE" } else { "FALSE" })));
            options.extend(self.set.map(|on| format!("SET {}", if on { "TRUE" } else { "FALSE" })));
        } else if self.admin {
            options.push("ADMIN OPTION".to_owned());
        }
        let with = if options.is_empty() { String::new() } else { format!(" WITH {}", options.join(", ")) };
        let by = self.grantor.as_ref().map(|grantor| format!(" GRANTED BY {grantor}")).unwrap_or_default();
        format!("GRANT {} TO {}{with}{by}", self.role, self.member)
    }
}
