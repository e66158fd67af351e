//! `pgmigrate verify`: compares source and target, and ends with 1 if anything differs. Nothing is changed on either.
use std::{path::PathBuf, sync::Arc};

use super::{
    args::VerifyArgs,
    context, output,
    served::Served,
    summary::{render_verify, render_verify_html},
    verify_server,
};
use crate::{
    config::{Overrides, Settings, VerifyMode},
    durable,
    error::Result,
    verify::{self, StateFile, VerifyOptions, VerifyReport},
};

pub(super) fn run(args: &VerifyArgs, after: &mut Option<Served>) -> Result<()> {
    let (without, metrics) = (args.objects.without(), args.metrics.overrides());
    let databases = args.databases.overrides();
    let overrides =
        Overrides { verify: args.overrides(), without, metrics, databases, ..Overrides::default() };
    let settings = context::settings(&args.connection, &overrides)?;
    context::arm_failpoint()?;
    if let Some(path) = &args.html {
        durable::check_place(path)?;
    }
    let state = state_place(args, &settings)?;
    let mut served = Served::start("verify", &settings)?;
    let result = if settings.databases.is_single() {
        one(args, &settings, state, &served)
    } else {
        verify_server::run(args, &settings, state, &served)
    };
    served.ended(&result);
    *after = Some(served);
    result
}

fn one(args: &VerifyArgs, settings: &Settings, state: Option<PathBuf>, served: &Served) -> Result<()> {
    let metrics = Some(Arc::clone(served.metrics()));
    let mut options = VerifyOptions { metrics, ..VerifyOptions::default() };
    if args.verbose {
        options.listener = Some(Arc::new(output::print_line));
    }
    let compared = async {
        options.state = load_state(state, args.resume)?;
        verify::verify(settings, &options).await
    };
    tell(context::block_on_watched(served.metrics().messages(), compared)?, args)
}

/// Where the file of what was read so far is. Where nobody asks for it, a place that takes none is no reason to compare nothing;
/// estimates need none.
fn state_place(args: &VerifyArgs, settings: &Settings) -> Result<Option<PathBuf>> {
    let path = args.state_path();
    match durable::check_place(&path) {
        Err(error) if args.state.is_none() && !args.resume => {
            output::print_line(&format!("warning: {}; this comparison cannot be resumed", error.report()));
            Ok(None)
        }
        checked => checked.map(|()| Some(path).filter(|_| settings.verify.mode != VerifyMode::Fast)),
    }
}

/// Reads what an earlier comparison found, if that counts.
pub(super) fn load_state(path: Option<PathBuf>, resume: bool) -> Result<Option<Arc<StateFile>>> {
    path.map(|path| StateFile::load(&path, resume)).transpose()
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
