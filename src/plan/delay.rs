//! Tables whose rows come when the rest of the database is usable (`tables.delay_data`).
//!
//! ```text
//! other rows ▸ `rows` ▸ sequence values, refreshes ─┐
//! indexes, constraints, triggers of other tables    ├▸ `usable` ▸ late rows ▸ their indexes, validation
//! keys, unique indexes, foreign keys (NOT VALID),   │                         of foreign keys, statistics, and
//! triggers of late tables, which are empty          ┘                         whatever waits for all rows
//! ```
//! `rows` and `usable` are steps that do nothing: many steps wait for one, and the journal remembers that it was passed. From
//! `usable` on a late table is its clients': it is not emptied, and its rows are added under
//! `session_replication_role = replica`, where the triggers that clients need do not fire for them. That leaves out what triggers of the
//! server's own check as well: foreign keys are validated afterwards, deferrable keys looked through (`post::recheck`).
//!
//! What may read any table waits for all rows, and so comes after `usable`: checks of functions, checks of domains, refreshes that reach a
//! function or a late table. Event triggers and the limit of connections come last too: they would be in the run's own way.
//!
//! Here it is decided what is late; [`order`] puts the steps in their order, [`refuse`] says what cannot be late.
mod order;
mod refuse;

use std::collections::HashSet;

pub use self::order::USABLE_STEP;
pub(super) use self::order::{after_usable, end_rows, permission_step, usable, wait_for_early_rows};
use super::{
    Input, StepId,
    data::{self, DataSteps},
    rule::Rules,
};
use crate::{
    catalog::Note,
    ddl::{Item, Script},
    error::Result,
    object::{ForeignKey, Section, Table, Work},
    pg::{self, Oid},
};

/// The late tables of a plan.
#[derive(Debug, Default)]
pub(super) struct Late {
    tables: HashSet<Oid>,
    /// These, and those that they inherit from: whoever reads one of them reads late rows.
    read: HashSet<Oid>,
}

impl Late {
    /// Finds them. A table comes with all of its partitions, and with the table that it is a partition of: its keys span them.
    pub(super) fn find(input: &Input<'_>, notes: &mut Vec<Note>) -> Result<Self> {
        let loading = &input.settings.loading;
        if !loading.delays() {
            return Ok(Self::default());
        }
        let database = input.source.catalog.database.name.as_str();
        let tables = data::tables(input);
        let names: Vec<(&str, &str)> =
            tables.iter().map(|table| (table.name.schema.as_str(), table.name.name.as_str())).collect();
        notes.extend(loading.idle(database, &names).into_iter().map(|pattern| Note {
            object: format!("`tables.delay_data`: {pattern}"),
            reason: "no table that is carried has such a name".to_owned(),
        }));
        let rules = Rules::new(&input.source.catalog.objects, &input.settings.selection);
        let top = |table: &Table| {
            std::iter::successors(rules.partitioned(table), |at| rules.partitioned(at))
                .last()
                .map_or(table.oid, |top| top.oid)
        };
        let fits = |table: &&&Table| {
            loading.is_delayed(database, table.name.schema.as_str(), table.name.name.as_str())
        };
        let tops: HashSet<Oid> = tables.iter().filter(fits).map(|table| top(table)).collect();
        let late: Vec<&&Table> = tables.iter().filter(|table| tops.contains(&top(table))).collect();
        refuse::refuse(input, &late)?;
        let reason = "its rows come when the rest is usable; until they are read the source's snapshot is held, and \
             its vacuum keeps what it sees";
        notes.extend(
            late.iter()
                .filter(|table| tops.contains(&table.oid))
                .map(|table| Note { object: format!("TABLE {}", table.name), reason: reason.to_owned() }),
        );
        let tables: HashSet<Oid> = late.iter().map(|table| table.oid).collect();
        Ok(Self { read: with_parents(input, &tables), tables })
    }

    pub(super) fn has(&self, table: Oid) -> bool {
        self.tables.contains(&table)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Whether a foreign key is of a late table, or refers to one.
    pub(super) fn touches(&self, key: &ForeignKey) -> bool {
        self.has(key.relation) || self.has(key.referenced)
    }

    /// By item of the script: whether it comes after late rows.
    pub(super) fn items(&self, script: &Script) -> Vec<bool> {
        let (mut late, mut reads): (Vec<bool>, Vec<bool>) = (Vec::new(), Vec::new());
        for item in &script.items {
            let any = |of: &[bool]| item.needs.iter().any(|place| of.get(*place) == Some(&true));
            let is_read = match item.entry.kind {
                // What a table needs is not read with it.
                "table" => self.read.contains(&item.entry.id.oid),
                "function" | "aggregate" | "extension" => true,
                "view" | "materialized_view" if runs_text(item) => true,
                _ => any(&reads),
            };
            let own = match item.entry.kind {
                "index" => self.has_relation(item) && !is_unique(item),
                "refresh" => is_read,
                _ => waits_for_all_rows(item),
            };
            let is_after = item.entry.section == Section::PostData && (own || any(&late));
            late.push(!self.is_empty() && is_after);
            reads.push(is_read);
        }
        late
    }

    fn has_relation(&self, item: &Item) -> bool {
        item.entry.relation.is_some_and(|id| id.class == pg::catalog::CLASS && self.has(id.oid))
    }

    /// The steps of these that copy late rows.
    pub(super) fn steps<'d>(&self, data: &'d DataSteps) -> HashSet<&'d StepId> {
        if self.is_empty() {
            return HashSet::new();
        }
        data.steps.iter().filter(|step| step.is_late()).map(|step| &step.id).collect()
    }
}

/// Whether it calls a function of the server's own that runs a query which it is given as text: what that reads, nobody sees.
fn runs_text(item: &Item) -> bool {
    item.entry.create.iter().any(|text| ["ts_stat(", "_to_xml"].iter().any(|name| text.contains(name)))
}

/// A unique index keeps clients from what would make it fail afterwards, and `ON CONFLICT` needs it.
pub(super) fn is_unique(item: &Item) -> bool {
    item.entry.create.first().is_some_and(|text| text.starts_with("CREATE UNIQUE INDEX "))
}

/// Columns of any table can be of a domain, and a check that comes after the data reads other tables.
pub(super) fn waits_for_all_rows(item: &Item) -> bool {
    let is_check = item.entry.kind == "check" && item.entry.work == Work::Scan;
    is_check || item.entry.relation.is_some_and(|id| id.class == pg::catalog::TYPE)
}

fn with_parents(input: &Input<'_>, tables: &HashSet<Oid>) -> HashSet<Oid> {
    let all = data::tables(input);
    let mut read = tables.clone();
    loop {
        let known = read.len();
        let children: Vec<&&Table> = all.iter().filter(|table| read.contains(&table.oid)).collect();
        read.extend(children.iter().flat_map(|table| &table.parents).map(|parent| parent.oid));
        if read.len() == known {
            return read;
        }
    }
}
