//! Large objects: OID, owner, privileges, comment. Their contents are rows of `pg_largeobject`, copied as data.
//!
//! A database may have a million of them, so a row of the query and an entry stand for many that have the same owner and
//! the same privileges: one statement makes them all, and only comments cost one each.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Part, Queries, Separate};
use crate::pg::{AclDelta, AclItem, Oid, catalog, handed_over, quote_ident};

/// Large objects of one owner with the same privileges: at most 1000, or 100 with changed privileges, since GRANT locks
/// each of them on some servers, and those locks must fit into the lock table.
#[derive(Debug, Clone, Deserialize)]
pub struct LargeObjects {
    /// The smallest OID of them.
    oid: Oid,
    /// Empty if whoever makes them is to own them.
    owner: String,
    /// In their order; the smallest is among them.
    pub oids: Vec<Oid>,
    /// Those that have a comment or a security label.
    noted: Vec<Oid>,
    acl: Vec<AclItem>,
    base: Vec<AclItem>,
    /// Whether our role may read the contents of any (`SELECT` on `pg_largeobject`).
    pub readable: bool,
    /// Bytes of a full page of contents (`LOBLKSIZE`, a quarter of the server's block).
    pub page_bytes: u32,
    /// Blocks of `pg_largeobject`, which holds the contents of all.
    pub pages: u64,
    /// Size of `pg_largeobject`.
    pub bytes: u64,
}

impl LargeObjects {
    /// Every role that they name.
    pub fn roles(&self) -> Vec<String> {
        let items = self.acl.iter();
        let granted = items.flat_map(|item| [Some(item.grantor.clone()), item.grantee.clone()]).flatten();
        granted.chain([self.owner.clone()]).collect()
    }

    /// Who owns them.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Their privileges.
    pub fn acl_mut(&mut self) -> &mut Vec<AclItem> {
        &mut self.acl
    }

    /// Makes them another's, with what the owner had.
    pub fn hand_over(&mut self, owner: &str) {
        for acl in [&mut self.acl, &mut self.base] {
            *acl = handed_over(std::mem::take(acl), Some(&self.owner), owner);
        }
        owner.clone_into(&mut self.owner);
    }

    /// Gives the roles other names.
    pub fn rename_roles(&mut self, rename: &dyn Fn(&mut String)) {
        rename(&mut self.owner);
        AclItem::rename_roles(&mut self.acl, rename);
        AclItem::rename_roles(&mut self.base, rename);
    }

    /// Leaves them, and what their owner may do, to whoever makes them.
    pub fn disown(&mut self) {
        let owner = std::mem::take(&mut self.owner);
        self.acl.iter_mut().chain(&mut self.base).for_each(|item| item.leave_to_owner(&owner));
    }

    /// Leaves them the privileges that a new one has.
    pub fn leave_privileges(&mut self) {
        self.acl.clone_from(&self.base);
    }

    /// Some of them, in order.
    pub fn only(&self, oids: Vec<Oid>) -> Option<Self> {
        let noted = self.noted.iter().filter(|oid| oids.binary_search(oid).is_ok()).copied().collect();
        Some(Self { oid: *oids.first()?, oids, noted, ..self.clone() })
    }

    /// Takes in others.
    pub fn join(&mut self, other: &Self) {
        self.oids.extend(&other.oids);
        self.oids.sort_unstable();
        self.oid = self.oid.min(other.oid);
        self.note(&other.noted);
    }

    /// Says that these too may have a comment or a label; it does nothing for others than those that it stands for.
    pub fn note(&mut self, noted: &[Oid]) {
        self.noted.extend(noted.iter().filter(|oid| self.oids.binary_search(oid).is_ok()));
        self.noted.sort_unstable();
        self.noted.dedup();
    }

    /// Those that have a comment or a security label.
    pub fn noted(&self) -> &[Oid] {
        &self.noted
    }

    /// Whether both have the same owner and the same privileges.
    pub fn is_like(&self, other: &Self) -> bool {
        let sorted = |acl: &[AclItem]| {
            let mut items = acl.to_vec();
            items.sort();
            items
        };
        self.owner == other.owner && sorted(&self.acl) == sorted(&other.acl)
    }

    fn identity(&self) -> String {
        match self.oids.as_slice() {
            [first, .., last] => format!("LARGE OBJECTS {first} TO {last} ({})", self.oids.len()),
            _ => format!("LARGE OBJECT {}", self.oid),
        }
    }

    fn list(&self, separator: &str) -> String {
        self.oids.iter().map(Oid::to_string).collect::<Vec<_>>().join(separator)
    }
}

impl Kind for LargeObjects {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/large_object.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        // The address of the first is that of its comment; column -2 stands for all of them.
        let id = ObjectId { class: catalog::LARGE_OBJECT, oid: self.oid, sub: -2 };
        let name = self.oid.to_string();
        // Made as their owner: ALTER … OWNER would be a statement for each.
        let mut entry = Entry::new(id, "large_object", self.identity(), ["", &name, ""]);
        let make = format!(
            "SELECT pg_catalog.count(pg_catalog.lo_create(o)) \
             FROM pg_catalog.unnest('{{{}}}'::pg_catalog.oid[]) o",
            self.list(",")
        );
        entry.create = if self.owner.is_empty() {
            vec![make]
        } else {
            vec![format!("SET ROLE {}", quote_ident(&self.owner)), make, "RESET ROLE".to_owned()]
        };
        let on = format!("LARGE OBJECT {}", self.list(", "));
        let privileges = AclDelta::between(&self.base, &self.acl).statements_by(&self.owner, &on, "");
        entry.create.extend(privileges);
        entry.parts = self
            .noted
            .iter()
            .map(|oid| {
                let id = ObjectId::new(catalog::LARGE_OBJECT, *oid);
                Part::new(id, format!("LARGE OBJECT {oid}"))
            })
            .collect();
        entries.push(entry);
    }
}
