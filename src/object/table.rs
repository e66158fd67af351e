//! `CREATE TABLE`: plain, partitioned, inherited, unlogged, foreign; with its columns, defaults, checks and settings.
//!
//! A partition is made apart and attached, so that it keeps its own column order and options. What can make a
//! cycle (a default or a check that calls a function of the table's row type) can stand apart.
mod apart;

use std::collections::HashSet;

use serde::Deserialize;

use super::{
    Check, Column, Entry, Kind, ObjectId, Queries, Separate, Sequence, foreign_table::Elsewhere,
    late_column::LateColumn, reloption, removed,
};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_class`.
#[derive(Debug, Clone, Deserialize)]
pub struct Table {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    #[serde(flatten)]
    pub name: QualifiedName,
    owner: String,
    /// `relkind`: r, p or f.
    pub kind: String,
    persistence: String,
    /// Whether it is a partition.
    pub is_partition: bool,
    partition_bound: Option<String>,
    partition_key: Option<String>,
    /// Whether a DETACH CONCURRENTLY of it was interrupted (server 14 and newer). It still is a partition.
    #[serde(default)]
    detach_pending: bool,
    /// Its access method unless it is `heap` (server 12 and newer); of a partitioned table the one that its partitions are
    /// made with, if it says so (server 17 and newer).
    pub access_method: Option<Ident>,
    /// The composite type that it is made of (`CREATE TABLE … OF`).
    of_type: Option<String>,
    /// Whether it is partitioned by a hash that can depend on OIDs: that of an enum, or of an expression. A row can
    /// then belong to another partition on the target.
    pub hashes_by_oid: bool,
    pub(super) tablespace: Option<Ident>,
    options: Vec<String>,
    /// Of a foreign table: where its rows are.
    elsewhere: Option<Elsewhere>,
    /// `WITH OIDS` (up to server 11).
    #[serde(default)]
    has_oids: bool,
    row_security: bool,
    force_row_security: bool,
    replica_identity: String,
    /// The tables it inherits from, or the one it is a partition of.
    pub parents: Vec<Parent>,
    checks: Vec<Check>,
    /// Blocks of the heap, now. Filled in, if sizes are read.
    #[serde(skip)]
    pub pages: u64,
    /// `reltuples`; -1 (before 14: 0) if never analyzed.
    pub rows: f64,
    /// Heap and TOAST with their maps, on disk. Filled in, if sizes are read.
    #[serde(skip)]
    pub bytes: u64,
    /// Filled in from the query of all columns.
    #[serde(skip)]
    pub columns: Vec<Column>,
    /// Columns that are added after its children, filled in.
    #[serde(skip)]
    pub late: Vec<LateColumn>,
    /// Numbers of the columns that another entry adds: its own late ones, and those it inherits late. Filled in.
    #[serde(skip)]
    pub left_out: HashSet<i32>,
    /// Late columns of its parents that it has in their usual place, filled in.
    #[serde(skip)]
    pub after: Vec<ObjectId>,
    /// Whether it was made apart and then told to inherit: so it is made again, or its own order of columns is lost.
    /// Filled in.
    #[serde(skip)]
    pub inherits_later: bool,
    /// The sequences of its identity columns, filled in.
    #[serde(skip)]
    pub identity_sequences: Vec<(Ident, Sequence)>,
}

impl Table {
    /// Whether a crash of its server empties it.
    pub fn is_unlogged(&self) -> bool {
        self.persistence == "u"
    }

    /// Whether its policies hold for its owner too.
    pub fn binds_its_owner(&self) -> bool {
        self.row_security && self.force_row_security
    }
}

/// A parent of a table.
#[derive(Debug, Clone, Deserialize)]
pub struct Parent {
    /// Its OID.
    pub oid: Oid,
    /// Its name.
    #[serde(flatten)]
    pub name: QualifiedName,
}

impl Table {
    /// Its address.
    pub fn id(&self) -> ObjectId {
        ObjectId::new(catalog::CLASS, self.oid)
    }

    /// Whether rows stand in it, not only in its partitions.
    pub fn has_rows_of_its_own(&self) -> bool {
        self.kind == "r"
    }

    /// Whether its rows are on another server, and stay there.
    pub fn is_foreign(&self) -> bool {
        self.elsewhere.is_some()
    }

    /// The columns that COPY can name: all but the generated ones.
    pub fn copied_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.generated.is_empty())
    }

    /// Makes it stand by itself: its parents are not carried.
    pub fn stand_alone(&mut self) {
        self.parents.clear();
        self.is_partition = false;
    }

    /// The columns that its own entry makes.
    fn own_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| !self.left_out.contains(&column.number))
    }

    /// Whether a check is a statement of its own. Where a column comes late, all are: one of them may name it.
    fn check_stands_apart(&self, check: &Check, separate: &Separate) -> bool {
        !self.left_out.is_empty() || check.stands_apart(separate)
    }

    fn alter(&self) -> String {
        format!("ALTER TABLE ONLY {}", self.name)
    }

    /// Whether its text holds what its parents have too: a partition is made before it is attached.
    fn holds(&self, local: bool) -> bool {
        local || self.is_partition || self.inherits_later || self.parents.is_empty()
    }

    fn identity_text(&self, column: &Column) -> Option<String> {
        let (_, sequence) = self.identity_sequences.iter().find(|(name, _)| *name == column.name)?;
        Some(format!("SEQUENCE NAME {} {}", sequence.name, sequence.options()))
    }

    fn text(&self, separate: &Separate) -> String {
        let columns = self.own_columns().filter(|column| self.holds(column.local));
        let mut lines: Vec<String> = columns
            .filter_map(|column| {
                let identity = self.identity_text(column);
                match &self.of_type {
                    Some(_) => column.typed_definition(separate, identity.as_deref()),
                    None => Some(column.definition(separate, identity.as_deref())),
                }
            })
            .collect();
        let inherited = self.own_columns().filter(|column| !self.holds(column.local));
        lines.extend(inherited.filter_map(Column::inherited_not_null));
        let checks = self
            .checks
            .iter()
            .filter(|check| self.holds(check.local) && !self.check_stands_apart(check, separate));
        lines.extend(checks.map(Check::clause));
        // Server 18 refuses UNLOGGED for partitioned tables, where it never had a meaning.
        let unlogged = if self.persistence == "u" && self.kind == "r" { "UNLOGGED " } else { "" };
        let foreign = if self.is_foreign() { "FOREIGN " } else { "" };
        let mut text = format!("CREATE {unlogged}{foreign}TABLE {}", self.name);
        match &self.of_type {
            Some(of_type) => text += &format!(" OF {of_type}"),
            // A table of no columns has its parentheses all the same.
            None if lines.is_empty() => text += " ()",
            None => {}
        }
        if !lines.is_empty() {
            text += &format!(" (\n    {}\n)", lines.join(",\n    "));
        }
        if !self.is_partition && !self.inherits_later && !self.parents.is_empty() {
            let parents: Vec<String> = self.parents.iter().map(|parent| parent.name.to_string()).collect();
            text += &format!(" INHERITS ({})", parents.join(", "));
        }
        if let Some(key) = &self.partition_key {
            text += &format!(" PARTITION BY {key}");
        }
        if let Some(method) = &self.access_method {
            text += &format!(" USING {method}");
        }
        text += &reloption::with_clause(&self.options);
        if let Some(tablespace) = &self.tablespace {
            text += &format!(" TABLESPACE {tablespace}");
        }
        text += &self.elsewhere.as_ref().map_or(String::new(), Elsewhere::clause);
        text
    }

    fn settings(&self, separate: &Separate) -> Vec<String> {
        let alter = self.alter();
        let mut settings = Vec::new();
        if self.inherits_later {
            let inherit = |parent: &Parent| format!("ALTER TABLE {} INHERIT {}", self.name, parent.name);
            settings.extend(self.parents.iter().map(inherit));
        }
        for column in self.own_columns() {
            if !self.holds(column.local) {
                settings.extend(column.inherited_changes(&alter, separate));
            }
            settings.extend(column.settings(&alter));
        }
        let sequences = self.identity_sequences.iter();
        settings.extend(sequences.filter_map(|(_, sequence)| sequence.own_persistence(&self.persistence)));
        match self.replica_identity.as_str() {
            "f" => settings.push(format!("{alter} REPLICA IDENTITY FULL")),
            // A foreign table has none to set.
            "n" if !self.is_foreign() => settings.push(format!("{alter} REPLICA IDENTITY NOTHING")),
            // d is the default; i is set where the index is made.
            _ => {}
        }
        if self.force_row_security {
            settings.push(format!("{alter} FORCE ROW LEVEL SECURITY"));
        }
        settings
    }

    fn table_entry(&self, separate: &Separate, sort_name: [&str; 3]) -> Entry {
        let (kind, keyword) =
            if self.is_foreign() { ("foreign_table", "FOREIGN TABLE") } else { ("table", "TABLE") };
        let mut entry = Entry::new(self.id(), kind, format!("{keyword} {}", self.name), sort_name)
            .create(self.text(separate))
            .owner(&self.owner)
            .grant_on(format!("TABLE {}", self.name));
        entry.create.extend(self.settings(separate));
        let on = self.name.to_string();
        for check in self.checks.iter().filter(|check| !self.check_stands_apart(check, separate)) {
            entry.aliases.push(check.id());
            entry.parts.push(check.part(&on));
        }
        for column in self.own_columns() {
            if !column.default_stands_apart(separate) {
                entry.aliases.extend(column.default_id());
            }
            entry.parts.push(column.part(self.id(), &self.name));
        }
        let validated = self.own_columns().filter(|column| column.unvalidated_not_null("").is_none());
        entry.parts.extend(validated.filter_map(|column| column.not_null_part(&self.name)));
        if self.is_partition {
            entry
                .not_after
                .extend(self.parents.iter().map(|parent| ObjectId::new(catalog::CLASS, parent.oid)));
        }
        entry
    }
}

impl Kind for Table {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/table.sql")), (11, include_str!("sql/table.pg11.sql"))];

    fn entries(&self, separate: &Separate, entries: &mut Vec<Entry>) {
        let sort_name = [self.name.schema.as_str(), self.name.name.as_str(), ""];
        entries.push(self.table_entry(separate, sort_name));
        if self.is_partition {
            entries.extend(self.attach_entry(sort_name));
        }
        for late in &self.late {
            let identity = self.identity_text(&late.column);
            entries.push(late.entry(self.id(), &self.name, identity.as_deref(), separate));
        }
        self.apart_entries(separate, sort_name, entries);
        entries.extend(self.row_security_entry(sort_name));
    }

    fn unholdable(&self, target: u32) -> Option<String> {
        self.columns.iter().find_map(|column| removed::type_reason(&column.type_name, target))
    }

    fn remark(&self) -> Option<String> {
        if self.detach_pending {
            return Some(
                "attached again: on the source its DETACH CONCURRENTLY was never finished".to_owned(),
            );
        }
        self.has_oids.then(|| "carried without its OIDs: servers 12 and newer have none".to_owned())
    }
}
