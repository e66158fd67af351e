//! Steps that copy what users put into the configuration tables of extensions.
//!
//! As `pg_dump` does, only the rows for which the table's condition holds are read. A script may have put such rows there
//! itself when it made the extension: what the target has of them goes first, in the same transaction.
use std::collections::HashMap;

use super::{Dependency, Input, Step, StepId, StepKind, data::DataSteps};
use crate::{
    catalog::Note,
    config::OnExisting,
    object::{ExtensionTable, Object},
    pg::Oid,
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

fn tables<'a>(input: &'a Input<'_>) -> impl Iterator<Item = &'a ExtensionTable> {
    input.source.catalog.objects.iter().filter_map(|object| match object {
        Object::ExtensionTable(table) => Some(table),
        _ => None,
    })
}

/// As text, which is safe for columns of any type; such tables are small.
fn rows_step(input: &Input<'_>, table: &ExtensionTable) -> Step {
    let names: Vec<String> = table.columns.iter().map(ToString::to_string).collect();
    let (list, rows) = (names.join(", "), table.users_rows());
    let copy = match list.as_str() {
        "" => format!("COPY {} FROM STDIN", table.name),
        list => format!("COPY {} ({list}) FROM STDIN", table.name),
    };
    let keeps = input.settings.on_existing == OnExisting::Append;
    Step {
        object: table.name.to_string(),
        estimate: table.bytes,
        source_sql: format!("COPY (SELECT {list} FROM {rows}) TO STDOUT"),
        sql: if keeps { copy } else { format!("DELETE FROM {rows};\n{copy}") },
        ..step(input, StepKind::Data, format!("data:{}:0001", table.name))
    }
}

fn value_step(input: &Input<'_>, sequence: &ExtensionTable) -> Step {
    Step {
        object: format!("SEQUENCE {}", sequence.name),
        depends_on: vec![Dependency::Kind(StepKind::Data)],
        source_sql: sequence.carry_sql(input.settings.on_existing == OnExisting::Append),
        ..step(input, StepKind::Carry, format!("sequence_value:{}", sequence.name))
    }
}

fn step(input: &Input<'_>, kind: StepKind, id: String) -> Step {
    Step {
        id: StepId(id),
        kind,
        database: input.settings.target.database.clone(),
        object: String::new(),
        depends_on: Vec::new(),
        estimate: 0,
        chunk: String::new(),
        source_sql: String::new(),
        sql: String::new(),
    }
}
