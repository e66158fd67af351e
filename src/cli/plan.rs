//! `pgmigrate plan`: what would be done, as a file and a summary. Nothing is changed on either server.
use super::{
    args::{PlanArgs, STATE_NAME},
    context, output,
    summary::{self, PlanSummary},
};
use crate::{
    config::{Overrides, Settings},
    durable,
    error::Result,
    journal::StateFile,
    migration,
    plan::PlanFile,
    preflight, tuning,
};

pub(super) fn run(args: &PlanArgs) -> Result<()> {
    let overrides = Overrides {
        on_existing: Some(args.on_existing.into()),
        loading: args.loading.overrides(),
        without: args.objects.without(),
        databases: args.databases.overrides(),
        tuning: args.tuning.overrides(),
        ..context::share(&args.share)
    };
    let settings = context::settings(&args.connection, &overrides)?;
    if !settings.databases.is_single() {
        return several(args, &settings);
    }
    let (plan, tuning) = context::block_on(async {
        let plan = preflight::build_plan(&settings).await?;
        Ok((plan, tuning::preview(&settings.target, &settings.tuning).await?))
    })?;
    // Of a run that ended, with the plan that is written over.
    StateFile::clear_ended(&args.plan.with_file_name(STATE_NAME))?;
    let run_id = plan.save(&args.plan)?;
    let summary = PlanSummary::new(&plan, run_id, None).with_tuning(tuning);
    if args.json {
        return output::print_json(&summary);
    }
    output::print(&summary.render())?;
    output::print(&format!("plan written to {}\n", args.plan.display()))
}

/// Of several databases: a part of the file for each, and a line of the summary.
fn several(args: &PlanArgs, settings: &Settings) -> Result<()> {
    StateFile::clear_ended(&args.plan.with_file_name(STATE_NAME))?;
    durable::write_atomically(&args.plan, b"")?;
    let plans = context::block_on(migration::plan(settings, |database, plan| {
        let file = PlanFile::whole(&args.plan).part(&database.target);
        file.save(plan).map(|_| ())
    }))?;
    if args.json {
        output::print_json(&plans)?;
    } else {
        output::print(&summary::render_plans(&plans))?;
        output::print(&format!("plans written to {}\n", args.plan.display()))?;
    }
    plans.result()
}
