//! `CREATE TEXT SEARCH CONFIGURATION`, with the dictionaries of each type of token.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_ts_config`.
#[derive(Debug, Clone, Deserialize)]
pub struct TextSearchConfiguration {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    parser: QualifiedName,
    mappings: Vec<Mapping>,
}

/// The rows of `pg_ts_config_map` for one type of token.
#[derive(Debug, Clone, Deserialize)]
struct Mapping {
    token: Ident,
    /// In the order in which they are asked.
    dictionaries: Vec<QualifiedName>,
}

impl Kind for TextSearchConfiguration {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/text_search_configuration.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("TEXT SEARCH CONFIGURATION {}", self.name);
        let mut entry = Entry::new(
            ObjectId::new(catalog::TS_CONFIG, self.oid),
            "text_search_configuration",
            identity.clone(),
            [self.name.schema.as_str(), self.name.name.as_str(), ""],
        )
        .create(format!("CREATE {identity} (\n    PARSER = {}\n)", self.parser))
        .owner(&self.owner);
        for Mapping { token, dictionaries } in &self.mappings {
            let names: Vec<String> = dictionaries.iter().map(ToString::to_string).collect();
            let names = names.join(", ");
            entry.create.push(format!("ALTER {identity}\n    ADD MAPPING FOR {token} WITH {names}"));
        }
        entries.push(entry);
    }
}
