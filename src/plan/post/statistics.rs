//! The source's statistics for the target, instead of ANALYZE: which relations they hold for, and what is done for others.
//!
//! They hold where the target's table has the rows of the source's, all of them and no others, and where the source has
//! any. A partitioned table and its partitions go together, since one ANALYZE of it collects for all of them.
use std::collections::{HashMap, HashSet};

use super::restore;
use crate::{
    catalog::{Catalog, Database, Note, RelationStatistics, Statistics},
    config::{OnExisting, StatisticsFrom},
    ddl::Script,
    object::{MaterializedView, Table},
    pg::{Oid, QualifiedName, catalog},
    plan::{Input, Rules, Target},
};

/// The functions that take statistics came with this version.
const TAKES_STATISTICS: u32 = 18;

/// Why the target cannot be given the source's statistics at all, if it cannot.
pub fn refuses_statistics(source: &Catalog, target: &Target) -> Option<String> {
    if !target.version.at_least(TAKES_STATISTICS) {
        return Some(format!("the target is before {TAKES_STATISTICS}"));
    }
    // They are read as text, which the bytes of such a database need not be.
    if source.database.encoding == "SQL_ASCII" {
        return Some("the source's encoding is SQL_ASCII".to_owned());
    }
    let collation = |database: &Database| {
        let provider = database.locale_provider.clone().unwrap_or_else(|| "c".to_owned());
        (provider, database.collate.clone(), database.locale.clone())
    };
    let differs = |there: &Catalog| collation(&there.database) != collation(&source.database);
    // Bounds of histograms are sorted.
    target.catalog.as_ref().is_some_and(differs).then(|| "the target's collation is another".to_owned())
}

/// What is done for the statistics of a table.
pub(super) struct Means {
    /// What runs on the target.
    pub(super) sql: String,
    /// Whether that is known to read rows.
    pub(super) reads: bool,
}

/// What the statistics of the source are judged by.
pub(super) struct Carried<'a> {
    input: &'a Input<'a>,
    statistics: &'a Statistics,
    rules: Rules<'a>,
    tables: HashMap<Oid, &'a Table>,
    /// Relations that the script makes; of a key, its index.
    made: HashSet<Oid>,
}

impl<'a> Carried<'a> {
    /// `None` if the user does not want them, or the target cannot take them: then it says why.
    pub(super) fn new(input: &'a Input<'a>, script: &Script, notes: &mut Vec<Note>) -> Option<Self> {
        if input.settings.options.statistics != StatisticsFrom::Carry {
            return None;
        }
        let source = &input.source.catalog;
        if let Some(why) = refuses_statistics(source, input.target) {
            notes.push(note(input, format!("DATABASE {}", input.settings.target.database), &why));
        }
        let ids = script.items.iter().flat_map(|item| {
            let parts = item.entry.parts.iter().map(|part| &part.id);
            parts.chain(&item.entry.aliases).chain([&item.entry.id])
        });
        Some(Self {
            input,
            statistics: input.statistics?,
            rules: Rules::new(&source.objects, &input.settings.selection),
            tables: crate::plan::data::tables(input).into_iter().map(|table| (table.oid, table)).collect(),
            made: ids.filter(|id| id.class == catalog::CLASS).map(|id| id.oid).collect(),
        })
    }

    /// For a table with its partitions; `None` if there is nothing to do.
    pub(super) fn of_table(&self, top: &'a Table, notes: &mut Vec<Note>) -> Option<Means> {
        let all = self.with_descendants(top);
        if let Some(why) = self.misses_children(&all).or_else(|| self.other_rows(&all)) {
            notes.push(note(self.input, format!("TABLE {}", top.name), why));
            return self.means(&top.name, &[], &[&top.name]);
        }
        let (mut carried, mut others) = (Vec::new(), Vec::new());
        for member in all.iter().filter(|table| table.oid == top.oid || table.is_partition) {
            match self.of_relation(member.oid) {
                Ok(calls) => carried.push(calls),
                Err(why) => {
                    // Of no rows there is nothing to be carried.
                    if !self.is_empty(member) {
                        notes.push(note(self.input, format!("TABLE {}", member.name), &why));
                    }
                    others.push(&member.name);
                }
            }
        }
        self.means(&top.name, &carried, &others)
    }

    /// For a materialized view that was refreshed; `None` if they cannot be carried.
    pub(super) fn of_view(&self, view: &MaterializedView, notes: &mut Vec<Note>) -> Option<String> {
        let calls = if self.leaves_rows_out() {
            Err("not all rows are copied as they are".to_owned())
        } else {
            self.of_relation(view.oid)
        };
        match calls {
            Ok(calls) => self.means(&view.name, &[calls], &[]).map(|means| means.sql),
            Err(why) => {
                notes.push(note(self.input, format!("MATERIALIZED VIEW {}", view.name), &why));
                None
            }
        }
    }

    /// What can be carried, then ANALYZE of the others; of all at once if nothing can be.
    fn means(&self, top: &QualifiedName, carried: &[String], others: &[&QualifiedName]) -> Option<Means> {
        let analyzes = self.input.settings.options.analyze_after_load;
        let whole = format!("ANALYZE {top}");
        let mut statements = Vec::new();
        if !carried.is_empty() {
            statements.push(restore::block(carried, top, analyzes.then_some(&whole)));
            statements.extend(others.iter().filter(|_| analyzes).map(|name| format!("ANALYZE ONLY {name};")));
        } else if analyzes {
            statements.push(format!("{whole};"));
        }
        let reads = analyzes && !others.is_empty();
        (!statements.is_empty()).then(|| Means { sql: statements.join("\n"), reads })
    }

    /// A table with all that are below it: partitions and other children, each once.
    fn with_descendants(&self, top: &'a Table) -> Vec<&'a Table> {
        let (mut all, mut seen) = (vec![top], HashSet::from([top.oid]));
        let mut next = 0;
        while let Some(table) = all.get(next) {
            let below = self.children(table).filter(|oid| seen.insert(*oid));
            let below: Vec<&Table> = below.filter_map(|oid| self.tables.get(&oid).copied()).collect();
            all.extend(below);
            next += 1;
        }
        all
    }

    fn children(&self, table: &Table) -> impl Iterator<Item = Oid> + 'a {
        self.statistics.of(table.oid).into_iter().flat_map(|relation| relation.children.iter().copied())
    }

    fn misses_children(&self, all: &[&Table]) -> Option<&'static str> {
        let missing =
            all.iter().flat_map(|table| self.children(table)).any(|oid| !self.tables.contains_key(&oid));
        missing.then_some("not all tables below it are carried")
    }

    /// Why the target's tables do not have the rows of the source's.
    fn other_rows(&self, all: &[&Table]) -> Option<&'static str> {
        let is = |what: &dyn Fn(&Table) -> bool| all.iter().any(|table| what(table));
        let keeps = matches!(self.input.settings.on_existing, OnExisting::Skip | OnExisting::Append);
        if is(&|table| self.rules.of(table).is_filtered()) {
            Some("only some of its rows are copied")
        } else if is(&|table| self.rules.of(table).order_by.is_some()) {
            Some("its rows come in another order")
        } else if is(&|table| table.hashes_by_oid) {
            Some("its rows can come into other partitions")
        } else if keeps && is(&|table| self.input.target.with_rows.contains(&table.name)) {
            Some("the target had rows")
        } else {
            None
        }
    }

    /// Whether a query on the target can give other rows than on the source.
    fn leaves_rows_out(&self) -> bool {
        let keeps = matches!(self.input.settings.on_existing, OnExisting::Skip | OnExisting::Append);
        let had_rows = keeps && !self.input.target.with_rows.is_empty();
        let all: Vec<&Table> = self.tables.values().copied().collect();
        had_rows
            || self.misses_children(&all).is_some()
            || all.iter().any(|table| self.rules.of(table).is_filtered())
    }

    /// What carries a relation's statistics and those of its indexes, or why nothing does.
    fn of_relation(&self, oid: Oid) -> Result<String, String> {
        let relation = self.statistics.of(oid).ok_or("the source has none")?;
        if relation.extended {
            return Err("it has extended statistics, which cannot be carried".to_owned());
        }
        if !self.is_complete(relation) {
            return Err("the source has none, or its role may not see them".to_owned());
        }
        let mut calls = restore::calls(self.statistics, relation);
        for index in self.statistics.of_indexes(oid).filter(|index| self.made.contains(&index.oid)) {
            let rows = self.statistics.rows(index);
            if index.has_expressions && index.columns.is_empty() && rows != Some(0.0) {
                return Err(format!("the source has none of the expressions of index {}", index.name));
            }
            calls.extend(restore::calls(self.statistics, index));
        }
        Ok(restore::all_of(&calls))
    }

    /// Whether the source has analyzed it: by itself if it has rows, and with the tables below it if any of these has.
    fn is_complete(&self, relation: &RelationStatistics) -> bool {
        let has = |inherited: bool| relation.columns.iter().any(|column| column.inherited == inherited);
        let table = self.tables.get(&relation.oid);
        let rows = self.statistics.rows(relation);
        let together = has(true) || table.is_none_or(|table| self.is_empty(table));
        // Its `reltuples` came with server 14.
        if relation.kind == "p" {
            return together;
        }
        // No rows may be what there was when it was analyzed, and not what there is.
        let own = has(false) || (rows == Some(0.0) && table.is_none_or(|table| table.pages == 0));
        rows.is_some() && own && (relation.children.is_empty() || together)
    }

    /// Whether there are no rows in it and below it.
    fn is_empty(&self, table: &'a Table) -> bool {
        self.with_descendants(table).iter().all(|table| table.pages == 0)
    }
}

fn note(input: &Input<'_>, object: String, why: &str) -> Note {
    let instead = if input.settings.options.analyze_after_load { "ANALYZE" } else { "nothing" };
    Note { object, reason: format!("{instead} instead of the source's statistics: {why}") }
}
