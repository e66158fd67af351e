//! What belongs to a table and is a statement of its own: attaching it, what a cycle set
//! apart, constraints that were never validated, row security.
use super::Table;
use crate::{
    object::{Check, Column, Entry, ObjectId, Separate, Work},
    pg::catalog,
};

impl Table {
    pub(super) fn attach_entry(&self, sort_name: [&str; 3]) -> Option<Entry> {
        let (parent, bound) = (self.parents.first()?, self.partition_bound.as_ref()?);
        let identity = format!("TABLE ATTACH {} TO {}", self.name, parent.name);
        Some(
            Entry::new(ObjectId::new(catalog::INHERITS, self.oid), "partition_attach", identity, sort_name)
                .create(format!("ALTER TABLE ONLY {} ATTACH PARTITION {} {bound}", parent.name, self.name))
                .after(self.id())
                .after(ObjectId::new(catalog::CLASS, parent.oid)),
        )
    }

    pub(super) fn apart_entries(&self, separate: &Separate, sort_name: [&str; 3], entries: &mut Vec<Entry>) {
        // What is only inherited comes with the parent's, which is added without ONLY.
        let is_own = |check: &&Check| check.local || self.parents.is_empty();
        let checks =
            self.checks.iter().filter(is_own).filter(|check| self.check_stands_apart(check, separate));
        let alter_all = format!("ALTER TABLE {}", self.name);
        let on = self.name.to_string();
        entries.extend(checks.map(|check| check.entry(&alter_all, &on, self.id(), sort_name)));
        for column in &self.columns {
            let name = [sort_name[0], sort_name[1], column.name.as_str()];
            entries.extend(self.default_entry(column, separate, name));
            entries.extend(self.not_null_entry(column, &alter_all, name));
        }
    }

    fn default_entry(&self, column: &Column, separate: &Separate, sort_name: [&str; 3]) -> Option<Entry> {
        let (id, expression) = (column.default_id()?, column.default_expression.as_ref()?);
        let identity = format!("DEFAULT {}.{}", self.name, column.name);
        let entry = Entry::new(id, "default", identity, sort_name)
            .create(format!("{} ALTER COLUMN {} SET DEFAULT {expression}", self.alter(), column.name))
            .after(self.id().column(column.number));
        column.default_stands_apart(separate).then_some(entry)
    }

    fn not_null_entry(&self, column: &Column, alter: &str, sort_name: [&str; 3]) -> Option<Entry> {
        let statement = column.unvalidated_not_null(alter)?;
        // Server 18 keeps it in pg_constraint; its column stands for it here.
        let id = ObjectId::new(catalog::CONSTRAINT, self.oid).column(column.number);
        let identity = format!("NOT NULL {}.{}", self.name, column.name);
        let mut entry = Entry::new(id, "not_null", identity, sort_name)
            .create(statement)
            .after(self.id().column(column.number));
        entry.parts.extend(column.not_null_part(&self.name));
        Some(entry.post_data(self.id(), Work::Catalog))
    }

    pub(super) fn row_security_entry(&self, sort_name: [&str; 3]) -> Option<Entry> {
        let id = ObjectId::new(catalog::POLICY, self.oid).column(-1);
        let entry = Entry::new(id, "row_security", format!("ROW SECURITY {}", self.name), sort_name)
            .create(format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", self.name))
            .after(self.id())
            .post_data(self.id(), Work::Catalog);
        self.row_security.then_some(entry)
    }
}
