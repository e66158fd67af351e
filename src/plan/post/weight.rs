//! How much work a step is, in bytes that a pass over a table reads: so the longest is begun first.
use std::collections::HashMap;

use crate::{
    ddl::Item,
    object::{Object, Work},
    pg::Oid,
    plan::Input,
};

/// What a byte of an index costs to sort and write, in bytes of its table that are scanned. Measured on server 15:
/// five indexes of 21 to 169 MB on a table of 369 MB took 2.5 to 9.0 s.
const INDEX_BYTE: u64 = 4;

/// A block of the heap; other sizes than the usual make all of a server's estimates wrong alike.
const BLOCK: u64 = 8192;

/// The sizes of relations.
pub(super) struct Weights {
    /// Heap without TOAST, of a partitioned table all of its partitions'.
    heaps: HashMap<Oid, u64>,
}

impl Weights {
    pub(super) fn new(input: &Input<'_>) -> Self {
        let mut heaps = HashMap::new();
        let parents: HashMap<Oid, Oid> = super::locks::partitions(input).collect();
        for object in &input.source.catalog.objects {
            let (oid, bytes) = match object {
                Object::Table(table) => (table.oid, table.pages * BLOCK),
                Object::MaterializedView(view) => (view.oid, view.bytes),
                _ => continue,
            };
            for oid in std::iter::successors(Some(oid), |oid| parents.get(oid).copied()) {
                *heaps.entry(oid).or_default() += bytes;
            }
        }
        Self { heaps }
    }

    /// Of a pass over a relation.
    pub(super) fn scan(&self, relation: Oid) -> u64 {
        self.heaps.get(&relation).copied().unwrap_or_default()
    }

    /// Of making an item.
    pub(super) fn of(&self, item: &Item) -> u64 {
        let relation = match item.entry.work {
            Work::Catalog => return 0,
            Work::Scan => item.entry.relation.map(|id| id.oid),
            Work::Query => Some(item.entry.id.oid),
        };
        relation.map_or(0, |oid| self.scan(oid)) + INDEX_BYTE * item.entry.size
    }
}
