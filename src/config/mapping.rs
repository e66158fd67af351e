//! Names that are others on the target: roles and tablespaces. Pure.
use std::collections::BTreeMap;

use super::schema::MapSection;

/// Names of the source and what they are called on the target. Only the source's catalog is renamed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    roles: BTreeMap<String, String>,
    tablespaces: BTreeMap<String, String>,
}

impl Mapping {
    /// The mapping that a file asks for.
    pub fn of_section(section: &MapSection) -> Self {
        Self { roles: section.roles.clone(), tablespaces: section.tablespaces.clone() }
    }

    /// Whether every name stays.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.tablespaces.is_empty()
    }

    /// The new names of roles, by their old ones.
    pub fn roles(&self) -> &BTreeMap<String, String> {
        &self.roles
    }

    /// A role's new name, if it has one.
    pub fn role(&self, name: &str) -> Option<&str> {
        self.roles.get(name).map(String::as_str)
    }

    /// A tablespace's new name, if it has one.
    pub fn tablespace(&self, name: &str) -> Option<&str> {
        self.tablespaces.get(name).map(String::as_str)
    }
}
