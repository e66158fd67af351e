//! What of a catalog is carried: the selected tables and schemas, with all that they cannot live without.
//!
//! Pure. Types, functions, sequences and extensions from outside the selection come along; what needs a relation
//! that was not selected is left out, and named.
use std::collections::{BTreeSet, HashMap};

use super::{
    Addresses, Catalog, Note, Permits,
    filtered::loosen_foreign_keys,
    note::{remarks, uncarried},
    without::leave_behind,
};
use crate::{
    config::Selection,
    error::{Error, ErrorKind, Result},
    object::{Entry, Object, ObjectId, Separate, Table},
    pg::{Ident, Oid},
};

/// A catalog reduced to what is carried.
#[derive(Debug, Clone)]
pub struct Selected {
    /// The rest.
    pub catalog: Catalog,
    /// What was left out, brought along or changed.
    pub notes: Vec<Note>,
    /// Extensions that are not carried by the user's wish, and needed by what is: the target must have them.
    pub expected: BTreeSet<String>,
    /// What the target's role may not do, and what the plan does about it; `None` of a superuser.
    pub permits: Option<Permits>,
}

/// Applies the rules to a catalog.
pub fn select(mut catalog: Catalog, rules: &Selection) -> Result<Selected> {
    leave_behind(&mut catalog, rules.leaves());
    let mut choice = Choice::new(&catalog, rules);
    choice.settle(&catalog, rules)?;
    choice.take_extension_tables(&catalog);
    let Choice { names, wanted, mut notes, changes, expected, .. } = choice;
    notes.extend(remarks(&catalog.objects, &names, &wanted));
    for change in changes {
        apply(&mut catalog.objects, change);
    }
    let mut keep = wanted.into_iter();
    catalog.objects.retain(|_| keep.next().unwrap_or(false));
    notes.extend(loosen_foreign_keys(&mut catalog.objects, rules));
    notes.extend(uncarried(&catalog, rules));
    notes.sort();
    notes.dedup();
    Ok(Selected { catalog, notes, expected, permits: None })
}

/// A change of an object that remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// A table whose parent is not carried stands by itself.
    Detach(usize),
    /// A sequence whose table is not carried stands by itself.
    Disown(usize),
}

struct Choice {
    /// By object: the first entry's identity, for messages.
    names: Vec<String>,
    needs: Vec<Vec<usize>>,
    wanted: Vec<bool>,
    dropped: Vec<bool>,
    notes: Vec<Note>,
    changes: Vec<Change>,
    expected: BTreeSet<String>,
}

impl Choice {
    fn new(catalog: &Catalog, rules: &Selection) -> Self {
        let (mut entries, mut object_of) = (Vec::new(), Vec::new());
        for (index, object) in catalog.objects.iter().enumerate() {
            object.entries(&Separate::new(), &mut entries);
            object_of.resize(entries.len(), index);
        }
        let references: Vec<&Entry> = entries.iter().collect();
        let addresses = Addresses::new(entries.iter(), &catalog.depends);
        let mut needs = vec![Vec::new(); catalog.objects.len()];
        for (entry, list) in addresses.needs(&references, &catalog.depends).into_iter().enumerate() {
            needs[object_of[entry]].extend(list.into_iter().map(|needed| object_of[needed]));
        }
        for (index, list) in needs.iter_mut().enumerate() {
            list.sort_unstable();
            list.dedup();
            list.retain(|other| *other != index);
        }
        let mut firsts: Vec<Option<&Entry>> = vec![None; catalog.objects.len()];
        for (entry, object) in entries.iter().zip(&object_of) {
            firsts[*object].get_or_insert(entry);
        }
        let object_at = |id: ObjectId| addresses.resolve(id).map(|entry| object_of[entry]);
        let wanted = first_choice(catalog, rules, &firsts, object_at);
        let names =
            firsts.iter().map(|entry| entry.map_or(String::new(), |entry| entry.identity.clone())).collect();
        let dropped = vec![false; catalog.objects.len()];
        let expected = BTreeSet::new();
        Self { names, needs, wanted, dropped, notes: Vec::new(), changes: Vec::new(), expected }
    }

    /// Brings along and leaves out until nothing moves.
    fn settle(&mut self, catalog: &Catalog, rules: &Selection) -> Result<()> {
        loop {
            let mut moved = false;
            for index in 0..self.wanted.len() {
                for at in 0..self.needs[index].len() {
                    let needed = self.needs[index][at];
                    if self.wanted[index] && !self.wanted[needed] {
                        moved |= self.resolve(&catalog.objects, rules, index, needed)?;
                    }
                }
            }
            if !moved {
                return Ok(());
            }
        }
    }

    /// The rows of an extension's tables go with the extension, whatever their schema.
    fn take_extension_tables(&mut self, catalog: &Catalog) {
        for (index, object) in catalog.objects.iter().enumerate() {
            if matches!(object, Object::ExtensionTable(_)) {
                self.wanted[index] = self.needs[index].iter().all(|needed| self.wanted[*needed]);
            }
        }
    }

    /// Notes that the target must have an extension; what was changed in its members by hand is left to the target too.
    /// Whether anything moved.
    fn expect(&mut self, object: &Object, extension: &Ident, index: usize) -> bool {
        if matches!(object, Object::ExtensionPrivilege(_)) {
            self.wanted[index] = false;
            self.dropped[index] = true;
            return true;
        }
        if self.expected.insert(extension.0.clone()) {
            let reason = format!("left to the target, which must have it: {} needs it", self.names[index]);
            self.notes.push(Note { object: format!("EXTENSION {extension}"), reason });
        }
        false
    }

    /// Does something about a wanted object that needs one that is not.
    fn resolve(
        &mut self,
        objects: &[Object],
        rules: &Selection,
        index: usize,
        needed: usize,
    ) -> Result<bool> {
        if let Object::Extension(extension) = &objects[needed]
            && !rules.extension_allowed(extension.name.as_str())
        {
            return Ok(self.expect(&objects[index], &extension.name, index));
        }
        let is_relation =
            matches!(objects[needed], Object::Table(_) | Object::View(_) | Object::MaterializedView(_));
        if !is_relation && !self.dropped[needed] {
            self.wanted[needed] = true;
            if comes_unasked(&objects[needed]) {
                let reason = format!("brought along: {} needs it", self.names[index]);
                self.notes.push(Note { object: self.names[needed].clone(), reason });
            }
            return Ok(true);
        }
        let reason = |what: &str| format!("{what}: it needs {}, which is not selected", self.names[needed]);
        let (change, note) = match &objects[index] {
            Object::Sequence(_) => (Some(Change::Disown(index)), reason("carried without its owner")),
            Object::Table(table) if is_parent(table, &objects[needed]) => {
                (Some(Change::Detach(index)), reason("carried as a table of its own"))
            }
            Object::Table(_) => {
                let message =
                    format!("{} needs {}, which is not selected", self.names[index], self.names[needed]);
                return Err(
                    Error::new(ErrorKind::Refused, message).hint("select both tables or none of them")
                );
            }
            _ => (None, reason("left out")),
        };
        if let Some(change) = change {
            if self.changes.contains(&change) {
                return Ok(false);
            }
            self.changes.push(change);
        } else {
            self.wanted[index] = false;
            self.dropped[index] = true;
        }
        // Attaching an index goes without saying when its table is not attached.
        if !matches!(objects[index], Object::IndexAttach(_)) {
            self.notes.push(Note { object: self.names[index].clone(), reason: note });
        }
        Ok(true)
    }
}

/// Whether the user should hear of an object that a selection did not name. A schema is in the name of what it holds, and
/// every database has plpgsql.
fn comes_unasked(object: &Object) -> bool {
    match object {
        Object::Schema(_) => false,
        Object::Extension(extension) => extension.name.as_str() != "plpgsql",
        _ => true,
    }
}

fn is_parent(table: &Table, other: &Object) -> bool {
    matches!(other, Object::Table(parent) if table.parents.iter().any(|known| known.oid == parent.oid))
}

/// What the rules name, before dependencies.
fn first_choice(
    catalog: &Catalog,
    rules: &Selection,
    firsts: &[Option<&Entry>],
    object_at: impl Fn(ObjectId) -> Option<usize>,
) -> Vec<bool> {
    let tables = tables_by_oid(&catalog.objects);
    let mut wanted: Vec<bool> = catalog
        .objects
        .iter()
        .zip(firsts)
        .map(|(object, first)| match (object, first) {
            (Object::Table(table), _) => table_selected(table, &tables, rules),
            (Object::Extension(extension), _) => rules.extension_wanted(extension.name.as_str()),
            (_, Some(first)) if rules.relations_only() => {
                object.relation_name().is_some()
                    && rules.table(&first.sort_name[0], &first.sort_name[1]).is_some()
            }
            // Extensions and default privileges of no schema belong to the whole database.
            (_, Some(first)) => match (&*first.sort_name[0], first.kind) {
                ("", "schema") => rules.schema_selected(&first.sort_name[1]),
                ("", _) => rules.is_everything(),
                (schema, _) => rules.schema_selected(schema),
            },
            _ => false,
        })
        .collect();
    // Parts of a relation go with it. A publication is no part of its tables: where it is carried, what it loses is named.
    for (index, (object, first)) in catalog.objects.iter().zip(firsts).enumerate() {
        if matches!(object, Object::PublicationMember(_)) {
            wanted[index] = rules.is_everything();
            continue;
        }
        let whole = match object {
            Object::Sequence(sequence) => {
                sequence.owned_by.map(|oid| ObjectId::new(crate::pg::catalog::CLASS, oid))
            }
            Object::Table(_) | Object::View(_) | Object::MaterializedView(_) => None,
            _ => first.and_then(|entry| entry.relation),
        };
        if let Some(whole) = whole {
            wanted[index] = object_at(whole).is_some_and(|whole| wanted[whole]);
        }
    }
    wanted
}

pub(super) fn tables_by_oid(objects: &[Object]) -> HashMap<Oid, &Table> {
    let tables = objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some((table.oid, table)),
        _ => None,
    });
    tables.collect()
}

/// A partition goes with the table it is a partition of, unless it is excluded by name.
fn table_selected(table: &Table, tables: &HashMap<Oid, &Table>, rules: &Selection) -> bool {
    let (schema, name) = (table.name.schema.as_str(), table.name.name.as_str());
    if rules.table(schema, name).is_some() {
        return true;
    }
    let parent = table.parents.first().filter(|_| table.is_partition && !rules.table_excluded(schema, name));
    parent
        .and_then(|parent| tables.get(&parent.oid))
        .is_some_and(|parent| table_selected(parent, tables, rules))
}

fn apply(objects: &mut [Object], change: Change) {
    match change {
        Change::Detach(index) => {
            if let Object::Table(table) = &mut objects[index] {
                table.stand_alone();
            }
        }
        Change::Disown(index) => {
            if let Object::Sequence(sequence) = &mut objects[index] {
                sequence.disown();
            }
        }
    }
}
