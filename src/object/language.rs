//! `CREATE LANGUAGE`.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Ident, Oid, catalog};

/// A row of `pg_language`.
#[derive(Debug, Clone, Deserialize)]
pub struct Language {
    oid: Oid,
    name: Ident,
    owner: String,
    trusted: bool,
    handler: Option<String>,
    inline: Option<String>,
    validator: Option<String>,
}

impl Kind for Language {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/language.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let identity = format!("LANGUAGE {}", self.name);
        let trusted = if self.trusted { "TRUSTED " } else { "" };
        let functions =
            [("HANDLER", &self.handler), ("INLINE", &self.inline), ("VALIDATOR", &self.validator)];
        let functions: String = functions
            .into_iter()
            .filter_map(|(word, function)| Some(format!(" {word} {}", function.as_ref()?)))
            .collect();
        entries.push(
            Entry::new(
                ObjectId::new(catalog::LANGUAGE, self.oid),
                "language",
                identity.clone(),
                ["", self.name.as_str(), ""],
            )
            .create(format!("CREATE {trusted}{identity}{functions}"))
            .owner(&self.owner)
            .grant_on(identity),
        );
    }
}
