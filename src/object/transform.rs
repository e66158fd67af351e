//! `CREATE TRANSFORM`.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Ident, Oid, catalog};

/// A row of `pg_transform`.
#[derive(Debug, Clone, Deserialize)]
pub struct Transform {
    oid: Oid,
    /// A transform has no schema and goes with its type's; empty for a built-in one.
    schema: String,
    #[serde(rename = "type")]
    type_name: String,
    language: Ident,
    /// With its arguments.
    from_sql: Option<String>,
    /// With its arguments.
    to_sql: Option<String>,
}

impl Kind for Transform {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/transform.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("TRANSFORM FOR {} LANGUAGE {}", self.type_name, self.language);
        let from = self.from_sql.iter().map(|function| format!("FROM SQL WITH FUNCTION {function}"));
        let to = self.to_sql.iter().map(|function| format!("TO SQL WITH FUNCTION {function}"));
        let functions: Vec<String> = from.chain(to).collect();
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TRANSFORM, self.oid),
                "transform",
                identity.clone(),
                [&self.schema, &self.type_name, self.language.as_str()],
            )
            .create(format!("CREATE {identity} (\n    {}\n)", functions.join(",\n    "))),
        );
    }
}
