//! ANALYZE of each table whose rows were copied; one with partitions or children collects theirs with its own.
use super::{
    locks::{Lock, Made},
    weight::Weights,
};
use crate::plan::{Dependency, Input, Step, StepId, StepKind, data::DataSteps};

/// The steps, each after its table's rows; what else they wait for, the locks say: statistics of index expressions
/// come with ANALYZE, so the indexes stand first.
pub(super) fn steps(input: &Input<'_>, data: &DataSteps, weights: &Weights) -> Vec<Made> {
    if !input.settings.options.analyze_after_load {
        return Vec::new();
    }
    let top = crate::plan::data::tables(input).into_iter().filter(|table| !table.is_partition);
    let steps = top.filter_map(|table| {
        let rows = data.of_table.get(&table.oid)?;
        let mut depends_on: Vec<Dependency> = rows.iter().cloned().map(Dependency::Step).collect();
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
