//! Steps that copy rows.
use std::{
    collections::{HashMap, HashSet},
    ops::Not as _,
};

use super::{Cut, Dependency, Input, Step, StepId, StepKind, chunk, rule::Rules};
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

/// Builds the data steps of every carried table.
pub(super) fn steps(input: &Input<'_>, notes: &mut Vec<Note>) -> DataSteps {
    let mut data = DataSteps::default();
    let tables = tables(input);
    let rules = Rules::new(&input.source.catalog.objects, &input.settings.selection);
    let filled = filled_on_target(input, &tables, &rules);
    for table in &tables {
        if !rules.is_read(table) || skipped(input, table, &rules, &filled, notes) {
            continue;
        }
        let into = rules.hash_root(table).unwrap_or(table);
        let chunks = chunk_steps(input, table, into, &rules.of(table), notes);
        for of in std::iter::successors(Some(*table), |at| rules.partitioned(at)) {
            data.of_table.entry(of.oid).or_default().extend(chunks.iter().map(|step| step.id.clone()));
        }
        data.steps.extend(chunks);
    }
    data.steps.splice(0..0, truncate_step(input, &tables));
    data
}

/// The tables that have rows on the target, with those that they are partitions of.
fn filled_on_target(input: &Input<'_>, tables: &[&Table], rules: &Rules<'_>) -> HashSet<Oid> {
    let filled = tables.iter().filter(|table| input.target.with_rows.contains(&table.name));
    filled
        .flat_map(|table| std::iter::successors(Some(*table), |at| rules.partitioned(at)))
        .map(|at| at.oid)
        .collect()
}

/// All that are there in one statement, empty or not: a table that a foreign key refers to can only be emptied together
/// with the one that has the key. A partitioned table is named too, for keys of its own, unless some of its partitions
/// may be left out.
fn truncate_step(input: &Input<'_>, tables: &[&Table]) -> Option<Step> {
    if input.settings.on_existing != OnExisting::Truncate || input.target.with_rows.is_empty() {
        return None;
    }
    let there: HashSet<&QualifiedName> = input
        .target
        .catalog
        .iter()
        .flat_map(|catalog| &catalog.objects)
        .filter_map(|object| match object {
            Object::Table(table) => Some(&table.name),
            _ => None,
        })
        .collect();
    let names: Vec<String> = tables
        .iter()
        .filter(|table| there.contains(&table.name))
        .filter_map(|table| {
            if table.has_rows_of_its_own() {
                return Some(format!("ONLY {}", table.name));
            }
            input.settings.selection.leaves_tables_out().not().then(|| table.name.to_string())
        })
        .collect();
    Some(Step {
        id: StepId("truncate:tables".to_owned()),
        kind: StepKind::Truncate,
        database: input.settings.target.database.clone(),
        object: format!("{} TABLES", names.len()),
        depends_on: Vec::new(),
        estimate: 0,
        chunk: String::new(),
        source_sql: String::new(),
        sql: format!("TRUNCATE {};", names.join(", ")),
    })
}

/// Every carried table.
pub(super) fn tables<'a>(input: &'a Input<'_>) -> Vec<&'a Table> {
    let tables = input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::Table(table) => Some(table),
        _ => None,
    });
    tables.collect()
}

/// Rows that go in through a table above are judged there.
fn skipped(
    input: &Input<'_>,
    table: &Table,
    rules: &Rules<'_>,
    filled: &HashSet<Oid>,
    notes: &mut Vec<Note>,
) -> bool {
    let into = rules.hash_root(table).unwrap_or(table);
    let skip = input.settings.on_existing == OnExisting::Skip && filled.contains(&into.oid);
    if skip {
        let reason = "rows not copied: the target has rows, and `--on-existing skip` was given".to_owned();
        notes.push(Note { object: format!("TABLE {}", table.name), reason });
    }
    skip
}

fn step(input: &Input<'_>, id: String, table: &Table) -> Step {
    Step {
        id: StepId(id),
        kind: StepKind::Data,
        database: input.settings.target.database.clone(),
        object: table.name.to_string(),
        depends_on: Vec::new(),
        estimate: table.bytes,
        chunk: String::new(),
        source_sql: String::new(),
        sql: String::new(),
    }
}

fn chunk_steps(
    input: &Input<'_>,
    table: &Table,
    into: &Table,
    rule: &TableRule,
    notes: &mut Vec<Note>,
) -> Vec<Step> {
    let text = input.types.text_reason(table, input.target.version);
    let format = if text.is_some() { "" } else { " (FORMAT binary)" };
    if let Some(reason) = text {
        notes.push(Note {
            object: format!("TABLE {}", table.name),
            reason: format!("copied as text: {reason}"),
        });
    }
    let names: Vec<String> = table.copied_columns().map(|column| column.name.to_string()).collect();
    let list = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let conditions = chunk::conditions(input.cuts.get(&table.oid).unwrap_or(&Cut::Whole), table.pages);
    let count = conditions.len() as u64;
    let digits = count.to_string().len().max(4);
    let sql = format!("COPY {}{list} FROM STDIN{format}", into.name);
    let chunks = conditions.into_iter().enumerate().map(|(number, condition)| Step {
        estimate: table.bytes / count,
        source_sql: source_sql(table, rule, &condition, &names, &list) + format,
        chunk: condition,
        sql: sql.clone(),
        ..step(input, format!("data:{}:{number:0digits$}", table.name, number = number + 1), table)
    });
    chunks.collect()
}

fn source_sql(table: &Table, rule: &TableRule, condition: &str, names: &[String], list: &str) -> String {
    let mut conditions: Vec<String> = rule.where_.iter().map(|condition| format!("({condition})")).collect();
    conditions.extend((!condition.is_empty()).then(|| condition.to_owned()));
    let plain = conditions.is_empty() && rule.order_by.is_none() && rule.limit.is_none();
    if plain && table.has_rows_of_its_own() {
        return format!("COPY {}{list} TO STDOUT", table.name);
    }
    // A partitioned table is read through; of all others only their own rows.
    let only = if table.kind == "p" { "" } else { "ONLY " };
    let mut query = format!("SELECT {} FROM {only}{}", names.join(", "), table.name);
    if !conditions.is_empty() {
        query += &format!(" WHERE {}", conditions.join(" AND "));
    }
    if let Some(order) = &rule.order_by {
        query += &format!(" ORDER BY {order}");
    }
    if let Some(limit) = rule.limit {
        query += &format!(" LIMIT {limit}");
    }
    format!("COPY ({query}) TO STDOUT")
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
