//! ANALYZE of each table whose rows were copied; one with partitions or children collects theirs with its own.
//!
//! Where a foreign table is among them, that would read another server: the other partitions are analyzed apart.
use super::{
    locks::{Lock, Made},
    weight::Weights,
};
use crate::{
    catalog::Note,
    object::Table,
    plan::{
        Dependency, Input, Step, StepId, StepKind,
        data::{self, DataSteps},
    },
};

/// The steps, each after its table's rows; what else they wait for, the locks say: statistics of index expressions
/// come with ANALYZE, so the indexes stand first.
pub(super) fn steps(input: &Input<'_>, rows: &DataSteps, weights: &Weights) -> Vec<Made> {
    if !input.settings.options.analyze_after_load {
        return Vec::new();
    }
    let above_foreign = data::above_foreign(input);
    let apart = |table: &Table| table.parents.iter().any(|parent| above_foreign.contains(&parent.oid));
    let top = data::tables(input)
        .into_iter()
        .filter(|table| !above_foreign.contains(&table.oid) && (!table.is_partition || apart(table)));
    let steps = top.filter_map(|table| {
        let mut depends_on: Vec<Dependency> =
            rows.of_table.get(&table.oid)?.iter().cloned().map(Dependency::Step).collect();
        depends_on.sort();
        depends_on.dedup();
        let step = Step {
            id: StepId(format!("analyze:{}", table.name)),
            kind: StepKind::Analyze,
            database: input.settings.target.database.clone(),
            object: table.name.to_string(),
            depends_on,
            estimate: weights.scan(table.oid),
            chunk: String::new(),
            source_sql: String::new(),
            sql: format!("ANALYZE {};", table.name),
        };
        Some(Made { lock: Lock::Statistics(table.oid), step })
    });
    steps.collect()
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
