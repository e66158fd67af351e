//! `CREATE TRIGGER`, and whether it is enabled. Clones on partitions come with their parent's.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_trigger`.
#[derive(Debug, Clone, Deserialize)]
pub struct Trigger {
    oid: Oid,
    name: Ident,
    relation: Oid,
    schema: Ident,
    table_name: Ident,
    enabled: String,
    /// `TRIGGER_TYPE_INSERT` in `tgtype` (`catalog/pg_trigger.h`).
    on_insert: bool,
    /// `TRIGGER_TYPE_TRUNCATE`.
    on_truncate: bool,
    /// Of a clone on a partition, which is listed only where it is not enabled as this one is.
    parent: Option<Oid>,
    definition: String,
}

impl Trigger {
    /// Its name and table, if COPY FROM fires it; or TRUNCATE, where the table is emptied before (`truncated`).
    pub fn fires(&self, truncated: bool) -> Option<(&Ident, QualifiedName)> {
        let table = QualifiedName { schema: self.schema.clone(), name: self.table_name.clone() };
        let is_enabled = !matches!(self.enabled.as_str(), "D" | "R");
        (is_enabled && (self.on_insert || truncated && self.on_truncate)).then_some((&self.name, table))
    }

    /// The OID of its table, if COPY FROM fires it where `session_replication_role` is `replica`.
    pub fn fires_as_replica(&self) -> Option<Oid> {
        let is_enabled = matches!(self.enabled.as_str(), "A" | "R");
        (is_enabled && self.on_insert).then_some(self.relation)
    }
}

/// `ALTER TABLE`'s words for `tgenabled` and `ev_enabled`; `None` for the usual O.
pub(super) fn enabled_words(letter: &str) -> Option<&'static str> {
    match letter {
        "D" => Some("DISABLE"),
        "R" => Some("ENABLE REPLICA"),
        "A" => Some("ENABLE ALWAYS"),
        _ => None,
    }
}

impl Kind for Trigger {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/trigger.sql")), (12, include_str!("sql/trigger.pg12.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let table = QualifiedName { schema: self.schema.clone(), name: self.table_name.clone() };
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        let mut entry = Entry::new(
            ObjectId::new(catalog::TRIGGER, self.oid),
            "trigger",
            format!("TRIGGER {} ON {table}", self.name),
            [self.schema.as_str(), self.table_name.as_str(), self.name.as_str()],
        )
        .after(relation)
        .post_data(relation, Work::Catalog);
        if self.parent.is_none() {
            entry.create.push(self.definition.clone());
        }
        entry.after.extend(self.parent.map(|oid| ObjectId::new(catalog::TRIGGER, oid)));
        let words = enabled_words(&self.enabled).or(self.parent.map(|_| "ENABLE"));
        if let Some(words) = words {
            entry.create.push(format!("ALTER TABLE {table} {words} TRIGGER {}", self.name));
        }
        entries.push(entry);
    }
}
