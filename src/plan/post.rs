//! Steps that make what stands after the data, and what each waits for.
use std::collections::HashMap;

use super::{Dependency, Input, Step, StepId, StepKind, data::DataSteps, existing::Existing};
use crate::{
    config::OnExisting,
    ddl::{Item, Script},
    object::{Object, Section, Table, Work},
    pg::{Oid, catalog},
};

/// Index, constraint, trigger, … and refresh steps, in the order of the script.
pub(super) fn steps(input: &Input<'_>, script: &Script, existing: &Existing, data: &DataSteps) -> Vec<Step> {
    let tables: HashMap<Oid, &Table> =
        super::data::tables(input).into_iter().map(|table| (table.oid, table)).collect();
    let mut steps: Vec<(Option<Oid>, Step)> = Vec::new();
    for (place, item) in script.items.iter().enumerate() {
        let Some(sql) = super::build::left_to_do(place, item, existing) else { continue };
        if item.entry.section == Section::PreData {
            continue;
        }
        let relation = item.entry.relation.map(|id| id.oid);
        let step = Step {
            id: StepId(item.id()),
            kind: kind(item),
            database: input.settings.target.database.clone(),
            object: item.entry.identity.clone(),
            depends_on: dependencies(script, item, existing, data),
            estimate: relation.and_then(|oid| tables.get(&oid)).map_or(0, |table| table.bytes),
            chunk: String::new(),
            source_sql: String::new(),
            sql: if item.entry.work == Work::Query { with_analyze(input, script, item, &sql) } else { sql },
        };
        steps.push((relation, step));
    }
    add_lock_order(&mut steps);
    refresh_last(input, &mut steps);
    steps.into_iter().map(|(_, step)| step).collect()
}

fn kind(item: &Item) -> StepKind {
    match item.entry.work {
        Work::Catalog => StepKind::SchemaPost,
        Work::Scan => StepKind::Index,
        Work::Query => StepKind::Refresh,
    }
}

/// The items that it needs and that come after the data too, and the rows of the tables that it works on.
fn dependencies(script: &Script, item: &Item, existing: &Existing, data: &DataSteps) -> Vec<Dependency> {
    let mut dependencies = Vec::new();
    for place in &item.needs {
        let needed = &script.items[*place];
        if needed.entry.section == Section::PostData
            && super::build::left_to_do(*place, needed, existing).is_some()
        {
            dependencies.push(Dependency::Step(StepId(needed.id())));
        }
        if needed.entry.kind == "table" && item.entry.relation.is_some() {
            let rows = data.of_table.get(&needed.entry.id.oid).into_iter().flatten();
            dependencies.extend(rows.cloned().map(Dependency::Step));
        }
    }
    // Columns of any table can be of a domain, and a check that comes after the data reads other tables.
    let is_check = item.entry.kind == "check" && item.entry.work == Work::Scan;
    if is_check || item.entry.relation.is_some_and(|id| id.class == catalog::TYPE) {
        dependencies.push(Dependency::Kind(StepKind::Data));
    }
    // Default privileges would change what is made after them.
    if item.entry.kind == "default_privilege" {
        dependencies.extend([StepKind::Index, StepKind::Refresh].map(Dependency::Kind));
    }
    dependencies.sort();
    dependencies.dedup();
    dependencies
}

/// Taking over an index as a key locks the table against everything: that waits for the builds of its other indexes,
/// or they would wait for it in turn.
fn add_lock_order(steps: &mut [(Option<Oid>, Step)]) {
    let mut builds: HashMap<Oid, Vec<StepId>> = HashMap::new();
    for (relation, step) in steps.iter() {
        if let (Some(relation), StepKind::Index, false) =
            (relation, step.kind, step.id.0.starts_with("foreign_key:"))
        {
            builds.entry(*relation).or_default().push(step.id.clone());
        }
    }
    for (relation, step) in steps.iter_mut() {
        let Some(builds) = relation.and_then(|relation| builds.get(&relation)) else { continue };
        if step.kind == StepKind::SchemaPost && step.id.0.starts_with("key:") {
            step.depends_on.extend(builds.iter().cloned().map(Dependency::Step));
            step.depends_on.sort();
            step.depends_on.dedup();
        }
    }
}

/// A refresh reads whatever its query and the functions in it read, as its owner: all rows must be there, and the
/// policies that the owner is under. With statistics it is planned well.
fn refresh_last(input: &Input<'_>, steps: &mut [(Option<Oid>, Step)]) {
    let policies: Vec<Dependency> = steps
        .iter()
        .filter(|(_, step)| step.id.0.starts_with("policy:") || step.id.0.starts_with("row_security:"))
        .map(|(_, step)| Dependency::Step(step.id.clone()))
        .collect();
    for (_, step) in steps.iter_mut().filter(|(_, step)| step.kind == StepKind::Refresh) {
        step.depends_on.push(Dependency::Kind(StepKind::Data));
        step.depends_on.push(Dependency::Kind(StepKind::Carry));
        if input.settings.options.analyze_after_load {
            step.depends_on.push(Dependency::Kind(StepKind::Analyze));
        }
        step.depends_on.extend(policies.iter().cloned());
        step.depends_on.sort();
        step.depends_on.dedup();
    }
}

/// Statistics of a materialized view right after its REFRESH.
fn with_analyze(input: &Input<'_>, script: &Script, item: &Item, sql: &str) -> String {
    let view = script.items.iter().find(|other| other.entry.id == item.entry.id.whole());
    let name = view.and_then(|view| view.entry.identity.strip_prefix("MATERIALIZED VIEW "));
    match name.filter(|_| input.settings.options.analyze_after_load) {
        Some(name) => format!("{sql}\nANALYZE {name};"),
        None => sql.to_owned(),
    }
}

/// ANALYZE of each table whose rows were copied; one with partitions or children collects theirs with its own.
pub(super) fn analyze_steps(input: &Input<'_>, post: &[Step], data: &DataSteps) -> Vec<Step> {
    if !input.settings.options.analyze_after_load {
        return Vec::new();
    }
    // Statistics of index expressions come with ANALYZE, so the indexes stand first.
    let mut indexes: HashMap<&StepId, Vec<&StepId>> = HashMap::new();
    for step in post.iter().filter(|step| step.kind == StepKind::Index) {
        for dependency in &step.depends_on {
            if let Dependency::Step(rows) = dependency {
                indexes.entry(rows).or_default().push(&step.id);
            }
        }
    }
    let top = super::data::tables(input).into_iter().filter(|table| !table.is_partition);
    let steps = top.filter_map(|table| {
        let rows = data.of_table.get(&table.oid)?;
        let mut depends_on: Vec<Dependency> = rows.iter().cloned().map(Dependency::Step).collect();
        let builds = rows.iter().filter_map(|id| indexes.get(id)).flatten();
        depends_on.extend(builds.map(|id| Dependency::Step((*id).clone())));
        depends_on.sort();
        depends_on.dedup();
        Some(Step {
            id: StepId(format!("analyze:{}", table.name)),
            kind: StepKind::Analyze,
            database: input.settings.target.database.clone(),
            object: table.name.to_string(),
            depends_on,
            estimate: table.bytes,
            chunk: String::new(),
            source_sql: String::new(),
            sql: format!("ANALYZE {};", table.name),
        })
    });
    steps.collect()
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
            id: StepId(format!("sequence_value:{}", sequence.name)),
            kind: StepKind::Carry,
            database: input.settings.target.database.clone(),
            object: format!("SEQUENCE {}", sequence.name),
            // Read at the last moment: on `--resume` too, they must not stand behind the rows.
            depends_on: vec![Dependency::Kind(StepKind::Data)],
            estimate: 0,
            chunk: String::new(),
            source_sql: sequence.carry_sql(append),
            sql: String::new(),
        })
    });
    steps.collect()
}
