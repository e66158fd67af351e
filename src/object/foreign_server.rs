//! `CREATE SERVER`, of a foreign data wrapper.
use serde::Deserialize;

use super::{
    Entry, Kind, ObjectId, Queries, Separate,
    fdw_option::{FdwOption, options_clause},
};
use crate::pg::{Ident, Oid, catalog, quote_literal};

/// A row of `pg_foreign_server`. Everybody may read its options: there is nothing secret in them.
#[derive(Debug, Clone, Deserialize)]
pub struct ForeignServer {
    oid: Oid,
    name: Ident,
    owner: String,
    wrapper: Ident,
    server_type: Option<String>,
    version: Option<String>,
    options: Vec<FdwOption>,
}

impl ForeignServer {
    /// Its foreign data wrapper.
    pub fn wrapper(&self) -> &str {
        self.wrapper.as_str()
    }
}

impl Kind for ForeignServer {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/foreign_server.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let clause = |word: &str, value: &Option<String>| {
            value.as_ref().map_or(String::new(), |value| format!(" {word} {}", quote_literal(value)))
        };
        entries.push(
            Entry::new(
                ObjectId::new(catalog::FOREIGN_SERVER, self.oid),
                "foreign_server",
                format!("SERVER {}", self.name),
                ["", self.name.as_str(), ""],
            )
            .create(format!(
                "CREATE SERVER {}{}{} FOREIGN DATA WRAPPER {}{}",
                self.name,
                clause("TYPE", &self.server_type),
                clause("VERSION", &self.version),
                self.wrapper,
                options_clause(&self.options)
            ))
            .owner(&self.owner)
            .grant_on(format!("FOREIGN SERVER {}", self.name)),
        );
    }
}
