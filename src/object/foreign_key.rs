//! `FOREIGN KEY`. Those of partitions that their parent's made are not made again.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work};
use crate::pg::{Ident, Oid, QualifiedName, catalog};

/// A row of `pg_constraint`.
#[derive(Debug, Clone, Deserialize)]
pub struct ForeignKey {
    oid: Oid,
    name: Ident,
    /// The table that has it.
    pub relation: Oid,
    schema: Ident,
    table_name: Ident,
    relation_kind: String,
    /// The table that it refers to.
    pub referenced: Oid,
    referenced_schema: Ident,
    referenced_table: Ident,
    validated: bool,
    definition: String,
}

impl ForeignKey {
    /// Its address.
    pub fn id(&self) -> ObjectId {
        ObjectId::new(catalog::CONSTRAINT, self.oid)
    }

    /// The name of the table that has it.
    pub fn table(&self) -> QualifiedName {
        QualifiedName { schema: self.schema.clone(), name: self.table_name.clone() }
    }

    /// The name of the table that it refers to.
    pub fn referenced_name(&self) -> QualifiedName {
        QualifiedName { schema: self.referenced_schema.clone(), name: self.referenced_table.clone() }
    }

    /// `CONSTRAINT name ON table`
    pub fn identity(&self) -> String {
        format!("CONSTRAINT {} ON {}", self.name, self.table())
    }

    /// Whether its table is partitioned; such a key cannot be NOT VALID before server 18.
    pub fn is_of_partitioned_table(&self) -> bool {
        self.relation_kind == "p"
    }

    /// Whether it does not vouch for the rows that are there.
    pub fn is_unvalidated(&self) -> bool {
        !self.validated
    }

    /// Leaves the rows that are there unchecked: what a selection left out may be missing.
    pub fn leave_unvalidated(&mut self) {
        if self.validated {
            self.validated = false;
            self.definition += " NOT VALID";
        }
    }
}

impl Kind for ForeignKey {
    const QUERIES: Queries =
        &[(u32::MAX, include_str!("sql/foreign_key.sql")), (10, include_str!("sql/foreign_key.pg10.sql"))];

    fn entries(&self, _separate: &Separate, entries: &mut Vec<Entry>) {
        let relation = ObjectId::new(catalog::CLASS, self.relation);
        let only = if self.relation_kind == "p" { "" } else { "ONLY " };
        let work = if self.validated { Work::Scan } else { Work::Catalog };
        entries.push(
            Entry::new(
                self.id(),
                "foreign_key",
                self.identity(),
                [self.schema.as_str(), self.table_name.as_str(), self.name.as_str()],
            )
            .create(format!(
                "ALTER TABLE {only}{} ADD CONSTRAINT {} {}",
                self.table(),
                self.name,
                self.definition
            ))
            .after(relation)
            .after(ObjectId::new(catalog::CLASS, self.referenced))
            .post_data(relation, work),
        );
    }
}
