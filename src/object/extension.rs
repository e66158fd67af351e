//! `CREATE EXTENSION`: its members come with it, in the version that the source has.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Ident, Oid, catalog, quote_literal};

/// A row of `pg_extension`.
#[derive(Debug, Clone, Deserialize)]
pub struct Extension {
    oid: Oid,
    /// Its name.
    pub name: Ident,
    schema: Ident,
    /// The installed version.
    pub version: String,
}

impl Kind for Extension {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/extension.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        entries.push(
            Entry::new(
                ObjectId::new(catalog::EXTENSION, self.oid),
                "extension",
                format!("EXTENSION {}", self.name),
                ["", self.name.as_str(), ""],
            )
            .create(format!(
                "CREATE EXTENSION {} WITH SCHEMA {} VERSION {}",
                self.name,
                self.schema,
                quote_literal(&self.version)
            )),
        );
    }
}
