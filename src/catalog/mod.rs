//! The catalog of one database, read under one snapshot: objects of every kind, and what depends on what.
//!
//! Reading is in [`read`](self::read()) alone; the model is plain data, and the same reader serves source and target.
mod bounds;
mod filtered;
mod fit;
mod format;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod graph;
mod large_object;
mod note;
mod padding;
mod permit;
mod properties;
mod read;
mod rename;
mod rights;
mod selection;
mod sizes;
mod statistics;
mod without;

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::{
    config::{Part, Without},
    object::{Membership, Object, ObjectId, Role},
    pg::{AclItem, Ident, ServerVersion},
};

pub use bounds::{estimated_rows, has_rows, read_bounds};
pub use fit::{Unholdable, leave_out, of_objects, unholdable};
pub use format::Types;
pub use graph::Addresses;
pub use large_object::align_large_objects;
pub use note::Note;
pub use padding::{read_padded, trimmed};
pub use permit::permit;
pub use properties::{DatabaseProperties, RoleSettings};
pub use read::{read, read_with_sizes};
pub use rename::{keep_tablespaces, rename, uses_tablespaces};
pub use rights::{OthersSchema, Permits, Reach, Rights, RoleRights};
pub use selection::{Selected, select};
pub use statistics::{ColumnStatistics, RelationStatistics, Statistics, read_statistics};

/// Everything that was read of a database.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// The server's version.
    pub version: ServerVersion,
    /// The database itself.
    pub database: Database,
    /// Its objects, in the order of the kinds, each kind by name.
    pub objects: Vec<Object>,
    /// `pg_depend`, for objects that initdb did not make.
    pub depends: Vec<Depend>,
    /// `pg_description`
    pub comments: HashMap<ObjectId, String>,
    /// `pg_seclabel`
    pub labels: HashMap<ObjectId, Vec<Label>>,
    /// Privileges that are not the default ones.
    pub privileges: HashMap<ObjectId, Privileges>,
    /// What is there and belongs to no kind that is carried.
    pub uncarried: Vec<Uncarried>,
    /// The server's roles, but for the predefined ones.
    pub roles: Vec<Role>,
    /// Who is a member of whom.
    pub memberships: Vec<Membership>,
    /// What stays behind of it; set by the selection.
    pub without: Without,
    /// New names of roles, for owners; all else was renamed when this was set.
    pub renamed_roles: BTreeMap<String, String>,
    /// Owners that are not the source's: the target's role may not make these objects theirs.
    pub owners: HashMap<ObjectId, String>,
}

impl Catalog {
    /// Whether its comments are carried.
    pub fn carries_comments(&self) -> bool {
        !self.without.leaves(Part::Comments)
    }

    /// Whether its privileges are carried.
    pub fn carries_privileges(&self) -> bool {
        !self.without.leaves(Part::Privileges)
    }

    /// The owner of an entry, as the script names it.
    pub fn owner_of(&self, id: ObjectId, name: &str) -> Option<String> {
        let owner = self.owner(name)?;
        Some(self.owners.get(&id).cloned().unwrap_or(owner))
    }

    /// How the script names an object's owner; `None` if it sets none.
    pub fn owner(&self, name: &str) -> Option<String> {
        if self.without.leaves(Part::Owner) {
            return None;
        }
        Some(self.renamed_roles.get(name).map_or(name, String::as_str).to_owned())
    }
}

/// An object of a kind that is not carried (yet).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Uncarried {
    /// As `pg_describe_object` names it.
    pub object: String,
    /// Its schema; empty for none.
    pub schema: String,
    /// Why not, if it is not for its kind.
    pub reason: Option<String>,
}

/// A row of `pg_database`, and the server it is on.
#[derive(Debug, Clone, Deserialize)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: String,
    /// Where its objects are stored, unless it is `pg_default`.
    pub tablespace: Option<Ident>,
    /// Its encoding's name.
    pub encoding: String,
    /// `LC_COLLATE`
    pub collate: String,
    /// `LC_CTYPE`
    pub ctype: String,
    /// `datlocprovider` (server 15 and newer): c, i or b.
    pub locale_provider: Option<String>,
    /// The ICU or builtin locale.
    pub locale: Option<String>,
    /// ICU rules (server 16 and newer).
    pub icu_rules: Option<String>,
    /// Made by initdb, different for each cluster.
    pub system_identifier: String,
    /// What it has besides; set after the rest.
    #[serde(skip)]
    pub properties: DatabaseProperties,
}

/// A row of `pg_depend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depend {
    /// What depends.
    pub dependent: ObjectId,
    /// What it needs.
    pub referenced: ObjectId,
    /// `deptype`
    pub kind: char,
}

/// A security label of an object or a column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Label {
    /// Whose it is.
    pub provider: String,
    /// What it says.
    pub label: String,
}

/// Privileges of an object or a column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Privileges {
    /// What they are.
    pub acl: Vec<AclItem>,
    /// What they would be if nobody had changed them (`acldefault`).
    pub base: Vec<AclItem>,
}
