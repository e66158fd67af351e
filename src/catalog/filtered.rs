//! Tables of which only some rows are copied, and the foreign keys that refer to them. Pure.
use std::collections::HashSet;

use super::{Note, selection::tables_by_oid};
use crate::{
    config::{Selection, TableRule},
    object::{Object, Table},
    pg::Oid,
};

/// A foreign key to a table of which only some rows are copied cannot be validated.
pub(super) fn loosen_foreign_keys(objects: &mut Vec<Object>, rules: &Selection) -> Vec<Note> {
    let mut notes = Vec::new();
    let filtered = filtered_tables(objects, rules);
    objects.retain_mut(|object| {
        let Object::ForeignKey(key) = object else { return true };
        let name = key.referenced_name();
        if !filtered.contains(&key.referenced) {
            return true;
        }
        let keep = !key.is_of_partitioned_table();
        let reason = if keep { "made NOT VALID" } else { "left out" };
        notes.push(Note {
            object: key.identity(),
            reason: format!("{reason}: only some rows of {name} are copied"),
        });
        key.leave_unvalidated();
        keep
    });
    notes
}

/// Tables of which only some rows are copied: those that a rule names, with the partitions below and the partitioned
/// tables above.
fn filtered_tables(objects: &[Object], rules: &Selection) -> HashSet<Oid> {
    let tables = tables_by_oid(objects);
    let above = |table: &&Table| {
        let parent = table.parents.first().filter(|_| table.is_partition)?;
        tables.get(&parent.oid).copied()
    };
    let is_filtered = |table: &Table| {
        let name = &table.name;
        rules.table(name.schema.as_str(), name.name.as_str()).is_some_and(TableRule::is_filtered)
    };
    let mut filtered = HashSet::new();
    for table in tables.values() {
        if std::iter::successors(Some(*table), above).any(is_filtered) {
            filtered.extend(std::iter::successors(Some(*table), above).map(|at| at.oid));
        }
    }
    filtered
}
