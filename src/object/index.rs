//! `CREATE INDEX`, for indexes that belong to no constraint.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work, materialized_view};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_index` with its `pg_class`.
#[derive(Debug, Clone, Deserialize)]
pub struct Index {
    oid: Oid,
    #[serde(flatten)]
    name: QualifiedName,
    /// `relkind`: i or I.
    kind: String,
    relation: Oid,
    table_schema: Ident,
    table_name: Ident,
    /// `relkind` of the relation it is on.
    relation_kind: String,
    clustered: bool,
    replica_identity: bool,
    /// Unless it is the database's own.
    pub(super) tablespace: Option<Ident>,
    /// The end of the definition of a partial index.
    predicate: Option<String>,
    /// Without its tablespace.
    definition: String,
    /// Size on the source; `None` if it was dropped meanwhile.
    bytes: Option<u64>,
    /// Statistics targets of its expressions.
    statistics: Vec<Statistics>,
}

#[derive(Debug, Clone, Deserialize)]
struct Statistics {
    column: i32,
    target: i32,
}

impl Index {
    /// TABLESPACE stands before WHERE.
    fn text(&self) -> String {
        let Some(tablespace) = &self.tablespace else { return self.definition.clone() };
        let predicate = self.predicate.as_deref().unwrap_or_default();
        match self.definition.strip_suffix(predicate) {
            Some(head) => format!("{head} TABLESPACE {tablespace}{predicate}"),
            None => self.definition.clone(),
        }
    }
}

impl Kind for Index {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/index.sql")), (16, include_str!("sql/index.pg16.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        let table = QualifiedName { schema: self.table_schema.clone(), name: self.table_name.clone() };
        let is_view = self.relation_kind == "m";
        let (alter, only) = if is_view { ("MATERIALIZED VIEW", "") } else { ("TABLE", "ONLY ") };
        let alter = format!("ALTER {alter} {only}{table}");
        // The index of a partitioned table is empty by itself.
        let work = if self.kind == "I" { Work::Catalog } else { Work::Scan };
        let mut entry = Entry::new(
            ObjectId::new(catalog::CLASS, self.oid),
            "index",
            format!("INDEX {}", self.name),
            [self.name.schema.as_str(), self.name.name.as_str(), ""],
        )
        .create(self.text())
        .after(relation)
        .size(self.bytes.unwrap_or_default())
        .post_data(relation, work);
        if is_view {
            entry = entry.after(materialized_view::contents(self.relation));
        }
        for Statistics { column, target } in &self.statistics {
            entry
                .create
                .push(format!("ALTER INDEX {} ALTER COLUMN {column} SET STATISTICS {target}", self.name));
        }
        if self.clustered {
            entry.create.push(format!("{alter} CLUSTER ON {}", self.name.name));
        }
        if self.replica_identity {
            entry.create.push(format!("{alter} REPLICA IDENTITY USING INDEX {}", self.name.name));
        }
        entries.push(entry);
    }
}
