//! `GRANT role TO role`, with the options of server 16 and newer.
use serde::Deserialize;

use super::Queries;
use crate::pg::Ident;

/// The query of memberships.
pub const MEMBERSHIP_QUERIES: Queries =
    &[(u32::MAX, include_str!("sql/membership.sql")), (15, include_str!("sql/membership.pg15.sql"))];

/// A row of `pg_auth_members`.
#[derive(Debug, Clone, Deserialize)]
pub struct Membership {
    /// The role that is granted.
    pub role: Ident,
    /// Who gets it.
    pub member: Ident,
    /// Who granted it; empty if that role is gone.
    pub grantor: String,
    admin: bool,
    inherit: Option<bool>,
    set: Option<bool>,
}

impl Membership {
    /// Gives the roles other names.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        for name in [&mut self.role.0, &mut self.member.0, &mut self.grantor] {
            rename(name);
        }
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
        format!("GRANT {} TO {}{with}", self.role, self.member)
    }
}
