//! `pgmigrate cleanup`: puts back what a run that died has left changed on the target.
use super::{args::CleanupArgs, context, output};
use crate::{config::Overrides, error::Result, tuning};

pub(super) fn run(args: &CleanupArgs) -> Result<()> {
    context::arm_failpoint()?;
    // Only the target is asked; the source needs no connection string.
    let source = args.config.is_none().then(|| args.target.clone()).flatten();
    let settings = context::load(args.config.clone(), source, args.target.clone(), &Overrides::default())?;
    let done = context::block_on(tuning::put_back_leftovers(&settings.target))?;
    if args.json {
        return output::print_json(&done);
    }
    let lines = done.lines();
    if lines.is_empty() {
        return output::print("nothing to put back\n");
    }
    output::print(&format!("{}\n", lines.join("\n")))
}
