//! `CREATE TYPE … AS RANGE`, with its multirange type (server 14 and newer).
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, shell_type};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_range` with its type.
#[derive(Debug, Clone, Deserialize)]
pub struct RangeType {
    oid: Oid,
    namespace: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    subtype: String,
    subtype_opclass: Option<QualifiedName>,
    collation: Option<QualifiedName>,
    canonical: Option<String>,
    subtype_diff: Option<String>,
    /// It can stand in another schema.
    multirange: Option<QualifiedName>,
}

impl RangeType {
    fn options(&self) -> Vec<String> {
        let mut options = vec![format!("subtype = {}", self.subtype)];
        if let Some(multirange) = &self.multirange {
            options.push(format!("multirange_type_name = {multirange}"));
        }
        if let Some(opclass) = &self.subtype_opclass {
            options.push(format!("subtype_opclass = {opclass}"));
        }
        if let Some(collation) = &self.collation {
            options.push(format!("collation = {collation}"));
        }
        if let Some(canonical) = &self.canonical {
            options.push(format!("canonical = {canonical}"));
        }
        if let Some(diff) = &self.subtype_diff {
            options.push(format!("subtype_diff = {diff}"));
        }
        options
    }
}

impl Kind for RangeType {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/range_type.sql")), (13, include_str!("sql/range_type.pg13.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("TYPE {}", self.name);
        // Its canonical function takes and returns it.
        if self.canonical.is_some() {
            entries.push(shell_type::entry_before(self.oid, self.namespace, &self.name));
        }
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TYPE, self.oid),
                "range_type",
                identity.clone(),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!(
                "CREATE TYPE {} AS RANGE (\n    {}\n)",
                self.name,
                self.options().join(",\n    ")
            ))
            .owner(&self.owner)
            .grant_on(identity)
            .after(shell_type::before(self.oid)),
        );
    }
}
