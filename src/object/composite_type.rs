//! `CREATE TYPE … AS (…)`
use serde::Deserialize;

use super::{Column, Entry, Kind, ObjectId, Queries, Separate, removed};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_type` with the columns of its relation.
#[derive(Debug, Clone, Deserialize)]
pub struct CompositeType {
    oid: Oid,
    /// Its row in `pg_class`.
    pub relation: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    /// Filled in from the query of all columns.
    #[serde(skip)]
    pub columns: Vec<Column>,
}

impl Kind for CompositeType {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/composite_type.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let columns: Vec<String> =
            self.columns.iter().map(|column| format!("\n    {}", column.name_and_type())).collect();
        let identity = format!("TYPE {}", self.name);
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        let mut entry = Entry::new(
            ObjectId::new(catalog::TYPE, self.oid),
            "composite_type",
            identity.clone(),
            [self.name.schema.as_str(), self.name.name.as_str(), ""],
        )
        .create(format!("CREATE TYPE {} AS ({}\n)", self.name, columns.join(",")))
        .owner(&self.owner)
        .grant_on(identity);
        // The type depends internally on its relation, and columns depend on the relation's side of it.
        entry.aliases.push(relation);
        entry.parts = self.columns.iter().map(|column| column.part(relation, &self.name)).collect();
        entries.push(entry);
    }

    fn unholdable(&self, target: u32) -> Option<String> {
        self.columns.iter().find_map(|column| removed::type_reason(&column.type_name, target))
    }
}
