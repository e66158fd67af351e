//! `CREATE TYPE` without a definition: types that never got one, and what stands for a type until the functions that it
//! consists of are there.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_type` that is not defined. Nobody can have privileges on it.
#[derive(Debug, Clone, Deserialize)]
pub struct ShellType {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
}

/// The address of the shell that comes before a type: column -1 of the type.
pub(super) fn before(oid: Oid) -> ObjectId {
    ObjectId::new(catalog::TYPE, oid).column(-1)
}

/// The shell that comes before a type. Its owner is whoever makes it, who completes it too.
pub(super) fn entry_before(oid: Oid, namespace: Oid, name: &QualifiedName) -> Entry {
    let sort_name = [name.schema.as_str(), name.name.as_str(), ""];
    Entry::new(before(oid), "shell_type", format!("SHELL TYPE {name}"), sort_name)
        .create(format!("CREATE TYPE {name}"))
        .after(ObjectId::new(catalog::NAMESPACE, namespace))
}

impl Kind for ShellType {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/shell_type.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TYPE, self.oid),
                "shell_type",
                format!("TYPE {}", self.name),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!("CREATE TYPE {}", self.name))
            .owner(&self.owner),
        );
    }
}
