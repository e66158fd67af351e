//! `pgmigrate verify`: compares source and target, and ends with 1 if anything differs. Nothing is changed on either.
use std::sync::Arc;

use super::{
    args::VerifyArgs,
    context, output,
    served::Served,
    summary::{render_verify, render_verify_html},
    verify_server,
};
use crate::{
    config::Overrides,
    durable,
    error::Result,
    verify::{self, StateOptions, VerifyOptions, VerifyReport},
};

pub(super) fn run(args: &VerifyArgs, after: &mut Option<Served>) -> Result<()> {
    let (without, metrics) = (args.objects.without(), args.metrics.overrides());
    let databases = args.databases.overrides();
    let overrides =
        Overrides { verify: args.overrides(), without, metrics, databases, ..Overrides::default() };
    let settings = context::settings(&args.connection, &overrides)?;
    context::arm_failpoint()?;
    if !settings.databases.is_single() {
        let mut served = Served::start("verify", &settings)?;
        let result = verify_server::run(args, &settings, &served);
        served.ended(&result);
        *after = Some(served);
        return result;
    }
    if let Some(path) = &args.html {
        durable::check_place(path)?;
    }
    let state = state(args)?;
    let mut served = Served::start("verify", &settings)?;
    let metrics = Some(Arc::clone(served.metrics()));
    let mut options = VerifyOptions { state, metrics, ..VerifyOptions::default() };
    if args.verbose {
        options.listener = Some(Arc::new(output::print_line));
    }
    let result = context::block_on_watched(served.metrics().messages(), verify::verify(&settings, &options));
    let result = result.and_then(|report| tell(report, args));
    served.ended(&result);
    *after = Some(served);
    result
}

/// Where nobody asks for the file, a place that takes none is no reason to compare nothing.
fn state(args: &VerifyArgs) -> Result<Option<StateOptions>> {
    let path = args.state_path();
    match durable::check_place(&path) {
        Err(error) if args.state.is_none() && !args.resume => {
            output::print_line(&format!("warning: {}; this comparison cannot be resumed", error.report()));
            Ok(None)
        }
        checked => checked.map(|()| Some(StateOptions { path, resume: args.resume })),
    }
}

fn tell(report: VerifyReport, args: &VerifyArgs) -> Result<()> {
    if let Some(path) = &args.html {
        durable::write_atomically(path, render_verify_html(&report).as_bytes())?;
    }
    if args.json {
        output::print_json(&report)?;
    } else {
        output::print(&render_verify(&report))?;
    }
    report.into_result()
}
