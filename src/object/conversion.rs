//! `CREATE CONVERSION`.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog, quote_literal};

/// A row of `pg_conversion`.
#[derive(Debug, Clone, Deserialize)]
pub struct Conversion {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    is_default: bool,
    /// An encoding's name.
    source: String,
    /// An encoding's name.
    target: String,
    function: String,
}

impl Kind for Conversion {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/conversion.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("CONVERSION {}", self.name);
        let default = if self.is_default { "DEFAULT " } else { "" };
        entries.push(
            Entry::new(
                ObjectId::new(catalog::CONVERSION, self.oid),
                "conversion",
                identity.clone(),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!(
                "CREATE {default}{identity} FOR {} TO {} FROM {}",
                quote_literal(&self.source),
                quote_literal(&self.target),
                self.function
            ))
            .owner(&self.owner),
        );
    }
}
