//! `pgmigrate plan`: what would be done, as a file and a summary. Nothing is changed on either server.
use super::{
    args::{PlanArgs, STATE_NAME},
    context, output,
    summary::PlanSummary,
};
use crate::{config::Overrides, error::Result, journal::StateFile, preflight};

pub(super) fn run(args: &PlanArgs) -> Result<()> {
    let overrides = Overrides {
        on_existing: Some(args.on_existing.into()),
        without: args.objects.without(),
        ..context::share(&args.share)
    };
    let settings = context::settings(&args.connection, &overrides)?;
    let plan = context::block_on(preflight::build_plan(&settings))?;
    // Of a run that ended, with the plan that is written over.
    StateFile::clear_ended(&args.plan.with_file_name(STATE_NAME))?;
    let run_id = plan.save(&args.plan)?;
    let summary = PlanSummary::new(&plan, run_id, None);
    if args.json {
        return output::print_json(&summary);
    }
    output::print(&summary.render())?;
    output::print(&format!("plan written to {}\n", args.plan.display()))
}
