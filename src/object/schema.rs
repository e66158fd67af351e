//! `CREATE SCHEMA`
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Ident, Oid, catalog};

/// A row of `pg_namespace`.
#[derive(Debug, Clone, Deserialize)]
pub struct Schema {
    oid: Oid,
    /// Its name.
    pub name: Ident,
    owner: String,
}

impl Kind for Schema {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/schema.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("SCHEMA {}", self.name);
        entries.push(
            Entry::new(
                ObjectId::new(catalog::NAMESPACE, self.oid),
                "schema",
                identity.clone(),
                ["", self.name.as_str(), ""],
            )
            .create(format!("CREATE SCHEMA {}", self.name))
            .owner(&self.owner)
            .grant_on(identity),
        );
    }
}
