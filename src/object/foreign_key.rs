//! `FOREIGN KEY`. Those of partitions that their parent's made are not made again.
use serde::Deserialize;

use super::{Entry, Kind, ObjectId, Queries, Separate, Work};
use crate::pg::{Ident, Oid, QualifiedName, catalog, quote_literal};

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
    referenced_kind: String,
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

    /// Whether it refers to a partitioned table, and so has a row in `pg_constraint` for each partition of that too.
    pub fn refers_to_partitioned_table(&self) -> bool {
        self.referenced_kind == "p"
    }

    /// The statement that adds it without a look at the rows: a short lock on both tables.
    pub fn add_unvalidated(&self) -> String {
        let marked = if self.validated { " NOT VALID" } else { "" };
        format!("{}{marked}", self.add())
    }

    /// The statement that then looks at the rows. It locks its own table against definitions, and lets the indexes and
    /// the foreign keys of other tables be made; afterwards nothing tells the two steps from one.
    pub fn validate(&self) -> String {
        format!("ALTER TABLE {}{} VALIDATE CONSTRAINT {}", self.only(), self.table(), self.name)
    }

    fn add(&self) -> String {
        format!(
            "ALTER TABLE {}{} ADD CONSTRAINT {} {}",
            self.only(),
            self.table(),
            self.name,
            self.definition
        )
    }

    fn only(&self) -> &'static str {
        if self.is_of_partitioned_table() { "" } else { "ONLY " }
    }

    /// Lets the validation that follows in its transaction walk both indexes side by side, where the columns lead
    /// an index on either side and no row needs a look at the heap. The planner prefers to hash the heaps whatever
    /// `random_page_cost` says: 1.0 s instead of 0.5 s for 3M rows in cache after COPY … FREEZE. Without FREEZE
    /// nothing is all-visible, walking the indexes gains nothing, and this does nothing.
    pub fn prefer_indexes(&self) -> String {
        let (table, name) = (quote_literal(&self.table().to_string()), quote_literal(self.name.as_str()));
        let parts = include_str!("sql/foreign_key_plan.sql").trim_end().split(":table");
        parts.map(|part| part.replace(":name", &name)).collect::<Vec<_>>().join(&table)
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
        let work = if self.validated { Work::Scan } else { Work::Catalog };
        entries.push(
            Entry::new(
                self.id(),
                "foreign_key",
                self.identity(),
                [self.schema.as_str(), self.table_name.as_str(), self.name.as_str()],
            )
            .create(self.add())
            .after(relation)
            .after(ObjectId::new(catalog::CLASS, self.referenced))
            .post_data(relation, work),
        );
    }
}
