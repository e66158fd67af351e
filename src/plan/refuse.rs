//! What of the target stands against a plan, each with its names. Nothing has been changed when it is said.
use std::collections::HashSet;

use super::{Input, Step, data, roles, skip};
use crate::{
    catalog::Note,
    config::OnExisting,
    ddl::Script,
    error::{Error, ErrorKind, Result},
    object::Object,
    pg::{Ident, QualifiedName},
};

/// More tables than these are only counted.
const NAMED_AT_MOST: usize = 20;

/// Triggers of the target would fire when its tables are emptied or for every row that is copied: they would change or repeat what
/// they did on the source, or run an owner's code as us.
pub(super) fn triggers(input: &Input<'_>) -> Result<()> {
    let loaded: HashSet<&QualifiedName> = if input.settings.on_existing == OnExisting::Skip {
        skip::loaded(input)
    } else {
        data::tables(input).into_iter().map(|table| &table.name).collect()
    };
    let truncated = input.settings.on_existing == OnExisting::Truncate && !input.target.with_rows.is_empty();
    let firing: Vec<String> = firing(input, truncated)
        .filter(|(_, table)| loaded.contains(table))
        .map(|(name, table)| format!("{name} ON {table}"))
        .collect();
    if firing.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Refused,
        format!("these triggers of the target would fire: {}", firing.join(", ")),
    )
    .hint("drop them on the target: the run makes the source's after the rows"))
}

/// Triggers of the target that rows would fire, and the emptying of tables if they are emptied (`truncated`); with their tables.
pub(super) fn firing<'a>(
    input: &'a Input<'_>,
    truncated: bool,
) -> impl Iterator<Item = (&'a Ident, QualifiedName)> {
    let objects = input.target.catalog.iter().flat_map(|catalog| &catalog.objects);
    objects.filter_map(move |object| match object {
        Object::Trigger(trigger) => trigger.fires(truncated),
        _ => None,
    })
}

/// Event triggers of the target would fire on the run's own definitions. Where our role may not take them away, as on managed
/// services that have some of their own, they are named.
pub(super) fn event_triggers(input: &Input<'_>, notes: &mut Vec<Note>) -> Result<()> {
    let names = |ours: bool| {
        let found = input.target.event_triggers.iter().filter(move |found| found.ours == ours);
        found.map(|found| found.name.to_string())
    };
    notes.extend(names(false).map(|name| Note {
        object: format!("EVENT TRIGGER {name}"),
        reason: "of the target: it fires on what the run makes there, and the target's role may not disable it"
            .to_owned(),
    }));
    let firing: Vec<String> = names(true).collect();
    if firing.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Refused,
        format!("these event triggers of the target would fire on what the run makes: {}", firing.join(", ")),
    )
    .hint("drop or disable them on the target: the run makes the source's last of all"))
}

/// Extensions that the user leaves to the target, and that what is carried needs.
pub(super) fn missing_extensions(input: &Input<'_>) -> Result<()> {
    let missing = input.source.expected.iter().filter(|name| !input.target.installed.contains(*name));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "the target lacks these extensions, which are excluded and needed by what is carried: {}",
        missing.join(", ")
    );
    Err(Error::new(ErrorKind::Refused, message)
        .hint("create them in the target database, or take them out of `extensions`"))
}

/// Rows of the target, where nobody said what to do about them.
pub(super) fn rows(input: &Input<'_>) -> Result<()> {
    if input.settings.on_existing != OnExisting::Fail || input.target.with_rows.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> = input.target.with_rows.iter().map(ToString::to_string).collect();
    names.sort();
    let more = names.len().saturating_sub(NAMED_AT_MOST);
    names.truncate(NAMED_AT_MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names = names.join(", ");
    Err(Error::new(ErrorKind::Refused, format!("these tables have rows on the target: {names}{more}"))
        .hint("empty them, or say what to do with `--on-existing skip|truncate|append`"))
}

/// Roles that the script names and that nobody makes.
pub(super) fn missing_roles(input: &Input<'_>, script: &Script, roles: &[Step]) -> Result<()> {
    let missing = roles::missing(input, script, roles);
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Refused, format!("the target lacks these roles: {}", missing.join(", ")))
        .hint("create them there, or let them be made with `roles: { mode: referenced }`"))
}
