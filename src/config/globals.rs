//! What the file says of the globals of a server. Pure.
use std::collections::BTreeMap;

use super::schema::{Config, OnExistingRole, RolesVia};

/// How globals are carried.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GlobalsOptions {
    /// What becomes of roles that the target has.
    pub on_existing: OnExistingRole,
    /// Who reads the roles.
    pub via: RolesVia,
    /// By their names on the target: the directories of tablespaces that may be made.
    pub locations: BTreeMap<String, String>,
}

impl GlobalsOptions {
    /// Those of a file.
    pub fn of_config(config: &Config) -> Self {
        Self {
            on_existing: config.roles.on_existing,
            via: config.roles.via,
            locations: config.tablespaces.locations.clone(),
        }
    }
}
