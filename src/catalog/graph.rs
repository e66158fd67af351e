//! Addresses of `pg_depend` and the entries that they mean.
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::Depend;
use crate::{
    object::{Entry, ObjectId},
    pg::catalog::TRIGGER,
};

/// `DEPENDENCY_INTERNAL` and `DEPENDENCY_EXTENSION` (catalog/dependency.h): the object is a part of the other.
const PART_OF: [char; 2] = ['i', 'e'];

/// `DEPENDENCY_PARTITION_PRI`, `…_SEC` and their forerunner in server 11: an index or trigger of a partition
/// and its parent's. Attaching them is an entry of its own.
const PARTITION: [char; 3] = ['P', 'S', 'I'];

/// A clone of a trigger on a partition is a part of its parent's (server 11: `DEPENDENCY_INTERNAL_AUTO`).
fn is_part(depend: &Depend) -> bool {
    let is_clone = matches!(depend.kind, 'P' | 'I')
        && depend.dependent.class == TRIGGER
        && depend.referenced.class == TRIGGER;
    is_clone || PART_OF.contains(&depend.kind)
}

/// Finds the entry that an address belongs to.
#[derive(Debug)]
pub struct Addresses {
    entries: HashMap<ObjectId, usize, RandomState>,
    whole: HashMap<ObjectId, ObjectId, RandomState>,
}

impl Addresses {
    /// Indexes entries by their addresses and aliases, and parts by what they are a part of.
    pub fn new<'e>(entries: impl IntoIterator<Item = &'e Entry>, depends: &[Depend]) -> Self {
        let mut addresses = HashMap::default();
        for (index, entry) in entries.into_iter().enumerate() {
            for id in entry.aliases.iter().chain([&entry.id]) {
                addresses.insert(*id, index);
            }
        }
        let parts = depends.iter().filter(|depend| is_part(depend));
        let whole = parts.map(|depend| (depend.dependent.whole(), depend.referenced.whole())).collect();
        Self { entries: addresses, whole }
    }

    /// The entry that an address means: its own, that of its whole, or that of what it is a part of.
    pub fn resolve(&self, id: ObjectId) -> Option<usize> {
        let mut at = id;
        // Parts of parts of parts: the array type of a table's row type is three deep. A cycle cannot be longer.
        for _ in 0..8 {
            if let Some(index) = self.entries.get(&at).or_else(|| self.entries.get(&at.whole())) {
                return Some(*index);
            }
            at = *self.whole.get(&at.whole())?;
        }
        None
    }

    /// For each entry, the entries that it needs; each list sorted and without itself.
    pub fn needs(&self, entries: &[&Entry], depends: &[Depend]) -> Vec<Vec<usize>> {
        let mut needs = vec![Vec::new(); entries.len()];
        for depend in depends.iter().filter(|depend| !PARTITION.contains(&depend.kind)) {
            let (Some(from), Some(to)) = (self.resolve(depend.dependent), self.resolve(depend.referenced))
            else {
                continue;
            };
            // Members of an extension need each other, and all are made with it, before the rows of its tables.
            if (entries[from].kind, entries[to].kind) == ("extension", "extension_table") {
                continue;
            }
            if !entries[from].not_after.iter().any(|id| self.resolve(*id) == Some(to)) {
                needs[from].push(to);
            }
        }
        for (index, entry) in entries.iter().enumerate() {
            needs[index].extend(entry.after.iter().filter_map(|id| self.resolve(*id)));
        }
        for (index, list) in needs.iter_mut().enumerate() {
            list.sort_unstable();
            list.dedup();
            list.retain(|other| *other != index);
        }
        needs
    }
}
