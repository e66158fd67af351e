//! Which of the user's rules holds for a table, and as what its rows are read and written.
use std::collections::HashMap;

use crate::{
    config::{Selection, TableRule},
    object::{Object, Table},
    pg::Oid,
};

/// The tables of a catalog under a selection.
#[derive(Debug)]
pub struct Rules<'a> {
    selection: &'a Selection,
    tables: HashMap<Oid, &'a Table>,
}

impl<'a> Rules<'a> {
    /// Indexes the tables.
    pub fn new(objects: &'a [Object], selection: &'a Selection) -> Self {
        let tables = objects.iter().filter_map(|object| match object {
            Object::Table(table) => Some((table.oid, table)),
            _ => None,
        });
        Self { selection, tables: tables.collect() }
    }

    /// The rule of a table. A partition without an entry of its own has that of the table it is a partition of.
    pub fn of(&self, table: &Table) -> TableRule {
        let (schema, name) = (table.name.schema.as_str(), table.name.name.as_str());
        if let Some(rule) = self.selection.entry(schema, name) {
            return rule.clone();
        }
        match self.partitioned(table) {
            Some(parent) => self.of(parent),
            None => self.selection.table(schema, name).cloned().unwrap_or_default(),
        }
    }

    /// The table that this one is a partition of.
    pub fn partitioned(&self, table: &Table) -> Option<&'a Table> {
        let parent = table.parents.first().filter(|_| table.is_partition)?;
        self.tables.get(&parent.oid).copied()
    }

    /// Whether rows are read under the table's own name. A limit on a partitioned table counts over all of its
    /// partitions: such a table is read as one, and its partitions are not.
    pub fn is_read(&self, table: &Table) -> bool {
        let limited = |at: &Table| at.kind == "p" && self.of(at).limit.is_some();
        let above = self.above(table).any(limited);
        !above && (table.has_rows_of_its_own() || limited(table))
    }

    /// The topmost table above whose rows the target may place in other partitions than the source: a hash of an enum
    /// depends on its OIDs. Rows go in through that table.
    pub fn hash_root(&self, table: &Table) -> Option<&'a Table> {
        self.above(table).filter(|above| above.hashes_by_oid).last()
    }

    fn above(&self, table: &Table) -> impl Iterator<Item = &'a Table> {
        std::iter::successors(self.partitioned(table), |at| self.partitioned(at))
    }
}
