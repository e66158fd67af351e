//! `pgmigrate globals`: roles, memberships, tablespaces and privileges on parameters, from server to server.
use super::{args::GlobalsArgs, context, output};
use crate::{
    config::{Overrides, RolesMode},
    error::Result,
    globals::{self, Migrated},
};

pub(super) fn run(args: &GlobalsArgs) -> Result<()> {
    let overrides = Overrides { without: args.objects.without(), ..Overrides::default() };
    let mut settings = context::settings(&args.connection, &overrides)?;
    match args.roles {
        Some(name) => settings.roles = name.into(),
        None if args.connection.config.is_none() => settings.roles = RolesMode::All,
        None => {}
    }
    let migrated = context::block_on(globals::migrate_globals(&settings, args.dry_run))?;
    if args.json {
        output::print_json(&migrated)?;
    } else if args.dry_run {
        output::print_sql(&script(&migrated))?;
    } else {
        output::print(&told(&migrated))?;
    }
    migrated.applied.map_or(Ok(()), globals::Applied::into_result)
}

/// What would run, as SQL; passwords do not stand in it.
fn script(migrated: &Migrated) -> String {
    let mut text = String::new();
    for note in &migrated.difference.notes {
        text += &format!("-- note: {}: {}\n", one_line(&note.object), one_line(&note.reason));
    }
    for step in &migrated.difference.steps {
        text += &format!("\n-- {}\n", one_line(&step.object));
        if !step.sql.is_empty() {
            text += &format!("{}\n", step.sql);
        }
        if !step.source_sql.is_empty() {
            text += "-- its password is carried over from the source\n";
        }
    }
    if migrated.difference.steps.is_empty() {
        text += "-- the target lacks nothing\n";
    }
    text
}

fn told(migrated: &Migrated) -> String {
    let mut text = String::new();
    for note in &migrated.difference.notes {
        text += &format!("note: {}: {}\n", note.object, note.reason);
    }
    let Some(applied) = &migrated.applied else { return text };
    for step in &migrated.difference.steps {
        match applied.failed.iter().find(|failed| failed.id == step.id) {
            Some(failed) => text += &format!("failed  {}: {}\n", step.object, failed.reason),
            None => text += &format!("done    {}\n", step.object),
        }
    }
    if migrated.difference.steps.is_empty() {
        text += "the target lacks nothing\n";
    }
    text
}

/// A name can hold a line break, which would end the comment.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
