//! `ALTER DEFAULT PRIVILEGES`. They come last: set earlier, they would change what the migration makes.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Section, Separate};
use crate::pg::{AclDelta, AclItem, Ident, Oid, catalog};

/// A row of `pg_default_acl`.
#[derive(Debug, Clone, Deserialize)]
pub struct DefaultPrivilege {
    oid: Oid,
    role: Ident,
    schema: Option<Ident>,
    /// `defaclobjtype`
    object_type: String,
    acl: Vec<AclItem>,
    /// What the global ones change (`acldefault`); empty for those of a schema, which only add.
    base: Vec<AclItem>,
}

impl DefaultPrivilege {
    /// Every role that it names.
    pub fn roles(&self) -> Vec<String> {
        let mut roles = vec![self.role.0.clone()];
        for item in self.acl.iter().chain(&self.base) {
            roles.push(item.grantor.clone());
            roles.extend(item.grantee.clone());
        }
        roles
    }

    /// Whose objects it is for.
    pub fn role(&self) -> &Ident {
        &self.role
    }

    /// Leaves out what is granted to others.
    pub fn keep_grantees(&mut self, keep: &dyn Fn(&str) -> bool) {
        self.acl.retain(|item| item.grantee.as_deref().is_none_or(keep));
    }

    /// Gives the roles other names.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        rename(&mut self.role.0);
        AclItem::rename_roles(&mut self.acl, rename);
        AclItem::rename_roles(&mut self.base, rename);
    }

    fn objects(&self) -> &'static str {
        match self.object_type.as_str() {
            "r" => "TABLES",
            "S" => "SEQUENCES",
            "f" => "FUNCTIONS",
            "T" => "TYPES",
            "n" => "SCHEMAS",
            _ => "LARGE OBJECTS",
        }
    }
}

impl Kind for DefaultPrivilege {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/default_privilege.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let in_schema = self.schema.as_ref().map_or(String::new(), |schema| format!(" IN SCHEMA {schema}"));
        let alter = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {}{in_schema}", self.role);
        let schema = self.schema.as_ref().map_or("", Ident::as_str);
        let mut entry = Entry::new(
            ObjectId::new(catalog::DEFAULT_ACL, self.oid),
            "default_privilege",
            format!("DEFAULT PRIVILEGES FOR {}{in_schema} ON {}", self.role, self.objects()),
            [schema, self.role.as_str(), self.objects()],
        );
        entry.section = Section::PostData;
        let delta = AclDelta::between(&self.base, &self.acl);
        entry.create = delta
            .statements(self.objects(), "")
            .iter()
            .map(|statement| format!("{alter} {statement}"))
            .collect();
        entries.push(entry);
    }
}
