//! `PRIMARY KEY`, `UNIQUE` and `EXCLUDE` constraints.
//!
//! A key of a plain table is made in two steps: its unique index, which locks less and can be built beside the
//! table's other indexes, and the constraint that takes it over. How it was made cannot be seen afterwards.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Part, Queries, Separate, Work, reloption};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_constraint` with its index.
#[derive(Debug, Clone, Deserialize)]
pub struct Key {
    oid: Oid,
    name: Ident,
    /// `contype`: p, u or x.
    kind: String,
    /// Its table.
    pub relation: Oid,
    schema: Ident,
    table_name: Ident,
    /// `relkind` of the table.
    relation_kind: String,
    /// Whether its table is a child by inheritance.
    inherits: bool,
    index: Oid,
    deferrable: bool,
    deferred: bool,
    /// The columns of a key; empty where expressions are excluded.
    pub columns: Vec<Ident>,
    /// Of its index.
    options: Vec<String>,
    /// Of its index, unless it is the database's own.
    pub(super) tablespace: Option<Ident>,
    /// The condition of an exclusion, as it stands in the definition.
    predicate: Option<String>,
    /// Without the tablespace, and for keys without the options.
    definition: String,
    index_definition: String,
    /// Size of the index on the source; `None` if it was dropped meanwhile.
    bytes: Option<u64>,
    access_method: String,
    clustered: bool,
    replica_identity: bool,
}

impl Key {
    /// Its address.
    pub fn id(&self) -> ObjectId {
        ObjectId::new(catalog::CONSTRAINT, self.oid)
    }

    /// Whether it is the primary key.
    pub fn is_primary(&self) -> bool {
        self.kind == "p"
    }

    /// Whether it is a primary key or a UNIQUE: no two rows have the same values in its columns, unless one is NULL.
    pub fn is_unique(&self) -> bool {
        self.kind != "x" && !self.columns.is_empty()
    }

    /// The index of a key of rows, if a trigger completes its check (DEFERRABLE).
    pub fn deferred_index(&self) -> Option<QualifiedName> {
        let is_deferrable = self.deferrable && self.relation_kind == "r";
        is_deferrable.then(|| QualifiedName { schema: self.schema.clone(), name: self.name.clone() })
    }

    /// ADD … USING INDEX wants a plain table and a btree index. On server 18 a primary key that is added so makes the
    /// NOT NULL of a column that a child has from its parent its own; one that is added with its columns leaves it.
    fn takes_an_index(&self) -> bool {
        let keeps_not_null = !(self.inherits && self.is_primary());
        self.kind != "x" && self.relation_kind == "r" && self.access_method == "btree" && keeps_not_null
    }

    fn using_index(&self) -> String {
        let keyword = if self.kind == "p" { "PRIMARY KEY" } else { "UNIQUE" };
        format!("{keyword} USING INDEX {}{}", self.name, self.deferrable())
    }

    fn deferrable(&self) -> &'static str {
        match (self.deferrable, self.deferred) {
            (true, true) => " DEFERRABLE INITIALLY DEFERRED",
            (true, false) => " DEFERRABLE",
            _ => "",
        }
    }

    /// Options and tablespace stand before the condition of an exclusion, and before DEFERRABLE.
    fn text(&self) -> String {
        // The definition of an exclusion has the options already.
        let options = if self.kind == "x" { String::new() } else { reloption::with_clause(&self.options) };
        let tablespace = self.tablespace.as_ref();
        let tablespace = tablespace.map_or(String::new(), |name| format!(" USING INDEX TABLESPACE {name}"));
        let tail = self.predicate.clone().unwrap_or_default() + self.deferrable();
        match self.definition.strip_suffix(tail.as_str()) {
            Some(head) => format!("{head}{options}{tablespace}{tail}"),
            None => self.definition.clone(),
        }
    }

    fn index_text(&self) -> String {
        let tablespace = self.tablespace.as_ref().map_or(String::new(), |name| format!(" TABLESPACE {name}"));
        self.index_definition.clone() + &tablespace
    }

    fn marks(&self, alter: &str) -> Vec<String> {
        let mut marks = Vec::new();
        if self.clustered {
            marks.push(format!("{alter} CLUSTER ON {}", self.name));
        }
        if self.replica_identity {
            marks.push(format!("{alter} REPLICA IDENTITY USING INDEX {}", self.name));
        }
        marks
    }
}

impl Kind for Key {
    const QUERIES: Queries = &[(u32::MAX, include_str!("sql/key.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let table = QualifiedName { schema: self.schema.clone(), name: self.table_name.clone() };
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        let index = ObjectId::new(catalog::CLASS, self.index);
        let alter = format!("ALTER TABLE ONLY {table}");
        let sort_name = [self.schema.as_str(), self.table_name.as_str(), self.name.as_str()];
        let id = self.id();
        let mut key = Entry::new(id, "key", format!("CONSTRAINT {} ON {table}", self.name), sort_name);
        let index_name = QualifiedName { schema: self.schema.clone(), name: self.name.clone() };
        key.parts.push(Part::new(index, format!("INDEX {index_name}")));
        if self.takes_an_index() {
            entries.push(
                Entry::new(index, "key_index", format!("INDEX {index_name}"), sort_name)
                    .create(self.index_text())
                    .after(relation)
                    .size(self.bytes.unwrap_or_default())
                    .post_data(relation, Work::Scan),
            );
            // pg_depend says that the index needs the constraint: so it is on the source, not while it is made.
            if let Some(entry) = entries.last_mut() {
                entry.not_after.push(id);
            }
            key = key
                .create(format!("{alter} ADD CONSTRAINT {} {}", self.name, self.using_index()))
                .after(index)
                .post_data(relation, Work::Catalog);
        } else {
            key.aliases.push(index);
            key = key
                .create(format!("{alter} ADD CONSTRAINT {} {}", self.name, self.text()))
                .after(relation)
                .size(self.bytes.unwrap_or_default())
                .post_data(relation, Work::Scan);
        }
        key.create.extend(self.marks(&alter));
        entries.push(key);
    }
}
