//! `pgmigrate migrate`: the migration from start to end.
use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use super::{
    args::MigrateArgs,
    backup, context,
    events::{self, Events},
    output,
    progress_view::{ProgressView, Style},
    served::Served,
    summary::{self, PlanSummary},
};
use crate::{
    config::{Endpoint, MetricsOverrides, Overrides, Settings},
    durable,
    error::{ErrorKind, Result},
    observe::{self, EndpointReport, Metrics, Outcome, Progress, Recorder},
    preflight::{self, Budget},
    run::{Begun, Planned, Power, Run, Shutdown, Start},
    session::Session,
};

pub(super) fn run(args: &MigrateArgs, after: &mut Option<Served>) -> Result<()> {
    // `--resume` goes by what the plan says of existing tables.
    let on_existing = (!args.resume).then(|| args.on_existing.into());
    let without = args.objects.without();
    let metrics = MetricsOverrides { tables: args.metrics_tables, ..args.metrics.overrides() };
    let share = context::share(&args.share);
    let overrides = Overrides { index_jobs: args.index_jobs, on_existing, without, metrics, ..share };
    let settings = context::settings(&args.connection, &overrides)?;
    if args.dry_run {
        return context::block_on(dry_run(&settings));
    }
    context::arm_failpoint()?;
    let mut served = Served::start("migrate", &settings)?;
    observe::start_log(&args.log_path(), args.verbose, served.metrics().messages())?;
    durable::check_place(&args.report_path())?;
    let events = args.json_events.then(|| Events::start(served.metrics()));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), source = %settings.source, target = %settings.target, "begin");
    let runtime = context::runtime()?;
    let result = runtime.block_on(async {
        let mut shutdown = Shutdown::listen()?;
        let result = Box::pin(migrate(args, &settings, served.metrics(), &mut shutdown)).await;
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
    let plan = preflight::build_plan(settings).await?;
    output::print(&PlanSummary::new(&plan, plan.run_id(), None).render())
}

async fn migrate(
    args: &MigrateArgs,
    settings: &Settings,
    metrics: &Arc<Metrics>,
    shutdown: &mut Shutdown,
) -> Result<()> {
    let start = Start {
        settings,
        plan_path: &args.plan,
        state_path: &args.state,
        consistent: args.consistent.into(),
    };
    let ends = [&settings.source, &settings.target];
    if let Some(base) = args.backup.as_deref().filter(|_| !args.resume) {
        tokio::select! {
            made = backup::before_migration(settings, base) => made?,
            () = shutdown.asked() => return Err(Shutdown::error()),
        }
    }
    let trips = ends.map(|endpoint| endpoint.round_trips.clone());
    let recorder = Arc::new(Recorder::new(trips, Arc::clone(metrics)));
    let begun = tokio::select! {
        begun = begin(args, start, &recorder) => begun?,
        () = shutdown.asked() => return Err(Shutdown::error()),
    };
    let Some(begun) = begun else {
        // Killed while it wrote its report.
        durable::remove_torn(&args.report_path());
        output::print_line("nothing to do: every step of the plan is done");
        return Ok(());
    };
    let Begun { plan, run_id, done, state, source, snapshot, mark, control, notice } = begun;
    if let Some(notice) = notice {
        output::print_line(&notice);
    }
    let look = async {
        let target = control.session().await?;
        let budget = preflight::budget(&plan, settings, &source, &target).await?;
        Ok((budget, report_of(&settings.target, &target)))
    };
    let (budget, target) = tokio::select! {
        known = look => known?,
        () = shutdown.asked() => return Err(Shutdown::error()),
    };
    let lanes = format!("{} ({})", budget.lanes, budget.reason);
    let summary = PlanSummary::new(&plan, run_id.clone(), Some(lanes));
    if args.json_events {
        events::emit("plan", &summary)?;
    } else {
        output::print(&summary.render())?;
    }
    let ends = [report_of(&settings.source, &source), target];
    metrics.identify(&run_id, &ends);
    let run = assemble(settings, &budget, Parts { plan, run_id, done, state, snapshot, mark, recorder });
    let style = Style::for_stderr(args.verbose);
    let view = (!args.json_events).then(|| ProgressView::start(Arc::clone(&run.progress), style));
    let mut result = Box::pin(run.run(&control, source, shutdown)).await;
    drop(view);
    if result.is_ok() {
        result = run.end(&control, shutdown).await;
    }
    finish(args, &run, ends, result)
}

async fn begin(args: &MigrateArgs, start: Start<'_>, recorder: &Recorder) -> Result<Option<Begun>> {
    let build = async || {
        recorder.begin_phase("catalog");
        let sides = preflight::read_sides(start.settings).await?;
        recorder.begin_phase("plan");
        let (plan, source) = sides.plan(start.settings)?;
        recorder.begin_phase("prepare");
        Ok(Planned { plan, snapshot: source.snapshot.to_string(), mark: source.mark, source: source.session })
    };
    recorder.begin_phase("preflight");
    if args.resume { start.resume(build).await } else { start.fresh(build).await }
}

/// What [`Run`] takes over from the beginning.
struct Parts {
    plan: Arc<crate::plan::Plan>,
    run_id: String,
    done: HashSet<crate::plan::StepId>,
    state: crate::journal::StateFile,
    snapshot: String,
    mark: String,
    recorder: Arc<Recorder>,
}

fn assemble(settings: &Settings, budget: &Budget, parts: Parts) -> Run {
    Run {
        progress: Progress::new(&parts.plan.steps, &parts.done),
        recorder: parts.recorder,
        plan: parts.plan,
        run_id: parts.run_id,
        done: parts.done,
        source: settings.source.clone(),
        target: settings.target.clone(),
        snapshot: parts.snapshot,
        mark: parts.mark,
        lanes: budget.lanes,
        index_jobs: budget.index_jobs,
        stall_timeout: settings.options.stall_timeout,
        sampled: budget.sampled,
        power: Power {
            machine: budget.target_machine.clone(),
            source_is_here: budget.source_machine.is_same(&budget.target_machine),
            maintenance_work_mem: budget.maintenance_work_mem,
            parallel_workers: budget.parallel_workers,
            parallel_builds: budget.parallel_builds,
        },
        state: Mutex::new(parts.state),
    }
}

fn report_of(endpoint: &Endpoint, session: &Session) -> EndpointReport {
    EndpointReport { address: endpoint.to_string(), server_version: session.version().to_string() }
}

/// Writes the report and prints the summary, whatever the result.
fn finish(args: &MigrateArgs, run: &Run, ends: [EndpointReport; 2], result: Result<()>) -> Result<()> {
    let outcome = match &result {
        Ok(()) => Outcome::Done,
        Err(error) if error.kind() == ErrorKind::Interrupted => Outcome::Interrupted,
        Err(_) => Outcome::Failed,
    };
    run.recorder.metrics().ended(&result);
    let report = run.recorder.report(&run.plan, &run.run_id, ends, outcome);
    let saved = report.save(&args.report_path());
    if args.json_events {
        events::emit("report", &report)?;
        return result.and(saved);
    }
    output::print(&summary::render_report(&report))?;
    let files = [
        ("plan", args.plan.clone()),
        ("state", args.state.clone()),
        ("log", args.log_path()),
        ("report", args.report_path()),
    ];
    for (name, path) in files {
        output::print(&format!("{name:<7} {}\n", path.display()))?;
    }
    result.and(saved)
}
