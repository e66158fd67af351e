//! Steps that make what stands after the data, and what each waits for.
mod analyze;
mod foreign_key;
mod locks;
mod recheck;
mod refresh;
mod restore;
mod statistics;
mod weight;

use std::collections::HashMap;

pub use self::{foreign_key::adds_key, statistics::refuses_statistics};
use self::{
    locks::{Lock, Made},
    statistics::Carried,
    weight::Weights,
};
use super::{
    Dependency, Input, Step, StepId, StepKind,
    data::DataSteps,
    delay::{self, Late},
    existing::Existing,
    item::{left_to_do, without_secrets},
};
use crate::{
    catalog::Note,
    config::OnExisting,
    ddl::{Item, Script},
    object::{ForeignKey, Object, Section, Table, Work},
    pg::{self, Oid},
};

/// What the steps are made from.
pub(super) struct Scope<'s> {
    pub(super) script: &'s Script,
    pub(super) existing: &'s Existing,
    pub(super) data: &'s DataSteps,
    pub(super) late: &'s Late,
}

/// Index, constraint, trigger, … and refresh steps, in the order of the script, then the collection of statistics.
pub(super) fn steps(input: &Input<'_>, scope: &Scope<'_>, notes: &mut Vec<Note>) -> Vec<Step> {
    let Scope { script, existing, data, late } = scope;
    let carried = Carried::new(input, script, notes);
    let weights = Weights::new(input);
    let keys = foreign_key::by_id(input);
    let is_late = late.items(script);
    // Those after late rows lock nothing that the others wait for.
    let [mut made, mut made_late]: [Vec<Made>; 2] = Default::default();
    for (place, item) in script.items.iter().enumerate() {
        let Some(sql) = left_to_do(place, item, existing) else { continue };
        if item.entry.section == Section::PreData {
            continue;
        }
        let step = Step {
            depends_on: dependencies(scope, item, is_late[place]),
            estimate: weights.of(item),
            sql,
            ..input.step(kind(item), item.id(), item.entry.identity.clone())
        };
        let is_new = !existing.contains_key(&place);
        let side = if is_late[place] { &mut made_late } else { &mut made };
        match keys.get(&item.entry.id) {
            Some(key) if late.touches(key) => {
                let rows = rows_of(data, key);
                let [now, afterwards] = foreign_key::late_steps(input, (*key, item), step, rows, notes);
                made.extend(now);
                made_late.extend(afterwards);
            }
            Some(key) => side.extend(foreign_key::steps(input, key, item, step, is_new)),
            None if item.entry.work == Work::Query => {
                side.extend(refresh::steps(input, item, step, carried.as_ref(), notes));
            }
            None => {
                let step = without_secrets(step, item, is_new);
                side.push(Made { lock: lock(item), step });
            }
        }
    }
    let statistics = analyze::steps(input, data, &weights, carried.as_ref(), notes);
    let (late_statistics, statistics) = after_late_rows(late, data, statistics);
    made.extend(statistics);
    made_late.extend(recheck::steps(input, scope, &weights));
    made_late.extend(late_statistics);
    for made in [&mut made, &mut made_late] {
        locks::add_order(input, made);
        refresh::last(input, made);
    }
    let refreshes = made.iter_mut().map(|made| &mut made.step).filter(|step| step.kind == StepKind::Refresh);
    delay::wait_for_early_rows(late, refreshes);
    made.extend(made_late);
    made.into_iter().map(|made| made.step).collect()
}

/// The steps that copy the rows of both tables of a foreign key.
fn rows_of(data: &DataSteps, key: &ForeignKey) -> Vec<Dependency> {
    let ends = [key.relation, key.referenced];
    let steps = ends.iter().filter_map(|end| data.of_table.get(end)).flatten();
    steps.cloned().map(Dependency::Step).collect()
}

/// The statistics of late rows, apart. They are no `ANALYZE` steps: every REFRESH waits for those.
fn after_late_rows(late: &Late, data: &DataSteps, statistics: Vec<Made>) -> (Vec<Made>, Vec<Made>) {
    let rows = late.steps(data);
    let waits = |made: &Made| {
        let mut needed = made.step.depends_on.iter();
        needed.any(|dependency| matches!(dependency, Dependency::Step(id) if rows.contains(id)))
    };
    let (mut late, others): (Vec<Made>, Vec<Made>) = statistics.into_iter().partition(waits);
    for made in &mut late {
        made.step.kind = StepKind::SchemaPost;
    }
    (late, others)
}

/// What a user should know of these steps.
pub(super) fn notes(input: &Input<'_>) -> Vec<Note> {
    analyze::notes(input)
}

fn kind(item: &Item) -> StepKind {
    match item.entry.work {
        Work::Catalog => StepKind::SchemaPost,
        Work::Scan => StepKind::Index,
        Work::Query => StepKind::Refresh,
    }
}

/// What a step locks, other than a foreign key's.
fn lock(item: &Item) -> Lock {
    let relation = item.entry.relation.filter(|id| id.class == pg::catalog::CLASS).map(|id| id.oid);
    match (relation, item.entry.kind, item.entry.work) {
        (None, _, _) => Lock::Nothing,
        (Some(relation), "index" | "key_index", Work::Scan) => Lock::Build(relation),
        (Some(relation), "trigger", _) => Lock::WithPartitions(relation),
        (Some(relation), _, _) => Lock::Definition(relation),
    }
}

/// The items that it needs and that come after the data too, and the rows of the tables that it works on; late ones only if it
/// comes after them.
fn dependencies(scope: &Scope<'_>, item: &Item, is_late: bool) -> Vec<Dependency> {
    let Scope { script, existing, data, late } = scope;
    let mut dependencies = Vec::new();
    for place in &item.needs {
        let needed = &script.items[*place];
        if needed.entry.section == Section::PostData && left_to_do(*place, needed, existing).is_some() {
            dependencies.push(Dependency::Step(StepId(needed.id())));
        }
        let is_table = matches!(needed.entry.kind, "table" | "extension_table");
        let is_filled = is_late || !late.has(needed.entry.id.oid);
        if is_table && is_filled && item.entry.relation.is_some() {
            let rows = data.of_table.get(&needed.entry.id.oid).into_iter().flatten();
            dependencies.extend(rows.cloned().map(Dependency::Step));
        }
    }
    if delay::waits_for_all_rows(item) {
        dependencies.push(Dependency::Kind(StepKind::Data));
    }
    // Default privileges would change what is made after them. With late tables they come right before `usable`: what is made after it
    // has no privileges.
    if item.entry.kind == "default_privilege" && late.is_empty() {
        dependencies.extend([StepKind::Index, StepKind::Refresh].map(Dependency::Kind));
    }
    dependencies.sort();
    dependencies.dedup();
    dependencies
}

/// Event triggers would fire on whatever is made or dropped after them: one after the other, they come when all else is
/// done.
pub(super) fn event_triggers_last(steps: &mut [Step]) {
    let (triggers, others): (Vec<&mut Step>, Vec<&mut Step>) =
        steps.iter_mut().partition(|step| step.id.0.starts_with("event_trigger:"));
    let own_kind = others.iter().filter(|step| step.kind == StepKind::SchemaPost);
    let mut before: Vec<Dependency> = own_kind.map(|step| Dependency::Step(step.id.clone())).collect();
    let kinds = [StepKind::Data, StepKind::Carry, StepKind::Index, StepKind::Refresh, StepKind::Analyze];
    before.extend(kinds.map(Dependency::Kind));
    for step in triggers {
        step.depends_on.append(&mut before);
        step.depends_on.sort();
        step.depends_on.dedup();
        before = vec![Dependency::Step(step.id.clone())];
    }
}

/// Steps that carry the values of sequences.
pub(super) fn sequence_steps(input: &Input<'_>) -> Vec<Step> {
    let skip = input.settings.on_existing == OnExisting::Skip;
    let append = input.settings.on_existing == OnExisting::Append;
    let tables: HashMap<Oid, &Table> =
        super::data::tables(input).into_iter().map(|table| (table.oid, table)).collect();
    let steps = input.source.catalog.objects.iter().filter_map(|object| {
        let Object::Sequence(sequence) = object else { return None };
        let table = sequence.owned_by.and_then(|oid| tables.get(&oid));
        if skip && table.is_some_and(|table| input.target.with_rows.contains(&table.name)) {
            return None;
        }
        Some(Step {
            // Read at the last moment: on `--resume` too, they must not stand behind the rows.
            depends_on: vec![Dependency::Kind(StepKind::Data)],
            source_sql: sequence.carry_sql(append),
            ..input.step(
                StepKind::Carry,
                format!("sequence_value:{}", sequence.name),
                format!("SEQUENCE {}", sequence.name),
            )
        })
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_triggers_wait_for_what_is_dropped_too() {
        let step = |id: &str| Step::new(StepKind::SchemaPost, id, "", "");
        // The view by which large objects are written is dropped behind them in the plan.
        let mut steps = ["event_trigger:a", "event_trigger:b", "large_object_view:drop"].map(step);
        event_triggers_last(&mut steps);
        let waits =
            |at: usize, id: &str| steps[at].depends_on.contains(&Dependency::Step(StepId(id.to_owned())));
        assert!(waits(0, "large_object_view:drop") && waits(1, "event_trigger:a"));
        assert_eq!(steps[2].depends_on, []);
    }
}
