//! What a database has besides its objects, and that lies in catalogs of the whole server. Plain data; pure.
use serde::Deserialize;

use super::Label;
use crate::pg::{AclItem, Ident, handed_over};

/// Properties of a database that CREATE DATABASE does not give it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DatabaseProperties {
    /// Connections that others than superusers may have; -1 for any number.
    pub connection_limit: i32,
    /// Whether it is a template.
    pub is_template: bool,
    /// Its privileges.
    pub acl: Vec<AclItem>,
    /// What they are if nobody says otherwise.
    pub base: Vec<AclItem>,
    /// Its comment.
    pub comment: Option<String>,
    /// Its security labels.
    pub labels: Vec<Label>,
    /// ALTER DATABASE … SET, as elements of `setconfig`.
    pub settings: Vec<String>,
    /// ALTER ROLE … IN DATABASE … SET
    pub role_settings: Vec<RoleSettings>,
}

/// What a role has set in a database.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoleSettings {
    /// The role.
    pub role: Ident,
    /// Elements of `setconfig`.
    pub settings: Vec<String>,
}

impl Default for DatabaseProperties {
    fn default() -> Self {
        Self {
            connection_limit: -1,
            is_template: false,
            acl: Vec::new(),
            base: Vec::new(),
            comment: None,
            labels: Vec::new(),
            settings: Vec::new(),
            role_settings: Vec::new(),
        }
    }
}

impl DatabaseProperties {
    /// Its privileges if it belonged to another role.
    pub fn hand_over(&mut self, before: &str, now: &str) {
        if before != now {
            for acl in [&mut self.acl, &mut self.base] {
                *acl = handed_over(std::mem::take(acl), Some(before), now);
            }
        }
    }

    /// Gives roles other names. What several have set, who are one now, the first has.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        AclItem::rename_roles(&mut self.acl, rename);
        AclItem::rename_roles(&mut self.base, rename);
        let mut known: Vec<RoleSettings> = Vec::new();
        for mut found in std::mem::take(&mut self.role_settings) {
            rename(&mut found.role.0);
            if known.iter().all(|other| other.role != found.role) {
                known.push(found);
            }
        }
        self.role_settings = known;
    }

    /// Roles that it names: grantors, grantees, and those with settings.
    pub fn granted_roles(&self) -> impl Iterator<Item = &str> {
        self.acl.iter().flat_map(|item| item.grantee.as_deref().into_iter().chain([item.grantor.as_str()]))
    }

    /// Keeps the settings for which this holds.
    pub fn keep_settings(&mut self, mut keep: impl FnMut(Option<&Ident>, &str) -> bool) {
        self.settings.retain(|setting| keep(None, setting));
        for found in &mut self.role_settings {
            let role = found.role.clone();
            found.settings.retain(|setting| keep(Some(&role), setting));
        }
        self.role_settings.retain(|found| !found.settings.is_empty());
    }

    /// Every setting, its own and those of roles.
    pub fn all_settings(&self) -> impl Iterator<Item = &String> {
        self.settings.iter().chain(self.role_settings.iter().flat_map(|found| &found.settings))
    }
}
