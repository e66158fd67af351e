//! `ALTER TABLE … ADD COLUMN`, for a column that came to a table after its children were made.
//!
//! CREATE TABLE … INHERITS puts the parents' columns first. Where a column was added to the parent later, it stands at
//! the end of the children, behind their own. Its place comes back only by adding it again after them.
use super::{Column, Entry, ObjectId, Part, Separate};
use crate::pg::QualifiedName;

/// Such a column, at the table that defines it.
#[derive(Debug, Clone)]
pub struct LateColumn {
    /// The column.
    pub column: Column,
    /// The same column in the tables that inherit it late.
    pub heirs: Vec<Heir>,
    /// Other late columns that stand before it in one of these tables.
    pub after: Vec<ObjectId>,
}

/// A table that inherits a late column.
#[derive(Debug, Clone)]
pub struct Heir {
    /// Its address.
    pub table: ObjectId,
    /// Its name.
    pub name: QualifiedName,
    /// The column there.
    pub column: Column,
}

impl LateColumn {
    /// What adds it to its table and so to all that inherit from it. `identity` is the text of its identity sequence.
    pub(super) fn entry(
        &self,
        table: ObjectId,
        name: &QualifiedName,
        identity: Option<&str>,
        separate: &Separate,
    ) -> Entry {
        let id = table.column(self.column.number);
        let sort_name = [name.schema.as_str(), name.name.as_str(), self.column.name.as_str()];
        let mut entry =
            Entry::new(id, "late_column", format!("COLUMN {name}.{}", self.column.name), sort_name)
                .create(format!(
                    "ALTER TABLE {name} ADD COLUMN {}",
                    self.column.definition(separate, identity)
                ))
                .after(table);
        entry.create.extend(self.column.settings(&format!("ALTER TABLE ONLY {name}")));
        entry.parts.extend(parts(&self.column, table, name));
        if !self.column.default_stands_apart(separate) {
            entry.aliases.extend(self.column.default_id());
        }
        entry.after.extend(&self.after);
        for heir in &self.heirs {
            let alter = format!("ALTER TABLE ONLY {}", heir.name);
            entry.create.extend(heir.column.inherited_changes(&alter, separate));
            entry.create.extend(heir.column.settings(&alter));
            entry.parts.extend(parts(&heir.column, heir.table, &heir.name));
            entry.aliases.push(heir.table.column(heir.column.number));
            if !heir.column.default_stands_apart(separate) {
                entry.aliases.extend(heir.column.default_id());
            }
            entry.after.push(heir.table);
        }
        entry
    }
}

/// The column, and its NOT NULL constraint unless that is a statement of its own.
fn parts(column: &Column, table: ObjectId, name: &QualifiedName) -> impl Iterator<Item = Part> {
    let not_null = column.not_null_part(name).filter(|_| column.unvalidated_not_null("").is_none());
    [column.part(table, name)].into_iter().chain(not_null)
}
