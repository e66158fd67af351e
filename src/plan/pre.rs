//! Steps that make what stands before the data, and what each waits for: what it needs, and no more, so that several
//! sessions can make tables at the same time.
use std::collections::HashSet;

use super::{
    Dependency, Input, Step, StepId, StepKind,
    existing::Existing,
    item::{left_to_do, without_secrets},
};
use crate::{
    catalog::Note,
    ddl::{Item, Script},
    error::{Error, ErrorKind, Result},
    object::{Object, Section},
    pg::quote_literal,
};

/// Steps in the order of the script.
pub(super) fn steps(
    input: &Input<'_>,
    script: &Script,
    existing: &Existing,
    notes: &mut Vec<Note>,
) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut made = HashSet::new();
    let mut last_alone: Option<StepId> = None;
    for (place, item) in
        script.items.iter().enumerate().filter(|(_, item)| item.entry.section == Section::PreData)
    {
        let Some(mut sql) = left_to_do(place, item, existing) else { continue };
        if item.entry.kind == "extension" {
            sql = extension_sql(input, item, sql, notes)?;
        }
        let id = StepId(item.id());
        let needs = item.needs.iter().filter(|needed| made.contains(*needed));
        let mut depends_on: Vec<_> =
            needs.map(|needed| Dependency::Step(StepId(script.items[*needed].id()))).collect();
        if !goes_beside_others(script, item) {
            depends_on.extend(last_alone.replace(id.clone()).map(Dependency::Step));
        }
        depends_on.sort();
        depends_on.dedup();
        let step =
            Step { depends_on, sql, ..input.step(StepKind::SchemaPre, id.0, item.entry.identity.clone()) };
        let step = without_secrets(step, item, !existing.contains_key(&place));
        // Others do not wait for what comes later by way of its secrets.
        if step.kind == StepKind::SchemaPre {
            made.insert(place);
        }
        steps.push(step);
    }
    Ok(steps)
}

/// Whether it locks and changes nothing but what it makes, so that two sessions that make such things never wait for
/// each other. What comes by the thousand does; the rest is made one after the other. A table that needs another one
/// inherits from it: that locks the parent, and changes its `pg_class` row.
fn goes_beside_others(script: &Script, item: &Item) -> bool {
    match item.entry.kind {
        "sequence" | "sequence_owned_by" | "function" | "view" => true,
        "table" => !item.needs.iter().any(|needed| script.items[*needed].entry.kind == "table"),
        _ => false,
    }
}

/// The version that the source has, if the target has it too; otherwise the target's own, and a note.
pub(super) fn extension_sql(
    input: &Input<'_>,
    item: &Item,
    sql: String,
    notes: &mut Vec<Note>,
) -> Result<String> {
    let Some(Object::Extension(extension)) = input.source.catalog.objects.iter().find(
        |object| matches!(object, Object::Extension(found) if found.name.as_str() == item.entry.sort_name[1]),
    ) else {
        return Ok(sql);
    };
    let Some(versions) = input.target.extensions.get(extension.name.as_str()) else {
        let message = format!("extension {} is not available on the target", extension.name);
        return Err(Error::new(ErrorKind::Refused, message)
            .hint("install its package on the target's machine, or exclude what needs it"));
    };
    if versions.contains(&extension.version) {
        return Ok(sql);
    }
    let reason = format!(
        "version {} is not available on the target: its default version is installed",
        extension.version
    );
    notes.push(Note { object: item.entry.identity.clone(), reason });
    Ok(sql.replace(&format!(" VERSION {}", quote_literal(&extension.version)), ""))
}
