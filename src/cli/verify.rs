//! `pgmigrate verify`: compares source and target, and ends with 1 if anything differs. Nothing is changed on either.
use std::sync::Arc;

use super::{args::VerifyArgs, context, output, served::Served, summary::render_verify};
use crate::{
    config::Overrides,
    error::Result,
    verify::{self, VerifyOptions, VerifyReport},
};

pub(super) fn run(args: &VerifyArgs, after: &mut Option<Served>) -> Result<()> {
    let (without, metrics) = (args.objects.without(), args.metrics.overrides());
    let overrides = Overrides { jobs: args.jobs, without, metrics, ..Overrides::default() };
    let settings = context::settings(&args.connection, &overrides)?;
    let mut served = Served::start(&settings)?;
    let mut options =
        VerifyOptions { metrics: Some(Arc::clone(served.metrics())), ..VerifyOptions::default() };
    if args.verbose {
        options.listener = Some(Arc::new(output::print_line));
    }
    let result = context::block_on(verify::verify(&settings, &options));
    let result = result.and_then(|report| tell(report, args.json));
    served.ended(&result);
    *after = Some(served);
    result
}

fn tell(report: VerifyReport, as_json: bool) -> Result<()> {
    if as_json {
        output::print_json(&report)?;
    } else {
        output::print(&render_verify(&report))?;
    }
    report.into_result()
}
