//! `CREATE TEXT SEARCH PARSER`. It has no owner.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_ts_parser`. Functions are named as `regproc` names them.
#[derive(Debug, Clone, Deserialize)]
pub struct TextSearchParser {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    start: String,
    gettoken: String,
    end: String,
    headline: Option<String>,
    lextypes: String,
}

impl Kind for TextSearchParser {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/text_search_parser.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let mut text = format!(
            "CREATE TEXT SEARCH PARSER {} (\n    START = {},\n    GETTOKEN = {},\n    END = {}",
            self.name, self.start, self.gettoken, self.end
        );
        if let Some(headline) = &self.headline {
            text += &format!(",\n    HEADLINE = {headline}");
        }
        text += &format!(",\n    LEXTYPES = {}\n)", self.lextypes);
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TS_PARSER, self.oid),
                "text_search_parser",
                format!("TEXT SEARCH PARSER {}", self.name),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(text),
        );
    }
}
