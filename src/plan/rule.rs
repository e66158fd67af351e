//! Which of the user's rules holds for a table.
use std::collections::HashMap;

use crate::{
    config::{Selection, TableRule},
    object::{Object, Table},
    pg::Oid,
};

/// The rule of a table among others.
pub fn rule_of(objects: &[Object], table: &Table, selection: &Selection) -> TableRule {
    let tables = objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some((table.oid, table)),
        _ => None,
    });
    of(&tables.collect(), table, selection)
}

/// A partition without an entry of its own has the rule of the table it is a partition of.
pub(super) fn of(tables: &HashMap<Oid, &Table>, table: &Table, selection: &Selection) -> TableRule {
    let (schema, name) = (table.name.schema.as_str(), table.name.name.as_str());
    if let Some(rule) = selection.entry(schema, name) {
        return rule.clone();
    }
    match table.parents.first().filter(|_| table.is_partition).and_then(|parent| tables.get(&parent.oid)) {
        Some(parent) => of(tables, parent, selection),
        None => selection.table(schema, name).cloned().unwrap_or_default(),
    }
}
