//! REFRESH of materialized views, and their statistics.
use std::collections::HashMap;

use super::{
    locks::{Lock, Made},
    statistics::Carried,
};
use crate::{
    catalog::Note,
    ddl::Item,
    object::{MaterializedView, Object},
    plan::{Dependency, Input, Step, StepId, StepKind},
};

/// The REFRESH of a view, with ANALYZE right behind it; or, if the source's statistics are carried, a step for these once
/// its indexes stand.
pub(super) fn steps(
    input: &Input<'_>,
    item: &Item,
    mut refresh: Step,
    carried: Option<&Carried<'_>>,
    notes: &mut Vec<Note>,
) -> Vec<Made> {
    let mut made = Vec::new();
    // It reads as its owner, whom policies may leave a part of the rows: that is what the view holds on the source.
    refresh.sql = format!("SET LOCAL row_security = on;\n{}\nSET LOCAL row_security = off;", refresh.sql);
    if let Some(view) = view(input, item) {
        match carried.and_then(|carried| carried.of_view(view, notes)) {
            Some(sql) => made.push(statistics_step(view, &refresh, sql)),
            None if input.settings.options.analyze_after_load => {
                refresh.sql += &format!("\nANALYZE {};", view.name);
            }
            None => {}
        }
    }
    made.insert(0, Made { lock: Lock::Nothing, step: refresh });
    made
}

fn view<'a>(input: &Input<'a>, item: &Item) -> Option<&'a MaterializedView> {
    input.source.catalog.objects.iter().find_map(|object| match object {
        Object::MaterializedView(view) if view.oid == item.entry.id.oid => Some(view),
        _ => None,
    })
}

/// It is no `ANALYZE` step, since every REFRESH waits for those.
fn statistics_step(view: &MaterializedView, refresh: &Step, sql: String) -> Made {
    let step = Step {
        id: StepId(format!("analyze:{}", view.name)),
        kind: StepKind::SchemaPost,
        object: format!("STATISTICS OF {}", view.name),
        depends_on: vec![Dependency::Step(refresh.id.clone())],
        estimate: 0,
        sql,
        ..refresh.clone()
    };
    Made { lock: Lock::Statistics(view.oid), step }
}

/// A refresh reads whatever its query and the functions in it read, as its owner: all rows must be there, and the
/// policies that the owner is under. With statistics, those of other materialized views included, it is planned well.
pub(super) fn last(input: &Input<'_>, made: &mut [Made]) {
    let policies: Vec<Dependency> = made
        .iter()
        .map(|made| &made.step)
        .filter(|step| step.id.0.starts_with("policy:") || step.id.0.starts_with("row_security:"))
        .map(|step| Dependency::Step(step.id.clone()))
        .collect();
    let statistics = statistics_of_views(made);
    let analyzes = input.settings.options.analyze_after_load || input.statistics.is_some();
    for step in made.iter_mut().map(|made| &mut made.step).filter(|step| step.kind == StepKind::Refresh) {
        let others: Vec<Dependency> =
            step.depends_on.iter().filter_map(|other| statistics.get(other).cloned()).collect();
        step.depends_on.extend(others);
        step.depends_on.push(Dependency::Kind(StepKind::Data));
        step.depends_on.push(Dependency::Kind(StepKind::Carry));
        if analyzes {
            step.depends_on.push(Dependency::Kind(StepKind::Analyze));
        }
        step.depends_on.extend(policies.iter().cloned());
        step.depends_on.sort();
        step.depends_on.dedup();
    }
}

/// By the REFRESH: the step that gives its view statistics.
fn statistics_of_views(made: &[Made]) -> HashMap<Dependency, Dependency> {
    let steps = made
        .iter()
        .filter(|made| made.step.kind == StepKind::SchemaPost && matches!(made.lock, Lock::Statistics(_)));
    let refresh_of = |made: &Made| {
        let is_refresh =
            |on: &&Dependency| matches!(on, Dependency::Step(id) if id.0.starts_with("refresh:"));
        made.step.depends_on.iter().find(is_refresh).cloned()
    };
    steps.filter_map(|made| Some((refresh_of(made)?, Dependency::Step(made.step.id.clone())))).collect()
}
