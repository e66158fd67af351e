//! `pgmigrate migrate` of several databases: what is shown of them.
use std::sync::{Arc, Mutex, PoisonError};

use super::{
    args::MigrateArgs,
    backup, events,
    migrate::print_files,
    output,
    progress_view::{ProgressView, Style},
    summary::{self, PlanSummary},
};
use crate::{
    config::Settings,
    error::Result,
    globals::Migrated,
    migration::{Database, DatabaseReport, Event, ServerReport, Several, Told},
    observe::{Progress, Snapshot, Watched},
    pg::Ident,
    run::Shutdown,
};

/// The counters of the databases whose steps have begun.
type Counters = Arc<Mutex<Vec<(String, Arc<Progress>)>>>;

pub(super) async fn migrate(
    args: &MigrateArgs,
    settings: &Settings,
    watched: &Arc<Watched>,
    shutdown: &mut Shutdown,
) -> Result<()> {
    let several = Several {
        settings: settings.clone(),
        plan: args.plan.clone(),
        state: args.state.clone(),
        resume: args.resume,
        consistent: args.consistent.into(),
        backup: args.backup.as_deref().map(|base| backup::wish(settings, base)),
        watched: Arc::clone(watched),
    };
    let counters = Counters::default();
    let mut view = None;
    let style = Style::for_stderr(args.verbose);
    let mut listen = |event: Event<'_>| -> Result<()> {
        match event {
            Event::Chosen(chosen, budget) => {
                if !args.json_events {
                    output::print(&summary::render_chosen(chosen, budget))?;
                    let counters = Arc::clone(&counters);
                    view = Some(ProgressView::of(move || snapshot(&counters), style));
                }
                Ok(())
            }
            Event::BackedUp(database, made) => {
                output::print_line(&format!(
                    "backup of {}: {}",
                    output::one_line(&database.target),
                    made.path.display()
                ));
                Ok(())
            }
            Event::Notice(text) => {
                output::print_line(text);
                Ok(())
            }
            Event::Globals(migrated) => globals(args, migrated),
            Event::Of(database, told) => hear(args, database, told, &counters),
            Event::Ended(report) => {
                if style == Style::Lines && !args.json_events {
                    output::print_line(&line(report));
                }
                Ok(())
            }
        }
    };
    let report = Box::pin(several.run(shutdown, &mut listen)).await?;
    drop(view);
    finish(args, &report)
}

fn hear(args: &MigrateArgs, database: &Database, told: Told<'_>, counters: &Counters) -> Result<()> {
    match told {
        Told::Notice(text) => output::print_line(&format!("{}: {text}", output::one_line(&database.source))),
        Told::Planned { plan, run_id, .. } if args.json_events => {
            events::emit("plan", &PlanSummary::new(plan, run_id.to_owned(), None))?;
        }
        Told::Runs(progress) => {
            let one = (Ident(database.source.clone()).to_string(), Arc::clone(progress));
            counters.lock().unwrap_or_else(PoisonError::into_inner).push(one);
        }
        Told::Usable(database) => events::usable(args.json_events, database)?,
        Told::Begins | Told::Planned { .. } | Told::Ran => {}
    }
    Ok(())
}

/// What belongs to the server itself.
fn globals(args: &MigrateArgs, migrated: &Migrated) -> Result<()> {
    if args.json_events {
        return events::emit("globals", migrated);
    }
    output::print_line(&summary::globals_line(migrated));
    Ok(())
}

fn snapshot(counters: &Counters) -> Snapshot {
    let databases = counters.lock().unwrap_or_else(PoisonError::into_inner);
    Snapshot::of_several(databases.iter().map(|(name, progress)| (name.clone(), progress.snapshot())))
}

fn line(report: &DatabaseReport) -> String {
    let name = output::one_line(&report.database);
    match &report.error {
        None => format!("{name}: done"),
        Some(error) => format!("{name}: {}", error.message),
    }
}

fn finish(args: &MigrateArgs, report: &ServerReport) -> Result<()> {
    let result = report.result();
    let saved = report.save(&args.report_path());
    if args.json_events {
        events::emit("report", report)?;
        return result.and(saved);
    }
    output::print(&summary::render_server_report(report))?;
    print_files(args)?;
    result.and(saved)
}
