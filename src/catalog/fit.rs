//! What the target cannot hold, and what needs it: both are left out, and named, before anything is created.
//!
//! Pure. Newer servers lost types, operators and forms that older ones have; what only the target itself can tell (a C
//! function without its library) comes from `preflight`.
use std::collections::{BTreeMap, HashMap};

use super::{Addresses, Catalog, Note, Selected};
use crate::{
    object::{Entry, Object, ObjectId, Separate, Table},
    pg::{Oid, ServerVersion},
};

/// By place in the catalog's objects: why the target cannot hold it.
pub type Unholdable = BTreeMap<usize, String>;

/// What no server of the target's version can hold.
pub fn unholdable(catalog: &Catalog, target: ServerVersion) -> Unholdable {
    if target.major() == catalog.version.major() {
        return Unholdable::new();
    }
    let tables: HashMap<Oid, &Table> = catalog
        .objects
        .iter()
        .filter_map(|object| match object {
            Object::Table(table) => Some((table.oid, table)),
            _ => None,
        })
        .collect();
    let reason = |object: &Object| match object {
        Object::Table(table) => {
            object.unholdable(target.major()).or_else(|| generated_apart(table, &tables, target))
        }
        _ => object.unholdable(target.major()),
    };
    let found = catalog.objects.iter().enumerate();
    found.filter_map(|(index, object)| Some((index, reason(object)?))).collect()
}

/// From server 16 on, a column is generated in a child if and only if it is in its parents.
fn generated_apart(table: &Table, tables: &HashMap<Oid, &Table>, target: ServerVersion) -> Option<String> {
    if !target.at_least(16) {
        return None;
    }
    let parents: Vec<&Table> =
        table.parents.iter().filter_map(|parent| tables.get(&parent.oid).copied()).collect();
    table.columns.iter().find_map(|column| {
        let parent = parents.iter().find(|parent| {
            let same = parent.columns.iter().find(|other| other.name == column.name);
            same.is_some_and(|same| same.generated != column.generated)
        })?;
        let (is, is_not) = if column.generated.is_empty() { ("is not", "is") } else { ("is", "is not") };
        Some(format!(
            "column {} {is} generated and {is_not} in {}, which servers 16 and newer refuse",
            column.name, parent.name
        ))
    })
}

/// Takes objects out of what is carried, with all that needs them. Each is named with its reason.
pub fn leave_out(selected: &mut Selected, unholdable: Unholdable) {
    if unholdable.is_empty() {
        return;
    }
    let catalog = &mut selected.catalog;
    let (names, needed_by) = needed_by(catalog);
    let mut walk: Vec<usize> = unholdable.keys().copied().collect();
    let mut reasons = unholdable;
    while let Some(index) = walk.pop() {
        for dependant in &needed_by[index] {
            if !reasons.contains_key(dependant) {
                let reason = format!("it needs {}, which the target cannot hold", names[index]);
                reasons.insert(*dependant, reason);
                walk.push(*dependant);
            }
        }
    }
    // Attaching an index goes without saying; what makes nothing has no name.
    let goes_without_saying =
        |index: usize| matches!(catalog.objects[index], Object::IndexAttach(_)) || names[index].is_empty();
    let notes = reasons.iter().filter(|(index, _)| !goes_without_saying(**index));
    selected.notes.extend(notes.map(|(index, reason)| Note {
        object: names[*index].clone(),
        reason: format!("left out: {reason}"),
    }));
    let mut index = 0;
    catalog.objects.retain(|_| {
        index += 1;
        !reasons.contains_key(&(index - 1))
    });
}

/// The objects that addresses belong to, with what is said of these.
pub fn of_objects(catalog: &Catalog, found: impl Iterator<Item = (ObjectId, String)>) -> Unholdable {
    let (entries, object_of) = entries(catalog);
    let addresses = Addresses::new(entries.iter(), &catalog.depends);
    found.filter_map(|(id, reason)| Some((object_of[addresses.resolve(id)?], reason))).collect()
}

/// The entries of all objects, and the object of each.
pub(super) fn entries(catalog: &Catalog) -> (Vec<Entry>, Vec<usize>) {
    let (mut entries, mut object_of) = (Vec::new(), Vec::new());
    for (index, object) in catalog.objects.iter().enumerate() {
        object.entries(&Separate::new(), &mut entries);
        object_of.resize(entries.len(), index);
    }
    (entries, object_of)
}

/// By object: its name, and the objects that need it.
fn needed_by(catalog: &Catalog) -> (Vec<String>, Vec<Vec<usize>>) {
    let (entries, object_of) = entries(catalog);
    let mut names = vec![String::new(); catalog.objects.len()];
    for (entry, index) in entries.iter().zip(&object_of).rev() {
        names[*index].clone_from(&entry.identity);
    }
    let references: Vec<&Entry> = entries.iter().collect();
    let needs = Addresses::new(entries.iter(), &catalog.depends).needs(&references, &catalog.depends);
    let mut needed_by = vec![Vec::new(); catalog.objects.len()];
    for (entry, list) in needs.iter().enumerate() {
        for needed in list {
            needed_by[object_of[*needed]].push(object_of[entry]);
        }
    }
    (names, needed_by)
}
