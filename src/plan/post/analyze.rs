//! Statistics of each table whose rows were copied, by ANALYZE or from the source; one with partitions or children collects
//! theirs with its own.
//!
//! Where a foreign table is among them, that would read another server: the other partitions are analyzed apart.
use std::collections::{HashMap, HashSet};

use super::{
    locks::{Lock, Made},
    statistics::{Carried, Means},
    weight::Weights,
};
use crate::{
    catalog::Note,
    object::Table,
    pg::Oid,
    plan::{
        Dependency, Input, Step, StepKind,
        data::{self, DataSteps},
    },
};

/// The steps, each after its table's rows and its heirs'; what else they wait for, the locks say: an index build counts the rows of its
/// table, and statistics of index expressions need the index, so the indexes stand first.
pub(super) fn steps(
    input: &Input<'_>,
    rows: &DataSteps,
    weights: &Weights,
    carried: Option<&Carried<'_>>,
    notes: &mut Vec<Note>,
) -> Vec<Made> {
    let tables = data::tables(input);
    let heirs = heirs(&tables);
    let above_foreign = data::above_foreign(input);
    let apart = |table: &Table| table.parents.iter().any(|parent| above_foreign.contains(&parent.oid));
    let top = tables
        .iter()
        .filter(|table| !above_foreign.contains(&table.oid) && (!table.is_partition || apart(table)));
    let steps = top.filter_map(|table| {
        rows.of_table.get(&table.oid)?;
        let with_heirs = with_heirs(table.oid, &heirs);
        let of_heirs = with_heirs.iter().filter_map(|oid| rows.of_table.get(oid)).flatten();
        let mut depends_on: Vec<Dependency> = of_heirs.cloned().map(Dependency::Step).collect();
        depends_on.sort();
        depends_on.dedup();
        let Means { sql, reads } = match carried {
            Some(carried) => carried.of_table(table, notes)?,
            None => analyze(input, table)?,
        };
        let step = Step {
            depends_on,
            estimate: if reads { weights.scan(table.oid) } else { 0 },
            sql,
            ..input.step(StepKind::Analyze, format!("analyze:{}", table.name), table.name.to_string())
        };
        Some(Made { lock: Lock::Statistics(table.oid), step })
    });
    steps.collect()
}

fn analyze(input: &Input<'_>, table: &Table) -> Option<Means> {
    let sql = format!("ANALYZE {};", table.name);
    input.settings.options.analyze_after_load.then_some(Means { sql, reads: true })
}

/// By table: those that inherit from it directly.
fn heirs(tables: &[&Table]) -> HashMap<Oid, Vec<Oid>> {
    let mut heirs: HashMap<Oid, Vec<Oid>> = HashMap::new();
    for table in tables.iter().filter(|table| !table.is_partition) {
        for parent in &table.parents {
            heirs.entry(parent.oid).or_default().push(table.oid);
        }
    }
    heirs
}

/// A table and all that inherit from it, directly or through others.
fn with_heirs(table: Oid, heirs: &HashMap<Oid, Vec<Oid>>) -> HashSet<Oid> {
    let (mut seen, mut walk) = (HashSet::from([table]), vec![table]);
    while let Some(at) = walk.pop() {
        walk.extend(heirs.get(&at).into_iter().flatten().filter(|heir| seen.insert(**heir)));
    }
    seen
}

/// The tables that are left to the user.
pub(super) fn notes(input: &Input<'_>) -> Vec<Note> {
    let above_foreign = data::above_foreign(input);
    let left = data::tables(input).into_iter().filter(|table| above_foreign.contains(&table.oid));
    let note = |table: &Table| Note {
        object: format!("TABLE {}", table.name),
        reason: "not analyzed: ANALYZE would read the foreign tables below it".to_owned(),
    };
    let wanted = input.settings.options.analyze_after_load;
    if wanted { left.map(note).collect() } else { Vec::new() }
}
