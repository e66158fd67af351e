//! Inheritance: finds the columns that came to a table after its children were made, and the defaults that children
//! do not share with their parents.
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use crate::{
    object::{Heir, LateColumn, Object, ObjectId, Table},
    pg::{Ident, Oid},
};

/// By table that defines them and column number: the tables that have the column late.
type Found = BTreeMap<(Oid, i32), Vec<Oid>>;

/// [`mark`] on a copy; most databases have nothing to mark, and need none.
pub(super) fn marked(objects: &[Object]) -> Cow<'_, [Object]> {
    if !tables(objects).any(inherits) {
        return Cow::Borrowed(objects);
    }
    let mut marked = objects.to_vec();
    mark(&mut marked);
    Cow::Owned(marked)
}

/// Marks late columns, and what must wait for them. Where an order cannot be had by adding columns late (parents were
/// swapped, columns dropped in between), the tables are left as they are.
fn mark(objects: &mut [Object]) {
    mark_dropped_defaults(objects);
    mark_later_inheritance(objects);
    mark_inherited_expressions(objects);
    mark_inherited_not_nulls(objects);
    let tables: HashMap<Oid, &Table> = tables(objects).map(|table| (table.oid, table)).collect();
    let mut late: HashMap<Oid, Vec<Ident>> = HashMap::new();
    let mut found = Found::new();
    for table in tables.values().filter(|table| inherits(table)) {
        let columns = late_columns(table, &tables);
        for name in &columns {
            if let Some((origin, number)) = origin(table, name, &tables) {
                found.entry((origin, number)).or_default().push(table.oid);
            }
        }
        late.insert(table.oid, columns);
    }
    if found.is_empty() {
        return;
    }
    let marks: Vec<(Oid, LateColumn, Vec<Oid>)> = found
        .iter()
        .filter_map(|((origin, number), heirs)| build(*origin, *number, heirs, &tables, &found))
        .collect();
    for (origin, column, early) in marks {
        let id = ObjectId::new(crate::pg::catalog::CLASS, origin).column(column.column.number);
        for object in objects.iter_mut() {
            let Object::Table(table) = object else { continue };
            let heir = column.heirs.iter().find(|heir| heir.table.oid == table.oid);
            if let Some(heir) = heir {
                table.left_out.insert(heir.column.number);
            }
            if early.contains(&table.oid) {
                table.after.push(id);
            }
            if table.oid == origin {
                table.left_out.insert(column.column.number);
                table.late.push(column.clone());
            }
        }
    }
}

/// Where all columns are the child's own and stand in another order than its parents', it was made apart.
fn mark_later_inheritance(objects: &mut [Object]) {
    let by_oid: HashMap<Oid, &Table> = tables(objects).map(|table| (table.oid, table)).collect();
    let apart = |table: &&Table| {
        let order = table.columns.iter().map(|column| &column.name);
        table.columns.iter().all(|column| column.local) && !order.eq(natural_order(table, &by_oid))
    };
    let later: HashSet<Oid> =
        tables(objects).filter(|table| inherits(table)).filter(apart).map(|table| table.oid).collect();
    for object in objects {
        if let Object::Table(table) = object {
            table.inherits_later = later.contains(&table.oid);
        }
    }
}

/// A child's column has its parent's default unless it is told otherwise.
fn mark_dropped_defaults(objects: &mut [Object]) {
    let with_default: HashSet<(Oid, Ident)> = tables(objects)
        .flat_map(|table| table.columns.iter().map(|column| (table.oid, column)))
        .filter(|(_, column)| column.default_expression.is_some() && column.generated.is_empty())
        .map(|(oid, column)| (oid, column.name.clone()))
        .collect();
    for object in objects {
        let Object::Table(table) = object else { continue };
        if table.is_partition {
            continue;
        }
        let parents: Vec<Oid> = table.parents.iter().map(|parent| parent.oid).collect();
        for column in table.columns.iter_mut().filter(|column| column.default_expression.is_none()) {
            column.drops_default =
                parents.iter().any(|oid| with_default.contains(&(*oid, column.name.clone())));
        }
    }
}

/// A generated column of a child that has its parent's expression inherits it; before server 16 it must, and could not
/// be made with an expression of its own.
fn mark_inherited_expressions(objects: &mut [Object]) {
    let expressions: HashMap<(Oid, Ident), String> = tables(objects)
        .flat_map(|table| table.columns.iter().map(|column| (table.oid, column)))
        .filter(|(_, column)| !column.generated.is_empty())
        .filter_map(|(oid, column)| Some(((oid, column.name.clone()), column.default_expression.clone()?)))
        .collect();
    for object in objects {
        let Object::Table(table) = object else { continue };
        if table.is_partition || table.inherits_later {
            continue;
        }
        for column in table.columns.iter_mut().filter(|column| !column.generated.is_empty()) {
            column.inherits_expression = table.parents.iter().any(|parent| {
                expressions.get(&(parent.oid, column.name.clone())) == column.default_expression.as_ref()
            });
        }
    }
}

/// A column of the child's own that is NOT NULL by its parent's constraint would get a constraint of its own.
fn mark_inherited_not_nulls(objects: &mut [Object]) {
    let not_null: HashSet<(Oid, Ident)> = tables(objects)
        .flat_map(|table| table.columns.iter().map(|column| (table.oid, column)))
        .filter(|(_, column)| column.not_null)
        .map(|(oid, column)| (oid, column.name.clone()))
        .collect();
    for object in objects {
        let Object::Table(table) = object else { continue };
        if !inherits(table) || table.inherits_later {
            continue;
        }
        let parents: Vec<Oid> = table.parents.iter().map(|parent| parent.oid).collect();
        for column in &mut table.columns {
            let of_parents = parents.iter().map(|oid| not_null.contains(&(*oid, column.name.clone())));
            column.inherits_not_null = column.has_not_null_of(of_parents);
        }
    }
}

fn tables(objects: &[Object]) -> impl Iterator<Item = &Table> {
    objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some(table),
        _ => None,
    })
}

fn inherits(table: &Table) -> bool {
    !table.is_partition && !table.parents.is_empty()
}

/// The order that CREATE TABLE … INHERITS gives: the parents' columns, then its own.
fn natural_order<'t>(table: &'t Table, tables: &HashMap<Oid, &'t Table>) -> Vec<&'t Ident> {
    let parents = table.parents.iter().filter_map(|parent| tables.get(&parent.oid));
    let inherited = parents.flat_map(|parent| &parent.columns);
    let mut seen = HashSet::new();
    inherited.chain(&table.columns).map(|column| &column.name).filter(|name| seen.insert(*name)).collect()
}

/// The shortest tail of inherited columns without which the order is the natural one.
fn late_columns(table: &Table, tables: &HashMap<Oid, &Table>) -> Vec<Ident> {
    let natural = natural_order(table, tables);
    for tail in 0..table.columns.len() {
        let (front, late) = table.columns.split_at(table.columns.len() - tail);
        if late.iter().any(|column| column.local) {
            break;
        }
        let is_late = |name: &Ident| late.iter().any(|column| column.name == *name);
        let expected = natural.iter().filter(|name| !is_late(name));
        if front.iter().map(|column| &column.name).eq(expected.copied()) {
            return late.iter().map(|column| column.name.clone()).collect();
        }
    }
    Vec::new()
}

/// The one table above that defines a column; `None` if there are several.
fn origin(table: &Table, name: &Ident, tables: &HashMap<Oid, &Table>) -> Option<(Oid, i32)> {
    let mut origins = HashSet::new();
    let mut walk: Vec<Oid> = table.parents.iter().map(|parent| parent.oid).collect();
    while let Some(above) = walk.pop().and_then(|oid| tables.get(&oid)) {
        let Some(column) = above.columns.iter().find(|column| column.name == *name) else { continue };
        if column.local {
            origins.insert((above.oid, column.number));
        }
        walk.extend(above.parents.iter().map(|parent| parent.oid));
    }
    let mut origins = origins.into_iter();
    origins.next().filter(|_| origins.next().is_none())
}

/// The mark, and the tables that have the column in its natural place: they are made after it was added.
fn build(
    origin: Oid,
    number: i32,
    heirs: &[Oid],
    tables: &HashMap<Oid, &Table>,
    found: &Found,
) -> Option<(Oid, LateColumn, Vec<Oid>)> {
    let table = tables.get(&origin)?;
    let at = table.columns.iter().position(|column| column.number == number)?;
    let column = &table.columns[at];
    // Behind a late column there are only late ones.
    if table.columns[at..].iter().any(|later| !found.contains_key(&(origin, later.number))) {
        return None;
    }
    let mut heirs: Vec<&Table> = heirs.iter().filter_map(|heir| tables.get(heir).copied()).collect();
    heirs.sort_by(|a, b| a.name.cmp(&b.name));
    let same = |heir: &&Table| heir.columns.iter().find(|other| other.name == column.name).cloned();
    let heirs: Vec<Heir> = heirs
        .iter()
        .filter_map(|heir| Some(Heir { table: heir.id(), name: heir.name.clone(), column: same(heir)? }))
        .collect();
    let mut early: Vec<Oid> = tables
        .values()
        .filter(|other| inherits(other) && descends(other, origin, tables))
        .filter(|other| !heirs.iter().any(|heir| heir.table.oid == other.oid))
        .map(|other| other.oid)
        .collect();
    early.sort_unstable();
    let before = table.columns[..at].iter().filter(|other| found.contains_key(&(origin, other.number)));
    let after = before.map(|other| table.id().column(other.number)).collect();
    Some((origin, LateColumn { column: column.clone(), heirs, after }, early))
}

fn descends(table: &Table, from: Oid, tables: &HashMap<Oid, &Table>) -> bool {
    table.parents.iter().any(|parent| {
        parent.oid == from || tables.get(&parent.oid).is_some_and(|above| descends(above, from, tables))
    })
}
