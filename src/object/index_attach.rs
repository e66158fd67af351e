//! `ALTER INDEX … ATTACH PARTITION`: an index of a partitioned table becomes valid when all are attached.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_inherits` whose parent is an index.
#[derive(Debug, Clone, Deserialize)]
pub struct IndexAttach {
    index: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    parent: Oid,
    parent_schema: Ident,
    parent_name: Ident,
    relation: Oid,
    /// The constraints that either index belongs to: they must stand first.
    constraints: Vec<Oid>,
}

impl Kind for IndexAttach {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/index_attach.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let parent = QualifiedName { schema: self.parent_schema.clone(), name: self.parent_name.clone() };
        let mut entry = Entry::new(
            ObjectId::new(catalog::INHERITS, self.index),
            "index_attach",
            format!("INDEX ATTACH {} TO {parent}", self.name),
            [self.name.schema.as_str(), self.name.name.as_str(), ""],
        )
        .create(format!("ALTER INDEX {parent} ATTACH PARTITION {}", self.name))
        .after(ObjectId::new(catalog::CLASS, self.index))
        .after(ObjectId::new(catalog::CLASS, self.parent))
        .post_data(ObjectId::new(catalog::CLASS, self.relation), Work::Catalog);
        entry.after.extend(self.constraints.iter().map(|oid| ObjectId::new(catalog::CONSTRAINT, *oid)));
        entries.push(entry);
    }
}
