//! Privileges of an extension's members that somebody changed after it was created (`pg_init_privs` holds what it
//! came with).
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{AclDelta, AclItem, Ident, Oid, catalog};

/// A member of an extension with other privileges than it came with.
#[derive(Debug, Clone, Deserialize)]
pub struct ExtensionPrivilege {
    class: Oid,
    oid: Oid,
    /// The column's number, 0 for the whole.
    sub: i32,
    column_name: Option<Ident>,
    extension: Oid,
    /// As `pg_identify_object` says: function, table, view, sequence, type, …
    object_type: String,
    /// Schema-qualified and quoted, functions with their arguments.
    identity: String,
    owner: String,
    acl: Vec<AclItem>,
    base: Vec<AclItem>,
}

impl ExtensionPrivilege {
    /// Every role that it names.
    pub fn roles(&self) -> Vec<String> {
        let items = self.acl.iter().chain(&self.base);
        items.flat_map(|item| [Some(item.grantor.clone()), item.grantee.clone()]).flatten().collect()
    }

    /// Gives the roles other names.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        rename(&mut self.owner);
        AclItem::rename_roles(&mut self.acl, rename);
        AclItem::rename_roles(&mut self.base, rename);
    }

    /// Leaves the owner's privileges to whoever owns the extension's members.
    pub fn disown(&mut self) {
        let owner = std::mem::take(&mut self.owner);
        self.acl.iter_mut().chain(&mut self.base).for_each(|item| item.leave_to_owner(&owner));
    }

    fn grant_on(&self) -> String {
        let keyword = match self.object_type.as_str() {
            "sequence" => "SEQUENCE",
            "procedure" => "PROCEDURE",
            "function" | "aggregate" | "window function" => "FUNCTION",
            "schema" => "SCHEMA",
            "server" => "FOREIGN SERVER",
            "language" => "LANGUAGE",
            "type" => "TYPE",
            "foreign-data wrapper" => "FOREIGN DATA WRAPPER",
            _ => "TABLE",
        };
        format!("{keyword} {}", self.identity)
    }
}

impl Kind for ExtensionPrivilege {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/extension_privilege.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        // The member's own address means its extension; columns below -1000 stand for what was changed.
        let id = ObjectId { class: self.class, oid: self.oid, sub: -1000 - self.sub };
        let on = self.grant_on();
        let column = self.column_name.as_ref().map_or(String::new(), Ident::to_string);
        let name = if column.is_empty() { on.clone() } else { format!("{on} ({column})") };
        let mut entry =
            Entry::new(id, "extension_privilege", format!("PRIVILEGES ON {name}"), ["", &name, ""])
                .after(ObjectId::new(catalog::EXTENSION, self.extension));
        entry.create = AclDelta::between(&self.base, &self.acl).statements_by(&self.owner, &on, &column);
        entries.push(entry);
    }
}
