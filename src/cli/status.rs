//! `pgmigrate status`: what a run is at, from another terminal.
use super::{args::StatusArgs, context, output, summary};
use crate::{config::Overrides, error::Result, status};

pub(super) fn run(args: &StatusArgs) -> Result<()> {
    // Only the target is asked; the source needs no connection string.
    let source = args.config.is_none().then(|| args.target.clone()).flatten();
    let settings = context::load(args.config.clone(), source, args.target.clone(), &Overrides::default())?;
    let status = context::block_on(status::read(&settings.target, &args.plan, &args.state))?;
    if args.json { output::print_json(&status) } else { output::print(&summary::render_status(&status)) }
}
