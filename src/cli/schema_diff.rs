//! `pgmigrate schema --diff`: compares the definitions of two servers, and ends with 1 if anything differs.
use super::{args::SchemaArgs, context, output, summary::render_verify};
use crate::{config::Overrides, error::Result, verify};

pub(super) fn run(args: &SchemaArgs, overrides: &Overrides) -> Result<()> {
    let settings = context::load(args.config.clone(), args.source.clone(), args.target.clone(), overrides)?;
    let report = context::block_on(verify::compare_definitions(&settings))?;
    if args.json {
        output::print_json(&report)?;
    } else {
        output::print(&render_verify(&report))?;
    }
    report.into_result()
}
