//! Tables whose rows stay behind under `--on-existing skip`.
use std::collections::HashSet;

use super::{Input, data, refuse, rule::Rules};
use crate::{
    config::OnExisting,
    object::Table,
    pg::{Oid, QualifiedName},
};

/// Whose rows are there, and who would fire.
pub(super) struct Skipping<'a> {
    input: &'a Input<'a>,
    rules: &'a Rules<'a>,
    /// The tables that have rows on the target, with those that they are partitions of.
    filled: HashSet<Oid>,
    there: HashSet<&'a QualifiedName>,
    /// Tables with triggers that rows would fire.
    firing: HashSet<QualifiedName>,
}

impl<'a> Skipping<'a> {
    pub(super) fn new(input: &'a Input<'a>, tables: &[&Table], rules: &'a Rules<'a>) -> Self {
        let filled = tables.iter().filter(|table| input.target.with_rows.contains(&table.name));
        let filled = filled.flat_map(|table| lineage(table, rules)).map(|at| at.oid).collect();
        let firing = refuse::firing(input, false).map(|(_, table)| table).collect();
        Self { input, rules, filled, there: data::on_target(input), firing }
    }

    /// Why the rows of a table stay behind; `None`: they are copied. Rows that go in through a table above are judged there. Where
    /// triggers would fire and there is no row on either side, a run that is to change nothing is not refused for them.
    pub(super) fn reason(&self, table: &Table) -> Option<&'static str> {
        if self.input.settings.on_existing != OnExisting::Skip {
            return None;
        }
        let root = self.rules.hash_root(table);
        if self.filled.contains(&root.unwrap_or(table).oid) {
            return Some("rows not copied: the target has rows, and `--on-existing skip` was given");
        }
        let is_empty = root.is_none() && table.has_rows_of_its_own() && table.pages == 0;
        let fires = || lineage(table, self.rules).any(|at| self.firing.contains(&at.name));
        (is_empty && self.there.contains(&table.name) && fires()).then_some(
            "rows not copied: there were none on either side, and triggers of the target would fire for any that come",
        )
    }
}

/// The tables that rows go into, with those that they are partitions of.
pub(super) fn loaded<'a>(input: &'a Input<'_>) -> HashSet<&'a QualifiedName> {
    let tables = data::tables(input);
    let rules = Rules::new(&input.source.catalog.objects, &input.settings.selection);
    let skipping = Skipping::new(input, &tables, &rules);
    let takes_rows = |table: &&&Table| {
        (table.has_rows_of_its_own() || rules.is_read(table)) && skipping.reason(table).is_none()
    };
    tables.iter().filter(takes_rows).flat_map(|table| lineage(table, &rules)).map(|at| &at.name).collect()
}

/// A table, and those that it is a partition of.
fn lineage<'t>(table: &'t Table, rules: &Rules<'t>) -> impl Iterator<Item = &'t Table> {
    std::iter::successors(Some(table), |at| rules.partitioned(at))
}
