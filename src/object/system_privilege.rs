//! Privileges and owners of what initdb made, where somebody changed them (`pg_init_privs` holds how they were):
//! `REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC`.
//!
//! `information_schema` keeps no such record, and is left as it is.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Section, Separate};
use crate::pg::{AclDelta, AclItem, Ident, Oid, handed_over, quote_ident};

/// An object of initdb with another owner or other privileges than it came with.
#[derive(Debug, Clone, Deserialize)]
pub struct SystemPrivilege {
    class: Oid,
    oid: Oid,
    /// As GRANT says it.
    keyword: String,
    /// Schema-qualified and quoted, functions with their arguments.
    identity: String,
    owner: String,
    /// Who ran initdb.
    initial_owner: String,
    /// Whether the server lets its owner change: a system catalog's cannot.
    alterable: bool,
    grants: Vec<Grants>,
}

/// The changed privileges of the whole or of a column.
#[derive(Debug, Clone, Deserialize)]
struct Grants {
    column: Option<Ident>,
    acl: Vec<AclItem>,
    base: Vec<AclItem>,
}

impl SystemPrivilege {
    /// What GRANT names: `FUNCTION pg_catalog.pg_sleep(double precision)`.
    fn on(&self) -> String {
        format!("{} {}", self.keyword, self.identity)
    }

    /// Statements that a superuser can run where the object and its columns are there. They take from PUBLIC.
    pub fn probes(&self) -> Vec<String> {
        let on = self.on();
        let column = |grants: &Grants| grants.column.as_ref().map(|column| format!(" ({column})"));
        let columns = self.grants.iter().map(|grants| column(grants).unwrap_or_default());
        columns.map(|column| format!("REVOKE ALL{column} ON {on} FROM PUBLIC")).collect()
    }

    /// Gives the roles other names.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        rename(&mut self.owner);
        rename(&mut self.initial_owner);
        for grants in &mut self.grants {
            AclItem::rename_roles(&mut grants.acl, rename);
            AclItem::rename_roles(&mut grants.base, rename);
        }
    }

    /// Leaves the object, and what its owner may do, to whoever owns it on the target.
    pub fn disown(&mut self) {
        let (owner, initial) = (std::mem::take(&mut self.owner), std::mem::take(&mut self.initial_owner));
        for grants in &mut self.grants {
            grants.acl.iter_mut().for_each(|item| item.leave_to_owner(&owner));
            grants.base.iter_mut().for_each(|item| item.leave_to_owner(&initial));
        }
    }

    /// Leaves the privileges as the target has them; a changed owner is carried still.
    pub fn leave_privileges(&mut self) {
        self.grants.clear();
    }

    /// Every role that its statements name.
    pub fn roles(&self) -> Vec<String> {
        let owner = self.new_owner().map(str::to_owned);
        let items = self.grants.iter().flat_map(|grants| {
            let base = self.base_of(grants);
            let new = grants.acl.iter().filter(|item| !base.contains(item)).cloned();
            let gone = base.iter().filter(|item| !grants.acl.contains(item)).cloned();
            new.chain(gone).collect::<Vec<_>>()
        });
        let named = items.flat_map(|item| {
            let grantor = (item.grantor != self.owner).then_some(item.grantor);
            [grantor, item.grantee]
        });
        named.flatten().chain(owner).collect()
    }

    fn new_owner(&self) -> Option<&str> {
        (self.alterable && self.owner != self.initial_owner).then_some(&self.owner)
    }

    fn base_of(&self, grants: &Grants) -> Vec<AclItem> {
        match self.new_owner() {
            Some(owner) => handed_over(grants.base.clone(), Some(&self.initial_owner), owner),
            None => grants.base.clone(),
        }
    }
}

impl Kind for SystemPrivilege {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/system_privilege.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        // The object's own address means nothing that is made; column -2 stands for what was changed.
        let id = ObjectId { class: self.class, oid: self.oid, sub: -2 };
        let on = self.on();
        let mut entry = Entry::new(id, "system_privilege", format!("PRIVILEGES ON {on}"), ["", &on, ""]);
        entry.section = Section::PostData;
        if let Some(owner) = self.new_owner() {
            entry.create.push(format!("ALTER {on} OWNER TO {}", quote_ident(owner)));
        }
        for grants in &self.grants {
            let column = grants.column.as_ref().map_or(String::new(), Ident::to_string);
            let delta = AclDelta::between(&self.base_of(grants), &grants.acl);
            entry.create.extend(delta.statements_by(&self.owner, &on, &column));
        }
        if !entry.create.is_empty() {
            entries.push(entry);
        }
    }
}
