//! Steps that copy what users put into the configuration tables of extensions.
//!
//! As `pg_dump` does, only the rows for which the table's condition holds are read. A script may have put such rows there
//! itself when the run made the extension: what the target has of them goes first, of tables that refer to others before
//! those. `--on-existing append` keeps the rows of an extension that was there before; `skip` keeps those of a table that
//! has any, and leaves a sequence where it is if it is further than the source's.
use std::collections::{HashMap, HashSet};

use super::{Dependency, Input, Step, StepId, StepKind, data::DataSteps};
use crate::{
    catalog::Note,
    config::OnExisting,
    object::{ExtensionTable, Object},
    pg::{Oid, QualifiedName},
};

/// Adds the steps of all such tables, and gives those of such sequences.
pub(super) fn steps(input: &Input<'_>, data: &mut DataSteps, notes: &mut Vec<Note>) -> Vec<Step> {
    let mode = input.settings.on_existing;
    let (mut values, mut made) = (Vec::new(), HashMap::new());
    for table in tables(input) {
        let skip = mode == OnExisting::Skip && input.target.with_rows.contains(&table.name);
        let reason = if !table.readable {
            "rows not copied: the source's role may not read it"
        } else if table.closed {
            "rows not copied: the target's role may not write it, as it belongs to another there"
        } else if skip {
            "rows not copied: the target has rows, and `--on-existing skip` was given"
        } else if table.is_sequence() {
            values.push(value_step(input, table));
            continue;
        } else {
            made.insert(table.oid, (table, rows_step(input, table)));
            continue;
        };
        notes.push(Note { object: format!("TABLE {}", table.name), reason: reason.to_owned() });
    }
    data.steps.extend(clear_step(input, made.values().map(|(table, _)| *table).collect()));
    let ids: HashMap<Oid, StepId> = made.iter().map(|(oid, (_, step))| (*oid, step.id.clone())).collect();
    let mut steps: Vec<Step> = Vec::new();
    for (oid, (table, mut step)) in made {
        let referenced = table.referenced.iter().filter_map(|oid| ids.get(oid));
        step.depends_on = referenced.cloned().map(Dependency::Step).collect();
        step.depends_on.sort();
        data.of_table.entry(oid).or_default().push(step.id.clone());
        steps.push(step);
    }
    steps.sort_by(|a, b| a.id.cmp(&b.id));
    data.steps.extend(steps);
    values
}

/// Deletes what a script put there, or what `--on-existing` is to replace: before all rows, since those of one table can
/// keep those of another from being deleted.
fn clear_step(input: &Input<'_>, mut tables: Vec<&ExtensionTable>) -> Option<Step> {
    let there: HashSet<&QualifiedName> = input
        .target
        .catalog
        .iter()
        .flat_map(|catalog| &catalog.objects)
        .filter_map(|object| match object {
            Object::ExtensionTable(table) => Some(&table.name),
            _ => None,
        })
        .collect();
    let keeps = input.settings.on_existing == OnExisting::Append;
    tables.retain(|table| !(keeps && there.contains(&table.name)));
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sql = Vec::new();
    while !tables.is_empty() {
        let needed = |at: usize| {
            tables
                .iter()
                .enumerate()
                .any(|(other, table)| other != at && table.referenced.contains(&tables[at].oid))
        };
        // In a circle anyone is as good as another.
        let next = (0..tables.len()).find(|at| !needed(*at)).unwrap_or_default();
        sql.push(format!("DELETE FROM {};", tables.remove(next).users_rows()));
    }
    (!sql.is_empty()).then(|| Step {
        sql: sql.join("\n"),
        ..input.step(
            StepKind::Truncate,
            "truncate:extension_tables".to_owned(),
            format!("{} TABLES OF EXTENSIONS", sql.len()),
        )
    })
}

fn tables<'a>(input: &'a Input<'_>) -> impl Iterator<Item = &'a ExtensionTable> {
    input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::ExtensionTable(table) => Some(table),
        _ => None,
    })
}

/// As text, which is safe for columns of any type; such tables are small.
fn rows_step(input: &Input<'_>, table: &ExtensionTable) -> Step {
    let names: Vec<String> = table.columns.iter().map(ToString::to_string).collect();
    let list = names.join(", ");
    let sql = match list.as_str() {
        "" => format!("COPY {} FROM STDIN", table.name),
        list => format!("COPY {} ({list}) FROM STDIN", table.name),
    };
    Step {
        estimate: table.bytes,
        source_sql: format!("COPY (SELECT {list} FROM {}) TO STDOUT", table.users_rows()),
        sql,
        ..input.step(StepKind::Data, format!("data:{}:0001", table.name), table.name.to_string())
    }
}

fn value_step(input: &Input<'_>, sequence: &ExtensionTable) -> Step {
    Step {
        depends_on: vec![Dependency::Kind(StepKind::Data)],
        source_sql: sequence
            .carry_sql(matches!(input.settings.on_existing, OnExisting::Append | OnExisting::Skip)),
        ..input.step(
            StepKind::Carry,
            format!("sequence_value:{}", sequence.name),
            format!("SEQUENCE {}", sequence.name),
        )
    }
}
