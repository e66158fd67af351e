//! `CREATE FOREIGN DATA WRAPPER`, but for those that an extension brings.
use serde::Deserialize;

use super::{
    Entry, Kind, ObjectId, Queries, Separate,
    fdw_option::{FdwOption, options_clause},
};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_foreign_data_wrapper`.
#[derive(Debug, Clone, Deserialize)]
pub struct ForeignDataWrapper {
    oid: Oid,
    name: Ident,
    owner: String,
    handler: Option<QualifiedName>,
    validator: Option<QualifiedName>,
    options: Vec<FdwOption>,
}

impl Kind for ForeignDataWrapper {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/foreign_data_wrapper.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("FOREIGN DATA WRAPPER {}", self.name);
        let function = |word: &str, name: &Option<QualifiedName>| {
            name.as_ref().map_or(String::new(), |name| format!(" {word} {name}"))
        };
        entries.push(
            Entry::new(
                ObjectId::new(catalog::FOREIGN_DATA_WRAPPER, self.oid),
                "foreign_data_wrapper",
                identity.clone(),
                ["", self.name.as_str(), ""],
            )
            .create(format!(
                "CREATE {identity}{}{}{}",
                function("HANDLER", &self.handler),
                function("VALIDATOR", &self.validator),
                options_clause(&self.options)
            ))
            .owner(&self.owner)
            .grant_on(identity),
        );
    }
}
