//! The summary of several databases' plans, and of what will be migrated.
use std::fmt::Write as _;

use super::{
    super::output::{bytes, count, one_line, table},
    plan::notes,
    tuning::render_choice,
};
use crate::{
    globals::Migrated,
    migration::{Chosen, Database, PlanOf, Plans},
    preflight::Budget,
};

/// Which databases are migrated, and with what.
pub fn render_chosen(chosen: &Chosen, budget: &Budget) -> String {
    let row = |database: &Database| [database.source.clone(), database.target.clone(), size(database.bytes)];
    let rows: Vec<_> = chosen.databases.iter().map(row).collect();
    let mut text = table(["database", "to", "size"], &rows);
    // Writing to a String does not fail.
    _ = writeln!(text, "\nLanes {} ({})", budget.lanes, budget.reason);
    text.push_str(&connections(budget.connections, budget.free));
    text + &notes(&chosen.notes)
}

/// What would be done with each database.
pub fn render_plans(plans: &Plans) -> String {
    let row = |one: &PlanOf| {
        let database = &one.database;
        let run = one.run_id.clone().unwrap_or_else(|| "-".to_owned());
        let (steps, chunks) = (count(one.steps as u64), count(one.chunks as u64));
        [database.source.clone(), database.target.clone(), size(database.bytes), run, steps, chunks]
    };
    let rows: Vec<_> = plans.databases.iter().map(row).collect();
    let mut text = table(["database", "to", "size", "plan", "steps", "chunks"], &rows);
    let limits = &plans.limits;
    // Writing to a String does not fail.
    _ = writeln!(text, "\nLanes {} ({})", limits.lanes, limits.lanes_reason);
    _ = writeln!(text, "Databases at a time {}", limits.databases_at_a_time);
    text.push_str(&connections(limits.connections, limits.free_connections));
    if let Some(globals) = &plans.globals {
        _ = writeln!(text, "{}", globals_line(globals));
        text.push_str(&notes(&globals.difference.notes));
    }
    for one in &plans.databases {
        let name = one_line(&one.database.source);
        if let Some(error) = &one.error {
            _ = writeln!(text, "\n{name} cannot be planned: {error}");
        }
        if !one.notes.is_empty() {
            _ = write!(text, "\n{name}:{}", notes(&one.notes));
        }
    }
    text.push_str(&notes(&plans.notes));
    text + &plans.tuning.as_ref().map(render_choice).unwrap_or_default()
}

/// What becomes of roles, tablespaces and parameters, in a line.
pub fn globals_line(migrated: &Migrated) -> String {
    let steps = migrated.difference.steps.len() as u64;
    let what = match &migrated.applied {
        None => format!("{} to be done", count(steps)),
        Some(applied) if applied.failed.is_empty() => format!("{} done", count(applied.done as u64)),
        Some(applied) => format!("{} done, {} failed", count(applied.done as u64), applied.failed.len()),
    };
    if steps == 0 { "Globals: the target lacks nothing".to_owned() } else { format!("Globals: {what}") }
}

fn connections([source, target]: [u32; 2], [free_source, free_target]: [u32; 2]) -> String {
    format!(
        "Connections at most {source} of {free_source} free on the source, {target} of {free_target} on the target\n"
    )
}

fn size(bytes_: Option<u64>) -> String {
    bytes_.map_or_else(|| "unknown".to_owned(), bytes)
}
