//! `CREATE TEXT SEARCH TEMPLATE`. It has no owner.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate};
use crate::pg::{Oid, QualifiedName, catalog};

/// A row of `pg_ts_template`. Functions are named as `regproc` names them.
#[derive(Debug, Clone, Deserialize)]
pub struct TextSearchTemplate {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    init: Option<String>,
    lexize: String,
}

impl Kind for TextSearchTemplate {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/text_search_template.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let init = self.init.as_ref().map_or(String::new(), |init| format!("\n    INIT = {init},"));
        entries.push(
            Entry::new(
                ObjectId::new(catalog::TS_TEMPLATE, self.oid),
                "text_search_template",
                format!("TEXT SEARCH TEMPLATE {}", self.name),
                [self.name.schema.as_str(), self.name.name.as_str(), ""],
            )
            .create(format!(
                "CREATE TEXT SEARCH TEMPLATE {} ({init}\n    LEXIZE = {}\n)",
                self.name, self.lexize
            )),
        );
    }
}
