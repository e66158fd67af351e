//! What the role of the target's connection may do there, where it is no superuser. Plain data and its reading; pure.
//!
//! `preflight` asks the target for it, [`permit`](super::permit()) makes the source's objects fit it, and the plan asks it
//! what stands on the target and belongs to others.
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Deserialize;

use crate::{object::RoleLimits, pg::QualifiedName};

/// The answer of the target, of a role that is no superuser.
#[derive(Debug, Clone, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "mirrors the row")]
pub struct Rights {
    /// The role itself.
    pub login: String,
    /// `rolcreaterole`; false too if the user wants no role made.
    pub creates_roles: bool,
    /// `rolcreatedb`
    pub creates_databases: bool,
    /// `rolreplication`
    pub replicates: bool,
    /// `rolbypassrls`
    pub bypasses_row_security: bool,
    /// `rolinherit`: whether a membership gives it the rights of the role, before server 16.
    pub inherits: bool,
    /// Settings that only a superuser may set for a role or a function.
    pub superuser_settings: HashSet<String>,
    /// Languages that it may make no function in.
    pub closed_languages: HashSet<String>,
    /// Foreign data wrappers that it may not use.
    pub closed_wrappers: HashSet<String>,
    /// Extensions that are there.
    pub extensions: HashSet<String>,
    /// Those of them that belong to others.
    pub others_extensions: HashSet<String>,
    /// Available extensions that it may not install.
    pub superuser_extensions: HashSet<String>,
    /// Available extensions that it may install, and that will be a superuser's.
    pub trusted_extensions: HashSet<String>,
    /// Schemas that belong to others, by name.
    pub others_schemas: HashMap<String, OthersSchema>,
    /// Configuration tables of extensions that belong to others.
    pub closed_tables: HashSet<QualifiedName>,
    /// Every role of the server; set after the rest.
    #[serde(default)]
    pub roles: HashMap<String, RoleRights>,
    /// The server's major version; set after the rest.
    #[serde(default)]
    pub major: u32,
    /// Roles that are to be members of it: it cannot be a member of theirs. Set by the catalog that is carried.
    #[serde(default)]
    pub members: BTreeSet<String>,
    /// Whether roles that are missing are left to the user, who is told that they are (`roles.mode: none`).
    #[serde(default)]
    pub expects_roles: bool,
}

/// A schema of the target that belongs to another role.
#[derive(Debug, Clone, Deserialize)]
pub struct OthersSchema {
    /// Who that is.
    pub owner: String,
    /// Whether our role may create in it.
    pub open: bool,
    /// The roles that may.
    pub creators: HashSet<String>,
}

/// A role of the target.
#[derive(Debug, Clone, Deserialize)]
pub struct RoleRights {
    /// Its name.
    pub name: String,
    /// Whether it is one.
    pub superuser: bool,
    /// Whether ours has its rights, and can become it.
    pub usable: bool,
    /// Whether ours may make members of it.
    pub admin: bool,
}

/// What a role of the source can be on the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// An owner: ours is, or can become, a member of it.
    Owns,
    /// A grantee, and no owner.
    Named,
    /// It is not there, and ours may not make it.
    Absent,
}

impl Rights {
    /// What a role can be.
    pub fn reach(&self, role: &str) -> Reach {
        if role == self.login {
            return Reach::Owns;
        }
        match self.roles.get(role) {
            Some(found) if found.usable || self.adopts(role) => Reach::Owns,
            Some(_) => Reach::Named,
            None if self.expects_roles || self.adopts(role) => Reach::Owns,
            None if self.creates_roles => Reach::Named,
            None => Reach::Absent,
        }
    }

    /// Whether ours can make itself a member of a role that it is not yet one of.
    pub fn adopts(&self, role: &str) -> bool {
        if role.starts_with("pg_") || self.members.contains(role) || (self.major < 16 && !self.inherits) {
            return false;
        }
        match self.roles.get(role) {
            Some(found) if found.superuser => false,
            Some(found) => !found.usable && (found.admin || (self.major < 16 && self.creates_roles)),
            None => self.creates_roles,
        }
    }

    /// Whether ours may make members of a role.
    pub fn grants_role(&self, role: &str) -> bool {
        match self.roles.get(role) {
            Some(found) => !found.superuser && (found.admin || (self.major < 16 && self.creates_roles)),
            None => self.creates_roles,
        }
    }

    /// Attributes that ours may give to a role that it makes.
    pub fn role_limits(&self) -> RoleLimits {
        RoleLimits {
            create_database: self.creates_databases || self.major < 16,
            replication: self.replicates && self.major >= 16,
            bypass_row_security: self.bypasses_row_security && self.major >= 16,
        }
    }

    /// Whether what a role owns on the target is ours to change.
    pub fn has_rights_of(&self, role: &str) -> bool {
        role == self.login || self.roles.get(role).is_some_and(|found| found.usable)
    }
}

/// What [`permit`](super::permit()) leaves to the plan.
#[derive(Debug, Clone)]
pub struct Permits {
    /// What it went by.
    pub rights: Rights,
    /// Roles that ours becomes a member of, to own and to grant for them.
    pub adopted: BTreeSet<String>,
    /// (schema, role): owners that may not create in the schema of what they own. ALTER … OWNER asks for it, so they may
    /// for as long as the run lasts.
    pub lent: BTreeSet<(String, String)>,
    /// Tables with rows that it may not make, with all that they need.
    pub lost_tables: Vec<String>,
}
