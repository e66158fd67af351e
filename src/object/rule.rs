//! `CREATE RULE`, but for the one that makes a view.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work, trigger::enabled_words};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_rewrite`.
#[derive(Debug, Clone, Deserialize)]
pub struct Rule {
    oid: Oid,
    name: Ident,
    relation: Oid,
    schema: Ident,
    table_name: Ident,
    enabled: String,
    definition: String,
}

impl Kind for Rule {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/rule.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let table = QualifiedName { schema: self.schema.clone(), name: self.table_name.clone() };
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        let mut entry = Entry::new(
            ObjectId::new(catalog::REWRITE, self.oid),
            "rule",
            format!("RULE {} ON {table}", self.name),
            [self.schema.as_str(), self.table_name.as_str(), self.name.as_str()],
        )
        .create(self.definition.trim_end().trim_end_matches(';'))
        .after(relation)
        .post_data(relation, Work::Catalog);
        if let Some(words) = enabled_words(&self.enabled) {
            entry.create.push(format!("ALTER TABLE {table} {words} RULE {}", self.name));
        }
        entries.push(entry);
    }
}
