//! `CREATE ACCESS METHOD`, for indexes and (server 12 and newer) tables.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Ident, Oid, catalog};

/// A row of `pg_am`. Access methods have no owner.
#[derive(Debug, Clone, Deserialize)]
pub struct AccessMethod {
    oid: Oid,
    name: Ident,
    /// `amtype`: i or t.
    kind: String,
    handler: String,
}

impl Kind for AccessMethod {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/access_method.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("ACCESS METHOD {}", self.name);
        let kind = if self.kind == "t" { "TABLE" } else { "INDEX" };
        entries.push(
            Entry::new(
                ObjectId::new(catalog::AM, self.oid),
                "access_method",
                identity.clone(),
                ["", self.name.as_str(), ""],
            )
            .create(format!("CREATE {identity} TYPE {kind} HANDLER {}", self.handler)),
        );
    }
}
