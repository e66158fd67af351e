//! Steps that copy rows.
use std::collections::{HashMap, HashSet};

use super::{
    Cut, Dependency, Input, Step, StepId, StepKind, chunk,
    copy::Copy,
    delay::{self, Late},
    guard,
    rule::Rules,
    skip::Skipping,
};
use crate::{
    catalog::Note,
    config::{OnExisting, TableRule},
    object::{Object, Table},
    pg::{Oid, QualifiedName},
};

/// The data steps of a plan, and which table each belongs to.
#[derive(Debug, Default)]
pub(super) struct DataSteps {
    /// `TRUNCATE` steps, then `DATA` steps, by table.
    pub(super) steps: Vec<Step>,
    /// The steps that fill a table; for one with partitions also those of its partitions.
    pub(super) of_table: HashMap<Oid, Vec<StepId>>,
}

/// What a table is when its rows come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was there before the run.
    There,
    /// The run has made it.
    Made,
    /// The run has made it, and clients work on it.
    Late,
}

/// Builds the data steps of every carried table.
pub(super) fn steps(input: &Input<'_>, late: &Late, notes: &mut Vec<Note>) -> DataSteps {
    let mut data = DataSteps::default();
    let tables = tables(input);
    let rules = Rules::new(&input.source.catalog.objects, &input.settings.selection);
    let skipping = Skipping::new(input, &tables, &rules);
    let there = on_target(input);
    for table in &tables {
        if !rules.is_read(table) {
            continue;
        }
        if let Some(reason) = skipping.reason(table) {
            notes.push(Note { object: format!("TABLE {}", table.name), reason: reason.to_owned() });
            continue;
        }
        let into = rules.hash_root(table).unwrap_or(table);
        let state = match there.contains(&table.name) {
            _ if late.has(table.oid) => State::Late,
            true => State::There,
            false => State::Made,
        };
        let chunks = chunk_steps(input, (table, into), &rules.of(table), state, notes);
        for of in std::iter::successors(Some(*table), |at| rules.partitioned(at)) {
            data.of_table.entry(of.oid).or_default().extend(chunks.iter().map(|step| step.id.clone()));
        }
        data.steps.extend(chunks);
    }
    data.steps.splice(0..0, truncate_step(input, &tables));
    data
}

/// All that are there in one statement, empty or not: a table that a foreign key refers to can only be emptied together
/// with the one that has the key. A partitioned table is named too, for keys of its own, unless some of its partitions
/// may be left out.
fn truncate_step(input: &Input<'_>, tables: &[&Table]) -> Option<Step> {
    if input.settings.on_existing != OnExisting::Truncate || input.target.with_rows.is_empty() {
        return None;
    }
    let (there, above_foreign) = (on_target(input), above_foreign(input));
    let names: Vec<String> = tables
        .iter()
        .filter(|table| there.contains(&table.name))
        .filter_map(|table| {
            if table.has_rows_of_its_own() {
                return Some(format!("ONLY {}", table.name));
            }
            // Nor may TRUNCATE reach a foreign table.
            let whole = !input.settings.selection.leaves_tables_out() && !above_foreign.contains(&table.oid);
            whole.then(|| table.name.to_string())
        })
        .collect();
    if names.is_empty() {
        return None;
    }
    Some(Step {
        sql: format!("{};", guard::truncate(&names)),
        ..input.step(StepKind::Truncate, "truncate:tables".to_owned(), format!("{} TABLES", names.len()))
    })
}

/// Tables that the target has already.
pub(super) fn on_target<'a>(input: &'a Input<'_>) -> HashSet<&'a QualifiedName> {
    let objects = input.target.catalog.iter().flat_map(|catalog| &catalog.objects);
    let tables = objects.filter_map(|object| match object {
        Object::Table(table) => Some(&table.name),
        _ => None,
    });
    tables.collect()
}

/// Every carried table, but for foreign ones: nothing that concerns rows may touch them.
pub(super) fn tables<'a>(input: &'a Input<'_>) -> Vec<&'a Table> {
    all_tables(input).filter(|table| !table.is_foreign()).collect()
}

fn all_tables<'a>(input: &'a Input<'_>) -> impl Iterator<Item = &'a Table> {
    input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some(table),
        _ => None,
    })
}

/// Tables above foreign ones: what works on their children too would reach other servers.
pub(super) fn above_foreign(input: &Input<'_>) -> HashSet<Oid> {
    let by_oid: HashMap<Oid, &Table> = all_tables(input).map(|table| (table.oid, table)).collect();
    let mut above = HashSet::new();
    let mut walk: Vec<&Table> = all_tables(input).filter(|table| table.is_foreign()).collect();
    while let Some(table) = walk.pop() {
        let parents = table.parents.iter().filter_map(|parent| by_oid.get(&parent.oid));
        walk.extend(parents.filter(|parent| above.insert(parent.oid)));
    }
    above
}

fn step(input: &Input<'_>, id: String, table: &Table) -> Step {
    Step { estimate: table.bytes, ..input.step(StepKind::Data, id, table.name.to_string()) }
}

fn chunk_steps(
    input: &Input<'_>,
    (table, into): (&Table, &Table),
    rule: &TableRule,
    state: State,
    notes: &mut Vec<Note>,
) -> Vec<Step> {
    let text = input.types.text_reason(table, input.target.version);
    let copy = Copy::new(input, table, into, rule, text.is_none());
    if let Some(reason) = text {
        notes.push(Note {
            object: format!("TABLE {}", table.name),
            reason: format!("copied as text: {reason}"),
        });
    }
    let cut = input.cuts.get(&table.oid).unwrap_or(&Cut::Whole);
    let (conditions, shares) = (chunk::conditions(cut), chunk::shares(cut, table.pages));
    let frozen = conditions.len() == 1
        && copy.freezes(state == State::Made, input.settings.options.create_constraints_after_data);
    let (depends_on, sql) = match state {
        State::Late => (vec![delay::after_usable()], copy.late_sql()),
        _ if frozen => (Vec::new(), copy.frozen_sql()),
        _ => (Vec::new(), copy.target_sql()),
    };
    let digits = conditions.len().to_string().len().max(4);
    let chunks = conditions.into_iter().zip(shares).enumerate().map(|(number, (condition, share))| Step {
        estimate: part(table.bytes, share),
        source_sql: copy.source_sql(&condition),
        chunk: condition,
        sql: sql.clone(),
        depends_on: depends_on.clone(),
        ..step(input, format!("data:{}:{number:0digits$}", table.name, number = number + 1), table)
    });
    chunks.collect()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "estimate"
)]
pub(super) fn part(bytes: u64, share: f64) -> u64 {
    (bytes as f64 * share).round() as u64
}

/// Lets the rows of a table wait for those of the tables that its foreign keys refer to, where these keys stand
/// before the data.
pub(super) fn wait_for_referenced(data: &mut DataSteps, keys: &[(Oid, Oid)]) {
    for (child, parent) in keys.iter().filter(|(child, parent)| child != parent) {
        let children = data.of_table.get(child).cloned().unwrap_or_default();
        let parents = data.of_table.get(parent).cloned().unwrap_or_default();
        for step in data.steps.iter_mut().filter(|step| children.contains(&step.id)) {
            step.depends_on.extend(parents.iter().cloned().map(Dependency::Step));
            step.depends_on.sort();
            step.depends_on.dedup();
        }
    }
}
