//! Statistics of each table whose rows were copied, by ANALYZE or from the source; one with partitions or children collects
//! theirs with its own.
use super::{
    locks::{Lock, Made},
    statistics::{Carried, Means},
    weight::Weights,
};
use crate::{
    catalog::Note,
    object::Table,
    plan::{Dependency, Input, Step, StepId, StepKind, data::DataSteps},
};

/// The steps, each after its table's rows; what else they wait for, the locks say: an index build counts the rows of its
/// table, and statistics of index expressions need the index, so the indexes stand first.
pub(super) fn steps(
    input: &Input<'_>,
    data: &DataSteps,
    weights: &Weights,
    carried: Option<&Carried<'_>>,
    notes: &mut Vec<Note>,
) -> Vec<Made> {
    let top = crate::plan::data::tables(input).into_iter().filter(|table| !table.is_partition);
    let steps = top.filter_map(|table| {
        let rows = data.of_table.get(&table.oid)?;
        let mut depends_on: Vec<Dependency> = rows.iter().cloned().map(Dependency::Step).collect();
        depends_on.sort();
        depends_on.dedup();
        let Means { sql, reads } = match carried {
            Some(carried) => carried.of_table(table, notes)?,
            None => analyze(input, table)?,
        };
        let step = Step {
            id: StepId(format!("analyze:{}", table.name)),
            kind: StepKind::Analyze,
            database: input.settings.target.database.clone(),
            object: table.name.to_string(),
            depends_on,
            estimate: if reads { weights.scan(table.oid) } else { 0 },
            chunk: String::new(),
            source_sql: String::new(),
            sql,
        };
        Some(Made { lock: Lock::Statistics(table.oid), step })
    });
    steps.collect()
}

fn analyze(input: &Input<'_>, table: &Table) -> Option<Means> {
    let sql = format!("ANALYZE {};", table.name);
    input.settings.options.analyze_after_load.then_some(Means { sql, reads: true })
}
