//! `CREATE TEXT SEARCH DICTIONARY`. The files that its options name must be on the target's machine.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_ts_dict`.
#[derive(Debug, Clone, Deserialize)]
pub struct TextSearchDictionary {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    owner: String,
    template: QualifiedName,
    /// Kept by the server as the text of a list of options.
    options: Option<String>,
}

impl Kind for TextSearchDictionary {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/text_search_dictionary.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let options = self.options.as_ref().map_or(String::new(), |options| format!(",\n    {options}"));
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TS_DICT, self.oid),
                "text_search_dictionary",
                format!("TEXT SEARCH DICTIONARY {}", self.name),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!(
                "CREATE TEXT SEARCH DICTIONARY {} (\n    TEMPLATE = {}{options}\n)",
                self.name, self.template
            ))
            .owner(&self.owner),
        );
    }
}
