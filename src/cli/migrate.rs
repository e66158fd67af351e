//! `pgmigrate migrate`: the migration from start to end.
use std::sync::Arc;

use super::{
    args::MigrateArgs,
    backup, context,
    events::{self, Events},
    migrate_server, output,
    progress_view::{ProgressView, Style},
    served::Served,
    summary::{self, PlanSummary},
};
use crate::{
    config::{MetricsOverrides, Overrides, Settings},
    durable,
    error::Result,
    journal::StatePlace,
    migration::{self, Finished, Migration, Told},
    observe::{self, Metrics},
    plan::PlanFile,
    preflight,
    run::Shutdown,
    tuning,
};

pub(super) fn run(args: &MigrateArgs, after: &mut Option<Served>) -> Result<()> {
    // `--resume` goes by what the plan says of existing tables.
    let on_existing = (!args.resume).then(|| args.on_existing.into());
    let without = args.objects.without();
    let metrics = MetricsOverrides { tables: args.metrics_tables, ..args.metrics.overrides() };
    let share = context::share(&args.share);
    let databases = args.databases.overrides();
    let (loading, tuning) = (args.loading.overrides(), args.tuning.overrides());
    let index_jobs = args.index_jobs;
    let overrides =
        Overrides { index_jobs, on_existing, loading, without, databases, metrics, tuning, ..share };
    let settings = context::settings(&args.connection, &overrides)?;
    if args.dry_run {
        return context::block_on(dry_run(&settings));
    }
    context::arm_failpoint()?;
    let mut served = Served::start("migrate", &settings)?;
    observe::start_log(&args.log_path(), args.verbose, served.metrics().messages())?;
    durable::check_place(&args.report_path())?;
    let events = args.json_events.then(|| Events::start(served.watched()));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), source = %settings.source, target = %settings.target, "begin");
    let runtime = context::runtime()?;
    let result = runtime.block_on(async {
        let mut shutdown = Shutdown::listen()?;
        let result = if settings.databases.is_single() {
            Box::pin(migrate(args, &settings, served.metrics(), &mut shutdown)).await
        } else {
            Box::pin(migrate_server::migrate(args, &settings, served.watched(), &mut shutdown)).await
        };
        // Whatever ended it: what was given up must not go on on the servers.
        if result.is_err() {
            context::settle(&mut shutdown).await;
        }
        result
    });
    // A second signal leaves statements in flight; their connections end with the program.
    runtime.shutdown_background();
    match &result {
        Ok(()) => tracing::info!("end"),
        Err(error) => tracing::error!("{}", error.report()),
    }
    if let Some(reason) = observe::log_lost() {
        output::print_line(&format!("warning: `{}` lacks events: {reason}", args.log_path().display()));
    }
    served.ended(&result);
    let told = events.map_or(Ok(()), Events::end);
    *after = Some(served);
    result.and(told)
}

async fn dry_run(settings: &Settings) -> Result<()> {
    if !settings.databases.is_single() {
        return output::print(&summary::render_plans(&migration::plan(settings, |_, _| Ok(())).await?));
    }
    let plan = preflight::build_plan(settings).await?;
    let tuning = tuning::preview(&settings.target, &settings.tuning).await?;
    output::print(&PlanSummary::new(&plan, plan.run_id(), None).with_tuning(tuning).render())
}

async fn migrate(
    args: &MigrateArgs,
    settings: &Settings,
    metrics: &Arc<Metrics>,
    shutdown: &mut Shutdown,
) -> Result<()> {
    let migration = Migration {
        settings: Arc::new(settings.clone()),
        plan: PlanFile::whole(&args.plan),
        state: StatePlace::whole(&args.state),
        resume: args.resume,
        consistent: args.consistent.into(),
        metrics: Arc::clone(metrics),
        shared: None,
    };
    if let Some(base) = args.backup.as_deref().filter(|_| !args.resume) {
        tokio::select! {
            made = backup::before_migration(settings, base) => made?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        }
    }
    let style = Style::for_stderr(args.verbose);
    let mut view = None;
    let mut hear = |told: Told<'_>| -> Result<()> {
        match told {
            Told::Notice(text) => output::print_line(text),
            Told::Planned { plan, run_id, budget } => {
                let lanes = format!("{} ({})", budget.lanes, budget.reason);
                let summary = PlanSummary::new(plan, run_id.to_owned(), Some(lanes));
                if args.json_events {
                    events::emit("plan", &summary)?;
                } else {
                    output::print(&summary.render())?;
                }
            }
            Told::Runs(progress) if !args.json_events => {
                view = Some(ProgressView::start(Arc::clone(progress), style));
            }
            Told::Begins | Told::Runs(_) => {}
            Told::Usable(database) => events::usable(args.json_events, database)?,
            Told::Ran => view = None,
        }
        Ok(())
    };
    if let Some(finished) = Box::pin(migration.run(shutdown, &mut hear)).await? {
        return finish(args, finished);
    }
    // Killed while it wrote its report.
    durable::remove_torn(&args.report_path());
    output::print_line("nothing to do: every step of the plan is done");
    Ok(())
}

/// Writes the report and prints the summary, whatever the result.
fn finish(args: &MigrateArgs, Finished { report, result }: Finished) -> Result<()> {
    let saved = report.save(&args.report_path());
    if args.json_events {
        events::emit("report", &report)?;
        return result.and(saved);
    }
    output::print(&summary::render_report(&report))?;
    print_files(args)?;
    result.and(saved)
}

/// Where what is left of a run lies.
pub(super) fn print_files(args: &MigrateArgs) -> Result<()> {
    let files = [
        ("plan", args.plan.clone()),
        ("state", args.state.clone()),
        ("log", args.log_path()),
        ("report", args.report_path()),
    ];
    for (name, path) in files {
        output::print(&format!("{name:<7} {}\n", path.display()))?;
    }
    Ok(())
}
