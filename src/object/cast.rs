//! `CREATE CAST`.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, catalog};

/// A row of `pg_cast`.
#[derive(Debug, Clone, Deserialize)]
pub struct Cast {
    oid: Oid,
    /// A cast has no schema. It goes with that of its source type, else of its target type, else of its function,
    /// whichever is not built in.
    schema: String,
    source: String,
    target: String,
    /// With its arguments.
    function: Option<String>,
    /// `castmethod`: f (function), i (input and output functions) or b (none).
    method: String,
    /// `castcontext`: i (implicit), a (assignment) or e (explicit).
    context: String,
}

impl Kind for Cast {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/cast.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let types = format!("{} AS {}", self.source, self.target);
        let method = match (&self.function, self.method.as_str()) {
            (Some(function), _) => format!("WITH FUNCTION {function}"),
            (None, "i") => "WITH INOUT".to_owned(),
            (None, _) => "WITHOUT FUNCTION".to_owned(),
        };
        let context = match self.context.as_str() {
            "i" => " AS IMPLICIT",
            "a" => " AS ASSIGNMENT",
            _ => "",
        };
        entries.push(
            Entry::new(
                ObjectId::new(catalog::CAST, self.oid),
                "cast",
                format!("CAST ({types})"),
                [&self.schema, &types, ""],
            )
            .create(format!("CREATE CAST ({types}) {method}{context}")),
        );
    }
}
