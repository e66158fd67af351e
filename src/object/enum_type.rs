//! `CREATE TYPE … AS ENUM`; labels in their sort order, which is not the order of their OIDs.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog, quote_literal};

/// A row of `pg_type` with its labels.
#[derive(Debug, Clone, Deserialize)]
pub struct EnumType {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    labels: Vec<String>,
}

impl Kind for EnumType {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/enum_type.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let labels: Vec<String> = self.labels.iter().map(|label| quote_literal(label)).collect();
        let identity = format!("TYPE {}", self.name);
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TYPE, self.oid),
                "enum_type",
                identity.clone(),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!("CREATE TYPE {} AS ENUM ({})", self.name, labels.join(", ")))
            .owner(&self.owner)
            .grant_on(identity),
        );
    }
}
