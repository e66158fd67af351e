//! `pgmigrate verify`: compares source and target, and ends with 1 if anything differs. Nothing is changed on either.
use std::sync::Arc;

use super::{args::VerifyArgs, context, output, summary::render_verify};
use crate::{
    config::Overrides,
    error::{Error, ErrorKind, Result},
    verify::{self, VerifyOptions, VerifyReport},
};

pub(super) fn run(args: &VerifyArgs) -> Result<()> {
    let overrides = Overrides { jobs: args.jobs, without: args.objects.without(), ..Overrides::default() };
    let settings = context::settings(&args.connection, &overrides)?;
    let mut options = VerifyOptions::default();
    if args.verbose {
        options.listener = Some(Arc::new(output::print_line));
    }
    let report = context::block_on(verify::verify(&settings, &options))?;
    if args.json {
        output::print_json(&json(&report)?)?;
    } else {
        output::print(&render_verify(&report))?;
    }
    report.into_result()
}

pub(super) fn json(report: &VerifyReport) -> Result<String> {
    let text = serde_json::to_string_pretty(report).map_err(|cause| {
        Error::new(ErrorKind::Internal, "the report cannot be written as JSON").caused_by(cause)
    })?;
    Ok(text + "\n")
}
