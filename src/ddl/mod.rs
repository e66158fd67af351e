//! From objects to the ordered script that makes them.
//!
//! Pure: the same catalog gives the same script. Order: `order` (dependencies first, then kind and name);
//! cycles are broken by the repairs in `cycle`; owner, comments and privileges are added in `component`.
mod component;
mod cycle;
mod database;
mod inheritance;
mod order;
pub mod spelling;

use std::collections::{BTreeSet, HashSet};

use crate::{
    catalog::{Addresses, Catalog},
    error::Result,
    object::{Entry, ObjectId, Section, Separate},
    pg::quote_ident,
};

pub use component::{for_new_database, is_privilege, reconcile};
pub use database::{Property, database_properties, kept_properties};
pub use order::KIND_ORDER;
pub use spelling::Spelling;

/// Statements in the order in which they can run.
#[derive(Debug)]
pub struct Script {
    /// Its items: pre-data first.
    pub items: Vec<Item>,
}

/// What makes one entry.
#[derive(Debug)]
pub struct Item {
    /// The entry.
    pub entry: Entry,
    /// All of its statements: definition, owner, comments, privileges.
    pub statements: Vec<String>,
    /// Items that must be made before, by their place in the script; all smaller than its own.
    pub needs: Vec<usize>,
}

impl Item {
    /// A stable, readable name, unique in the script: `table:bookings.flights`, `key:bookings.flights.flights_pkey`.
    pub fn id(&self) -> String {
        let [schema, name, part] = &self.entry.sort_name;
        let mut id = format!("{}:", self.entry.kind);
        if !schema.is_empty() {
            id += &quote_ident(schema);
            id.push('.');
        }
        id += &quote_ident(name);
        if part.starts_with('(') {
            id += part;
        } else if !part.is_empty() {
            id.push('.');
            id += &quote_ident(part);
        }
        id
    }

    /// Its statements as SQL text that psql accepts.
    pub fn sql(&self) -> String {
        self.statements.iter().map(|statement| format!("{statement};")).collect::<Vec<_>>().join("\n")
    }
}

/// Where a kind of entry goes, beyond what its own file says.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Indexes that belong to no constraint come after the data.
    pub indexes_after_data: bool,
    /// Keys, exclusion constraints and foreign keys come after the data.
    pub constraints_after_data: bool,
    /// Constraints that come after the data all the same.
    pub late: HashSet<ObjectId>,
}

impl Default for Placement {
    fn default() -> Self {
        Self { indexes_after_data: true, constraints_after_data: true, late: HashSet::new() }
    }
}

/// Builds the script of everything in a catalog.
pub fn build(catalog: &Catalog, placement: &Placement) -> Result<Script> {
    let objects = inheritance::marked(&catalog.objects);
    let mut separate = Separate::new();
    loop {
        let mut entries = Vec::new();
        for object in objects.iter() {
            object.entries(&separate, &mut entries);
        }
        place(&mut entries, placement);
        for entry in &mut entries {
            entry.owner = entry.owner.as_deref().and_then(|name| catalog.owner_of(entry.id, name));
        }
        let references: Vec<&Entry> = entries.iter().collect();
        let addresses = Addresses::new(entries.iter(), &catalog.depends);
        let mut needs = addresses.needs(&references, &catalog.depends);
        let entry_at = |id: ObjectId| addresses.resolve(id);
        order::add_attachments(&references, &mut needs, entry_at);
        order::add_refreshes(&references, &mut needs);
        match order::sort(&references, &needs) {
            Ok(order) => return Ok(script(catalog, entries, &needs, &order)),
            Err(cycles) => separate.extend(cycle::repair(&references, &cycles, &separate)?),
        }
    }
}

fn place(entries: &mut [Entry], placement: &Placement) {
    for entry in entries {
        let early = match entry.kind {
            "index" | "index_attach" => !placement.indexes_after_data,
            "key" | "key_index" | "foreign_key" => {
                !placement.constraints_after_data && !placement.late.contains(&entry.id)
            }
            _ => false,
        };
        if early {
            entry.section = Section::PreData;
        }
    }
}

fn script(catalog: &Catalog, entries: Vec<Entry>, needs: &[Vec<usize>], order: &order::Order) -> Script {
    let mut place = vec![0; entries.len()];
    for (position, index) in order.places.iter().enumerate() {
        place[*index] = position;
    }
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let items = order.places.iter().filter_map(|index| {
        let mut entry = entries[*index].take()?;
        entry.section = order.sections[*index];
        let needs: BTreeSet<usize> = needs[*index].iter().map(|needed| place[*needed]).collect();
        Some(Item {
            statements: component::statements(&entry, catalog),
            entry,
            needs: needs.into_iter().collect(),
        })
    });
    Script { items: items.collect() }
}
