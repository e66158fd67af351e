//! The globals of a server as plain data, and what the user wants of them.
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{
    catalog::Note,
    config::{OnExistingRole, RolesMode, Secret, Settings, Without},
    object::{Membership, Role},
    pg::{AclItem, Ident, ServerVersion},
};

/// Everything of a server that belongs to no database; predefined roles and the tablespaces of initdb are left out.
#[derive(Debug, Clone)]
pub struct Globals {
    /// The server's version.
    pub version: ServerVersion,
    /// `session_user`
    pub login: String,
    /// The role that initdb made (OID 10): it has every right, and grants what superusers grant.
    pub bootstrap: String,
    /// Roles, by name, with settings and comments.
    pub roles: Vec<Role>,
    /// Password verifiers, by the role's name on its server, where `pg_authid` can be read.
    pub passwords: Option<BTreeMap<String, Secret>>,
    /// Memberships, one a grantor since server 16.
    pub memberships: Vec<Membership>,
    /// Roles that some database of the server uses: owners, grantees, those of policies and settings.
    pub used: BTreeSet<String>,
    /// Tablespaces.
    pub tablespaces: Vec<Tablespace>,
    /// Privileges on parameters (server 15 and newer).
    pub parameters: Vec<ParameterPrivilege>,
    /// Security labels of roles and tablespaces.
    pub labels: Vec<SharedLabel>,
    /// What could not be read.
    pub notes: Vec<Note>,
}

/// A row of `pg_tablespace`.
#[derive(Debug, Clone, Deserialize)]
pub struct Tablespace {
    /// Its name.
    pub name: Ident,
    /// Who owns it.
    pub owner: Ident,
    /// Its directory.
    pub location: String,
    /// `seq_page_cost=2`
    pub options: Vec<String>,
    /// Who may use it.
    pub acl: Vec<AclItem>,
    /// Who may if nobody says otherwise.
    pub base: Vec<AclItem>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A row of `pg_parameter_acl`.
#[derive(Debug, Clone, Deserialize)]
pub struct ParameterPrivilege {
    /// The parameter.
    pub name: String,
    /// Who may set it.
    pub acl: Vec<AclItem>,
}

/// A security label of a role or a tablespace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SharedLabel {
    /// Whether it is a tablespace's.
    pub of_tablespace: bool,
    /// Whose it is.
    pub name: Ident,
    /// The provider.
    pub provider: String,
    /// What it says.
    pub label: String,
}

/// What the user wants of the globals.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Which roles.
    pub mode: RolesMode,
    /// What becomes of those that the target has.
    pub on_existing: OnExistingRole,
    /// Where tablespaces may be made, by their names on the target.
    pub locations: BTreeMap<String, String>,
    /// What stays behind.
    pub without: Without,
}

impl Wish {
    /// That of the settings.
    pub fn of(settings: &Settings) -> Self {
        Self {
            mode: settings.roles,
            on_existing: settings.globals.on_existing,
            locations: settings.globals.locations.clone(),
            without: settings.selection.leaves().clone(),
        }
    }
}

impl Globals {
    /// A role.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name.as_str() == name)
    }

    /// The verifier of a role that may have another name elsewhere; `None` if there is none or it cannot be read.
    pub fn password(&self, role: &Role) -> Option<&Secret> {
        let name = role.name_before().unwrap_or(&role.name);
        self.passwords.as_ref()?.get(name.as_str())
    }

    /// Whether a role is predefined, or there.
    pub fn knows(&self, name: &str) -> bool {
        name.starts_with("pg_") || self.role(name).is_some()
    }
}
